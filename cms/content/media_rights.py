"""What the right of its pictures and clips means for an item: warnings beside its form, and no submission after its end."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, WorkflowState

from cms.content.board import Note
from cms.content.media_uses import MODELS, Medium, kind_of, media_in
from cms.content.models import ItemPage


def media_of(body: Any) -> list[Medium]:
    """The pictures and clips in an item's cards, each once; two queries."""
    found: list[Medium] = []
    for kind, ids in media_in(body).items():
        if ids:
            found.extend(MODELS[kind].objects.filter(pk__in=ids).order_by("title", "pk"))
    return found


def refusals(body: Any) -> list[str]:
    """Why an item with these cards cannot be submitted, and what to do: a sentence for each file without a right."""
    return [_over(one) for one in media_of(body) if one.right == "over"]


def _over(medium: Medium) -> str:
    return _(
        "The right to show “%(title)s” ended after %(day)s. Put another file in its place, or enter the new right in the library."
    ) % {"title": medium.title, "day": _day(medium)}


def _day(medium: Medium) -> str:
    return medium.rights_until.strftime("%d/%m/%Y") if medium.rights_until else ""


def notes(page: ItemPage, revision: Revision, user: Any) -> list[Note]:
    """Above an item's proofs: rights that ended, and those that end soon or while the item is still shown."""
    draft = revision.as_object()
    found = []
    for medium in media_of(draft.body):
        url, action = reverse("library:used", args=(kind_of(medium), medium.pk)), _("Open it in the library")
        if medium.right == "over":
            found.append(Note("off", _over(medium), url, action))
        elif medium.right == "soon" or _ends_earlier(medium, draft):
            said = _("The right to show “%(title)s” ends after %(day)s. Renew it, or let the item end by then.")
            found.append(Note("warning", said % {"title": medium.title, "day": _day(medium)}, url, action))
    return found


def _ends_earlier(medium: Medium, draft: ItemPage) -> bool:
    last = medium.rights_until
    return last is not None and draft.valid_until is not None and last < draft.valid_until


def guard(instance: WorkflowState) -> None:
    """Whatever way leads there, no item begins its way (or goes on after a return) with a file whose right has ended. Raises
    PermissionDenied with the reason."""
    if instance.status != WorkflowState.STATUS_IN_PROGRESS or not _begins(instance):
        return
    page = instance.content_object
    if isinstance(page, Page) and isinstance(page.specific, ItemPage):
        problems = refusals(page.specific.get_latest_revision_as_object().body)
        if problems:
            raise PermissionDenied(" ".join(problems))


def _begins(state: WorkflowState) -> bool:
    """Whether this save begins a way or takes it up again; steps in between are not asked."""
    before = WorkflowState.objects.filter(pk=state.pk).values_list("status", flat=True).first()
    return before in (None, WorkflowState.STATUS_NEEDS_CHANGES)
