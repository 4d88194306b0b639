"""Personal links in the admin: made for a person of a unit, shown once, sent by mail, revoked at any time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms import clock
from cms.accounts.models import Role
from cms.accounts.services import provinces_of, roles_of
from cms.places.confinement import bounds_of
from cms.places.models import Organisation
from cms.requests import links, mails
from cms.requests.errors import RequestRefused
from cms.requests.forms import LinkForm
from cms.requests.states import OPEN

ENDED_SHOWN = 200


def organisations_for(user: Any) -> QuerySet[Organisation]:
    """Units for which a person may make links."""
    found = (
        Organisation.objects.filter(province__active=True).select_related("province").order_by("province__name", "name")
    )
    if provinces_of(user) is None:
        return found
    bounds = bounds_of(user)
    if bounds is not None:
        found = found.filter(pk__in=bounds.organisations)
    return found.filter(
        province__code__in={code for code, role in roles_of(user) if role in (Role.EDITOR, Role.ADMINISTRATOR)}
    )


def _allowed(request: HttpRequest) -> QuerySet[Organisation]:
    found = organisations_for(request.user)
    if not found.exists():
        raise PermissionDenied
    return found


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Links that work first, then those that ended."""
    units = _allowed(request)
    now = clock.now()
    found = links.seen_links(request.user).annotate(
        waiting=Count("content_requests", filter=Q(content_requests__state__in=OPEN))
    )
    works = Q(revoked_at=None, expires_at__gt=now)
    context = {
        "working": found.filter(works),  # all: what is not listed cannot be revoked
        "ended": found.exclude(works)[:ENDED_SHOWN],
        "form": LinkForm(organisations=units),
        "now": now,
    }
    return render(request, "requests/links.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make a link and show it, this once; also by mail."""
    units = _allowed(request)
    form = LinkForm(
        request.POST or None, organisations=units, initial={"organisation": request.GET.get("organisation")}
    )
    if request.method != "POST" or not form.is_valid():
        return render(request, "requests/link_make.html", {"form": form}, status=422 if form.errors else 200)
    data = form.cleaned_data
    try:
        link = links.make_link(
            data["organisation"], name=data["name"], email=data["email"], days=data["days"], by=request.user
        )
    except RequestRefused as refused:
        raise PermissionDenied from refused
    address = links.address_of(link)
    context = {
        "link": link,
        "address": settings.WAGTAILADMIN_BASE_URL + address,
        "mailed": mails.send_link(link, address),
    }
    response = render(request, "requests/link_made.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(links.seen_links(request.user), pk=pk)
    links.revoke_link(link, by=request.user)
    messages.success(request, _("Revoked. The link of %(name)s no longer opens anything.") % {"name": link.name})
    return redirect("content_requests:links")
