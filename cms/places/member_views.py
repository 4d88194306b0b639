"""Pages of memberships: of a person, and of an organisation. Every change is in the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.accounts import audit
from cms.accounts.facts import Fact
from cms.accounts.models import User
from cms.accounts.people import administers_any
from cms.accounts.views import looked_after
from cms.places.confinement import bounds_of, today
from cms.places.member_forms import (
    ADDED,
    CHANGED,
    REMOVED,
    MembershipFormSet,
    formset_for_organisation,
    formset_for_person,
    organisations_for,
)
from cms.places.models import Membership


def organisations_of(request: HttpRequest, user_id: int) -> HttpResponse:
    """The organisations to which a person belongs, with their dates."""
    person = looked_after(request, user_id)
    rows = formset_for_person(request.user, person, request.POST or None)
    back = reverse("wagtailusers_users:edit", args=[person.pk])
    return _page(request, rows, str(person), _("Organisations"), back)


def members_of(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """The people who belong to an organisation, with their dates."""
    if not administers_any(request.user):
        raise PermissionDenied
    organisation = get_object_or_404(organisations_for(request.user), pk=organisation_id)
    rows = formset_for_organisation(request.user, organisation, request.POST or None)
    back = reverse("wagtailsnippets_places_organisation:list")
    return _page(request, rows, str(organisation), _("People of the organisation"), back)


def _page(request: HttpRequest, rows: MembershipFormSet, subject: str, title: str, back: str) -> HttpResponse:
    if request.method == "POST" and rows.is_valid():
        with transaction.atomic():
            _keep(rows, request.user)
        messages.success(request, _("Saved."))
        return redirect(request.path)
    context = {"rows": rows, "subject": subject, "title": title, "back": back, "today": today()}
    return render(request, "places/memberships.html", context)


def _keep(rows: MembershipFormSet, by: Any) -> None:
    rows.save()
    for action, changed in (
        (ADDED, rows.new_objects),
        (CHANGED, [one for one, _names in rows.changed_objects]),
        (REMOVED, rows.deleted_objects),
    ):
        for one in changed:
            audit.record(
                action,
                one.user.get_username(),
                user=by,
                province=one.organisation.province.code,
                reason=str(one.organisation),
                organisation=one.organisation.code,
                valid_from=str(one.valid_from),
                valid_until=str(one.valid_until or ""),
            )


def fact(person: User, viewer: Any) -> Fact:
    """For the page of a person."""
    lines = [_line(one) for one in Membership.objects.filter(user=person).select_related("organisation")]
    bounds = bounds_of(person)
    if bounds is not None:
        lines.append(_("Sees and changes only what these organisations supply, and their clusters."))
    url = reverse("places:organisations_of", args=[person.pk])
    return Fact(_("Organisations"), tuple(lines) or (_("Belongs to none"),), url, _("Change the organisations"))


def _line(one: Membership) -> str:
    values = {"organisation": one.organisation, "start": one.valid_from.strftime("%d/%m/%Y")}
    if one.valid_until is None:
        return _("%(organisation)s, since %(start)s") % values
    return _("%(organisation)s, %(start)s to %(end)s") % {**values, "end": one.valid_until.strftime("%d/%m/%Y")}
