"""Copies of items, and items that go over to another province. Neither airs by it: a copy was never approved, and what moves
loses its approvals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.actions.move_page import MovePageAction
from wagtail.coreutils import find_available_slug

from cms.accounts.audit import record
from cms.content.listing_rows import Action, Row
from cms.content.listing_shelves import may_write
from cms.content.models import ItemPage, ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.views import visible_item
from cms.places.models import Province


def actions(row: Row, user: Any, targets: list[Province]) -> list[Action]:
    """What else may be done with a row. `targets`: provinces in which this person writes items."""
    if not may_write(user, row.province):
        return []
    found = [Action(_("Duplicate"), reverse("content:duplicate", args=(row.page.pk,)), post=True)]
    if any(one != row.province for one in targets):
        found.append(Action(_("Move to another province…"), reverse("content:move", args=(row.page.pk,))))
    return found


@transaction.atomic
def duplicate(page: ItemPage, *, by: Any) -> ItemPage:
    """A draft of its own with the words, pictures and dates of an item's latest draft, on the same shelf. Raises
    `PermissionDenied`."""
    if not may_write(by, page.province):
        raise PermissionDenied(_("Your role in %(province)s may not do this.") % {"province": page.province})
    draft = page.get_latest_revision_as_object()
    title = _("%(title)s (copy)") % {"title": draft.title[:240]}
    slug = find_available_slug(page.get_parent(), f"{draft.slug[:240]}-2")
    named = {"title": title, "draft_title": title, "slug": slug, "locked": False}
    made: ItemPage = draft.copy(keep_live=False, copy_revisions=False, user=by, update_attrs=named)
    record("item.copy", title, user=by, province=page.province.code, item=made.item_id, of=page.item_id)
    return made


@transaction.atomic
def move(page: ItemPage, province: Province, *, by: Any) -> None:
    """Put an item, in all its languages, on another province's shelves. Its approvals end (`approval.handlers`), and what names
    clusters elsewhere names none any more. Raises `PermissionDenied` or `ValidationError`."""
    if not (may_write(by, page.province) and may_write(by, province)):
        raise PermissionDenied(_("You need to write items in both provinces to move one."))
    versions = list(ItemPage.objects.filter(translation_key=page.translation_key).select_related("locale"))
    shelves = {
        one.locale_id: one
        for one in ProvincePage.objects.filter(province=province, alias_of=None).select_related("locale")
    }
    for one in versions:
        if one.locale_id not in shelves:
            raise ValidationError(
                _("%(province)s has no items in %(language)s. Delete that version first, or copy the item.")
                % {"province": province, "language": one.locale.get_display_name()}
            )
        if one.workflow_in_progress:
            raise ValidationError(_("This item is being appraised or approved. Wait for the decision."))
    for one in versions:
        # Wagtail asks for the right to publish, which nobody has here; who may was asked above.
        MovePageAction(one, shelves[one.locale_id], pos="last-child", user=by).execute(skip_permission_checks=True)
        _at_home(ItemPage.objects.get(pk=one.pk), province, by)
    record(
        "item.move", page.title, user=by, province=page.province.code, item=page.item_id, to=province.code
    )  # where it was
    record("item.move", page.title, user=by, province=province.code, item=page.item_id, to=province.code)


def _at_home(page: ItemPage, province: Province, by: Any) -> None:
    """A new draft that names no clusters of other provinces; a national item may name any."""
    draft = page.get_latest_revision_as_object()
    if not province.national:
        draft.destinations = [one for one in draft.destinations.all() if one.province_id == province.pk]
    draft.save_revision(user=by)


@require_POST
def duplicate_item(request: HttpRequest, page_id: int) -> HttpResponse:
    made = duplicate(visible_item(request, page_id), by=request.user)
    messages.success(
        request, _("This is the copy: a draft that nobody has approved. Change what differs, then save it.")
    )
    return redirect("wagtailadmin_pages:edit", made.pk)


def move_item(request: HttpRequest, page_id: int) -> HttpResponse:
    """Asks where to, and says what it means for the screens."""
    page = visible_item(request, page_id)
    if page.locale.language_code != SOURCE_LANGUAGE:
        page = (
            ItemPage.objects.filter(translation_key=page.translation_key, locale__language_code=SOURCE_LANGUAGE).first()
            or page
        )
    targets = [
        one for one in Province.objects.filter(active=True).exclude(pk=page.province.pk) if may_write(request.user, one)
    ]
    if not may_write(request.user, page.province) or not targets:
        raise PermissionDenied
    if request.method == "POST":
        chosen = next((one for one in targets if one.code == request.POST.get("province")), None)
        try:
            if chosen is None:
                raise ValidationError(_("Choose the province that the item goes to."))
            move(page, chosen, by=request.user)
            messages.success(request, _("Moved to %(province)s, as a draft.") % {"province": chosen})
            return redirect("content:items")
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
    return render(request, "content/move.html", {"page": page, "targets": targets})
