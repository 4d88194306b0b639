"""Acts on many files of the library at once: looked at once more, then done one by one, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.models import Collection
from wagtail.permissions import policy_registry
from wagtail.search import index

from cms.accounts.audit import record
from cms.content import media_uses
from cms.content.media_shelves import province_of, seen_by, shelves_beside
from cms.content.media_uses import MODELS, Medium, kind_of

AT_MOST = 100
MAX_TAG = 100


@dataclass(frozen=True, slots=True)
class Act:
    """`run(medium, user, value)` does it to one file and says how it went; it raises `PermissionDenied` or `ValidationError` with
    words for the reader. `right`: what the person needs at the file; `field`: what is asked for beforehand."""

    code: str
    label: str | Promise
    told: str | Promise
    run: Callable[[Medium, Any, Any], str]
    right: str
    field: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    title: str
    well: bool
    text: str


def _may(user: Any, medium: Medium, right: str) -> bool:
    return bool(policy_registry.get_by_type(type(medium)).user_has_permission_for_instance(user, right, medium))


def _tag(medium: Medium, user: Any, value: Any) -> str:
    medium.tags.add(value)
    index.insert_or_update_object(medium)
    _note("media.tagged", medium, user, tag=value)
    return _("Has the tag “%(tag)s” now.") % {"tag": value}


def _move(medium: Medium, user: Any, value: Any) -> str:
    if province_of(value) != province_of(medium.collection):
        raise PermissionDenied(_("Files stay within their province."))
    before = medium.collection.name
    medium.collection = value
    medium.save(update_fields=["collection"])
    _note("media.moved", medium, user, before=before, after=value.name)
    return _("Lies in “%(collection)s” now.") % {"collection": value.name}


def _delete(medium: Medium, user: Any, value: Any) -> str:
    media_uses.catch_up()
    locked = type(medium)._default_manager.select_for_update().filter(pk=medium.pk)
    if locked.filter(media_uses.used(type(medium))).exists():
        raise ValidationError(_("It is used, so it stays. Take it out of its items first."))
    _note("media.deleted", medium, user, sha256=medium.sha256)
    medium.delete()
    return _("Deleted.")


def _note(action: str, medium: Medium, user: Any, **data: Any) -> None:
    told = {"kind": kind_of(medium), "id": medium.pk, **data}
    record(action, medium.title, user=user, province=province_of(medium.collection), **told)


ACTS = {
    one.code: one
    for one in (
        Act(
            "tag",
            gettext_lazy("Add a tag"),
            gettext_lazy("The files get one more tag, by which they are found. Items and screens stay as they are."),
            _tag,
            right="change",
            field="tag",
        ),
        Act(
            "move",
            gettext_lazy("Move to another collection"),
            gettext_lazy(
                "The files are put into another collection of the same province. Items and screens stay as they are."
            ),
            _move,
            right="change",
            field="collection",
        ),
        Act(
            "delete",
            gettext_lazy("Delete what is unused"),
            gettext_lazy("Files that no item uses are deleted for good; what any item uses, drafts as well, stays."),
            _delete,
            right="delete",
            danger=True,
        ),
    )
}


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """First what will happen to which files, then, once confirmed, how it went with each."""
    user: Any = request.user
    act = ACTS.get(request.POST.get("act", ""))
    chosen = _chosen(user, request.POST.getlist("item"))
    if act is None or not chosen:
        messages.error(request, _("Tick at least one file, then choose what to do with the ticked ones."))
        return redirect("library:list")
    shelves = shelves_beside(user, {province_of(one.collection) for one in chosen}) if act.field == "collection" else []
    context: dict[str, Any] = {"act": act, "shelves": shelves, "problem": ""}
    if act.field == "collection" and not shelves:
        messages.error(request, _("Tick files of one province only, of which you may change the collections."))
        return redirect("library:list")
    if "confirmed" in request.POST:
        value, problem = _value(act, request.POST.get("value", "").strip(), shelves)
        if not problem:
            outcomes = [_one(act, one, user, value) for one in chosen]
            return render(request, "content/library_done.html", {"act": act, "outcomes": outcomes})
        context["problem"] = problem
    using = media_uses.pages_using(chosen)
    context["rows"] = [
        {
            "key": f"{kind_of(one)}-{one.pk}",
            "medium": one,
            "may": _may(user, one, act.right),
            "uses": len(using[kind_of(one), one.pk]),
        }
        for one in chosen
    ]
    return render(request, "content/library_bulk.html", context)


def _chosen(user: Any, keys: list[str]) -> list[Medium]:
    """Those of the files that this person sees; others are as if they did not exist."""
    found: list[Medium] = []
    shelves = seen_by(user)
    for kind, model in MODELS.items():
        ids = [
            int(pk)
            for one, _dash, pk in (key.partition("-") for key in keys[:AT_MOST])
            if one == kind and pk.isdecimal()
        ]
        found.extend(
            model._default_manager.filter(pk__in=ids, collection__in=shelves)
            .select_related("collection")
            .order_by("pk")
        )
    return found


def _value(act: Act, text: str, shelves: list[Collection]) -> tuple[Any, str]:
    """What the act's field holds, and what is wrong with it."""
    if act.field == "tag":
        return text[:MAX_TAG], "" if text else _("Give a tag.")
    if act.field == "collection":
        shelf = next((one for one in shelves if str(one.pk) == text), None)
        return shelf, "" if shelf else _("Choose a collection.")
    return None, ""


def _one(act: Act, medium: Medium, user: Any, value: Any) -> Outcome:
    title = medium.title
    try:
        if not _may(user, medium, act.right):
            raise PermissionDenied(_("Your role may not do this with this file."))
        with transaction.atomic():
            return Outcome(title, True, act.run(medium, user, value))
    except ValidationError as refused:
        return Outcome(title, False, " ".join(refused.messages))
    except PermissionDenied as refused:
        return Outcome(title, False, str(refused))
