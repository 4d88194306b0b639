"""Black out and light again, each with a page that says exactly what happens on which screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.ui.tables import BaseColumn, Column, Table
from wagtail.admin.views.reports.base import ReportView

from cms.accounts.models import Role
from cms.accounts.services import provinces_of, roles_of
from cms.alerts import services
from cms.alerts.models import Blackout
from cms.places.confinement import own_clusters
from cms.places.models import Cluster
from cms.players.access import ProvincesOnly
from cms.players.forms import ReasonForm
from cms.players.lists import Cell
from cms.players.models import Player
from cms.players.reading import PlayerRow, players_for_list, rows_of


def seen_clusters(user: Any) -> QuerySet[Cluster]:
    """Clusters in operation of the person's provinces, and those that still have a player: it plays on for weeks after
    its cluster was taken out of operation, and must be darkened all the same."""
    playing = Player.objects.filter(revoked_at=None, controller__cluster=OuterRef("pk"))
    found = (
        Cluster.objects.filter(Q(active=True) | Exists(playing))
        .select_related("province")
        .prefetch_related("faces")
        .order_by("name")
    )
    found, mine = own_clusters(found, user), provinces_of(user)
    return found if mine is None else found.filter(province__code__in=mine)


def darkened_by(user: Any) -> QuerySet[Cluster]:
    """Clusters whose faces the person may black out."""
    found = seen_clusters(user)
    if user.is_superuser:
        return found
    return found.filter(
        province__code__in=[code for code, role in roles_of(user) if role in (Role.OPERATOR, Role.APPROVER)]
    )


def _players(cluster: Cluster) -> list[PlayerRow]:
    players = players_for_list().filter(controller__cluster=cluster, revoked_at__isnull=True)
    return rows_of(players.order_by("controller__slug", "-last_seen"))


def unreached(cluster: Cluster, letters: set[str], rows: list[PlayerRow]) -> list[str]:
    """Those of these faces that no working player shows: they do not obey until one is back."""
    reached = {face.letter for row in rows if row.health == "healthy" for face in row.faces}
    return sorted(letters - reached)


def _names(letters: Any) -> str:
    return ", ".join(letter.upper() for letter in sorted(letters))


@require_http_methods(["GET", "HEAD", "POST"])
def black_out(request: HttpRequest, slug: str) -> HttpResponse:
    """Darken a cluster, or the faces named by `?faces=a&faces=b`."""
    cluster = get_object_or_404(seen_clusters(request.user), slug=slug)
    if not services.may_black_out(request.user, cluster):
        raise PermissionDenied
    there = [face.letter for face in cluster.faces.all()]
    asked = (request.POST if request.method == "POST" else request.GET).getlist("faces")
    letters = {one for one in asked if one in there} or set(there)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.black_out(cluster, faces=asked or there, by=request.user, reason=form.cleaned_data["reason"])
        except services.BlackoutRefused as refused:
            messages.error(request, str(refused))
            return redirect("alerts:blackout", slug)
        messages.success(
            request,
            _("Faces %(faces)s of %(cluster)s are going black.") % {"faces": _names(letters), "cluster": cluster.name},
        )
        return redirect("alerts:index")
    rows = _players(cluster)
    context = {
        "cluster": cluster,
        "letters": letters,
        "names": _names(letters),
        "dark": _names(services.dark_faces(cluster) & letters),
        "unreached": _names(unreached(cluster, letters, rows)),
        "shown": [face for row in rows for face in row.faces if face.letter in letters],
        "form": form,
    }
    return render(request, "alerts/black_out.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let darkened faces show their programme again."""
    found = Blackout.objects.select_related("cluster__province", "by").prefetch_related("cluster__faces")
    blackout = get_object_or_404(found.filter(cluster__in=seen_clusters(request.user)), pk=pk)
    if not services.may_black_out(request.user, blackout.cluster):
        raise PermissionDenied
    others = {letter for one in services.active(blackout.cluster) if one.pk != blackout.pk for letter in one.letters}
    again = set(blackout.letters) - others
    if request.method == "POST":
        services.lift(blackout, request.user)
        messages.success(
            request,
            _("Faces %(faces)s of %(cluster)s show their programme again.")
            % {"faces": _names(again), "cluster": blackout.cluster.name}
            if again
            else _("Lifted. All its faces stay black for another reason."),
        )
        return redirect("alerts:index")
    if blackout.lifted_at is not None:
        raise Http404
    context = {"blackout": blackout, "again": _names(again), "others": _names(others & set(blackout.letters))}
    return render(request, "alerts/lift.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """A blackout as the list shows it; `liftable`: the reader may lift it."""

    blackout: Blackout
    liftable: bool


class BlackoutsView(ProvincesOnly, ReportView):
    """What is blacked out, then what was: who, when, why. Above it the clusters that one may black out."""

    model = Blackout
    page_title = gettext_lazy("Black out")
    header_icon = "no-view"
    index_url_name = "alerts:index"
    index_results_url_name = "alerts:index_results"
    template_name = "alerts/index.html"
    results_template_name = "alerts/index_results.html"
    list_export: list[str] = []

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Cell("state", _("State"), "alerts/cells/state.html"),
            Column("cluster", label=_("Cluster"), accessor="blackout.cluster.name"),
            Column("faces", label=_("Faces"), accessor=lambda line: _names(line.blackout.letters)),
            Column("reason", label=_("Reason"), accessor="blackout.reason", width="40%"),
            Cell("by", _("Who"), "alerts/cells/by.html"),
        ]

    def get_queryset(self) -> QuerySet[Blackout]:
        found = Blackout.objects.filter(cluster__in=seen_clusters(self.request.user))
        return (
            found.select_related("cluster__province", "by", "lifted_by")
            .prefetch_related("cluster__faces")
            .order_by(F("lifted_at").desc(nulls_first=True), "-since")
        )

    def get_table(self, object_list: Iterable[Blackout]) -> Table:
        mine = {cluster.pk for cluster in self.clusters}
        return super().get_table([Line(one, one.cluster.pk in mine) for one in object_list])

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Clusters that the reader may black out."""
        return list(darkened_by(self.request.user))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["clusters"] = self.clusters
        return context
