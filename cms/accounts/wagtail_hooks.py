"""Accounts in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from cms.accounts.audit_views import AuditView, may_read_audit
from cms.accounts.models import User
from cms.accounts.sessions_panel import SessionsPanel
from cms.accounts.views import own_sessions, person_sessions, second_factor

urlpatterns = [
    path("reports/audit/", AuditView.as_view(), name="audit"),
    path("reports/audit/results/", AuditView.as_view(results_only=True), name="audit_results"),
    path("people/<int:user_id>/second-factor/", second_factor, name="second_factor"),
    path("people/<int:user_id>/sessions/", person_sessions, name="person_sessions"),
    path("account/sessions/", own_sessions, name="sessions"),
]


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    return [path("", include((urlpatterns, "accounts"), namespace="accounts"))]


class AuditMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read_audit(request.user)


@hooks.register("register_reports_menu_item")
def register_audit_menu_item() -> MenuItem:
    return AuditMenuItem(
        gettext_lazy("Audit log"), reverse("accounts:audit"), name="audit", icon_name="history", order=900
    )


@hooks.register("register_account_settings_panel")
def register_sessions_panel(request: HttpRequest, user: User, profile: Any) -> SessionsPanel:
    return SessionsPanel(request, user, profile)


@hooks.register("register_user_listing_buttons")
def user_listing_buttons(user: User, request_user: Any) -> list[Button]:
    """The list holds nobody whom its reader may not look after."""
    return [
        Button(_("Second factor"), reverse("accounts:second_factor", args=[user.pk]), icon_name="key", priority=40),
        Button(_("Sessions"), reverse("accounts:person_sessions", args=[user.pk]), icon_name="desktop", priority=50),
    ]


def _keep_people(request: HttpRequest) -> HttpResponse:
    messages.error(
        request, _("People are never deleted, since the audit log names them. Switch the account off instead.")
    )
    return redirect("wagtailusers_users:index")


@hooks.register("before_delete_user")
def before_delete_user(request: HttpRequest, user: User) -> HttpResponse:
    return _keep_people(request)


@hooks.register("before_bulk_action")
def before_bulk_action(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    """Wagtail's actions on many accounts know no province, and change them without a word in the audit log."""
    if action_type == "delete" and any(isinstance(one, User) for one in objects):
        return _keep_people(request)
    if getattr(action, "model", None) is User:
        messages.error(request, _("Roles and accounts are changed one person at a time, on the page of the person."))
        return redirect("wagtailusers_users:index")
    return None
