"""Which items have a version in some state, over all items of a province: what `progress.cells` says of the items of one page.

The database is asked for what is out of the ordinary alone (not begun, on its way, behind, lacking words), each in one plain query whatever
the number of languages; what is left is approved. One statement with all conditions is several times as slow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms.content import states
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating.progress import CODES, MACHINE, TO_TRANSLATE

_ON_THE_WAY = frozenset({"appraisal", "approval"})
_NOTHING, _MACHINE, _DONE = range(3)
"""What a passage has, the worst first."""


def having(
    originals: QuerySet[ItemPage],
    codes: Iterable[str],
    locales: Sequence[Locale],
    on_shelf: Mapping[str, Collection[int]] | None = None,
) -> list[int]:
    """Ids of those originals, in their order, that have a cell with one of these codes (`progress.CODES`) in one of these languages; with
    `on_shelf` (ids of locales by the path of a shelf) only in those that their shelf asks for. An original itself is never missing nor
    behind. Four queries at most."""
    wanted, ids = set(codes) & set(CODES), [one.pk for one in locales]
    if not wanted or not ids:
        return []
    targets = [one.pk for one in locales if one.language_code != SOURCE_LANGUAGE]
    rest = wanted - {"missing", *_ON_THE_WAY}
    standing = _standing(ids, whole=bool(rest - set(TO_TRANSLATE))) if wanted != {"missing"} else {}
    behind = _behind(targets) if rest else set()
    lacking = _lacking(targets) if rest - {"outdated"} else {}

    def code(key: Any, source: int | None, pk: int) -> str:
        """As `progress._code` says it, the most pressing thing first."""
        stands = standing.get((key, pk), "approved")
        if stands in _ON_THE_WAY:
            return stands
        return "outdated" if (source, pk) in behind else lacking.get((source, pk), stands)

    def fits(key: Any, path: str, home: int, source: int | None, begun: Sequence[bool]) -> bool:
        asked = ids if on_shelf is None else on_shelf.get(path[: -ItemPage.steplen], ())
        there = dict(zip(targets, begun, strict=True)) | {home: True}
        return any((code(key, source, pk) if there.get(pk) else "missing") in wanted for pk in ids if pk in asked)

    rows = originals.annotate(of=Subquery(_source().values("pk")), **_begun(targets)).values_list(
        "pk", "translation_key", "path", "locale", "of", *_begun(targets)
    )
    return [pk for pk, key, path, home, source, *begun in rows if fits(key, path, home, source, begun)]


def _source() -> QuerySet[TranslationSource]:
    return TranslationSource.objects.filter(object_id=OuterRef("translation_key"), locale=OuterRef("locale"))


def _begun(targets: Iterable[int]) -> dict[str, Exists]:
    """Whether there is a version, by locale. Keys are shared by versions of one item alone, so the pages' own table answers."""
    twins = Page.objects.filter(translation_key=OuterRef("translation_key"), alias_of=None)
    return {f"begun_{pk}": Exists(twins.filter(locale=pk)) for pk in targets}


def _standing(ids: Iterable[int], *, whole: bool) -> dict[tuple[Any, int], str]:
    """By translation key and locale: `appraisal` or `approval`; with `whole` also `withdrawn` and `ready`, for every version but those
    whose latest draft is approved."""
    waiting = Q(states.where("appraisal") | states.where("approval"))
    known = [When(states.where(one), then=Value(one)) for one in ("appraisal", "approval")]
    # A version that is withdrawn has no approval in force, so it cannot be `edited`.
    known.append(When(states.where("withdrawn"), then=Value("withdrawn")))
    versions = ItemPage.objects.filter(locale__in=ids, alias_of=None).order_by()
    versions = versions.exclude(states.where("settled")) if whole else versions.filter(waiting)
    rows = versions.annotate(standing=Case(*known, default=Value("ready")))
    return {(key, locale): stands for key, locale, stands in rows.values_list("translation_key", "locale", "standing")}


def _behind(targets: Iterable[int]) -> set[tuple[int | None, int]]:
    """Translations whose original has a newer draft than the passages that they know: by source and locale."""
    original = Page.objects.filter(
        translation_key=OuterRef("source__object_id"), locale=OuterRef("source__locale"), alias_of=None
    )
    rows = Translation.objects.filter(enabled=True, target_locale__in=targets).annotate(
        changed=Subquery(original.order_by().values("latest_revision_created_at"))
    )
    return set(rows.filter(source__last_updated_at__lt=F("changed")).values_list("source", "target_locale"))


def _lacking(targets: Sequence[int]) -> dict[tuple[int | None, int], str]:
    """`partly` where a passage has no words, `machine` where all have and a machine's have not been read: by source and locale."""
    worst = {f"in_{pk}": Min(_words_of_passage(pk)) for pk in targets}
    rows = StringSegment.objects.order_by().values("source").annotate(**worst).values_list("source", *worst)
    names = {_NOTHING: "partly", _MACHINE: "machine"}
    return {
        (source, pk): names[found]
        for source, *by_locale in rows
        for pk, found in zip(targets, by_locale, strict=True)
        if found in names
    }


def _words_of_passage(locale: int) -> Case:
    words = StringTranslation.objects.filter(
        translation_of=OuterRef("string"), context=OuterRef("context"), locale=locale, has_error=False
    )
    follows = Q(source__in=Translation.objects.filter(enabled=True, target_locale=locale).values("source"))
    return Case(
        When(Exists(words.exclude(translation_type=MACHINE)), then=_DONE),
        When(~follows, then=_DONE),
        When(Exists(words), then=_MACHINE),
        default=_NOTHING,
        output_field=IntegerField(),
    )
