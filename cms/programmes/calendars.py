"""A week of a cluster as a calendar: operating hours, holidays, and a block for each slot, row of hours and day on which it is
due. What is drawn faded comes from the compiled schedule itself, so the calendar cannot promise what the faces do not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from cms.places.models import Cluster, HolidayOverride
from cms.plugin_api.types import HoursSpec, Window
from cms.programmes.airing import Airing, Span
from cms.programmes.inputs import slot_windows
from cms.programmes.models import Slot
from cms.programmes.previews import Answer, compile_at
from cms.schedule.calendar import Calendar, Opening, days_between
from cms.schedule.inputs import SlotInput
from cms.schedule.timeline import due

DAY_MIN = 1440
MOST_LANES = 5
"""Blocks side by side; what comes on top of that is counted, not drawn."""
MOST_BANDS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """Minutes of a day within a block. `kind`: `shown`, `closed` (outside operating hours), `lost` (to a higher priority) or
    `idle` (nothing that may be shown)."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Block:
    """A slot's row of hours on one day, or the piece of it that lies on the day after. `start` and `end` are minutes of the
    column's day, `first` and `last` those of the whole row on `day`, on which it begins; `left` and `width` are shares of the
    column."""

    slot: Slot
    row: int
    day: date
    first: int
    last: int
    start: int
    end: int
    parts: tuple[Part, ...]
    left: float = 0.0
    width: float = 1.0

    @property
    def continued(self) -> bool:
        """Whether this is the piece after midnight."""
        return self.start == 0 and self.first > 0

    @property
    def kinds(self) -> set[str]:
        return {part.kind for part in self.parts}


@dataclass(slots=True)
class Band:
    """A slot without hours, due on columns `first` … `last`; `kinds[i]`: what becomes of it on each of them."""

    slot: Slot
    first: int
    last: int
    kinds: tuple[str, ...]
    lane: int = 0


@dataclass(slots=True)
class Day:
    """A column. `closed`: minutes outside operating hours; `more`: per overlap, the minutes and the blocks that had no lane."""

    day: date
    holiday: str = ""
    opened: tuple[Span, ...] = ()
    closed: tuple[Span, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    more: list[tuple[Span, list[Block]]] = field(default_factory=list)


@dataclass(slots=True)
class Week:
    monday: date
    days: list[Day]
    bands: list[Band]
    more_bands: list[Band]
    slots: dict[str, Slot]
    answer: Answer

    @property
    def empty(self) -> bool:
        return not self.bands and not any(day.blocks for day in self.days)

    @property
    def begins(self) -> int:
        """The minute that is worth seeing first: an hour before anything opens or is due."""
        edges = [one[0] for day in self.days for one in day.opened]
        edges += [block.start for day in self.days for block in day.blocks if block.start]
        return max(0, min(edges, default=420) - 60)

    @property
    def begins_at(self) -> str:
        """The first hour of the week at which something is to be seen, as ISO writes it."""
        return f"{min((one[0] // 60 for day in self.days for one in day.opened), default=8):02}:00"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(cluster: Cluster, day: date) -> Week:
    """The week of a day. The number of queries does not depend on how many slots there are."""
    monday = monday_of(day)
    sunday = monday + timedelta(days=6)
    answer = compile_at(cluster, datetime.combine(monday, time(12), ZoneInfo(cluster.timezone)), days=7)
    inputs = answer.inputs
    calendar = Calendar(inputs.cluster.timezone, inputs.cluster.hours, inputs.cluster.holidays)
    openings = calendar.openings(monday - timedelta(days=1), sunday)
    names = holiday_names(cluster, monday, sunday)
    slots = slots_by_id(one.id for one in inputs.slots)
    days = [
        Day(one, names.get(one, "") if one in inputs.cluster.holidays else "") for one in days_between(monday, sunday)
    ]
    for column in days:
        column.opened = tuple(_on_day(calendar, column.day, ((one.start, one.end) for one in openings)))
        column.closed = tuple(_rest(column.opened))
    airing = Airing(answer, openings)
    bands = []
    for slot, row, span in _occurrences(inputs.slots, slots, calendar, monday):
        if row is None:
            bands.append((slot, span))
        else:
            _add_blocks(days, calendar, airing, slot, row, span)
    for column in days:
        _side_by_side(column)
    shown, more = _stacked(_banded(bands, calendar, airing, monday, openings))
    return Week(monday, days, shown, more, slots, answer)


def slots_by_id(ids: Iterable[str]) -> dict[str, Slot]:
    """Slots with all that belongs to them, by the name that the compiler calls them."""
    related = ("windows", "exceptions", "clusters__faces", "cluster_tags")
    found = Slot.objects.filter(pk__in=[int(one) for one in ids]).select_related("programme__province")
    return {str(one.pk): one for one in found.prefetch_related(*related)}


def holiday_names(cluster: Cluster, first: date, last: date) -> dict[date, str]:
    """What the days off are called: by the plugins' calendar, else by the dated decisions."""
    from cms.plugin_host.host import get_host

    names: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        for one in get_host().holidays(cluster.province.code, year):
            if not one.working:
                names[one.day] = one.name.vi
    decided = HolidayOverride.objects.filter(
        Q(province=None) | Q(province=cluster.province_id), day__range=(first, last), working=False
    )
    for decision in sorted(decided.order_by("id"), key=lambda one: one.province_id is not None):
        names[decision.day] = decision.name
    return names


# --- when is what due ---------------------------------------------------------------------------------------------------


def _occurrences(
    inputs: Sequence[SlotInput], slots: Mapping[str, Slot], calendar: Calendar, monday: date
) -> Iterator[tuple[Slot, tuple[int, Window] | None, Span]]:
    """Each row of hours on each day (UTC ms), as the compiler's own rule says, whether the cluster is open or not."""
    rows: list[tuple[Slot, tuple[int, Window] | None]] = []
    alone: list[SlotInput] = []
    for one in inputs:
        slot = slots.get(one.id)
        if slot is None:
            continue
        windows = [(window.pk, slot_windows([(window.start, window.end)])[0]) for window in slot.windows.all()]
        for row in windows:
            rows.append((slot, row))
            alone.append(replace(one, windows=(row[1],)))
        if not windows:
            rows.append((slot, None))
            alone.append(one)
    unbounded = HoursSpec(monday, (), None, "")
    whole_days = [
        Opening(calendar.at(day, 0), calendar.at(day, DAY_MIN), day, unbounded, False)
        for day in days_between(monday, monday + timedelta(days=6))
    ]
    for start, end, mask in due(tuple(alone), calendar, whole_days):
        while mask:
            low = mask & -mask
            mask ^= low
            yield (*rows[low.bit_length() - 1], (start, end))


def _minute(calendar: Calendar, day: date, instant: int) -> int:
    """Minutes on the wall from the midnight on which a day begins; may be negative or more than a day."""
    local = datetime.fromtimestamp(instant / 1000, tz=UTC).astimezone(calendar.zone)
    return (local.date() - day).days * DAY_MIN + local.hour * 60 + local.minute


def _on_day(calendar: Calendar, day: date, spans: Iterable[Span]) -> Iterator[Span]:
    """The minutes of a day that spans (UTC ms) cover."""
    for start, end in spans:
        first, last = max(0, _minute(calendar, day, start)), min(DAY_MIN, _minute(calendar, day, end))
        if first < last:
            yield first, last


def _rest(spans: Iterable[Span], begin: int = 0, until: int = DAY_MIN) -> Iterator[Span]:
    """What ordered spans leave over of a day."""
    for start, end in spans:
        if start > begin:
            yield begin, start
        begin = max(begin, end)
    if begin < until:
        yield begin, until


# --- where it is drawn --------------------------------------------------------------------------------------------------


def _add_blocks(
    days: Sequence[Day], calendar: Calendar, airing: Airing, slot: Slot, row: tuple[int, Window], span: Span
) -> None:
    day = calendar.day_of(span[0])
    for column in days:
        begin, end = calendar.at(column.day, 0), calendar.at(column.day, DAY_MIN)
        piece = max(span[0], begin), min(span[1], end)
        if piece[0] >= piece[1]:
            continue
        parts = tuple(
            Part(_minute(calendar, column.day, start), _minute(calendar, column.day, until), kind)
            for start, until, kind in airing.parts(slot, piece)
        )
        start, end = (_minute(calendar, column.day, one) for one in piece)
        column.blocks.append(Block(slot, row[0], day, row[1].start_min, row[1].end_min, start, end, parts))


def _side_by_side(column: Day) -> None:
    """Blocks that overlap get lanes, the urgent ones on the left and wider; what has no lane is counted in `more`."""
    column.blocks.sort(key=lambda one: (one.start, -one.slot.priority, -one.end, one.slot.title, one.row))
    kept: list[Block] = []
    for group in _overlapping(column.blocks):
        group.sort(key=lambda one: (-one.slot.priority, one.start, -one.end, one.slot.title, one.row))
        lanes: list[list[Block]] = []
        left: list[Block] = []
        for block in group:
            free = (at for at, lane in enumerate(lanes) if all(_apart(block, other) for other in lane))
            place = next(free, len(lanes))
            if place == MOST_LANES:
                left.append(block)
                continue
            if place == len(lanes):
                lanes.append([])
            lanes[place].append(block)
        kept.extend(_placed(lanes))
        if left:
            column.more.append(((min(one.start for one in left), max(one.end for one in left)), left))
    column.blocks = sorted(kept, key=lambda one: (one.start, one.left))


def _placed(lanes: Sequence[Sequence[Block]]) -> Iterator[Block]:
    widths = [1.0 + max(block.slot.priority for block in lane) / 2 for lane in lanes]
    for place, lane in enumerate(lanes):
        for block in lane:
            block.left, block.width = sum(widths[:place]) / sum(widths), widths[place] / sum(widths)
            yield block


def _apart(one: Block, other: Block) -> bool:
    return one.end <= other.start or other.end <= one.start


def _overlapping(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks, ordered by start, in groups that have nothing to do with each other."""
    group: list[Block] = []
    reached = 0
    for block in blocks:
        if group and block.start >= reached:
            yield group
            group = []
        group.append(block)
        reached = max(reached, block.end) if len(group) > 1 else block.end
    if group:
        yield group


def _banded(
    found: Iterable[tuple[Slot, Span]], calendar: Calendar, airing: Airing, monday: date, openings: Sequence[Opening]
) -> list[Band]:
    """Slots of whole days as bands over the days that follow each other."""
    opened: dict[date, list[Opening]] = {}
    for one in openings:
        opened.setdefault(one.day, []).append(one)
    kinds: dict[int, dict[int, str]] = {}
    slots: dict[int, Slot] = {}
    for slot, span in found:
        day = calendar.day_of(span[0])
        slots[slot.pk] = slot
        if 0 <= (place := (day - monday).days) < 7:
            kinds.setdefault(slot.pk, {})[place] = _fate(airing, slot, opened.get(day, []))
    bands = []
    for key, days in kinds.items():
        for first in (place for place in days if place - 1 not in days):
            last = first
            while last + 1 in days:
                last += 1
            bands.append(Band(slots[key], first, last, tuple(days[place] for place in range(first, last + 1))))
    return bands


def _fate(airing: Airing, slot: Slot, openings: Sequence[Opening]) -> str:
    """What becomes of a slot in these openings: shown in all, in `some` of the time, or the reason why it is not."""
    kinds = {kind for one in openings for _, _, kind in airing.parts(slot, (one.start, one.end))}
    if not kinds:
        return "closed"
    if "shown" in kinds:
        return "shown" if kinds == {"shown"} else "some"
    return "lost" if "lost" in kinds else "idle"


def _stacked(bands: list[Band]) -> tuple[list[Band], list[Band]]:
    """Bands in rows without overlap, the urgent ones on top; and those for which there is no room."""
    bands.sort(key=lambda one: (-one.slot.priority, one.first, one.first - one.last, one.slot.title))
    rows: list[list[Band]] = []
    left: list[Band] = []
    for band in bands:
        free = (
            at
            for at, row in enumerate(rows)
            if all(band.last < other.first or other.last < band.first for other in row)
        )
        band.lane = next(free, len(rows))
        if band.lane == MOST_BANDS:
            left.append(band)
            continue
        if band.lane == len(rows):
            rows.append([])
        rows[band.lane].append(band)
    return [one for row in rows for one in row], left
