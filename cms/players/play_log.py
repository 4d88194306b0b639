"""The play log in the admin: what was shown, face by face, newest first. It has millions of lines after some years, so nothing here counts
or sorts them all."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.reports.base import ReportView
from wagtail.admin.widgets.button import HeaderButton

from cms.approval.models import Approval
from cms.players import play_log_file, reading, words
from cms.players.access import ProvincesOnly, seen_controllers
from cms.players.lists import Cell, clusters_of
from cms.players.models import PlayLogEntry

COUNTED = 10_000
"""Lines that can be leafed through; whoever looks for older ones filters by date."""


class BoundedPaginator(WagtailPaginator):
    """Counts no further than it leads."""

    @cached_property
    def count(self) -> int:
        found: int = self.object_list.order_by().values("pk")[:COUNTED].count()
        return found

    @cached_property
    def items_count_label(self) -> str:
        if self.count < COUNTED:
            label: str = super().items_count_label
            return label
        return str(_("the newest %(number)s lines; filter by date for older ones")) % {"number": f"{COUNTED:,}"}


class PlayLogFilterSet(WagtailFilterSet):
    cluster = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Cluster"), field_name="player__controller__cluster", queryset=clusters_of
    )
    face = django_filters.ChoiceFilter(label=gettext_lazy("Face"), choices=[(one, one.upper()) for one in "abcd"])
    title = django_filters.CharFilter(label=gettext_lazy("Title of the item"), method="by_title")
    status = django_filters.ChoiceFilter(label=gettext_lazy("Status"), choices=list(words.STATUSES.items()))
    started_at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Date"), widget=DateRangePickerWidget)

    class Meta:
        model = PlayLogEntry
        fields: list[str] = []

    def by_title(self, queryset: QuerySet[PlayLogEntry], name: str, value: str) -> QuerySet[PlayLogEntry]:
        return queryset.filter(item__in=Approval.objects.filter(title__icontains=value).values("item"))


class PlayLogView(ProvincesOnly, ReportView):
    """What was shown; can be taken away as a file of ITU-T H.782 (`play_log_file`), with the filters that are set."""

    model = PlayLogEntry
    page_title = gettext_lazy("Play log")
    header_icon = "list-ul"
    filterset_class = PlayLogFilterSet
    paginator_class = BoundedPaginator
    index_url_name = "players:play_log"
    index_results_url_name = "players:play_log_results"
    results_template_name = "players/play_log_results.html"
    default_ordering = "-started_at"
    FORMATS = ("csv",)  # a workbook of months would have to be made in memory

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Cell("started_at", _("From"), "players/cells/played_at.html", sort_key="started_at"),
            Column("cluster", label=_("Cluster"), accessor="player.controller.cluster.name"),
            Column("face", label=_("Face"), accessor=lambda one: one.face.upper()),
            Column("item", label=_("Item"), accessor=item_title, width="36%"),
            Column("kind", label=_("Kind"), accessor=lambda one: words.word(words.KINDS, one.kind)),
            Cell("status", _("Status"), "players/cells/played_status.html"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        asked = self.request.GET.copy()
        asked["export"] = "csv"
        url = f"{reverse(self.index_url_name)}?{asked.urlencode()}"
        return [HeaderButton(_("Take away as CSV"), url=url, icon_name="download")]

    def get_base_queryset(self) -> QuerySet[PlayLogEntry]:
        players = seen_controllers(self.request.user).values_list("players__pk", flat=True)
        return (
            PlayLogEntry.objects.filter(player__in=[pk for pk in players if pk is not None])
            .select_related("player__controller__cluster")
            .annotate(item_title=reading.title_subquery("item"), spent=F("ended_at") - F("started_at"))
        )

    def get_queryset(self) -> QuerySet[PlayLogEntry]:
        found = self.order_queryset(self.get_base_queryset())
        return found.order_by(*found.query.order_by, "-pk")

    def as_spreadsheet(self, queryset: QuerySet[PlayLogEntry], spreadsheet_format: str) -> StreamingHttpResponse:
        return play_log_file.response(queryset)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["counted_all"] = context["paginator"].count < COUNTED if context.get("paginator") else True
        return context


def item_title(entry: PlayLogEntry) -> str:
    """The title of what was shown, with its language."""
    known = getattr(entry, "item_title", None)
    language = entry.item.rpartition(":")[2]
    return reading.title(entry.item, {entry.item: f"{known} ({language})"} if known else {})
