"""Acts on many items at once: chosen in the list, looked at once more, then done one by one, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from cms.accounts.audit import record
from cms.accounts.services import has_role
from cms.content import listing_rows
from cms.content.listing_shelves import own_ids, shelves_of
from cms.content.models import ItemPage
from cms.content.states import State
from cms.content.translating.following import follow, in_step
from cms.places.models import Province

AT_MOST = 100
"""Items at once; a page of the list holds fewer."""
MAX_TAG = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item with its language versions, as an act meets it."""

    page: ItemPage
    province: Province
    versions: tuple[tuple[ItemPage, State], ...]

    def may_edit(self, user: Any) -> bool:
        return has_role(user, self.province.code, "contributor", "editor")


@dataclass(frozen=True, slots=True)
class Act:
    """`run(chosen, user, value)` does it to one item and says how it went; it raises `PermissionDenied` or `ValidationError`
    with words for the reader. `field`: what it asks for beforehand (`until` a date, `tag` or `reason` a text)."""

    code: str
    label: str | Promise
    told: str | Promise
    run: Callable[[Chosen, Any, Any], str]
    allowed: Callable[[Any, Chosen], bool]
    field: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    title: str
    url_id: int
    well: bool
    text: str


_acts: dict[str, Act] = {}


def register(act: Act) -> None:
    """Put an act into the list of items; its place is in the order of registration."""
    _acts[act.code] = act


def acts() -> list[Act]:
    return list(_acts.values())


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """First what will happen to which items, then, once confirmed, how it went with each."""
    act = _acts.get(request.POST.get("act", ""))
    ids = [int(one) for one in request.POST.getlist("item") if one.isdigit()][:AT_MOST]
    chosen = _chosen(request.user, ids)
    if act is None or not chosen:
        messages.error(request, _("Tick at least one item, then choose what to do with the ticked ones."))
        return redirect("content:items")
    context: dict[str, Any] = {"act": act, "chosen": chosen, "may": [act.allowed(request.user, one) for one in chosen]}
    if "confirmed" not in request.POST:
        context["rows"] = list(zip(chosen, context["may"], strict=True))
        return render(request, "content/bulk.html", context)
    value, problem = _value(act, request.POST.get("value", "").strip())
    if problem:
        context |= {"problem": problem, "value": request.POST.get("value", "")}
        context["rows"] = list(zip(chosen, context["may"], strict=True))
        return render(request, "content/bulk.html", context)
    outcomes = [_one(act, one, request.user, value) for one in chosen]
    return render(request, "content/bulk_done.html", {"act": act, "outcomes": outcomes, "said": _said(outcomes)})


def _chosen(user: Any, ids: list[int]) -> list[Chosen]:
    """Those of the items that this person sees in the list; others are as if they did not exist."""
    rows = listing_rows.rows(own_ids(ids, user), shelves_of(user))
    return [Chosen(row.page, row.province, tuple(row.versions)) for row in rows if row.page.pk in ids]


def _value(act: Act, text: str) -> tuple[Any, str]:
    """What the act's field holds, and what is wrong with it."""
    if not act.field:
        return None, ""
    if act.field == "until":
        try:
            day = parse_date(text)
        except ValueError:
            day = None
        return day, "" if day else _("Give the new last day.")
    if not text:
        return "", _("Give a tag.") if act.field == "tag" else _("Give the reason.")
    return text[: MAX_TAG if act.field == "tag" else 1000], ""


def _one(act: Act, chosen: Chosen, user: Any, value: Any) -> Outcome:
    title = chosen.page.draft_title or chosen.page.title
    try:
        if not act.allowed(user, chosen):
            raise PermissionDenied(_("Your role in %(province)s may not do this.") % {"province": chosen.province})
        with transaction.atomic():
            return Outcome(title, chosen.page.pk, True, act.run(chosen, user, value))
    except ValidationError as refused:
        return Outcome(title, chosen.page.pk, False, " ".join(refused.messages))
    except PermissionDenied as refused:
        return Outcome(title, chosen.page.pk, False, str(refused) or _("You may not do this."))


def _said(outcomes: Iterable[Outcome]) -> str:
    well = sum(one.well for one in outcomes)
    bad = sum(not one.well for one in outcomes)
    done = ngettext("Done for %(count)d item.", "Done for %(count)d items.", well) % {"count": well}
    left = ngettext("%(count)d item was left as it is.", "%(count)d items were left as they are.", bad) % {"count": bad}
    return f"{done} {left}" if bad else done


def _drafts(chosen: Chosen, user: Any, change: Callable[[ItemPage], None], action: str, **data: Any) -> int:
    """A new draft of every version with the change. Nobody changes what is being appraised or approved: all versions stay
    as they are then. Returns how many there are."""
    for page, state in chosen.versions:
        if state.code in ("appraisal", "approval"):
            raise PermissionDenied(_("This item is being appraised or approved. Wait for the decision."))
        if not page.permissions_for_user(user).can_edit():
            raise PermissionDenied(_("You may not edit this item."))
    following = in_step(chosen.page)
    for page, _state in chosen.versions:
        draft = page.get_latest_revision_as_object()
        change(draft)
        draft.full_clean(exclude=["body"])
        draft.save_revision(user=user, log_action=True)
    if following is not None:
        follow(chosen.page)  # its translations had the same change: they are not behind
    record(action, chosen.page.title, user=user, province=chosen.province.code, item=chosen.page.item_id, **data)
    return len(chosen.versions)


def _extend(chosen: Chosen, user: Any, day: Any) -> str:
    def change(draft: ItemPage) -> None:
        last: date | None = draft.valid_until
        if last is None:
            raise ValidationError(_("This item has no last day: it is shown until it is withdrawn."))
        if day <= last:
            raise ValidationError(
                _("It is shown until %(day)s already; give a later day.") % {"day": last.strftime("%d/%m/%Y")}
            )
        draft.valid_until = day

    _drafts(chosen, user, change, "item.extend", until=day.isoformat())
    return _("A draft with the last day %(day)s is saved. It counts once it is approved.") % {
        "day": day.strftime("%d/%m/%Y")
    }


def _tag(chosen: Chosen, user: Any, name: Any) -> str:
    _drafts(chosen, user, lambda draft: draft.tags.add(name), "item.tag", tag=name)
    return _("A draft with the tag “%(tag)s” is saved. Programmes find it once it is approved.") % {"tag": name}


EXTEND = Act(
    "extend",
    gettext_lazy("Extend the last day"),
    gettext_lazy(
        "A new draft with a later last day is saved. What is on the screens stays as it is until the draft is approved."
    ),
    _extend,
    field="until",
    allowed=lambda user, chosen: chosen.may_edit(user),
)
TAG = Act(
    "tag",
    gettext_lazy("Add a tag"),
    gettext_lazy(
        "A new draft with the tag is saved. What is on the screens stays as it is until the draft is approved."
    ),
    _tag,
    field="tag",
    allowed=lambda user, chosen: chosen.may_edit(user),
)

register(EXTEND)
register(TAG)
