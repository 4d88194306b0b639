"""Lists of the admin: players, events; the play log has a file of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, Table
from wagtail.admin.views.reports.base import ReportView
from wagtail.admin.widgets.button import HeaderButton

from cms.accounts.services import provinces_of
from cms.places.models import Cluster
from cms.players import reading, telling, words
from cms.players.access import ProvincesOnly, operated_controllers, seen_controllers
from cms.players.models import Player, PlayerEvent


class Cell(Column):
    """A column with a template of its own; the row is `value`."""

    def __init__(self, name: str, label: str, template: str, **kwargs: Any) -> None:
        super().__init__(name, label=label, accessor=lambda row: row, **kwargs)
        self.cell_template_name = template


def clusters_of(request: HttpRequest) -> QuerySet[Cluster]:
    """Clusters that the reader may filter by."""
    return Cluster.objects.filter(pk__in=seen_controllers(request.user).values("cluster")).order_by("name")


class PlayerFilterSet(WagtailFilterSet):
    cluster = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Cluster"), field_name="controller__cluster", queryset=clusters_of
    )
    revoked = django_filters.BooleanFilter(
        label=gettext_lazy("Revoked"), field_name="revoked_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Player
        fields: list[str] = []


class PlayersView(ProvincesOnly, ReportView):
    """Every player: what its faces show now, how it is doing, what it plays. Refusals stand above the list."""

    model = Player
    page_title = gettext_lazy("Players")
    header_icon = "desktop"
    filterset_class = PlayerFilterSet
    index_url_name = "players:index"
    index_results_url_name = "players:index_results"
    template_name = "players/index.html"
    results_template_name = "players/index_results.html"
    list_export: list[str] = []
    paginate_by = 50

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Cell("faces", _("On the screens now"), "players/cells/faces.html", width="34%"),
            Cell("controller", _("Controller"), "players/cells/controller.html"),
            Cell("health", _("State"), "players/cells/health.html"),
            Cell("release", _("Release in force"), "players/cells/release.html"),
            Cell("errors", _("Errors"), "players/cells/errors.html"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.operated:
            return []
        return [HeaderButton(_("Pair a player"), url=reverse("players:pair"), icon_name="plus")]

    @cached_property
    def operated(self) -> frozenset[int]:
        """Controllers whose players this person may pair and revoke."""
        return frozenset(operated_controllers(self.request.user).values_list("pk", flat=True))

    @cached_property
    def sees_all(self) -> bool:
        """Who sees the controllers of every province also hears of players that nobody knows."""
        return provinces_of(self.request.user) is None

    def get_base_queryset(self) -> QuerySet[Player]:
        players = reading.players_for_list().filter(controller__in=seen_controllers(self.request.user))
        return players.order_by("controller__cluster__name", "controller__slug", "-paired_at")

    def get_queryset(self) -> QuerySet[Player]:
        return self.get_base_queryset()

    def filter_queryset(self, queryset: QuerySet[Player]) -> QuerySet[Player]:
        if not self.request.GET.get("revoked"):
            queryset = queryset.filter(revoked_at__isnull=True)
        found: QuerySet[Player] = super().filter_queryset(queryset)
        return found

    def get_table(self, object_list: Iterable[Player]) -> Table:
        return super().get_table(reading.rows_of(object_list, self.operated))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        mine = Player.objects.filter(controller__in=seen_controllers(self.request.user))
        context["refusals"] = [(one, telling.of_event(one)) for one in reading.recent_refusals(mine)[:10]]
        context["reports"] = [
            (one, telling.of_report(one)) for one in reading.recent_reports(mine, whole=self.sees_all)[:10]
        ]
        context["alone"] = list(
            seen_controllers(self.request.user)
            .exclude(pk__in=mine.filter(revoked_at__isnull=True).values("controller"))
            .prefetch_related("placements__face")
        )
        context["operated"] = self.operated
        return context


class EventFilterSet(WagtailFilterSet):
    cluster = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Cluster"), field_name="player__controller__cluster", queryset=clusters_of
    )
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind"), choices=list(words.EVENTS.items()))
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Date"), widget=DateRangePickerWidget)

    class Meta:
        model = PlayerEvent
        fields: list[str] = []


class EventsView(ProvincesOnly, ReportView):
    """What happened on the players, newest first."""

    model = PlayerEvent
    page_title = gettext_lazy("Events of players")
    header_icon = "warning"
    filterset_class = EventFilterSet
    index_url_name = "players:events"
    index_results_url_name = "players:events_results"
    results_template_name = "players/events_results.html"
    default_ordering = "-at"
    list_export: list[str] = []

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Cell("at", _("At"), "players/cells/event_at.html", sort_key="at"),
            Cell("kind", _("Kind"), "players/cells/event_kind.html"),
            Cell("controller", _("Controller"), "players/cells/event_controller.html"),
            Cell("detail", _("What happened, and what to do"), "players/cells/told.html", width="55%"),
        ]

    def get_base_queryset(self) -> QuerySet[PlayerEvent]:
        found = PlayerEvent.objects.filter(player__controller__in=seen_controllers(self.request.user))
        return found.select_related("player__controller__cluster")

    def get_queryset(self) -> QuerySet[PlayerEvent]:
        found = self.order_queryset(self.get_base_queryset())
        return found.order_by(*found.query.order_by, "-pk")
