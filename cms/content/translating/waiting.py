"""How many items wait for a translator, for their first page."""

from __future__ import annotations

from typing import Any

from wagtail.models import Locale

from cms.accounts.models import Role
from cms.accounts.services import roles_of
from cms.content.listing_rows import Wanted, leads
from cms.content.listing_shelves import shelves_of
from cms.content.models import ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating.finding import having
from cms.content.translating.progress import TO_TRANSLATE
from cms.places.confinement import own_items

MANY = 100
"""Nobody does more in a day: no higher number is said."""


def waiting_for(user: Any) -> int:
    """Items of the provinces whose translator a person is that lack words in a language of their province, at most `MANY`. Five queries,
    however many provinces, and one more where a language has no shelf yet; none for others."""
    codes = {code for code, role in roles_of(user) if role == Role.TRANSLATOR}
    shelves = [one for one in shelves_of(user) if one.province.code in codes] if codes else []
    if not shelves:
        return 0
    locales = _locales(shelves)
    on_shelf = {
        shelf.path: {locales[code].pk for code in shelf.province.languages if code in locales} for shelf in shelves
    }
    asked = [one for one in locales.values() if any(one.pk in ids for ids in on_shelf.values())]
    found = own_items(leads(shelves, Wanted(sort="title"), originals=True), user).order_by()
    return min(len(having(found, TO_TRANSLATE, asked, on_shelf)), MANY)


def _locales(shelves: list[ProvincePage]) -> dict[str, Locale]:
    """The languages that these shelves' provinces want, but for the originals': by code."""
    wanted = {code for shelf in shelves for code in shelf.province.languages} - {SOURCE_LANGUAGE}
    known = {one.locale.language_code: one.locale for one in shelves if one.locale.language_code in wanted}
    left = wanted - known.keys()
    return known | ({one.language_code: one for one in Locale.objects.filter(language_code__in=left)} if left else {})
