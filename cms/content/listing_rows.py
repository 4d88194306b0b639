"""The rows of the list of items, found and paged by the database: as many queries for five items as for five thousand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import Locale, Page

from cms import clock
from cms.content.board import FacePicture, scenes_of
from cms.content.listing_shelves import sources_of
from cms.content.models import ItemPage, ProofJob, ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.states import STATES, State, states_of, where
from cms.places.models import Province

PER_PAGE = 25
SORTS = ("-changed", "changed", "title", "-title", "until", "-until")
"""By the newest draft of any language, by title, by last day; what has no last day comes last."""
WITHIN = ("7", "14", "30", "90", "over")
"""Days until an item expires; `over`: its last day has passed."""


def today() -> date:
    return timezone.localdate(clock.now())


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a row. `post`: it does something at once, so it is sent as a form."""

    label: str
    url: str
    danger: bool = False
    post: bool = False


@dataclass(slots=True)
class Row:
    """An item by its source page, with all its language versions in order."""

    page: ItemPage
    province: Province
    versions: list[tuple[ItemPage, State]] = field(default_factory=list)
    face: FacePicture | None = None
    actions: list[Action] = field(default_factory=list)
    more: list[Action] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.versions[0][1]

    @property
    def expiry(self) -> str:
        """`over`, `soon` (within two weeks) or nothing, by the last day of what was saved for good."""
        last = self.page.valid_until
        if last is None:
            return ""
        left = (last - today()).days
        return "over" if left < 0 else "soon" if left <= 14 else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of the list; empty: everything."""

    province: str = ""
    language: str = ""
    state: str = ""
    q: str = ""
    kind: str = ""
    within: str = ""
    tag: str = ""
    sort: str = SORTS[0]

    @classmethod
    def read(cls, query: QueryDict) -> Wanted:
        """What an address says; a word that it does not know counts as not said."""
        known = {"state": STATES, "kind": ItemPage.Kind.values, "within": WITHIN, "sort": SORTS}
        said = {name: query.get(name, "").strip() for name in cls.__slots__}
        for name, allowed in known.items():
            if said[name] not in allowed:
                said[name] = SORTS[0] if name == "sort" else ""
        return cls(**said)

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__ if name != "sort")


def on_shelves(shelves: Iterable[ProvincePage]) -> Q:
    """The items of these shelves, by ranges of their paths, which the index of paths answers."""
    found = Q(pk__in=[])
    for shelf in shelves:
        found |= Q(path__range=ItemPage._get_children_path_interval(shelf.path), depth=shelf.depth + 1)
    return found


def leads(shelves: Iterable[ProvincePage], wanted: Wanted, *, originals: bool = False) -> QuerySet[ItemPage]:
    """One page for each item that fits, its source where there is one, in the order asked for; with `originals` only the sources."""
    shelves = list(shelves)
    mine = ItemPage.objects.filter(on_shelves(shelves), alias_of=None)
    # Keys are shared by versions of one item alone, so the pages' own table answers.
    twins = Page.objects.filter(translation_key=OuterRef("translation_key"), alias_of=None)
    if originals:
        found = ItemPage.objects.filter(on_shelves(sources_of(shelves)), alias_of=None)
    else:
        source = Locale.objects.filter(language_code=SOURCE_LANGUAGE).values_list("pk", flat=True).first()
        first = Q(locale=source) | ~(Exists(twins.filter(Q(locale=source) | Q(pk__lt=OuterRef("pk")))))
        found = mine.filter(first)
    fits = _fits(wanted)
    if fits is not None:
        found = found.filter(translation_key__in=mine.filter(fits).values("translation_key"))
    return _sorted(found, wanted.sort, twins)


def _fits(wanted: Wanted) -> Q | None:
    """What a version of an item must be like; None when anything goes."""
    conditions: list[Q] = []
    if wanted.language:
        conditions.append(Q(locale__language_code=wanted.language))
    if wanted.state:
        conditions.append(where(wanted.state))
    if wanted.q:
        conditions.append(Q(title__icontains=wanted.q) | Q(draft_title__icontains=wanted.q))
    if wanted.kind:
        conditions.append(Q(kind=wanted.kind))
    if wanted.tag:
        conditions.append(Q(pk__in=ItemPage.objects.filter(tagged_items__tag__name__iexact=wanted.tag).values("pk")))
    if wanted.within:
        conditions.append(_expiring(wanted.within))
    if not conditions:
        return None
    found = conditions[0]
    for one in conditions[1:]:
        found &= one
    return found


def _expiring(within: str) -> Q:
    now = today()
    if within == "over":
        return Q(valid_until__lt=now)
    return Q(valid_until__gte=now, valid_until__lte=now + timedelta(days=int(within)))


def _sorted(found: QuerySet[ItemPage], sort: str, twins: QuerySet[Page]) -> QuerySet[ItemPage]:
    down, name = sort.startswith("-"), sort.removeprefix("-")
    if name == "changed":
        newest = twins.order_by().values("translation_key").annotate(newest=Max("latest_revision_created_at"))
        found = found.annotate(changed=Subquery(newest.values("newest")))
    by = F({"changed": "changed", "title": "draft_title", "until": "valid_until"}[name])
    return found.order_by(by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "-pk")


def rows_of(found: QuerySet[ItemPage], shelves: Iterable[ProvincePage], number: Any) -> PageOfRows[Any]:
    """A page of rows: each with its versions, their states and the picture of a face."""
    # All ids at once: asking what fits is the dear part, and would be asked twice, to count and to cut. What a row shows is read for
    # those of the page alone.
    shown = Paginator(list(found.values_list("pk", flat=True)), PER_PAGE).get_page(number)
    shown.object_list = rows(list(shown.object_list), shelves)
    return shown


def rows(ids: list[int], shelves: Iterable[ProvincePage]) -> list[Row]:
    """Rows of these source pages, in this order, as far as they lie on these shelves."""
    by_path = {shelf.path: shelf.province for shelf in shelves}
    keys = ItemPage.objects.filter(pk__in=ids).values("translation_key")
    pages = ItemPage.objects.filter(translation_key__in=keys, alias_of=None).select_related("locale")
    versions = [page for page in pages if page.path[: -ItemPage.steplen] in by_path]
    states = states_of(versions)
    found: dict[Any, Row] = {}
    for page in versions:
        page.province = by_path[page.path[: -ItemPage.steplen]]  # known here, so that nobody asks for it row by row
        found.setdefault(page.translation_key, Row(page, page.province)).versions.append((page, states[page.pk]))
    for row in found.values():
        order = [SOURCE_LANGUAGE, *row.province.languages]
        row.versions.sort(key=lambda one: (_place(order, one[0].locale.language_code), one[0].pk))
        row.page = row.versions[0][0]
    faces = newest_faces(row.page.pk for row in found.values())
    for row in found.values():
        row.face = faces.get(row.page.pk)
    place = {pk: number for number, pk in enumerate(ids)}
    return sorted(found.values(), key=lambda row: place.get(row.page.pk, len(place)))


def _place(order: list[str], code: str) -> int:
    return order.index(code) if code in order else len(order)


def newest_faces(pages: Iterable[int]) -> dict[int, FacePicture]:
    """The first face of each page's newest proof, by the primary keys of pages; two queries. Only these proofs are read: an item has
    one for every geometry and draft, and their documents are long."""
    newest = ProofJob.objects.filter(page=OuterRef("pk"), status=ProofJob.Status.DONE, span=False)
    chosen = ItemPage.objects.filter(pk__in=list(pages)).annotate(
        drawn=Subquery(newest.order_by("-revision_id", "pk").values("pk")[:1])
    )
    found = {}
    for job in ProofJob.objects.filter(pk__in=chosen.values("drawn")).select_related("proof"):
        scenes = scenes_of(job.proof, job.pk) if job.proof is not None else ()
        if scenes and scenes[0].faces:
            found[job.page_id] = scenes[0].faces[0]
    return found


def tags_of(shelves: Iterable[ProvincePage]) -> list[str]:
    """The tags in use on these shelves, by name."""
    items = ItemPage.objects.filter(on_shelves(shelves)).values("pk")
    used = Tag.objects.filter(content_itemtag_items__content_object__in=items)
    return list(used.distinct().order_by("name").values_list("name", flat=True))
