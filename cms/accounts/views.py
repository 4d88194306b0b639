"""The audit log, and what administrators do for people who lost a telephone."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.csrf import csrf_failure as django_csrf_failure
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports.base import ReportView

from cms.accounts.forms import ReasonForm
from cms.accounts.models import AuditEntry, Role, User
from cms.accounts.services import has_second_factor, province_name, provinces_of, reset_second_factor, roles_of
from cms.accounts.words import action_label


def may_read_audit(user: Any) -> bool:
    """Administrators read everything, approvers what concerns their provinces."""
    return bool(user.is_superuser) or any(role == Role.APPROVER for _, role in roles_of(user))


def _distinct(name: str) -> list[str]:
    found = AuditEntry.objects.order_by(name).values_list(name, flat=True).distinct()
    return [value for value in found if value]


class AuditFilterSet(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Date"), widget=DateRangePickerWidget)
    province = django_filters.ChoiceFilter(
        label=gettext_lazy("Province"), choices=lambda: [(code, province_name(code)) for code in _distinct("province")]
    )
    action = django_filters.ChoiceFilter(
        label=gettext_lazy("Action"), choices=lambda: [(one, action_label(one)) for one in _distinct("action")]
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class AuditView(ReportView):
    """Who decided what, when and why; newest first; nothing here can be changed."""

    model = AuditEntry
    page_title = gettext_lazy("Audit log")
    header_icon = "history"
    filterset_class = AuditFilterSet
    index_url_name = "accounts:audit"
    index_results_url_name = "accounts:audit_results"
    list_export = ["at", "user", "action", "province", "subject", "reason"]
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

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        entries = AuditEntry.objects.select_related("user")
        mine = provinces_of(self.request.user)
        return entries if mine is None else entries.filter(province__in=mine)

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return self.order_queryset(self.get_base_queryset())


def second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let an administrator take a person's lost authenticator away."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    person = get_object_or_404(User, pk=user_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reset_second_factor(person, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(user)s sets up a new second factor at the next log-in.") % {"user": person})
        return redirect("wagtailusers_users:edit", person.pk)
    context = {"person": person, "form": form, "active": has_second_factor(person)}
    return render(request, "accounts/second_factor.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or a log-in in another tab: say what to do."""
    if request.headers.get("accept", "").startswith("application/json"):
        return django_csrf_failure(request, reason)
    return render(request, "accounts/csrf.html", status=403)
