"""Which face shows which language in which pass. Pure."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import product
from math import lcm

STEPS = (1, 0, 2, 3)
"""Ways in which languages may go on where several choices are needed alike; the first that serves best is taken."""
MOST_PASSES = 12
"""Passes after which a rotation starts anew at the latest."""


def neighbours(faces: int, closed_ring: bool) -> tuple[tuple[int, int], ...]:
    """Pairs of neighbouring faces by number; a closed ring joins the last to the first."""
    pairs = [(number, number + 1) for number in range(faces - 1)]
    if closed_ring and faces > 2:
        pairs.append((faces - 1, 0))
    return tuple(pairs)


def wanted(face_languages: tuple[str, ...], available: tuple[str, ...]) -> tuple[str, ...]:
    """The languages in which a face shows an item: its own, in its order, as far as they are approved; all approved ones
    when it names none, or none of its own is there (better another language than nothing)."""
    own = tuple(language for language in face_languages if language in available)
    return own or available


def required(face_languages: tuple[str, ...], asked: tuple[str, ...], available: tuple[str, ...]) -> tuple[str, ...]:
    """The languages in which a face is to show an item, approved or not: its own, in its order, of those that a slot asks for (none: of
    all); where that leaves none, those asked for, or else what there is."""
    own = tuple(language for language in face_languages if not asked or language in asked)
    return own or asked or available


def common(lists: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The languages that all faces share, in the first one's order; all of them when they share none."""
    shared = tuple(language for language in lists[0] if all(language in other for other in lists))
    return shared or tuple(dict.fromkeys(language for one in lists for language in one))


@lru_cache(maxsize=4096)
def turns(lists: tuple[tuple[str, ...], ...], pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[str, ...], ...]:
    """Passes of a rotation, each with one language per face. `lists[i]`: languages of face i (at least one). Neighbours
    differ while there are languages enough; over all passes each face shows every one of its languages that its neighbours
    leave it room for, as evenly as can be."""
    if len({frozenset(one) for one in lists}) == 1:
        return _turning(lists, pairs)
    every = list(product(*lists))
    fewest = min(_clashes(choice, pairs) for choice in every)
    best = [choice for choice in every if _clashes(choice, pairs) == fewest]
    due = [tuple(language for language in one if any(choice[i] == language for choice in best))
           for i, one in enumerate(lists)]  # fmt: skip
    return min((_passes(best, due, step) for step in STEPS), key=lambda found: found[0])[1]


Rank = tuple[int, int, int, int]


def _passes(
    best: list[tuple[str, ...]], due: list[tuple[str, ...]], step: int
) -> tuple[Rank, tuple[tuple[str, ...], ...]]:
    """Pass after pass the choice that is needed most, as many passes as serve best: nothing left out, then even, then few."""
    passes: list[tuple[str, ...]] = []
    found: list[Rank] = []
    counts = [Counter(dict.fromkeys(one, 0)) for one in due]
    for number in range(MOST_PASSES):
        chosen = min(best, key=lambda choice: (*_need(choice, counts), _distance(choice, due, number * step)))
        for face, language in enumerate(chosen):
            counts[face][language] += 1
        passes.append(chosen)
        missing = sum(not count for one in counts for count in one.values())
        uneven = [max(one.values()) - min(one.values()) for one in counts]
        found.append((missing, max(uneven), sum(uneven), number + 1))
    rank = min(found)
    return rank, tuple(passes[: rank[-1]])


def _need(choice: tuple[str, ...], counts: list[Counter[str]]) -> tuple[int, int]:
    """How little a choice is needed: by languages that were not shown yet, then by those shown seldom."""
    shown = [counts[face][language] for face, language in enumerate(choice)]
    return sum(bool(count) for count in shown), sum(shown)


def _distance(choice: tuple[str, ...], due: list[tuple[str, ...]], number: int) -> int:
    """How far a choice is from the languages' going on by one from pass to pass and from face to face."""
    return sum((due[i].index(one) - number - i) % len(due[i]) for i, one in enumerate(choice))


def passes_of(lengths: tuple[int, ...]) -> int:
    """Passes until rotations of these lengths meet again, or the longest alone when that takes too many."""
    together = lcm(*lengths)
    return together if together <= MOST_PASSES else max(lengths)


def _turning(lists: tuple[tuple[str, ...], ...], pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[str, ...], ...]:
    """Equal languages on all faces: one good colouring, shifted by one language each pass."""
    languages = lists[0]
    count = len(languages)
    start = min(
        product(*(tuple((face + step) % count for step in range(count)) for face in range(len(lists)))),
        key=lambda choice: _clashes(choice, pairs),
    )
    return tuple(tuple(languages[(one + number) % count] for one in start) for number in range(count))


def _clashes(choice: tuple[object, ...], pairs: tuple[tuple[int, int], ...]) -> int:
    return sum(choice[one] == choice[other] for one, other in pairs)
