"""The list of requests for editors: what is due first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, Table
from wagtail.admin.views.reports.base import ReportView
from wagtail.admin.widgets.button import HeaderButton

from cms import clock
from cms.accounts.models import Role
from cms.accounts.services import roles_of
from cms.places.models import Cluster
from cms.requests.access import seen, sees_any
from cms.requests.models import ContentRequest, RequestFile
from cms.requests.states import OPEN, UNFINISHED, State

SOON_DAYS = 7
"""From so many days before the wished day on, an unfinished request is marked."""


class Cell(Column):
    """A column with a template of its own; the row is `value`."""

    def __init__(self, name: str, label: str, **kwargs: Any) -> None:
        super().__init__(name, label=label, accessor=lambda row: row, **kwargs)
        self.cell_template_name = f"requests/cells/{name}.html"


@dataclass(frozen=True, slots=True)
class Due:
    """How near the wished day is. `level`: `late`, `soon`, or "" for what has time, has no day, or needs nothing more."""

    text: str
    level: str

    @property
    def shape(self) -> str:
        return {"late": "▲", "soon": "◆"}.get(self.level, "")


def due_of(request: ContentRequest) -> Due:
    """The days from today until the first wished day, in words."""
    if request.wished_from is None:
        return Due(_("no wished day"), "")
    days = (request.wished_from - timezone.localdate(clock.now())).days
    if request.state not in UNFINISHED:
        return Due("", "")
    if days < 0:
        return Due(ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}, "late")
    if days == 0:
        return Due(_("today"), "late")
    text = ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return Due(text, "soon" if days <= SOON_DAYS else "")


@dataclass(frozen=True, slots=True)
class Row:
    """A request in the list, with the first file that can be seen."""

    request: ContentRequest
    due: Due
    picture: RequestFile | None


def gates_of(request: HttpRequest) -> QuerySet[Cluster]:
    provinces = seen(request.user).values("province")
    return Cluster.objects.filter(province__in=provinces).order_by("name")


class RequestFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[("all", gettext_lazy("All, closed ones too")), *State.choices],
        method="of_state",
    )
    whose = django_filters.ChoiceFilter(
        label=gettext_lazy("Whose"),
        choices=[("mine", gettext_lazy("Assigned to me")), ("nobody", gettext_lazy("Assigned to nobody"))],
        method="of_person",
    )
    due = django_filters.ChoiceFilter(
        label=gettext_lazy("Wished day"),
        choices=[
            ("late", gettext_lazy("Late")),
            ("7", gettext_lazy("Within 7 days")),
            ("30", gettext_lazy("Within 30 days")),
        ],
        method="of_day",
    )
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind of request"), choices=ContentRequest.Kind.choices)
    clusters = django_filters.ModelChoiceFilter(label=gettext_lazy("Gate"), queryset=gates_of)

    class Meta:
        model = ContentRequest
        fields: list[str] = []

    def of_state(self, found: QuerySet[ContentRequest], name: str, value: str) -> QuerySet[ContentRequest]:
        return found if value == "all" else found.filter(state=value)

    def of_person(self, found: QuerySet[ContentRequest], name: str, value: str) -> QuerySet[ContentRequest]:
        return found.filter(assigned_to=self.request.user if value == "mine" else None)

    def of_day(self, found: QuerySet[ContentRequest], name: str, value: str) -> QuerySet[ContentRequest]:
        today = timezone.localdate(clock.now())
        unfinished = found.filter(state__in=UNFINISHED)
        if value == "late":
            return unfinished.filter(wished_from__lte=today)
        return unfinished.filter(wished_from__lte=today + timedelta(days=int(value)))


class RequestsView(ReportView):
    """Open requests of the reader's provinces, the nearest wished day first; closed ones by a filter."""

    model = ContentRequest
    page_title = gettext_lazy("Content requests")
    header_icon = "mail"
    filterset_class = RequestFilterSet
    index_url_name = "content_requests:index"
    index_results_url_name = "content_requests:index_results"
    template_name = "requests/index.html"
    results_template_name = "requests/index_results.html"
    list_export: list[str] = []
    is_searchable = True
    search_fields = ["number", "title", "organisation__name", "sender_name", "letter_number"]
    paginate_by = 30

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_any(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Cell("due", _("Wished day"), width="13%"),
            Cell("picture", _("Sent along"), width="9rem"),
            Cell("request", _("Request"), width="42%"),
            Cell("state", _("State")),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        user: Any = self.request.user
        if not (user.is_superuser or any(role in (Role.EDITOR, Role.ADMINISTRATOR) for _code, role in roles_of(user))):
            return []
        return [HeaderButton(_("Senders' links"), url=reverse("content_requests:links"), icon_name="link")]

    def get_base_queryset(self) -> QuerySet[ContentRequest]:
        shown = RequestFile.objects.exclude(preview="")
        return (
            seen(self.request.user)
            .prefetch_related(Prefetch("files", queryset=shown, to_attr="shown_files"), "clusters")
            .order_by(
                Case(When(state__in=UNFINISHED, then=Value(0)), default=Value(1)),
                F("wished_from").asc(nulls_last=True),
                "-sent_at",
            )
        )

    def get_queryset(self) -> QuerySet[ContentRequest]:
        return self.get_base_queryset()

    def filter_queryset(self, queryset: QuerySet[ContentRequest]) -> QuerySet[ContentRequest]:
        found: QuerySet[ContentRequest] = super().filter_queryset(queryset)
        return found if self.request.GET.get("state") else found.filter(Q(state__in=OPEN))

    def get_table(self, object_list: Iterable[Any]) -> Table:
        rows = [Row(one, due_of(one), next(iter(one.shown_files), None)) for one in object_list]
        return super().get_table(rows)
