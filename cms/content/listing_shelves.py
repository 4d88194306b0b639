"""On which shelves a person finds items, and where they may put new ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from cms.accounts.services import has_role, provinces_of
from cms.content.models import ItemPage, ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.places.confinement import own_items
from cms.places.models import Province


def provinces_seen(user: Any) -> QuerySet[Province]:
    """A person's provinces and, for whoever has any, the national level."""
    codes = provinces_of(user)
    found = Province.objects.filter(active=True).order_by("national", "name")
    if codes is None:
        return found
    return found.filter(Q(code__in=codes) | Q(national=True)) if codes else found.none()


def shelves_of(user: Any, province: str = "") -> list[ProvincePage]:
    """The shelves whose items a person sees; of one province by its code, when given."""
    found = ProvincePage.objects.filter(province__in=provinces_seen(user), alias_of=None)
    if province:
        found = found.filter(province__code=province)
    return list(found.select_related("province", "locale"))


def own_ids(ids: Iterable[int], user: Any) -> list[int]:
    """Of these items, by primary key, those within the bounds of a person who is confined to a unit, in their order. Many at once
    are named in forms, which nobody looks at before the page does."""
    named = list(ids)
    mine = set(own_items(ItemPage.objects.filter(pk__in=named), user).values_list("pk", flat=True))
    return [one for one in named if one in mine]


def may_write(user: Any, province: Province) -> bool:
    """Whether a person may begin items of this province."""
    return has_role(user, province.code, "contributor", "editor")


def may_translate(user: Any, province: Province) -> bool:
    """Whether a person may translate items of this province."""
    return has_role(user, province.code, "translator", "contributor", "editor")


def sources_of(shelves: list[ProvincePage]) -> list[ProvincePage]:
    """Those of the shelves on which items begin."""
    return [one for one in shelves if one.locale.language_code == SOURCE_LANGUAGE]
