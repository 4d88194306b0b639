"""Withdrawing, and how a decision is taken on a page; looking and deciding lies in `review_views.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.models import Locale

from cms.approval.forms import WithdrawForm
from cms.approval.models import Approval
from cms.approval.services import withdraw
from cms.approval.standing import may_withdraw
from cms.content.board import board_of
from cms.content.models import ItemPage
from cms.content.proofs import destination_clusters
from cms.content.views import visible_item
from cms.places.models import Province


def attempt(request: HttpRequest, decision: Callable[[], Any], done: str) -> bool:
    """Take a decision and say how it went; a refusal is told in its own words."""
    try:
        decision()
    except PermissionDenied as refused:
        messages.error(request, str(refused) or _("You may not do this."))
        return False
    messages.success(request, done)
    return True


def withdraw_item(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take an item off the screens now: asks from which, in which languages, and why. What could not be withdrawn is said on the page,
    which keeps what was typed."""
    page = visible_item(request, page_id)
    airing = [one for one in _airing(page) if may_withdraw(request.user, one.province)]
    if not airing:
        raise PermissionDenied
    provinces = {one.province.code: one.province for one in airing}
    form = WithdrawForm(
        request.POST or None,
        provinces=[(code, f"{one.name}: {_clusters(page, one)}") for code, one in provinces.items()],
        languages=_languages(page, {one.language for one in airing}),
    )
    if request.method == "POST" and form.is_valid():
        chosen = [provinces[code] for code in form.chosen("province")]
        went = [_withdrawn(request, page, one, form) for one in chosen]  # each, also where one is refused
        if all(went):
            return redirect("content:items")
    context = {"page": page, "form": form, "board": board_of(page, request.user)}
    return render(request, "approval/withdraw.html", context)


def _airing(page: ItemPage) -> list[Approval]:
    """The approvals in force of an item, in any language and province."""
    found = Approval.objects.filter(item_key=page.translation_key, revoked_at__isnull=True)
    return list(found.select_related("province").order_by("province__name", "pk"))


def _clusters(page: ItemPage, province: Province) -> str:
    where = destination_clusters(page, None if province.national else province)
    return ", ".join(one.name for one in where) or "–"


def _languages(page: ItemPage, codes: set[str]) -> list[tuple[str, str]]:
    """Codes and names of these languages, the page's own first."""
    found = [(one.language_code, str(one.get_display_name())) for one in Locale.objects.filter(language_code__in=codes)]
    return sorted(found, key=lambda one: (one[0] != page.locale.language_code, one[1]))


def _withdrawn(request: HttpRequest, page: ItemPage, province: Province, form: WithdrawForm) -> bool:
    """Whether the chosen versions are off a province's screens; how it went is said."""
    said, codes = form.cleaned_data["reason"], form.chosen("language")
    return attempt(
        request,
        lambda: withdraw(page, province=province, by=request.user, reason=said, languages=codes),
        _("Withdrawn from the screens of %(province)s.") % {"province": province},
    )
