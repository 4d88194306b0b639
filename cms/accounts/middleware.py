"""Nobody who answers for the screens works with a password alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from cms.accounts.services import has_second_factor, needs_second_factor

# Exactly what somebody needs who has yet to set up their second factor.
ALLOWED_VIEWS = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "wagtailadmin_logout",
        "wagtailadmin_login",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_sprite",
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
    }
)
# Served to anybody, logged in or not; no session is looked at.
PUBLIC_PREFIXES = ("/static/", "/player/", "/api/player/", "/releases/", "/store/", "/health/", "/favicon.ico")


class SecondFactorMiddleware(MiddlewareMixin):
    """Sends approvers and administrators without an authenticator to set one up, before anything else."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if request.path.startswith(PUBLIC_PREFIXES):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in ALLOWED_VIEWS:
            return None
        user = request.user
        if not user.is_authenticated or not needs_second_factor(user) or has_second_factor(user):
            return None
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"error": _("Set up your second factor first.")}, status=403)
        messages.warning(
            request, _("Your role needs a second factor. Set it up now; it takes a minute and your telephone.")
        )
        return redirect("mfa_activate_totp")


class AdminScriptsMiddleware:
    """Lets Wagtail's widgets (choosers, dates) start themselves with inline scripts, inside the admin only. Handlers in
    attributes stay forbidden there too; every other page runs scripts from files alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: Any = self.get_response(request)
        if request.path.startswith("/admin/") and request.user.is_authenticated:
            response._csp_update = {"script-src": ["'unsafe-inline'"], "script-src-attr": ["'none'"]}
        return cast(HttpResponse, response)
