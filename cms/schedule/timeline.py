"""Who is on when: a sweep over the boundaries of openings, slots and items' validity. Pure.

Sets of slots are whole numbers, bit `i` for slot `i`, so that thousands of slots cost little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import pairwise

from cms.plugin_api.types import Window
from cms.schedule.calendar import Calendar, Opening, days_between, merged
from cms.schedule.inputs import NORMAL, PRIORITY, URGENT, ItemInput, SlotInput
from cms.schedule.recurrence import Days, Recurrence, recurrence_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of one face within one opening, in which the same slots play the same items. `wanted`: all slots that are
    due; `winning`: those of the highest priority among them that have something to show. `invalid`: items out of date."""

    start: int
    end: int
    opening: Opening
    wanted: int
    winning: int
    invalid: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contenders:
    """The slots (their order gives the bits), those that a face can show, and the items that each one would play."""

    slots: tuple[SlotInput, ...]
    on_face: Mapping[str, int]
    items: tuple[frozenset[str], ...]
    by_priority: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        classes = tuple(
            sum(1 << bit for bit, slot in enumerate(self.slots) if slot.priority == priority)
            for priority in (URGENT, PRIORITY, NORMAL)
        )
        object.__setattr__(self, "by_priority", classes)

    def playable(self, invalid: frozenset[str]) -> int:
        """The slots that have at least one item which is not out of date."""
        return sum(1 << bit for bit, items in enumerate(self.items) if items - invalid)

    def winners(self, mask: int) -> int:
        """Urgent > priority > normal."""
        return next((mask & priority for priority in self.by_priority if mask & priority), 0)

    def items_of(self, mask: int) -> frozenset[str]:
        return frozenset().union(*(self.items[bit] for bit in bits(mask)))


def bits(mask: int) -> list[int]:
    """The numbers of the bits that are set, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def due(slots: tuple[SlotInput, ...], calendar: Calendar, openings: list[Opening]) -> list[tuple[int, int, int]]:
    """Spans (start, end, slots) in which slots are due. Slots of equal windows go together. A slot without windows is due
    during the openings that start on its days, so an evening is not cut at midnight."""
    if not openings:
        return []
    starting: dict[date, list[Opening]] = {}
    for opening in openings:
        starting.setdefault(opening.day, []).append(opening)
    # A slot's own overnight window may reach into an opening of the next day.
    days = Days(openings[0].day - timedelta(days=1), openings[-1].day, calendar.holidays)
    spans: list[tuple[int, int, int]] = []
    for windows, masks in _groups(slots, days).items():
        for number, mask in masks.items():
            day = days.day(number)
            if windows is None:
                edges = [(opening.start, opening.end) for opening in starting.get(day, ())]
            else:
                edges = [(calendar.at(day, one.start_min), calendar.at(day, one.end_min)) for one in windows]
            spans.extend((start, end, mask) for start, end in edges if end > start)
    return sorted(spans)


def _groups(slots: tuple[SlotInput, ...], days: Days) -> dict[tuple[Window, ...] | None, dict[int, int]]:
    """By windows (None: the whole day) and number of the day: the slots due. Days are worked out once for each recurrence."""
    alike: dict[tuple[tuple[Window, ...], Recurrence], list[int]] = {}
    for bit, slot in enumerate(slots):
        alike.setdefault((slot.windows, recurrence_of(slot)), []).append(bit)
    groups: dict[tuple[Window, ...] | None, dict[int, int]] = {}
    for (windows, recurrence), members in alike.items():
        mask = sum(1 << bit for bit in members)
        by_day = groups.setdefault(merged(windows) if windows else None, {})
        for number in bits(days.mask(recurrence)):
            by_day[number] = by_day.get(number, 0) | mask
    return groups


class Validity:
    """Which items are out of date on a local day."""

    def __init__(self, items: Mapping[str, ItemInput]) -> None:
        self._dated = {key: item for key, item in items.items() if item.valid_from or item.valid_until}
        self._known: dict[date, frozenset[str]] = {}

    def invalid(self, day: date) -> frozenset[str]:
        if day not in self._known:
            self._known[day] = frozenset(key for key, item in self._dated.items() if not valid_on(item, day))
        return self._known[day]


def valid_on(item: ItemInput, day: date) -> bool:
    """Whether an item may be shown on a local day; its days of grace count."""
    if item.valid_from is not None and day < item.valid_from:
        return False
    return item.valid_until is None or (day - item.valid_until).days <= max(0, item.grace_days)


def stretches(
    contenders: Contenders, items: Mapping[str, ItemInput], calendar: Calendar, openings: list[Opening]
) -> dict[str, list[Stretch]]:
    """Per face the stretches that fill the openings, in order; where nothing wins, `winning` is 0 (fallback)."""
    validity, spans = Validity(items), due(contenders.slots, calendar, openings)
    found: dict[str, list[Stretch]] = {face: [] for face in contenders.on_face}
    playable: dict[frozenset[str], int] = {}
    concerned: dict[tuple[int, frozenset[str]], frozenset[str]] = {}
    sweep, edges = Sweep(spans), sorted({edge for start, end, _ in spans for edge in (start, end)})
    for opening in openings:
        for start, end in _cuts(opening, edges, calendar):
            wanted = sweep.due(start)
            invalid = validity.invalid(calendar.day_of(start))
            if invalid not in playable:
                playable[invalid] = contenders.playable(invalid)
            for face, on_face in contenders.on_face.items():
                here = wanted & on_face
                winning = contenders.winners(here & playable[invalid])
                key = (winning, invalid)
                if invalid and key not in concerned:
                    concerned[key] = invalid & contenders.items_of(winning)
                gone = concerned[key] if invalid else invalid
                _append(found[face], Stretch(start, end, opening, here, winning, gone))
    return found


class Sweep:
    """Which slots are due at instants that are asked in order. Every span is met twice, however many there are."""

    def __init__(self, spans: list[tuple[int, int, int]]) -> None:
        self._starts = sorted(spans, reverse=True)
        self._ends: list[tuple[int, int]] = []
        self._due = 0
        self._again: Counter[int] = Counter()
        """Slots due twice over: an overnight window may reach into the next day's."""

    def due(self, instant: int) -> int:
        while self._starts and self._starts[-1][0] <= instant:
            _, end, mask = self._starts.pop()
            if end > instant:
                heappush(self._ends, (end, mask))
                self._again.update(bits(self._due & mask))
                self._due |= mask
        while self._ends and self._ends[0][0] <= instant:
            self._due &= ~self._over(heappop(self._ends)[1])
        return self._due

    def _over(self, mask: int) -> int:
        """The slots of a span that has ended, without those that another span keeps."""
        for bit in [bit for bit in self._again if mask >> bit & 1] if self._again else ():
            self._again[bit] -= 1
            mask &= ~(1 << bit)
            if not self._again[bit]:
                del self._again[bit]
        return mask


def _cuts(opening: Opening, edges: list[int], calendar: Calendar) -> list[tuple[int, int]]:
    """An opening, cut where slots begin or end and at midnight (items' validity goes by the local day)."""
    inside = edges[bisect_right(edges, opening.start) : bisect_left(edges, opening.end)]
    first, last = calendar.day_of(opening.start), calendar.day_of(opening.end - 1)
    midnights = [calendar.at(day, 0) for day in days_between(first + timedelta(days=1), last)]
    return list(pairwise(sorted({opening.start, opening.end, *inside, *midnights})))


def _append(found: list[Stretch], new: Stretch) -> None:
    """Joins a stretch to the one before it when the same plays on: a boundary that changes nothing restarts no loop."""
    if found:
        last = found[-1]
        same = last.opening is new.opening and last.end == new.start
        if same and (last.winning, last.invalid) == (new.winning, new.invalid):
            found[-1] = Stretch(last.start, new.end, last.opening, last.wanted | new.wanted, last.winning, last.invalid)
            return
    found.append(new)
