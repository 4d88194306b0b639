"""Reads frames of a screencast and says what was wrong with them: black, the page behind, an old frame of the next item, the item before
again, frames of a clip that never came. It knows the order of the items, and when each is due where a schedule says so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tests.player_web.gap.media import BITS, FPS, Item, Pixels, column

NEAR = 14
"""Of 255, between a colour and its picture after JPEG and BT.709."""
FRAME_MS = 1000 / 60
MOST_SKIPPED = 6
AHEAD_MS = 400


@dataclass(frozen=True)
class Look:
    """What stands on a face: `ground` is colours along its upper and its lower edge (2 × points × 3), `code` the item's number and the
    frame's where the band can be read."""

    ground: NDArray[np.int16]
    code: tuple[int, int] | None


@dataclass
class Showing:
    """An item on a face: when it was first seen and when it was due (UTC ms), its frames (by number: when first seen)."""

    item: Item
    first: float
    due: float
    frames: dict[int, float] = field(default_factory=dict)
    until: float | None = None


@dataclass
class Verdict:
    """Of one face. `wrong` counts composed frames that show what never should be seen, `faulty` names the changes at which they came
    and `notes` says when, for people."""

    wrong: Counter[str] = field(default_factory=Counter)
    faulty: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    notes: list[str] = field(default_factory=list)
    showings: list[Showing] = field(default_factory=list)
    changes: int = 0
    skipped: int = 0
    looks: int = 0

    def held(self) -> list[tuple[Item, float]]:
        """How long each item that was seen from its first to its last frame stood, milliseconds. A fade begins invisibly, so what fades in,
        or is faded over, is left out."""
        pairs = pairwise(self.showings[1:])  # the first one had begun before
        return [
            (one.item, one.until - one.first)
            for one, after in pairs
            if one.until is not None and "fade" not in (one.item.transition, after.item.transition)
        ]

    def clips(self) -> list[Showing]:
        """Clips that were cut in and seen to their end."""
        return [
            one for one in self.showings[1:] if one.until and one.item.kind == "video" and one.item.transition == "cut"
        ]

    def late(self) -> list[float]:
        """Milliseconds from when each item was due to when it was seen; fades begin invisibly and are left out."""
        return [one.first - one.due for one in self.showings[1:] if one.item.transition != "fade"]

    def second_frames(self) -> list[float]:
        """Milliseconds from a clip's first frame on the screen to its second one."""
        times = [sorted(one.frames.values()) for one in self.clips()]
        return [seen[1] - seen[0] for seen in times if len(seen) > 1]


def look(pixels: Pixels) -> Look:
    """Reads a face, height × width × 3, upright."""
    height, width = pixels.shape[:2]
    ground = pixels[[height // 10, height * 9 // 10], 4 : width - 3 : 8].astype(np.int16)
    across = column(width)
    places = np.arange(BITS) * across + across // 2
    light = pixels[height // 2, places].mean(axis=1)
    said = light > 150
    clear = bool(((light > 200) | (light < 95)).all())
    if not (clear and said[0] and said.sum() % 2 == 0):
        return Look(ground, None)
    powers = 1 << np.arange(7)
    return Look(ground, (int(said[1:8] @ powers), int(said[8:15] @ powers)))


def fault(ground: NDArray[np.int16]) -> str:
    """What a frame shows that is explained by no item."""
    points = ground.reshape(-1, 3)
    if (points.max(axis=1) < 45).any():
        return "black"
    if ((points[:, 0] > 150) & (points[:, 2] > 150) & (points[:, 1] < 80)).any():
        return "magenta"
    return "other"


class Judge:
    """Takes the looks at one face in the order of time. `began`: UTC milliseconds at which a schedule begins the loop; None: an item is due
    when it is first seen."""

    def __init__(self, loop: list[Item], began: float | None = None) -> None:
        self.loop, self.began, self.verdict = loop, began, Verdict()
        self._starts = [sum(item.ms for item in loop[:place]) for place in range(len(loop) + 1)]
        self._place = -1
        self._progress = 0.0

    def judge(self, looks: Iterable[tuple[float, Look]]) -> Verdict:
        for at, seen in looks:
            self.verdict.looks += 1
            self._take(at, seen)
        return self.verdict

    def _take(self, at: float, seen: Look) -> None:
        whole = self._whole(seen)
        if self._place < 0:
            if whole is not None:
                self._comes(whole, at, seen, 0)
            return
        if whole is not None:
            self._whole_seen(whole, at, seen)
        elif not self._between(seen, at):
            self._wrong(fault(seen.ground), at, seen)

    def _between(self, seen: Look, at: float) -> bool:
        """Two neighbours in a transition; where nothing was seen for a while, later ones too."""
        for steps in range(MOST_SKIPPED):
            before = self._after(steps)
            progress = mixture(seen.ground, self.loop[before], self.loop[self._after(steps + 1)])
            if progress is None:
                continue
            if steps:
                self.verdict.changes += steps
                self.verdict.skipped += steps
                self._next(self.loop[before], at, False)
                self._place, self._progress = before, 0.0
            self._mixed(progress, at)
            return True
        return False

    def _after(self, steps: int) -> int:
        return (self._place + steps) % len(self.loop)

    def _whole(self, seen: Look) -> int | None:
        """The place in the loop of the item that alone fills the face."""
        if seen.code is None or seen.code[0] >= len(self.loop):
            return None
        place = next((n for n, item in enumerate(self.loop) if item.number == seen.code[0]), None)
        if place is None or (np.abs(seen.ground - np.array(self.loop[place].ground)) > NEAR).any():
            return None
        return place

    def _whole_seen(self, place: int, at: float, seen: Look) -> None:
        steps = (place - self._place) % len(self.loop)
        if steps == 0:
            if self._progress > 0.2:
                return self._wrong("stale", at, seen)
            if self._progress == 0:
                self._frame(at, seen)
        elif steps <= MOST_SKIPPED:
            self._comes(place, at, seen, steps)
        else:
            self._wrong("stale", at, seen)

    def _comes(self, place: int, at: float, seen: Look, steps: int) -> None:
        """An item stands whole for the first time, so many steps after the one before."""
        self.verdict.changes += steps > 0
        self.verdict.skipped += max(0, steps - 1)
        if steps != 1 or self._progress == 0:
            self._next(self.loop[place], at, steps == 1)
        self._place, self._progress = place, 0.0
        self._frame(at, seen)

    def _next(self, item: Item, at: float, follows: bool) -> None:
        showings = self.verdict.showings
        if showings:
            showings[-1].until = at if follows else None
        showings.append(Showing(item, at, self._due(item, at)))

    def _due(self, item: Item, at: float) -> float:
        """The last time until a little after `at` at which the item should come."""
        if self.began is None:
            return at
        first, length = self.began + self._starts[self.loop.index(item)], self._starts[-1]
        return first + (at + AHEAD_MS - first) // length * length

    def _mixed(self, progress: float, at: float) -> None:
        """Something of the next item is seen. What has come in goes on coming in."""
        if progress < self._progress - 0.08:
            return self._wrong("stale", at, None)
        if progress > 0 and self._progress == 0:
            self._next(self.loop[self._after(1)], at, True)
        self._progress = max(progress, self._progress)

    def _frame(self, at: float, seen: Look) -> None:
        """A clip's frames come in their order, none before its time."""
        showing = self.verdict.showings[-1]
        number = seen.code[1] if seen.code else 0
        if showing.item.kind == "video" and showing is not self.verdict.showings[0]:
            early = (
                self.began is not None
                and number > (at - min(showing.first, showing.due) + 2 * FRAME_MS) * FPS / 1000 + 2
            )
            if early or (showing.frames and number < max(showing.frames)):
                return self._wrong("stale", at, seen)
        showing.frames.setdefault(number, at)

    def _wrong(self, what: str, at: float, seen: Look | None) -> None:
        self.verdict.wrong[what] += 1
        self.verdict.faulty[what].add(self.verdict.changes)
        current, after = self.loop[self._place], self.loop[self._after(1)]
        read = seen.code if seen else None
        points = "" if seen is None or what == "stale" else f" {seen.ground[0, ::6].tolist()}"
        change = f"{current.kind} {current.number} → {after.kind} {after.number} ({after.transition})"
        self.verdict.notes.append(f"{at:.0f}: {what} at {change}, read {read}{points}")


def mixture(ground: NDArray[np.int16], before: Item, after: Item) -> float | None:
    """How much of `after` has come in over `before` by its transition; None when that is not what is seen."""
    old, new = np.array(before.ground), np.array(after.ground)
    if after.transition == "fade":
        change = (new - old).astype(float)
        shares = ((ground - old) @ change) / (change @ change)
        share = float(np.median(shares))
        expected = old + share * change
        return min(1.0, max(0.0, share)) if (np.abs(ground - expected) <= NEAR).all() else None
    if after.transition == "cut":
        return None
    left, right = (old, new) if after.transition == "slide" else (new, old)
    is_left, is_right = (np.abs(ground - left) <= NEAR).all(axis=2), (np.abs(ground - right) <= NEAR).all(axis=2)
    edges = []
    for row in range(2):
        count = int(is_left[row].argmin()) if not is_left[row].all() else is_left.shape[1]
        if not is_right[row, count + 1 :].all():  # one point may lie on the edge itself
            return None
        edges.append(count)
    if abs(edges[0] - edges[1]) > 1:
        return None
    share = edges[0] / is_left.shape[1]
    return 1 - share if after.transition == "slide" else share
