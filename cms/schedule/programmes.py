"""Programmes to item keys: nesting, feeds and shuffles unrolled. Pure.

A **pass** goes once through a programme's entries. A **round** is as many passes as it takes until all that is nested by
`take` has come up equally often, but at most 12 – more only where something would otherwise never come up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, gcd, lcm

from cms.schedule.inputs import Entry, ProgrammeInput

MOST_PASSES = 12
SHUFFLED_PASSES = 4
"""Passes at least, before a shuffle starts anew."""
MOST_TURNS = 10_000
"""Turns of a round at most: more than a day's. Programmes nested twice and twice again would grow without end."""

Unit = tuple[str, ...]
"""What a shuffle keeps together: an item, or one pass of a nested programme."""


def members(programmes: Mapping[str, ProgrammeInput], programme: str) -> tuple[str, ...]:
    """Every item that a programme can show, each once, in the order in which they are listed."""
    return Rounds(programmes).members(programme)


def round_of(programmes: Mapping[str, ProgrammeInput], programme: str) -> tuple[str, ...]:
    """One round of a programme: the items in the order of their turns."""
    return Rounds(programmes).round_of(programme)


class Rounds:
    """Programmes unrolled, each once for all who nest it. An entry that leads back to its own programme is cut, and so is one
    whose programme is not there. `KeyError` for an unknown programme."""

    def __init__(self, programmes: Mapping[str, ProgrammeInput]) -> None:
        self.programmes = programmes
        self._circle: dict[str, str] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._passes: dict[str, tuple[Unit, ...]] = {}
        self._rounds: dict[str, tuple[str, ...]] = {}
        self._cut: set[str] = set()

    def members(self, programme: str) -> tuple[str, ...]:
        """As the function of this name."""
        if programme not in self._members:
            found: dict[str, None] = {}
            for one in self.below(programme):
                if isinstance(one, str):
                    found.setdefault(one)
            self._members[programme] = tuple(found)
        return self._members[programme]

    def programmes_of(self, programme: str) -> tuple[str, ...]:
        """A programme and all that are nested in it, each once."""
        return (programme, *(one.programme for one in self.below(programme) if isinstance(one, Entry)))

    def round_of(self, programme: str) -> tuple[str, ...]:
        """As the function of this name."""
        if programme not in self._rounds:
            self._unroll(programme)
            self._rounds[programme] = tuple(key for unit in self._passes[programme] for key in unit)
        return self._rounds[programme]

    def contains_itself(self, programme: str) -> bool:
        """Whether one of its entries leads back to it, however far around."""
        self._settle(programme)
        own = self._circle[programme]
        return any(self._circle.get(entry.programme) == own for entry in self.programmes[programme].entries)

    def missing(self, programme: str) -> tuple[str, ...]:
        """The programmes that its entries name and that are not there."""
        named = (entry.programme for entry in self.programmes[programme].entries if not entry.item)
        return tuple(dict.fromkeys(one for one in named if one and one not in self.programmes))

    def left_out(self, programme: str) -> tuple[str, ...]:
        """Items that a round has no place for, because the programme is longer than a day."""
        shown = set(self.round_of(programme))
        return tuple(key for key in self.members(programme) if key not in shown) if self._cut else ()

    def below(self, programme: str) -> Iterator[str | Entry]:
        """Items, and entries of nested programmes, in the order in which they are listed; each programme is gone into once."""
        self._settle(programme)
        seen = {programme}
        stack = [(programme, iter(self.programmes[programme].entries))]
        while stack:
            owner, entries = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
            elif entry.item:
                yield entry.item
            elif entry.feed:
                yield from entry.feed
            elif entry.programme not in seen and self._leads_down(owner, entry.programme):
                seen.add(entry.programme)
                yield entry
                stack.append((entry.programme, iter(self.programmes[entry.programme].entries)))

    def _nested(self, programme: str) -> Iterator[str]:
        for entry in self.programmes[programme].entries:
            if not entry.item and not entry.feed and entry.programme in self.programmes:
                yield entry.programme

    def _kept(self, programme: str) -> list[str]:
        """The programmes that are nested in one and do not lead back to it."""
        return [other for other in dict.fromkeys(self._nested(programme)) if self._leads_down(programme, other)]

    def _leads_down(self, programme: str, other: str) -> bool:
        return other in self.programmes and self._circle[other] != self._circle[programme]

    def _settle(self, root: str) -> None:
        """Finds the circles among a programme and what it nests (Kosaraju): programmes of one circle get one name."""
        if root in self._circle:
            return
        order: list[str] = []
        seen = {root}
        stack = [(root, self._nested(root))]
        back: dict[str, list[str]] = {}
        while stack:
            programme, entries = stack[-1]
            other = next(entries, None)
            if other is None:
                order.append(programme)
                stack.pop()
                continue
            back.setdefault(other, []).append(programme)
            if other not in seen and other not in self._circle:
                seen.add(other)
                stack.append((other, self._nested(other)))
        for first in reversed(order):
            if first in self._circle:
                continue
            self._circle[first] = first
            around = [first]
            while around:
                for other in back.get(around.pop(), ()):
                    if other not in self._circle:
                        self._circle[other] = first
                        around.append(other)

    def _unroll(self, root: str) -> None:
        """Passes of a programme and of all that it nests, the innermost first."""
        self._settle(root)
        stack = [root]
        while stack:
            programme = stack[-1]
            waiting = [one for one in self._kept(programme) if one not in self._passes]
            if waiting and programme not in self._passes:
                stack.extend(waiting)
                continue
            stack.pop()
            if programme not in self._passes:
                self._passes[programme] = self._made(self.programmes[programme])

    def _made(self, programme: ProgrammeInput) -> tuple[Unit, ...]:
        kept = set(self._kept(programme.id))
        sources = [one for entry in programme.entries if (one := self._source(entry, kept)) and one.units]
        wanted = passes_of(sources, shuffled=programme.order == "shuffle")
        passes: list[list[Unit]] = []
        turns = 0
        for number in range(wanted if sources else 0):
            units = [unit for one in sources for unit in one.at(number)]
            length = sum(map(len, units))
            if turns + length > MOST_TURNS:
                self._cut.add(programme.id)
                if not passes:
                    passes.append(list(_fitting(units)))
                break
            turns += length
            passes.append(units)
        if programme.order == "shuffle":
            passes = shuffled(passes, f"{programme.seed}|{programme.id}")
        return tuple(tuple(key for unit in units for key in unit) for units in passes)

    def _source(self, entry: Entry, kept: set[str]) -> Source | None:
        if entry.item:
            return Source(((entry.item,),), 1)
        if entry.feed:
            return Source(tuple((key,) for key in entry.feed), entry.take)
        if entry.programme not in kept:
            return None
        if entry.take < 1:
            return Source(self._passes[entry.programme], 1)
        return Source(tuple((key,) for unit in self._passes[entry.programme] for key in unit), entry.take)


class Source:
    """What an entry gives: at each pass the next `take` of its units, in turn; all of them, when it has no more or `take` is 0.
    A whole nested programme gives one of its passes at each."""

    def __init__(self, units: Sequence[Unit], take: int) -> None:
        self.units = units
        self.take = min(take, len(units)) if take > 0 else len(units)

    def at(self, number: int) -> list[Unit]:
        begin = number * self.take
        return [self.units[(begin + one) % len(self.units)] for one in range(self.take)]

    @property
    def even(self) -> int:
        """Passes until all units have come up equally often."""
        return len(self.units) // gcd(len(self.units), self.take)

    @property
    def once(self) -> int:
        """Passes until all units have come up."""
        return ceil(len(self.units) / self.take)


def passes_of(sources: Sequence[Source], *, shuffled: bool) -> int:
    """The passes of a round."""
    even = 1
    for one in sources:
        even = lcm(even, one.even)
        if even > MOST_PASSES:
            return max(MOST_PASSES, *(one.once for one in sources))
    return even * ceil(SHUFFLED_PASSES / even) if shuffled else even


def shuffled(passes: list[list[Unit]], name: str) -> list[list[Unit]]:
    """Each pass in an order of its own, the same everywhere for the same name. No item follows itself from one pass to the
    next, nor from the last to the first, where the rest of the pass allows."""
    found: list[list[Unit]] = []
    for number, units in enumerate(passes):
        ranks = {one: hashlib.sha256(f"{name}|{number}|{one}".encode()).digest() for one in range(len(units))}
        mixed = [unit for _, unit in sorted((ranks[one], unit) for one, unit in enumerate(units))]
        if found and found[-1]:
            _swap(mixed, 0, range(1, len(mixed)), found[-1][-1][-1])
        if number == len(passes) - 1 and mixed:
            _swap(mixed, -1, range(len(mixed) - 2, 0, -1), (found or [mixed])[0][0][0])
        found.append(mixed)
    return found


def _swap(units: list[Unit], end: int, others: Iterable[int], neighbour: str) -> None:
    """Sees to it that the first (`end` 0) or last (`end` -1) item is not the one beside it, by an exchange of units."""
    if units[end][end] != neighbour:
        return
    for other in others:
        if units[other][end] != neighbour:
            units[end], units[other] = units[other], units[end]
            return


def _fitting(units: Sequence[Unit]) -> Iterator[Unit]:
    """As many units as a round has turns for; the last one cut."""
    left = MOST_TURNS
    for unit in units:
        if left <= 0:
            return
        yield unit[:left]
        left -= len(unit)
