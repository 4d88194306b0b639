"""People of a district or commune at addresses of things outside of its bounds (`cms.places.confinement`): they are sent home.

Lists are narrowed where they are made; here the things that somebody names in an address. Whoever is not confined costs nothing but
the one query that finds this out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import pre_save
from django.http import HttpRequest
from wagtail.models import Page
from wagtail_localize.models import Translation, TranslationSource

from cms.alerts.models import Blackout, PatternRun
from cms.content.models import ItemPage, ProofJob
from cms.places.confinement import Bounds, bounds_of, may_use_item, own_items, supplier_for
from cms.places.models import Cluster, Controller
from cms.players.models import Player, Screenshot
from cms.release.models import Release

# By the argument of an address: the clusters that its value stands for.
_CLUSTERS: dict[str, Callable[[Any], Iterable[int]]] = {
    "slug": lambda one: Cluster.objects.filter(slug=one).values_list("pk", flat=True),
    "controller_id": lambda one: Controller.objects.filter(pk=one).values_list("cluster", flat=True),
    "player_id": lambda one: Player.objects.filter(pk=one).values_list("controller__cluster", flat=True),
    "shot_id": lambda one: Screenshot.objects.filter(pk=one).values_list("player__controller__cluster", flat=True),
    "release_id": lambda one: Release.objects.filter(pk=one).values_list("cluster", flat=True),
}
# The same where the argument is a mere `pk`, by the beginning of the address's name.
_BY_NAME: dict[str, Callable[[Any], Iterable[int]]] = {
    "alerts:": lambda one: Blackout.objects.filter(pk=one).values_list("cluster", flat=True),
    "patterns:": lambda one: PatternRun.objects.filter(pk=one).values_list("cluster", flat=True),
}
_PAGES = ("page_id", "page_pk", "page_to_move_id", "page")
_PAGE_NAMES = ("wagtailadmin_pages:", "wagtailadmin_api:pages")


def within(request: HttpRequest, name: str, kwargs: dict[str, Any]) -> bool:
    """Whether the thing that an address names lies within the bounds of whoever asks."""
    bounds = bounds_of(request.user)
    if bounds is None:
        return True
    return _clusters_within(bounds, name, kwargs) and _items_within(request, name, kwargs)


def _clusters_within(bounds: Bounds, name: str, kwargs: dict[str, Any]) -> bool:
    named: set[int] = set()
    for argument, clusters in _CLUSTERS.items():
        if argument in kwargs:
            named |= set(clusters(kwargs[argument]))
    if "pk" in kwargs:
        for prefix, clusters in _BY_NAME.items():
            if name.startswith(prefix):
                named |= set(clusters(kwargs["pk"]))
    return named <= bounds.clusters


def _items_within(request: HttpRequest, name: str, kwargs: dict[str, Any]) -> bool:
    return all(may_use_item(request.user, item) for item in _items(name, kwargs))


def _items(name: str, kwargs: dict[str, Any]) -> QuerySet[ItemPage]:
    """The items that an address names."""
    pages = [kwargs[argument] for argument in _PAGES if argument in kwargs]
    if "pk" in kwargs and name.startswith(_PAGE_NAMES):
        pages.append(kwargs["pk"])
    found = ItemPage.objects.filter(pk__in=pages)
    if "job_id" in kwargs:
        found = ItemPage.objects.filter(pk__in=ProofJob.objects.filter(pk=kwargs["job_id"]).values("page"))
    sources = TranslationSource.objects.none()
    if "translation_source_id" in kwargs:
        sources = TranslationSource.objects.filter(pk=kwargs["translation_source_id"])
    if "translation_id" in kwargs:
        sources = TranslationSource.objects.filter(
            pk__in=Translation.objects.filter(pk=kwargs["translation_id"]).values("source")
        )
    keys = sources.values_list("object_id", flat=True)
    return ItemPage.objects.filter(translation_key__in=list(keys)) if keys else found


def supplied_by_own(sender: type[ItemPage], instance: ItemPage, raw: bool = False, **kwargs: Any) -> None:
    """What a confined person begins is supplied by their organisation; they could not go on with it otherwise."""
    if not raw and instance.pk is None and instance.supplier_id is None and instance.owner_id:
        instance.supplier = supplier_for(instance.owner)


def connect() -> None:
    """Called once, when the app is ready."""
    pre_save.connect(supplied_by_own, sender=ItemPage, dispatch_uid="bangtin.confined")


def own_pages(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Of the pages in the tree and in choosers the shelves, and the items within somebody's bounds."""
    if bounds_of(request.user) is None:
        return pages
    items = ItemPage.objects.all()
    return pages.exclude(pk__in=items.exclude(pk__in=own_items(items, request.user).values("pk")).values("pk"))
