"""When the compiled schedule shows a slot, and why not where it does not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from cms.programmes.models import Slot
from cms.programmes.previews import Answer
from cms.schedule.calendar import Opening

Span = tuple[int, int]


class Airing:
    """When the compiled schedule shows each slot on any of its faces, and why not where it does not."""

    def __init__(self, answer: Answer, openings: Sequence[Opening]) -> None:
        self.openings = [(one.start, one.end) for one in openings]
        priority = {one.id: one.priority for one in answer.inputs.slots}
        spans: dict[str, list[Span]] = {}
        self._highest: dict[str, list[tuple[int, int]]] = {}
        for letter, face in answer.compiled.schedule.faces.items():
            highest = self._highest.setdefault(letter, [])
            for segment, why in zip(face.segments, answer.compiled.why[letter], strict=True):
                highest.append((segment.from_, max((priority[one] for one in why.winning), default=-1)))
                for one in why.winning:
                    spans.setdefault(one, []).append((segment.from_, segment.until))
        self._shown = {one: list(_joined(sorted(found))) for one, found in spans.items()}

    def parts(self, slot: Slot, span: Span) -> Iterator[tuple[int, int, str]]:
        """A span (UTC ms) cut into what is shown and what is not."""
        reached = span[0]
        for start, end in self._shown.get(str(slot.pk), []):
            start, end = max(start, reached), min(end, span[1])
            if start >= end:
                continue
            yield from self._missed(slot, (reached, start))
            yield start, end, "shown"
            reached = end
        yield from self._missed(slot, (reached, span[1]))

    def _missed(self, slot: Slot, span: Span) -> Iterator[tuple[int, int, str]]:
        reached = span[0]
        for start, end in self.openings:
            start, end = max(start, reached), min(end, span[1])
            if start >= end:
                continue
            if reached < start:
                yield reached, start, "closed"
            yield start, end, "lost" if self._beaten(slot, (start + end) // 2) else "idle"
            reached = end
        if reached < span[1]:
            yield reached, span[1], "closed"

    def _beaten(self, slot: Slot, instant: int) -> bool:
        for letter in slot.faces or self._highest:
            segments = self._highest.get(letter, [])
            place = bisect_right(segments, (instant, 9)) - 1
            if place >= 0 and segments[place][1] > slot.priority:
                return True
        return False


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Ordered spans, those that touch or overlap made one."""
    current: Span | None = None
    for start, end in spans:
        if current and start <= current[1]:
            current = current[0], max(current[1], end)
        else:
            if current:
                yield current
            current = start, end
    if current:
        yield current
