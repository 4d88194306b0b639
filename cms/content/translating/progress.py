"""How far items are in each language: counted by the database over wagtail-localize's records, for the items of a page in as many
queries as for one. `finding` asks the same of all items of a province."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.content import states
from cms.content.models import ItemPage
from cms.content.states import State

CODES = ("missing", "outdated", "partly", "machine", "ready", "appraisal", "approval", "approved", "withdrawn")
SHAPES = {"missing": "–", "outdated": "▲", "partly": "◌", "machine": "△", "ready": "○"}
SHAPES |= {"appraisal": "◔", "approval": "◑", "approved": "●", "withdrawn": "■"}
TO_TRANSLATE = ("missing", "outdated", "partly", "machine")
MACHINE = StringTranslation.TRANSLATION_TYPE_MACHINE


def word(code: str) -> str:
    return {
        "missing": _("Not begun"),
        "outdated": _("Original has changed"),
        "partly": _("In translation"),
        "machine": _("Machine draft, unread"),
        "ready": _("Ready to submit"),
        "appraisal": _("In appraisal"),
        "approval": _("In approval"),
        "approved": _("Approved"),
        "withdrawn": _("Withdrawn"),
    }[code]


@dataclass(frozen=True, slots=True)
class Passages:
    """Of a translation: passages in all, those done, and those of them that a machine made and nobody has saved since."""

    total: int = 0
    done: int = 0
    machine: int = 0
    behind: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """An item in one language. `page` is None before its translation began."""

    code: str
    page: ItemPage | None
    passages: Passages
    state: State | None

    @property
    def word(self) -> str:
        return word(self.code)

    @property
    def shape(self) -> str:
        return SHAPES[self.code]

    @property
    def aside(self) -> str:
        """What else there is to say: how many passages, or that an older version airs meanwhile."""
        said = []
        if self.code in ("outdated", "partly") and self.passages.done < self.passages.total:
            said.append(
                _("%(done)d of %(total)d passages") % {"done": self.passages.done, "total": self.passages.total}
            )
        if self.code == "machine":
            said.append(_("%(count)d passages to read") % {"count": self.passages.machine})
        if self.code not in ("approved", "withdrawn") and self.state and self.state.code == "approved":
            said.append(_("● an older version is approved"))
        return " · ".join(said)


def cells(originals: Sequence[ItemPage], locales: Iterable[Locale]) -> dict[tuple[Any, int], Cell]:
    """The cells by (translation key, locale id), the original's own included."""
    wanted = {one.pk for one in locales}
    keys = [one.translation_key for one in originals]
    pages = ItemPage.objects.filter(translation_key__in=keys, alias_of=None, locale__in=wanted).select_related("locale")
    known = states.states_of(list(pages))
    by_place = {(page.translation_key, page.locale_id): page for page in pages}
    passages = _passages(originals)
    found = {}
    for original in originals:
        for locale in wanted:
            place = (original.translation_key, locale)
            page, counted = by_place.get(place), passages.get(place, Passages())
            state = known[page.pk] if page else None
            found[place] = Cell(_code(state, counted), page, counted, state)
    return found


def _code(state: State | None, passages: Passages) -> str:
    """The most pressing thing first; what waits for a decision is nobody else's business meanwhile."""
    if state is None:
        return "missing"
    if state.code in ("appraisal", "approval"):
        return state.code
    if passages.behind:
        return "outdated"
    if passages.done < passages.total:
        return "partly"
    if passages.machine:
        return "machine"
    return "ready" if state.code == "draft" or state.edited else state.code


def _passages(originals: Sequence[ItemPage]) -> dict[tuple[Any, int], Passages]:
    """By (translation key, locale id), for the translations that follow their originals: three queries."""
    changed = {(one.translation_key, one.locale_id): one.latest_revision_created_at for one in originals}
    following = Translation.objects.filter(
        source__object_id__in=[key for key, _locale in changed], enabled=True
    ).values_list("source_id", "source__object_id", "source__locale_id", "source__last_updated_at", "target_locale_id")
    rows = [row for row in following if (row[1], row[2]) in changed]
    sources = {row[0] for row in rows}
    totals = dict(
        StringSegment.objects.filter(source__in=sources)
        .values_list("source")
        .annotate(count=Count("pk"))
        .values_list("source", "count")
    )
    done = _done(sources)
    found = {}
    for source, key, home, updated, locale in rows:
        latest = changed[key, home]
        by_kind = done.get((source, locale), {})
        found[key, locale] = Passages(
            totals.get(source, 0),
            sum(by_kind.values()),
            by_kind.get(MACHINE, 0),
            behind=latest is not None and updated < latest,
            follows=True,
        )
    return found


def _done(sources: Iterable[int]) -> dict[tuple[int, int], dict[str, int]]:
    """How many passages are translated, by (source id, locale id) and by who translated: people or a machine."""
    rows = (
        StringSegment.objects.filter(
            source__in=sources, string__translations__context=F("context"), string__translations__has_error=False
        )
        .values_list("source", "string__translations__locale", "string__translations__translation_type")
        .annotate(count=Count("pk"))
    )
    found: dict[tuple[int, int], dict[str, int]] = {}
    for source, locale, kind, count in rows:
        by_kind = found.setdefault((source, locale), {})
        by_kind[kind] = by_kind.get(kind, 0) + count
    return found


def unread(page: ItemPage) -> int:
    """How many passages of this translation a machine made and nobody has saved since."""
    following = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
    ).first()
    if following is None:
        return 0
    return sum(
        by_kind.get(MACHINE, 0)
        for (_source, locale), by_kind in _done([following.source_id]).items()
        if locale == page.locale_id
    )
