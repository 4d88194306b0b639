"""What saving or approving would change on the screens, asked before it is done."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cms.accounts.services import provinces_of
from cms.content.models import ItemPage
from cms.programmes.drafts import NoDraft, draft_of
from cms.programmes.impact import Impact, impact_of
from cms.programmes.models import Programme, Slot
from cms.programmes.policy import ProgrammesPolicy
from cms.programmes.touched import Touched, by_approval, by_programme, by_slot


@require_POST
def of_programme(request: HttpRequest) -> JsonResponse:
    """What saving the programme in the form would change: `ask`, whether there is anything to say, and `html`."""
    _editors_only(request, Programme)
    try:
        touched = by_programme(draft_of(request.POST, request.user))
    except NoDraft:
        raise PermissionDenied from None
    return _told(request, touched)


@require_POST
def of_slot(request: HttpRequest) -> JsonResponse:
    """The same of a slot. A form with faults asks nothing: saving it says what is wrong."""
    _editors_only(request, Slot)
    from cms.programmes.viewsets import slot_form_class

    number = request.POST.get("slot", "")
    known = get_object_or_404(Slot, pk=number) if number.isdecimal() else None
    if known and not ProgrammesPolicy(Slot).user_has_permission_for_instance(request.user, "change", known):
        raise PermissionDenied
    form = slot_form_class()(request.POST, instance=known or Slot(), for_user=request.user)
    if not form.is_valid():
        return JsonResponse({"ask": False, "html": ""})
    made = form.save(commit=False)
    return _told(request, by_slot(made, form.cleaned_data["clusters"], form.cleaned_data.get("cluster_tags", ())))


def _editors_only(request: HttpRequest, model: type[Programme] | type[Slot]) -> None:
    if not ProgrammesPolicy(model).user_has_permission(request.user, "change"):
        raise PermissionDenied


def _told(request: HttpRequest, touched: Touched) -> JsonResponse:
    found = impact_of(*touched)
    return JsonResponse({"ask": found.said(), "html": _html(request, found)})


def _html(request: HttpRequest, found: Impact) -> str:
    return render_to_string("programmes/impact.html", {"impact": found}, request=request)


def approval_panel(page: ItemPage, user: Any) -> SafeString:
    """What the page of a decision shows: a place that fills itself, so that nobody waits for the compiler."""
    url = reverse("programmes:impact_of_approval", args=(page.pk,))
    waiting = _("Reckoning what the screens would show…")
    failed = _("It cannot be said now what the screens would show: the server does not answer. Deciding works as ever.")
    return format_html(
        '<div class="bt-impact" data-bt-impact-of="{}" data-failed="{}" aria-live="polite"><p class="bt-items__meta">{}</p></div>',
        url, failed, waiting,
    )  # fmt: skip


@require_GET
def of_approval(request: HttpRequest, page: int) -> HttpResponse:
    """What approving the newest version of an item would change in its own province; HTML. For the people of the province."""
    item = get_object_or_404(ItemPage, pk=page)
    mine = provinces_of(request.user)
    if mine is not None and item.province.code not in mine:
        raise PermissionDenied
    revision = item.latest_revision
    touched = by_approval(item, revision, item.province) if revision else None
    if touched is None:
        return HttpResponse(render_to_string("programmes/impact.html", {"impact": None}, request=request))
    return HttpResponse(_html(request, impact_of(*touched)))
