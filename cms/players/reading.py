"""What the lists of the admin need to know about players, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from cms import clock
from cms.approval.models import Approval
from cms.players import words
from cms.players.condition import Trouble, troubles
from cms.players.health import Health, health
from cms.players.models import Player, PlayerEvent, RefusedReport
from cms.players.telling import Told, of_line
from cms.release.models import Release

RECENT = timedelta(days=1)
DARK = ("closed", "blackout")


@dataclass(frozen=True, slots=True)
class FaceNow:
    """A face and what its player last said it shows; `picture` is the address of a thumbnail, empty when it is dark."""

    letter: str
    kind: str
    title: str
    picture: str
    width: int
    height: int

    @property
    def word(self) -> str:
        return words.word(words.KINDS, self.kind) if self.kind else _("not reported yet")


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """A player as the list shows it; `operable`: the reader may revoke it."""

    pk: int
    player: Player
    health: Health
    faces: tuple[FaceNow, ...]
    version: int | None
    offered: int | None
    errors: tuple[Told, ...]
    operable: bool = False
    troubles: tuple[Trouble, ...] = ()

    @property
    def behind(self) -> bool:
        """A newer release is offered than the one this player has in force."""
        return self.offered is not None and (self.version is None or self.version < self.offered)


def item_of(scene: str) -> str:
    """The item of a scene id `<item>#<index>@<proof>`."""
    return scene.partition("#")[0]


def titles_of(items: Iterable[str]) -> dict[str, str]:
    """Titles of items by their id, as last approved."""
    wanted = {item for item in items if item}
    found = Approval.objects.filter(item__in=wanted).order_by("pk").values_list("item", "title", "language")
    return {item: f"{title} ({language})" for item, title, language in found}


def title_subquery(item: str) -> Subquery:
    """The title of the item that a field names, for a queryset's `annotate`."""
    return Subquery(Approval.objects.filter(item=OuterRef(item)).order_by("-pk").values("title")[:1])


def title(item: str, titles: dict[str, str]) -> str:
    """What an item is called; fallback pictures name their theme."""
    if item.startswith("theme:"):
        return _("Fallback picture of the theme %(theme)s") % {"theme": item.removeprefix("theme:")}
    return titles.get(item, item)


def players_for_list() -> QuerySet[Player]:
    """Players with all that a row needs; two queries for any number of them."""
    offered = Release.objects.filter(
        cluster=OuterRef("controller__cluster"), target="schedule", status=Release.Status.PUBLISHED
    ).order_by("-pk")
    return (
        Player.objects.select_related("controller__cluster__province")
        .prefetch_related("controller__placements__face")
        .annotate(offered=Subquery(offered.values("version")[:1]))
    )


def rows_of(players: Iterable[Player], operated: Container[int] = ()) -> list[PlayerRow]:
    """Rows of players from `players_for_list`; one more query for the titles. `operated`: ids of the controllers that the
    reader operates."""
    found = list(players)
    told = {player.pk: (player.status or {}).get("faces", {}) for player in found}
    titles = titles_of(item_of(face.get("scene") or "") for faces in told.values() for face in faces.values())
    return [
        PlayerRow(
            player.pk,
            player,
            health(player),
            tuple(_faces(player, told[player.pk], titles)),
            player.status.get("release", {}).get("schedule"),
            getattr(player, "offered", None),
            tuple(dict.fromkeys(of_line(line) for line in player.status.get("errors", [])[:3])),
            player.controller.pk in operated,
            troubles(player.status or {}) if player.revoked_at is None else (),
        )
        for player in found
    ]


def _faces(player: Player, told: dict[str, dict[str, str | None]], titles: dict[str, str]) -> Iterable[FaceNow]:
    for placement in sorted(player.controller.placements.all(), key=lambda one: one.face.letter):
        face = placement.face
        said = told.get(face.letter, {})
        kind, scene = said.get("kind") or "", said.get("scene") or ""
        lit = bool(scene) and kind not in DARK
        address = f"{reverse('players:face', args=(player.pk, face.letter))}?scene={scene.rpartition('@')[2]}"
        yield FaceNow(
            face.letter,
            kind,
            title(item_of(scene), titles) if lit else "",
            address if lit else "",
            face.width,
            face.height,
        )


def recent_refusals(players: QuerySet[Player]) -> QuerySet[PlayerEvent]:
    """What these players refused within a day, and storage that failed them; newest first."""
    return (
        PlayerEvent.objects.filter(kind__in=("refused", "storage"), at__gte=clock.now() - RECENT)
        .filter(player__in=players.values("pk"), player__revoked_at__isnull=True)
        .select_related("player__controller__cluster")
    )


def recent_reports(players: QuerySet[Player], *, whole: bool) -> QuerySet[RefusedReport]:
    """Reports that were refused within a day because of who sent them; newest first. `whole`: also those of players that this
    server does not know, which belong to no province."""
    mine = Q(player__in=players.values("pk"))
    found = RefusedReport.objects.filter(mine | Q(player__isnull=True) if whole else mine)
    return found.filter(last_at__gte=clock.now() - RECENT).select_related("player__controller__cluster")
