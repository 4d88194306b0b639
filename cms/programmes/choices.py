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
from cms.places.confinement import bounds_of, own_clusters
from cms.places.models import Cluster, ClusterTag, Province
from cms.programmes.bounds import planned_by
from cms.programmes.models import Programme
from cms.programmes.services import editable_provinces


def provinces(user: Any) -> QuerySet[Province]:
    """Provinces whose programmes a person may change."""
    codes = editable_provinces(user)
    found = Province.objects.filter(active=True)
    return found if codes is None else found.filter(code__in=codes)


def clusters(user: Any) -> QuerySet[Cluster]:
    return own_clusters(Cluster.objects.filter(active=True, province__in=provinces(user)), user).select_related(
        "province"
    )


def programmes(user: Any) -> QuerySet[Programme]:
    found = Programme.objects.filter(province__in=provinces(user)).select_related("province")
    planned = planned_by(user)
    return found if planned is None else found.filter(pk__in=planned.programmes)


def nestable(user: Any) -> QuerySet[Programme]:
    """Programmes that those of a person may hold: their provinces' and the national ones."""
    mine = Q(pk__in=programmes(user).order_by().values("pk")) | Q(province__national=True)
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
    """Groups of the clusters of a person's provinces, and those for every province. None for people of a commune: a group reaches
    beyond their clusters, today or once another joins it."""
    if bounds_of(user) is not None:
        return ClusterTag.objects.none()
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


def labels_of(items: Iterable[ItemPage]) -> dict[int, str]:
    """Items by primary key as a list names them: title and the languages in which each is approved anywhere. One query."""
    pages = list(items)
    languages: dict[Any, set[str]] = defaultdict(set)
    keys = [page.translation_key for page in pages]
    rows = Approval.objects.filter(revoked_at__isnull=True, item_key__in=keys)
    for key, language in rows.values_list("item_key", "language"):
        languages[key].add(language.upper())
    return {page.pk: _label(page, languages[page.translation_key]) for page in pages}


def _label(page: ItemPage, languages: set[str]) -> str:
    said = " ".join(sorted(languages, key=lambda one: (one != "VI", one))) or _("not approved yet")
    return f"{page.draft_title or page.title} – {said}"
