"""Programmes within programmes: which hold which, however deep. One query each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cms.programmes.models import ProgrammeEntry

Edges = Mapping[int, frozenset[int]]


def edges() -> tuple[Edges, Edges]:
    """The programmes that each one holds, and those that hold it, by primary key. One query."""
    down: dict[int, set[int]] = {}
    up: dict[int, set[int]] = {}
    rows = ProgrammeEntry.objects.filter(nested__isnull=False).order_by().values_list("programme", "nested")
    for outer, inner in rows:
        if outer is not None and inner is not None:
            down.setdefault(outer, set()).add(inner)
            up.setdefault(inner, set()).add(outer)
    return _frozen(down), _frozen(up)


def _frozen(found: Mapping[int, set[int]]) -> Edges:
    return {one: frozenset(others) for one, others in found.items()}


def reachable(starts: Iterable[int], along: Edges) -> set[int]:
    """These programmes and all that are reached from them; a circle ends."""
    found: set[int] = set()
    waiting = list(starts)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(along.get(one, frozenset()) - found)
    return found


def held_by(programmes: Iterable[int]) -> set[int]:
    """These programmes and all that they hold."""
    return reachable(programmes, edges()[0])


def holding(programmes: Iterable[int]) -> set[int]:
    """These programmes and all that hold them."""
    return reachable(programmes, edges()[1])


def path(start: int, goal: int) -> list[int]:
    """How a programme comes to hold another: the programmes from the one to the other, both included; empty where it does not."""
    down = edges()[0]
    found: dict[int, list[int]] = {start: [start]}
    waiting = [start]
    for one in waiting:
        if one == goal:
            return found[one]
        for inner in sorted(down.get(one, frozenset()) - found.keys()):
            found[inner] = [*found[one], inner]
            waiting.append(inner)
    return []
