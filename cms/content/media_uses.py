"""Where pictures and clips are used: in what was published (Wagtail's index) and in the latest draft of each item (`MediaUse`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import Page, ReferenceIndex, Revision

from cms.accounts.services import provinces_of
from cms.content.media_models import MediaUse
from cms.content.models import Clip, ItemPage, Picture, ProvincePage
from cms.content.states import State, states_of
from cms.places.confinement import own_items

Kind = Literal["picture", "clip"]
Medium = Picture | Clip
MODELS: dict[str, type[Picture] | type[Clip]] = {"picture": Picture, "clip": Clip}
Screens = Callable[[Sequence[ItemPage]], dict[int, list[str]]]
_screens: list[Screens] = []
AT_ONCE = 200


def register_screens(provider: Screens) -> None:
    """`provider(pages)` answers the names of the clusters on which items are shown now, by page id."""
    if provider not in _screens:
        _screens.append(provider)


@dataclass(frozen=True, slots=True)
class Use:
    """An item with a medium in it: its state, and the clusters that show it."""

    page: ItemPage
    state: State
    clusters: tuple[str, ...] = ()


def kind_of(medium: Medium) -> Kind:
    return "picture" if isinstance(medium, Picture) else "clip"


def media_in(body: Any) -> dict[str, set[int]]:
    """Ids of the pictures and clips in an item's cards, also in the lists within a card, by kind."""
    found: dict[str, set[int]] = {"picture": set(), "clip": set()}
    kinds = {model: kind for kind, model in MODELS.items()}
    for model, key, *_paths in ItemPage._meta.get_field("body").extract_references(body):
        if model in kinds:
            found[kinds[model]].add(int(key))
    return found


def keep(revision: Revision) -> None:
    """Write down what a draft uses, in the place of what the item's older drafts used."""
    draft = revision.as_object()
    found = media_in(draft.body)
    existing = {
        kind: set(MODELS[kind].objects.filter(pk__in=ids).values_list("pk", flat=True)) for kind, ids in found.items()
    }
    rows = [
        MediaUse(page_id=draft.pk, revision=revision, **{f"{kind}_id": pk})
        for kind, ids in existing.items()
        for pk in ids
    ]
    MediaUse.objects.filter(page_id=draft.pk).delete()
    MediaUse.objects.bulk_create(rows or [MediaUse(page_id=draft.pk, revision=revision)])


def catch_up(at_most: int | None = None) -> int:
    """Look through the latest drafts that nobody has looked through (an older version of this program saved them); returns
    how many."""
    known = MediaUse.objects.filter(page=OuterRef("pk"), revision=OuterRef("latest_revision"))
    missing = ItemPage.objects.filter(~Exists(known), latest_revision__isnull=False)
    ids = list(missing.values_list("latest_revision", flat=True)[:at_most])
    for start in range(0, len(ids), AT_ONCE):
        for revision in Revision.objects.filter(pk__in=ids[start : start + AT_ONCE]):
            keep(revision)
    return len(ids)


def used(model: type[Picture] | type[Clip]) -> Q:
    """The condition on media that something uses: a published item, a latest draft or any other record."""
    published = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(model),
        to_object_id=Cast(OuterRef("pk"), output_field=CharField()),
    )
    drafts = MediaUse.objects.filter(**{model._meta.model_name or "": OuterRef("pk")})
    return Q(Exists(published)) | Q(Exists(drafts))


def pages_using(media: Iterable[Medium]) -> dict[tuple[str, int], set[int]]:
    """Ids of the items that use each of these media (kind, id); four queries, however many there are."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    by_kind: dict[str, list[int]] = {"picture": [], "clip": []}
    for one in media:
        by_kind[kind_of(one)].append(one.pk)
    pages = ContentType.objects.get_for_model(Page)
    for kind, ids in by_kind.items():
        published = ReferenceIndex.objects.filter(
            base_content_type=pages,
            to_content_type=ContentType.objects.get_for_model(MODELS[kind]),
            to_object_id__in=[str(pk) for pk in ids],
        )
        for pk, page in published.values_list("to_object_id", "object_id") if ids else ():
            found[kind, int(pk)].add(int(page))
        for pk, page in MediaUse.objects.filter(**{f"{kind}__in": ids}).values_list(kind, "page") if ids else ():
            found[kind, pk].add(page)
    return found


def items(ids: Iterable[int], user: Any) -> QuerySet[ItemPage]:
    """Those of these items that a person may see: of the own provinces, and national ones; of a unit's own where they are confined."""
    found = own_items(ItemPage.objects.filter(pk__in=set(ids)), user)
    found = found.select_related("locale").order_by("draft_title", "pk")
    codes = provinces_of(user)
    if codes is None:
        return found
    below = Q(pk__in=[])
    for path in ProvincePage.objects.filter(Q(province__code__in=codes) | Q(province__national=True)).values_list(
        "path", flat=True
    ):
        below |= Q(path__startswith=path)
    return found.filter(below)


def uses_of(pages: Sequence[ItemPage], *, screens: bool = False) -> list[Use]:
    """Items with their states and, on request, the clusters that show them."""
    states = states_of(pages)
    shown: dict[int, list[str]] = {}
    aired = [page for page in pages if states[page.pk].code == "approved" or states[page.pk].edited]
    for provider in _screens if screens and aired else ():
        shown.update(provider(aired))
    return [Use(page, states[page.pk], tuple(shown.get(page.pk, ()))) for page in pages]


def others_using(medium: Medium) -> int:
    """How many records other than items use it."""
    references = ReferenceIndex.get_references_to(medium)
    return int(
        references.exclude(base_content_type=ContentType.objects.get_for_model(Page))
        .values("base_content_type", "object_id")
        .distinct()
        .count()
    )
