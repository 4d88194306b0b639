"""Signing keys in the admin: who holds what, until when, what to do next. To look at: keys are changed at the terminal."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cms.accounts.services import has_second_factor
from cms.release.keys.status import overviews


def may_see(user: object) -> bool:
    """Administrators, once they have a second factor."""
    return bool(getattr(user, "is_superuser", False)) and has_second_factor(user)


def keys(request: HttpRequest) -> HttpResponse:
    """The keys of every province; never a private byte."""
    if not may_see(request.user):
        raise PermissionDenied
    context = {"found": overviews(), "page_title": _("Signing keys"), "breadcrumbs_items": []}
    return render(request, "releases/keys.html", context)
