"""Which provinces, clusters, programmes and items a person may choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from taggit.models import Tag

from cms.approval.models import Approval
from cms.content.models import ItemPage, ItemTag, ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.places.models import Cluster, ClusterTag, Province
from cms.programmes.models import Programme
from cms.programmes.services import editable_provinces


def provinces(user: Any) -> QuerySet[Province]:
    """Provinces whose programmes a person may change."""
    codes = editable_provinces(user)
    found = Province.objects.filter(active=True)
    return found if codes is None else found.filter(code__in=codes)


def clusters(user: Any) -> QuerySet[Cluster]:
    return Cluster.objects.filter(active=True, province__in=provinces(user)).select_related("province")


def programmes(user: Any) -> QuerySet[Programme]:
    return Programme.objects.filter(province__in=provinces(user)).select_related("province")


def nestable(user: Any) -> QuerySet[Programme]:
    """Programmes that those of a person may hold: their provinces' and the national ones."""
    mine = Q(province__in=provinces(user)) | Q(province__national=True)
    return Programme.objects.filter(mine).select_related("province")


def programme_options(found: QuerySet[Programme]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Options of a list of programmes by province."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for one in found.order_by("province__national", "province__name", "title"):
        groups.setdefault(str(one.province), []).append((one.pk, one.title))
    return list(groups.items())


def tag_options() -> list[tuple[int, str]]:
    """The tags that items have, by name."""
    return list(Tag.objects.filter(pk__in=ItemTag.objects.values("tag")).order_by("name").values_list("pk", "name"))


def tag_names(ids: Iterable[int]) -> list[str]:
    return list(Tag.objects.filter(pk__in=list(ids)).order_by("name").values_list("name", flat=True))


def cluster_tags(user: Any) -> QuerySet[ClusterTag]:
    """Groups of the clusters of a person's provinces, and those for every province."""
    return ClusterTag.objects.filter(Q(province__in=provinces(user)) | Q(province=None)).select_related("province")


def shelves(user: Any) -> list[ProvincePage]:
    """The Vietnamese shelves of a person's provinces and of the national level."""
    mine = ProvincePage.objects.filter(alias_of=None, locale__language_code=SOURCE_LANGUAGE).filter(
        Q(province__in=provinces(user)) | Q(province__national=True)
    )
    return list(mine.select_related("province").order_by("province__national", "province__name"))


def items(user: Any) -> QuerySet[ItemPage]:
    """Items in their source language, of the person's provinces and national ones; aliases never."""
    found = ItemPage.objects.filter(alias_of=None, locale__language_code=SOURCE_LANGUAGE)
    paths = [shelf.path for shelf in shelves(user)]
    if not paths:
        return found.none()
    return found.filter(path__regex="^(" + "|".join(paths) + ")[0-9A-Z]{4}$")


def item_options(user: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """Options of an item's list by province, each with the languages in which it is approved there."""
    mine = {one.pk for one in provinces(user)}
    approved: dict[Any, set[str]] = defaultdict(set)
    rows = Approval.objects.filter(revoked_at__isnull=True, province__in=mine)
    for key, language in rows.values_list("item_key", "language"):
        approved[key].add(language.upper())
    groups: dict[str, list[tuple[int, str]]] = {}
    pages = list(items(user).order_by("title").only("pk", "title", "draft_title", "path", "translation_key"))
    for shelf in shelves(user):
        own = [page for page in pages if page.path.startswith(shelf.path)]
        groups[str(shelf.province)] = [(page.pk, _label(page, approved[page.translation_key])) for page in own]
    return [(name, options) for name, options in groups.items() if options]


def _label(page: ItemPage, languages: set[str]) -> str:
    said = " ".join(sorted(languages, key=lambda one: (one != "VI", one))) or _("not approved yet")
    return f"{page.draft_title or page.title} – {said}"
