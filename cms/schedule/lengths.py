"""How long a programme is, and what part of it each of its rows takes. Pure.

A **row** is an entry of the programme. What it takes is told by what the compiler unrolls: each row's items are marked with the row's
number, and the marks are counted in one round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cms.plugin_api.types import Geometry, Mode
from cms.schedule.inputs import Entry, ProgrammeInput, SlotInput
from cms.schedule.programmes import Rounds
from cms.schedule.scenes import Playable
from cms.schedule.steps import Gap, shows, steps, turns_of

MARK = "|"


@dataclass(frozen=True, slots=True)
class Row:
    """`items`: what the row can show, each once, in order; `turns`: how often one of them comes up in a round; `ms`: how long they take
    together in a round."""

    items: tuple[str, ...]
    turns: int
    ms: int


@dataclass(frozen=True, slots=True)
class Length:
    """A round of a programme (ms, on average over the passes of a rotation), and its rows in order."""

    ms: int
    rows: tuple[Row, ...]

    def share(self, row: int) -> float:
        """The part (0…1) of the round that a row takes."""
        return self.rows[row].ms / self.ms if self.ms else 0.0

    def times(self, row: int, span_ms: int) -> float:
        """How often an item of a row begins, while the programme is on for `span_ms`."""
        return self.rows[row].turns * span_ms / self.ms if self.ms else 0.0


def length_of(programmes: Mapping[str, ProgrammeInput], programme: str, pass_ms: Mapping[str, int]) -> Length:
    """The length of a programme, of the items that can be shown: `pass_ms` by item key. Raises KeyError for an unknown programme."""
    known, entries = dict(programmes), []
    rounds = Rounds(programmes)
    for number, entry in enumerate(programmes[programme].entries):
        entries.append(_marked(entry, number))
        for inner in rounds.programmes_of(entry.programme) if entry.programme in programmes else ():
            copy = programmes[inner]
            name = f"{number}{MARK}{inner}"
            marked = tuple(_marked(one, number) for one in copy.entries)
            known.setdefault(name, replace(copy, id=name, entries=marked))
    known[programme] = replace(programmes[programme], entries=tuple(entries))
    counted = Rounds(known)
    turns: list[Counter[str]] = [Counter() for _ in entries]
    for one in counted.round_of(programme):
        row, _, item = one.partition(MARK)
        turns[int(row)][item] += 1
    shown: list[dict[str, None]] = [{} for _ in entries]
    for one in counted.members(programme):
        row, _, item = one.partition(MARK)
        shown[int(row)].setdefault(item)
    rows = tuple(
        Row(
            tuple(shown[number]),
            sum(count for item, count in turns[number].items() if item in pass_ms),
            sum(count * pass_ms.get(item, 0) for item, count in turns[number].items()),
        )
        for number in range(len(entries))
    )
    return Length(sum(row.ms for row in rows), rows)


def _marked(entry: Entry, number: int) -> Entry:
    if entry.item:
        return replace(entry, item=f"{number}{MARK}{entry.item}")
    if entry.feed:
        return replace(entry, feed=tuple(f"{number}{MARK}{key}" for key in entry.feed))
    return replace(entry, programme=f"{number}{MARK}{entry.programme}") if entry.programme else entry


def pass_ms(
    mode: Mode, translations: Sequence[Playable], geometry: Geometry, slot: SlotInput, gap: Gap
) -> int:  # fmt: skip
    """How long an item (with at least one translation) is on in one pass of a slot: all its languages in turn, or in a rotation the
    average of its passes. 0 where the programme's rule leaves it out."""
    languages = tuple(one.language for one in translations)
    if not shows(mode, languages, geometry, slot, gap.rule):
        return 0
    whole = sum(one.duration for one in steps(mode, ["item"], {"item": translations}, geometry, slot, gap))
    return whole // turns_of(mode, languages, geometry, slot, gap.rule) if mode == "rotate" else whole


def languages_ms(translations: Sequence[Playable]) -> dict[str, int]:
    """How long an item lasts in each language, ms."""
    return {one.language: sum(ms for _, ms, _ in one.flat) for one in translations}
