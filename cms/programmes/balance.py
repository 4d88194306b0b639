"""What part of a cluster's time each language and each source of content has, as its schedule of a day or a week says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.places.models import Cluster, Organisation
from cms.programmes.inputs import gather
from cms.programmes.previews import local_midnight_ms
from cms.programmes.views import remembered
from cms.programmes.words import language_name
from cms.schedule.airtime import airtime
from cms.schedule.compile import compile_schedule
from cms.schedule.fingerprint import fingerprint

THEME = "theme"
UNIT, UNKNOWN = "unit", ""


@dataclass(frozen=True, slots=True)
class Part:
    """`name` has `ms` of the faces' time, `share` (0…1) of what was shown."""

    name: str
    ms: int
    share: float

    @property
    def percent(self) -> float:
        return round(self.share * 100, 1)


@dataclass(frozen=True, slots=True)
class Balance:
    """Faces' time by language and by source, the largest first, and how long the neutral picture is on beside it. All ms, added up
    over the faces."""

    languages: tuple[Part, ...]
    sources: tuple[Part, ...]
    neutral_ms: int
    shown_ms: int


def balance_of(cluster: Cluster, first: date, days: int) -> Balance:
    """The balance of `days` local days from `first`. What the schedule shows is kept by its fingerprint, so that an unchanged plan is
    not compiled again. The number of queries does not depend on how much there is."""
    from_ms, until_ms = local_midnight_ms(cluster, first), local_midnight_ms(cluster, first + timedelta(days=days))
    inputs = gather(cluster, first_day=first, days=days, valid_from_ms=from_ms)

    def reckon() -> bytes:
        total: Counter[tuple[str, str]] = Counter()
        for one in airtime(compile_schedule(inputs).schedule, from_ms, until_ms).values():
            total.update(one)
        return json.dumps([[item, language, ms] for (item, language), ms in sorted(total.items())]).encode()

    rows = json.loads(remembered(f"balance:{fingerprint(inputs)}:{days}", reckon))
    shown = [(item.partition(":")[0], language, ms) for item, language, ms in rows if not item.startswith(f"{THEME}:")]
    neutral = sum(ms for item, _language, ms in rows if item.startswith(f"{THEME}:"))
    languages: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    levels = _levels(key for key, _language, _ms in shown)
    for key, language, ms in shown:
        languages[language] += ms
        sources[levels.get(key, UNKNOWN)] += ms
    every = sum(languages.values())
    return Balance(
        tuple(Part(capfirst(language_name(code)), ms, ms / every) for code, ms in languages.most_common() if every),
        tuple(Part(_level_name(level), ms, ms / every) for level, ms in sources.most_common() if every),
        neutral,
        every,
    )


def _levels(keys: Iterable[str]) -> dict[str, str]:
    """The level of the organisation that supplies each item, by key; `UNIT` where it has none. One query."""
    pages = ItemPage.objects.filter(
        translation_key__in=set(keys), alias_of=None, locale__language_code=SOURCE_LANGUAGE, supplier__isnull=False
    )
    rows = pages.values_list("translation_key", "supplier__level")
    return {str(key): level or UNIT for key, level in rows}


def _level_name(level: str) -> str:
    if level in (UNIT, UNKNOWN):
        return _("Other units") if level else _("Source not said")
    return str(Organisation.Level(level).label)
