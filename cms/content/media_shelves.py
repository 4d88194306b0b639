"""Whose shelf of the library a collection is, and which shelves a person sees."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.accounts.models import ProvinceGroup
from cms.content.models import Picture


def owners() -> dict[str, str]:
    """Province codes by the paths of their collections; what lies deeper belongs to the same province."""
    rows = ProvinceGroup.objects.filter(group__collection_permissions__collection__depth__gt=1)
    return dict(rows.values_list("group__collection_permissions__collection__path", "province").distinct())


def province_of(collection: Collection, known: dict[str, str] | None = None) -> str:
    """The code of the province that a collection belongs to; "" when it is nobody's."""
    found = owners() if known is None else known
    steps = range(len(collection.path), 0, -collection.steplen)
    return next((found[collection.path[:end]] for end in steps if collection.path[:end] in found), "")


def seen_by(user: Any) -> QuerySet[Collection]:
    """The collections whose files a person sees in the library."""
    policy = policy_registry.get_by_type(Picture)
    mine: QuerySet[Collection] = policy.collections_user_has_any_permission_for(user, ["add", "change", "choose"])
    return mine


def shelves_beside(user: Any, codes: set[str]) -> list[Collection]:
    """The collections of one province into which this person may move files; none when the files are of several provinces."""
    if len(codes) != 1:
        return []
    known, code = owners(), next(iter(codes))
    policy = policy_registry.get_by_type(Picture)
    mine = policy.collections_user_has_permission_for(user, "change").order_by("path")
    return [one for one in mine if code and province_of(one, known) == code]
