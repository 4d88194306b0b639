"""What the clusters of a person's provinces show now: the first thing on the first page. A constant number of queries,
however many clusters there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cms import clock
from cms.accounts.services import provinces_of
from cms.alerts.models import Blackout
from cms.home.opening import Opening, opening
from cms.places.confinement import own_clusters
from cms.places.models import Cluster, Controller, Face
from cms.places.services import holiday_kinds_of_many, hours_of_many
from cms.players.models import Player
from cms.players.services import Health, health

WALL_HEIGHT_PX = 280
_COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True)
class FaceView:
    """A face to scale. `grow` is its width in millimetres; `gap` the millimetres to the next one."""

    letter: str
    width: int
    height: int
    grow: float
    gap: float
    languages: tuple[str, ...]
    compass: str
    dark: bool


@dataclass(frozen=True, slots=True)
class PlayerView:
    """A controller and how its player is doing; no player: not paired."""

    controller: Controller
    player: Player | None
    health: Health | None


@dataclass(frozen=True, slots=True)
class ClusterNow:
    cluster: Cluster
    faces: tuple[FaceView, ...]
    opening: Opening
    blackouts: tuple[Blackout, ...]
    players: tuple[PlayerView, ...]
    max_width_px: int = field(default=0)

    @property
    def dark(self) -> bool:
        """Whether every face is blacked out."""
        return bool(self.faces) and all(face.dark for face in self.faces)

    @property
    def troubled(self) -> list[PlayerView]:
        return [one for one in self.players if one.health is not None and one.health is not Health.HEALTHY]

    @property
    def unpaired(self) -> list[PlayerView]:
        return [one for one in self.players if one.player is None]

    @property
    def state(self) -> str:
        """`blackout`, `open` or `closed`: the word and shape on the card."""
        return "blackout" if self.dark else "open" if self.opening.open else "closed"


def visible_clusters(user: Any) -> Any:
    """The active clusters that a person may look at."""
    mine = provinces_of(user)
    clusters = own_clusters(Cluster.objects.filter(active=True).select_related("province"), user)
    return clusters if mine is None or "national" in mine else clusters.filter(province__code__in=mine)


def wall(clusters: Sequence[Cluster]) -> list[ClusterNow]:
    """What these clusters are doing now."""
    keys = [one.pk for one in clusters]
    faces: dict[int, list[Face]] = {}
    for face in Face.objects.filter(cluster__in=keys).order_by("letter"):
        faces.setdefault(face.cluster_id, []).append(face)
    blackouts: dict[int, list[Blackout]] = {}
    for blackout in Blackout.objects.filter(cluster__in=keys, lifted_at=None).select_related("by"):
        blackouts.setdefault(blackout.cluster_id, []).append(blackout)
    players = {
        one.controller_id: one
        for one in Player.objects.filter(controller__cluster__in=keys, revoked_at=None).order_by("paired_at")
    }
    controllers: dict[int, list[PlayerView]] = {}
    for controller in Controller.objects.filter(cluster__in=keys).order_by("slug"):
        player = players.get(controller.pk)
        view = PlayerView(controller, player, health(player) if player else None)
        controllers.setdefault(controller.cluster_id, []).append(view)
    hours, now = hours_of_many(clusters), clock.now()
    provinces = {one.province_id: one.province for one in clusters}.values()
    holidays = holiday_kinds_of_many(provinces, (now - timedelta(days=2)).date(), (now + timedelta(days=9)).date())
    return [
        _now(
            one,
            faces.get(one.pk, []),
            opening(hours[one.pk], holidays[one.province_id], now.astimezone(ZoneInfo(one.timezone))),
            blackouts.get(one.pk, []),
            controllers.get(one.pk, []),
        )
        for one in clusters
    ]


def _now(
    cluster: Cluster, faces: list[Face], times: Opening, blackouts: list[Blackout], players: list[PlayerView]
) -> ClusterNow:
    letters = {face.letter for face in faces}
    dark = set().union(*(set(one.faces) or letters for one in blackouts)) if blackouts else set()
    gaps = [float(gap) for gap in cluster.gaps_mm]
    views = tuple(
        FaceView(
            letter=face.letter,
            width=face.width,
            height=face.height,
            grow=face.width * face.pitch_mm,
            gap=gaps[index] if index < len(gaps) and index < len(faces) - 1 else 0.0,
            languages=tuple(face.languages),
            compass="" if face.bearing_deg is None else _COMPASS[round(face.bearing_deg / 45) % 8],
            dark=face.letter in dark,
        )
        for index, face in enumerate(faces)
    )
    tallest = max((face.height * face.pitch_mm for face in faces), default=0.0)
    total = sum(view.grow + view.gap for view in views)
    widest = round(WALL_HEIGHT_PX * total / tallest) if tallest else 0
    return ClusterNow(cluster, views, times, tuple(blackouts), tuple(players), widest)
