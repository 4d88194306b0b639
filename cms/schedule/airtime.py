"""How long a schedule shows what. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate

from cms.schedule.format import Schedule

Shown = tuple[str, str]
"""An item translation (`<key>:<language>`) and its language."""


def airtime(schedule: Schedule, from_ms: int, until_ms: int) -> dict[str, Counter[Shown]]:
    """Milliseconds that each face shows each item translation within [from, until) (UTC ms), the neutral picture included. Time in
    which a face is black, or which the schedule does not cover, counts for nothing."""
    loops = {name: _Loop(schedule, name) for name in schedule.loops}
    found: dict[str, Counter[Shown]] = {}
    for letter, timeline in schedule.faces.items():
        total: Counter[Shown] = Counter()
        for one in timeline.segments:
            start, end = max(one.from_, from_ms), min(one.until, until_ms)
            if one.loop is not None and start < end:
                loops[one.loop].add(total, start - one.from_, end - one.from_)
        found[letter] = total
    return found


class _Loop:
    """One loop: what each of its turns shows, and when it ends."""

    def __init__(self, schedule: Schedule, name: str) -> None:
        turns = [schedule.turns[place] for place in schedule.loops[name]]
        scenes = [schedule.scenes[scene] for scene, _ in turns]
        self.shown = [(scene.item, scene.language) for scene in scenes]
        self.lengths = [ms for _, ms in turns]
        self.ends = list(accumulate(self.lengths))
        self.whole: Counter[Shown] = Counter()
        for shown, ms in zip(self.shown, self.lengths, strict=True):
            self.whole[shown] += ms

    def add(self, total: Counter[Shown], start: int, end: int) -> None:
        """What is on from `start` to `end`, counted from the loop's first beginning."""
        length = self.ends[-1]
        rounds = end // length - start // length
        for shown, ms in self.whole.items():
            if rounds:
                total[shown] += ms * rounds
        self._part(total, end % length, 1)
        self._part(total, start % length, -1)

    def _part(self, total: Counter[Shown], until: int, sign: int) -> None:
        """The beginning of one round, up to a place in it."""
        last = bisect_right(self.ends, until)
        for number in range(last):
            total[self.shown[number]] += sign * self.lengths[number]
        if last < len(self.ends):
            total[self.shown[last]] += sign * (until - (self.ends[last - 1] if last else 0))
