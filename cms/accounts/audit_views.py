"""The audit log: read, filtered and downloaded by who answers for a province."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports.base import ReportView

from cms.accounts.exports import SafeSpreadsheet
from cms.accounts.models import AuditEntry, Role, User
from cms.accounts.services import province_name, roles_of
from cms.accounts.words import action_label

READERS = (Role.APPROVER, Role.ADMINISTRATOR)


def audited_provinces(user: Any) -> set[str] | None:
    """Codes of the provinces whose log a person may read: of those in which they approve or administer; None means all."""
    if not getattr(user, "is_active", False):
        return set()
    if user.is_superuser:
        return None
    return {province for province, role in roles_of(user) if role in READERS}


def may_read_audit(user: Any) -> bool:
    """Whether there is any log that this person may read."""
    codes = audited_provinces(user)
    return codes is None or bool(codes)


def readable(user: Any) -> QuerySet[AuditEntry]:
    """What a person may read of the log."""
    codes = audited_provinces(user)
    return AuditEntry.objects.all() if codes is None else AuditEntry.objects.filter(province__in=codes)


def _distinct(user: Any, name: str) -> list[Any]:
    return [value for value in readable(user).order_by(name).values_list(name, flat=True).distinct() if value]


class AuditFilterSet(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Date"), widget=DateRangePickerWidget)
    person = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Person"),
        field_name="user",
        queryset=lambda request: User.objects.filter(pk__in=_distinct(request.user, "user")).order_by("username"),
    )
    action = django_filters.ChoiceFilter(label=gettext_lazy("Action"))
    province = django_filters.ChoiceFilter(label=gettext_lazy("Province"))

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        actions = sorted((action_label(one), one) for one in _distinct(user, "action"))
        self.filters["action"].extra["choices"] = [(one, label) for label, one in actions]
        provinces = _distinct(user, "province")
        self.filters["province"].extra["choices"] = [(code, province_name(code)) for code in provinces]


class AuditView(SafeSpreadsheet, ReportView):
    """Who decided what, when and why; newest first; nothing here can be changed."""

    model = AuditEntry
    page_title = gettext_lazy("Audit log")
    header_icon = "history"
    filterset_class = AuditFilterSet
    index_url_name = "accounts:audit"
    index_results_url_name = "accounts:audit_results"
    list_export = ["at", "who", "action", "what", "subject", "province", "reason"]
    export_headings = {
        "at": gettext_lazy("At"),
        "who": gettext_lazy("Who"),
        "action": gettext_lazy("Action"),
        "what": gettext_lazy("What"),
        "subject": gettext_lazy("On what"),
        "province": gettext_lazy("Province"),
        "reason": gettext_lazy("Why"),
    }
    export_filename = "audit-log"
    default_ordering = "-at"
    is_searchable = True
    search_fields = ["subject", "reason", "user__username", "user__last_name"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_read_audit(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("at", label=_("At"), accessor=lambda one: one.at, sort_key="at", width="14%"),
            Column("user", label=_("Who"), accessor=lambda one: one.user or _("the system")),
            Column("action", label=_("What"), accessor=lambda one: action_label(one.action)),
            Column("subject", label=_("On what")),
            Column(
                "province",
                label=_("Province"),
                accessor=lambda one: province_name(one.province) if one.province else "",
            ),
            Column("reason", label=_("Why"), accessor=lambda one: one.reason or one.data.get("group", "")),
        ]

    def to_row_dict(self, item: AuditEntry) -> dict[str, Any]:
        return {
            "at": item.at,
            "who": str(item.user or _("the system")),
            "action": item.action,
            "what": action_label(item.action),
            "subject": item.subject,
            "province": province_name(item.province) if item.province else "",
            "reason": item.reason or item.data.get("group", ""),
        }

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        return readable(self.request.user).select_related("user")

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return self.order_queryset(self.get_base_queryset())
