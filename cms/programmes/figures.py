"""What a programme comes to on a cluster: how long its rows are in each language, what part each takes, how often they come up in a
day, and what is wrong with them. Reckoned with the compiler's own parts, also of a programme that is not saved yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cms import clock
from cms.places.models import Cluster
from cms.places.services import holiday_kinds_of, hours_of_many
from cms.programmes.diagnostics import say
from cms.programmes.inputs import gather
from cms.programmes.models import Programme
from cms.programmes.previews import local_day, local_midnight_ms
from cms.programmes.supposed import Supposed
from cms.schedule import item_checks
from cms.schedule.calendar import Calendar, Opening
from cms.schedule.compile import compile_schedule
from cms.schedule.format import HORIZON_DAYS
from cms.schedule.inputs import Diagnostic, ScheduleInputs, SlotInput
from cms.schedule.lengths import Length, languages_ms, length_of, pass_ms
from cms.schedule.scenes import SceneBook
from cms.schedule.steps import gap_of

DAYS_AHEAD = 14
"""An open day is looked for among so many."""
NAMED = 6
"""So many items of a row are named; the others are counted."""
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class RowFigures:
    """A row: `number` in the form; `languages`: seconds by language (of one item); `titles`: what it takes now, the first of `count`;
    `share`: 0…1 of the programme; `per_hour`, `per_day`: how often one of its items begins. `warnings`: (level, words)."""

    number: int
    languages: tuple[tuple[str, int], ...]
    titles: tuple[str, ...]
    count: int
    share: float
    seconds: int
    per_hour: float
    per_day: float
    warnings: tuple[tuple[str, str], ...]

    @property
    def percent(self) -> float:
        return round(self.share * 100, 1)

    @property
    def more(self) -> int:
        return self.count - len(self.titles)


@dataclass(frozen=True, slots=True)
class Open:
    """The opening hours of a cluster on its next open day; `ms`: how long they are; none within two weeks: no day."""

    cluster: Cluster
    day: date | None
    windows: tuple[Opening, ...]

    @property
    def ms(self) -> int:
        return sum(one.end - one.start for one in self.windows)


@dataclass(frozen=True, slots=True)
class Figures:
    """`round_ms`: once through the programme. `on_ms`: how long its slots have the screen of the cluster on the day (`planned`), or
    all opening hours where no slot plays it there."""

    open: Open
    rows: tuple[RowFigures, ...]
    round_ms: int
    items: int
    on_ms: int
    planned: bool

    @property
    def rounds(self) -> float:
        return self.on_ms / self.round_ms if self.round_ms else 0.0

    @property
    def hourly(self) -> float:
        return HOUR_MS / self.round_ms if self.round_ms else 0.0


def openings(clusters: Iterable[Cluster]) -> dict[int, Open]:
    """The next open day of each cluster, from today. Two queries, and one for the holidays of each province."""
    known = list(clusters)
    hours = hours_of_many(known)
    holidays: dict[int, Mapping[date, str]] = {}
    found = {}
    for one in known:
        today = local_day(one, clock.now())
        if one.province_id not in holidays:
            holidays[one.province_id] = holiday_kinds_of(one.province, today, today + timedelta(days=DAYS_AHEAD))
        calendar = Calendar(one.timezone, hours[one.pk], holidays[one.province_id])
        coming = calendar.openings(today, today + timedelta(days=DAYS_AHEAD))
        day = coming[0].day if coming else None
        found[one.pk] = Open(one, day, tuple(opening for opening in coming if opening.day == day))
    return found


def figures_of(draft: Programme, cluster: Cluster, opened: Open) -> Figures:
    """The figures of a programme (its entries at hand) on a cluster. The number of queries does not depend on how many items there
    are, nor on how many slots."""
    day = opened.day or local_day(cluster, clock.now())
    inputs = gather(
        cluster,
        first_day=day,
        days=1,
        valid_from_ms=local_midnight_ms(cluster, day),
        supposed=Supposed(programmes={draft.pk: draft}),
    )
    return _Reckoner(inputs, draft, opened).figures()


class _Reckoner:
    def __init__(self, inputs: ScheduleInputs, draft: Programme, opened: Open) -> None:
        self.inputs, self.draft, self.opened = inputs, draft, opened
        self.alone = SlotInput("", "", str(draft.pk), date_from=inputs.first_day)
        book = SceneBook(inputs, [])
        self.playable = {
            key: found
            for key, item in inputs.items.items()
            if (found := [one for text in item.translations if (one := book.playable(text)) is not None])
        }
        self.remarks: list[Diagnostic] = list(book.diagnostics)
        self.length = self._length()
        self.played = [one for one in inputs.slots if one.programme == self.alone.programme]
        self.on_ms = self._planned_ms() if self.played else opened.ms

    def figures(self) -> Figures:
        told = self._told()
        numbers = [-1 - entry.pk for entry in self.draft.entries.all()]
        rows = tuple(self._row(number, place, told) for place, number in enumerate(numbers))
        items = len({key for row in self.length.rows for key in row.items})
        return Figures(self.opened, rows, self.length.ms, items, self.on_ms, bool(self.played))

    def _length(self) -> Length:
        cluster, gap = self.inputs.cluster, gap_of(self.inputs, self.alone.programme)
        of_pass = {
            key: pass_ms(cluster.mode, found, cluster.geometry, self.alone, gap) for key, found in self.playable.items()
        }
        return length_of(self.inputs.programmes, self.alone.programme, {key: ms for key, ms in of_pass.items() if ms})

    def _planned_ms(self) -> int:
        """How long the programme's slots are on in the day, on the face that shows them longest."""
        compiled = compile_schedule(self.inputs)
        from_ms = Calendar(self.inputs.cluster.timezone).at(self.inputs.first_day, 0)
        longest = 0.0
        for letter, timeline in compiled.schedule.faces.items():
            on = 0.0
            for segment, why in zip(timeline.segments, compiled.why[letter], strict=True):
                span = segment.until - max(segment.from_, from_ms)
                if why.plan is not None and span > 0:
                    on += span * sum(why.share(one.id) for one in self.played)
            longest = max(longest, on)
        return round(longest)

    def _told(self) -> Mapping[str, list[tuple[str, str]]]:
        """What there is to remark of each item in the weeks to come: (level, words) by its key."""
        remarks = self.remarks
        item_checks.items(replace(self.inputs, slots=(self.alone,), days=HORIZON_DAYS), self.playable, remarks)
        told: dict[str, dict[tuple[str, str], None]] = {}
        for one in remarks:
            key = one.subject.removeprefix("item:").partition(":")[0]
            told.setdefault(key, {}).setdefault((one.level, say(one).text))
        return {key: list(lines) for key, lines in told.items()}

    def _row(self, number: int, place: int, told: Mapping[str, list[tuple[str, str]]]) -> RowFigures:
        row, entry = self.length.rows[place], self.inputs.programmes[self.alone.programme].entries[place]
        languages = languages_ms(self.playable.get(entry.item, ())) if entry.item else {}
        titles = [self.inputs.items[key].title for key in row.items if key in self.inputs.items]
        per_day, hours = self.length.times(place, self.on_ms), self.opened.ms / HOUR_MS
        return RowFigures(
            number,
            tuple((language, round(ms / 1000)) for language, ms in languages.items()),
            tuple(titles[:NAMED]),
            len(titles),
            self.length.share(place),
            round(row.ms / max(1, row.turns) / 1000),
            per_day / hours if hours else 0.0,
            per_day,
            tuple(dict.fromkeys(line for key in row.items[:NAMED] for line in told.get(key, ()))),
        )
