"""Pieces of known widths set in lines: the fewest that a box allows, balanced by dynamic programming.

`advances` are the widths of the pieces, `blanks` how much of each is white space at its end (nothing at the end of a line),
`costs` what a break after each piece costs in squared shares of a line.
"""

from __future__ import annotations

from collections.abc import Sequence

_LONELY = 0.12
_SHORT = 0.34
"""A last line below this share of the others is a widow."""


def fewest(advances: Sequence[float], blanks: Sequence[float], box: float, most: int = 10_000) -> int:
    """The least number of lines; `most + 1` when it takes more, or when a piece alone is too wide."""
    lines, pen = 1, 0.0
    for advance, blank in zip(advances, blanks, strict=True):
        if pen + advance - blank > box:
            if advance - blank > box or lines >= most:
                return most + 1
            lines, pen = lines + 1, 0.0
        pen += advance
    return lines


def balanced(
    advances: Sequence[float], blanks: Sequence[float], costs: Sequence[float], box: float, lines: int
) -> list[int]:
    """Where each of `lines` lines ends (counts of pieces), with the least raggedness: equal widths, no lonely last word, no
    dear break. Empty when there is no such setting."""
    count = len(advances)
    if not 0 < lines <= count:
        return []
    sums = [0.0]
    for advance in advances:
        sums.append(sums[-1] + advance)
    first, last = _windows(sums, blanks, box, lines)
    if last[lines] < count:
        return []
    target = min(box, (sums[count] - blanks[-1]) / lines)
    best: dict[int, float] = {0: 0.0}
    back: list[dict[int, int]] = []
    for line in range(1, lines + 1):
        here: dict[int, float] = {}
        come: dict[int, int] = {}
        for end in range(first[line], last[line] + 1):
            right = sums[end] - blanks[end - 1]
            own = costs[end - 1] if end < count else 0.0
            least, origin = float("inf"), -1
            for start in range(min(end - 1, last[line - 1]), first[line - 1] - 1, -1):
                wide = right - sums[start]
                if wide > box:
                    break
                if start not in best:
                    continue
                share = wide / target - 1
                cost = best[start] + share * share + own
                if end == count and lines > 1 and (wide < _SHORT * target or (end - start == 1 and count > 2)):
                    cost += _LONELY
                if cost < least:
                    least, origin = cost, start
            if origin >= 0:
                here[end], come[end] = least, origin
        best = here
        back.append(come)
    if count not in best:
        return []
    ends, end = [], count
    for come in reversed(back):
        ends.append(end)
        end = come[end]
    return ends[::-1]


def _windows(sums: list[float], blanks: Sequence[float], box: float, lines: int) -> tuple[list[int], list[int]]:
    """The first and the last piece with which each line can end, if all pieces are to go in `lines` lines."""
    count = len(sums) - 1
    last = [0]
    for line in range(1, lines + 1):
        end = last[-1]
        while end < count - (lines - line) and sums[end + 1] - blanks[end] - sums[last[-1]] <= box:
            end += 1
        last.append(end)
    first = [count]
    for line in range(lines - 1, -1, -1):
        start = first[0]
        while start > line and sums[first[0]] - blanks[first[0] - 1] - sums[start - 1] <= box:
            start -= 1
        first.insert(0, start)
    return first, last
