"""Which face shows which language in which pass. Pure."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import product
from math import lcm

MOST_PASSES = 12
"""Passes after which a rotation starts anew when the languages' numbers have no smaller common multiple."""


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


def common(lists: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The languages that all faces share, in the first one's order; all of them when they share none."""
    shared = tuple(language for language in lists[0] if all(language in other for other in lists))
    return shared or tuple(dict.fromkeys(language for one in lists for language in one))


@lru_cache(maxsize=4096)
def turns(lists: tuple[tuple[str, ...], ...], pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[str, ...], ...]:
    """Passes of a rotation, each with one language per face. `lists[i]`: languages of face i (at least one). Neighbours
    differ while there are languages enough; over all passes each face shows every one of its languages, as far as its
    neighbours leave it room."""
    if len({frozenset(one) for one in lists}) == 1:
        return _turning(lists, pairs)
    passes: list[tuple[str, ...]] = []
    counts = [Counter[str]() for _ in lists]
    for number in range(passes_of(tuple(len(one) for one in lists))):
        shifted = [
            one[(number + face) % len(one) :] + one[: (number + face) % len(one)] for face, one in enumerate(lists)
        ]
        best = min(
            product(*shifted),
            key=lambda choice: (_clashes(choice, pairs), sum(counts[i][one] for i, one in enumerate(choice))),
        )
        for face, language in enumerate(best):
            counts[face][language] += 1
        passes.append(best)
    return tuple(passes)


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
