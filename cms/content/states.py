"""The state of items in a list. Higher apps say what they know; the last one that has something to say is heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.content.models import ItemPage

STATES = ("draft", "appraisal", "approval", "approved", "withdrawn")


@dataclass(frozen=True, slots=True)
class State:
    """A code of `STATES`, its word, and a mark that does not rest on colour. `edited`: a newer draft is not approved."""

    code: str
    word: str
    edited: bool = False

    @property
    def shape(self) -> str:
        return {"draft": "○", "appraisal": "◔", "approval": "◑", "approved": "●", "withdrawn": "■"}[self.code]


Provider = Callable[[Sequence[ItemPage]], dict[int, State]]
Where = Callable[[str], Q]
_providers: list[Provider] = []
_wheres: list[Where] = []


def register(provider: Provider) -> None:
    """`provider(pages)` answers states by page id, in a constant number of queries."""
    if provider not in _providers:
        _providers.append(provider)


def register_where(where: Where) -> None:
    """`where(code)` answers the same in SQL: a condition on items that are in this state, for every code of `STATES` but
    `draft`, and for `edited` (an older version is approved, the latest is not) and `settled` (approved and not `edited`)."""
    if where not in _wheres:
        _wheres.append(where)


def states_of(pages: Sequence[ItemPage]) -> dict[int, State]:
    found = {page.pk: State("draft", _("Draft")) for page in pages}
    for provider in _providers:
        found.update(provider(pages))
    return found


def where(code: str) -> Q:
    """The condition on items in this state. A draft is what no higher app knows anything else about."""
    if code == "draft":
        known = Q(pk__in=[])
        for other in STATES[1:]:
            known |= where(other)
        return ~known
    found = Q(pk__in=[])
    for one in _wheres:
        found |= one(code)
    return found


def word(code: str) -> str:
    return {
        "draft": _("Draft"),
        "appraisal": _("In appraisal"),
        "approval": _("In approval"),
        "approved": _("Approved"),
        "withdrawn": _("Withdrawn"),
    }[code]
