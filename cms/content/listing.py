"""The list of items: what each shows, in which languages, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.models import Locale

from cms.content import listing_bulk, listing_copies
from cms.content.listing_rows import Action, Wanted, leads, rows_of, tags_of
from cms.content.listing_shelves import may_write, provinces_seen, shelves_of, sources_of
from cms.content.models import ItemPage
from cms.content.states import STATES, State, word
from cms.places.confinement import own_items

__all__ = ["Action", "items", "register_actions"]

ActionProvider = Callable[[ItemPage, State, Any], list[Action]]
_actions: list[ActionProvider] = []


def register_actions(provider: ActionProvider) -> None:
    """Let a higher app put buttons on a row: `provider(page, state, user)`."""
    if provider not in _actions:
        _actions.append(provider)


def actions_of(page: ItemPage, state: State, user: Any) -> list[Action]:
    """What the higher apps offer for a version of an item, the pressing thing first."""
    return [one for provider in _actions for one in provider(page, state, user)]


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Items of the reader's provinces, a page at a time; what is asked for stands in the address (`Wanted`)."""
    wanted = Wanted.read(request.GET)
    mine = shelves_of(request.user)
    shelves = [one for one in mine if not wanted.province or one.province.code == wanted.province]
    rows = rows_of(own_items(leads(shelves, wanted), request.user), shelves, request.GET.get("p"))
    writes_in = [one.province for one in sources_of(mine) if may_write(request.user, one.province)]
    for row in rows.object_list:
        row.actions = actions_of(row.page, row.state, request.user)
        row.more = listing_copies.actions(row, request.user, writes_in)
    return render(
        request,
        "content/items.html",
        {
            "rows": rows,
            "wanted": wanted,
            "filtered": wanted.filtered,
            "provinces": provinces_seen(request.user),
            "locales": Locale.objects.all(),
            "states": [State(code, word(code)) for code in STATES],
            "kinds": ItemPage.Kind.choices,
            "withins": _withins(),
            "tags": tags_of(shelves),
            "sorts": _sorts(),
            "acts": listing_bulk.acts() if writes_in or rows.object_list else [],
            "adding": [
                (shelf, f"{reverse('content:new')}?province={shelf.province.code}")
                for shelf in sources_of(shelves)
                if may_write(request.user, shelf.province)
            ],
        },
    )


def _withins() -> list[tuple[str, str]]:
    days = [(str(number), _("within %(days)d days") % {"days": number}) for number in (7, 14, 30, 90)]
    return [*days, ("over", _("already expired"))]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("-changed", _("Newest change first")),
        ("changed", _("Oldest change first")),
        ("title", _("Title, A to Z")),
        ("-title", _("Title, Z to A")),
        ("until", _("Last day, nearest first")),
        ("-until", _("Last day, farthest first")),
    ]
