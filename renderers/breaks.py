"""Where a line may break, and how well: ICU's opportunities, less those that would part a cluster of letters, a number and
its unit, a word or a name."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from icu4py.breakers import CharacterBreaker, LineBreaker, WordBreaker

from renderers.kept import spans
from renderers.scripts import family_of
from renderers.vocabulary import words

MAY, MUST_NOT = "\u200b", "\u2060"
HINTS = {ord(MAY): None, ord(MUST_NOT): None}

TORN = 0.3
"""What parting a word or a name costs, in squared shares of a line."""
PARTED = 1.2
"""What parting a number and its unit costs."""

_DASHES = ("–", "—", "-", "(", "“", "«", "/")
_ENDS = (",", ";", ":", ".", "!", "?", "–", "，", "；", "：", "。", "、", "！", "？", "៖", "។", "៕", "ฯ")
_COENG = "\u17d2"
_BANTOC = "\u17cb"  # ends the syllable of the consonant that bears it
# What follows a vowel written before its consonant belongs to it.
_BEFORE_CONSONANT = frozenset("ເແໂໃໄเแโใไ")
# Letters to Unicode, but never the first of a line: vowels written after their consonant, and marks of repetition.
_NEVER_FIRST = frozenset("ະາຳຽະาำៈ")
# Signs of repetition and full stops, which some write after a space.
_ENDS_PHRASE = frozenset("ໆຯๆฯៗ។៕៖")
_WITHOUT_SPACES = ("km", "lo", "th")


@dataclass(frozen=True, slots=True)
class Breaks:
    """A paragraph in pieces between which a line may break. `costs[i]` is what a break after piece i costs (0: nothing;
    `TORN` or more: it parts what is one), the last being the paragraph's end."""

    pieces: tuple[str, ...]
    costs: tuple[float, ...]


def opportunities(paragraph: str, language: str) -> list[int]:
    """Offsets in a paragraph (NFC) where a line may start. U+200B may, U+2060 must not break, inside words too."""
    bare = paragraph.replace(MUST_NOT, "")
    forbidden = _places(paragraph, MUST_NOT)
    whole = None if bare.isascii() else set(accumulate(len(one) for one in CharacterBreaker(bare, language)))
    found = []
    for place in accumulate(len(piece) for piece in LineBreaker(bare, language)):
        if place == len(bare) or place in forbidden or (whole is not None and place not in whole):
            continue
        if not _parts_cluster(bare[place - 1], bare[place]) and bare[place + 1 : place + 2] != _BANTOC:
            found.append(place)
    return _in_full(found, paragraph) if forbidden else found


def _places(paragraph: str, mark: str) -> frozenset[int]:
    """Where a mark stands, as offsets in the paragraph without it."""
    return frozenset(place - index for index, place in enumerate(i for i, c in enumerate(paragraph) if c == mark))


def _in_full(offsets: list[int], paragraph: str) -> list[int]:
    """Offsets of the paragraph without U+2060 as offsets of the paragraph."""
    full = [index for index, char in enumerate(paragraph) if char != MUST_NOT]
    return [full[offset] for offset in offsets]


def _parts_cluster(last: str, first: str) -> bool:
    """Whether a break between two characters would orphan a mark or a vowel."""
    if unicodedata.category(first).startswith("M") or first in _ENDS_PHRASE:
        return True
    return last not in (MAY, " ") and (last == _COENG or last in _BEFORE_CONSONANT or first in _NEVER_FIRST)


@lru_cache(maxsize=1024)
def breaks(paragraph: str, language: str) -> tuple[Breaks, Breaks]:
    """A paragraph in pieces: as it should be broken (nothing that belongs together parted), and as it could be where the
    first is too wide for a box."""
    offsets = opportunities(paragraph, language)
    kept = spans(paragraph)
    inside = [_within(kept, offset) and paragraph[offset - 1] != MAY for offset in offsets]
    han = _han_words(paragraph) if any(_is_han(char) for char in paragraph) else frozenset()
    places = [0, *offsets, len(paragraph)]
    costs = [
        PARTED if parted else _cost(paragraph, start, offset, end, language, han)
        for start, offset, end, parted in zip(places, offsets, places[2:], inside, strict=False)
    ]
    good = [(offset, cost) for offset, cost, parted in zip(offsets, costs, inside, strict=True) if not parted]
    could = _cut(paragraph, offsets, costs)
    if len(good) == len(offsets):
        return could, could
    return _cut(paragraph, [offset for offset, _ in good], [cost for _, cost in good]), could


def _cut(paragraph: str, offsets: list[int], costs: list[float]) -> Breaks:
    ends = [*offsets, len(paragraph)]
    pieces = tuple(paragraph[a:b] for a, b in zip([0, *offsets], ends, strict=True))
    return Breaks(pieces, (*costs, 0.0))


def _within(kept: tuple[tuple[int, int], ...], offset: int) -> bool:
    index = bisect_right(kept, (offset, 0)) - 1
    return index >= 0 and kept[index][0] < offset < kept[index][1]


def _cost(paragraph: str, start: int, offset: int, end: int, language: str, han: frozenset[int]) -> float:
    """What it costs to break at an offset, between the pieces [start, offset) and [offset, end)."""
    if paragraph[offset - 1] == MAY:
        return 0.0
    last, following = _word(paragraph[start:offset]), _word(paragraph[offset:end])
    if _is_han(following[:1]):
        if offset not in han:
            return TORN
    elif _belongs(last, following):
        return TORN
    if last.lower() in words("leading") or last in _DASHES or following[:1] in ("–", "—"):
        return 0.08
    if last.endswith(_ENDS):
        return -0.03
    return -0.03 if language.startswith(_WITHOUT_SPACES) and paragraph[offset - 1] == " " else 0.0


def _word(piece: str) -> str:
    return piece.translate(HINTS).strip(" \u00a0")


def _belongs(last: str, following: str) -> bool:
    """Whether two words on either side of a break are one: a compound (quốc tế) or a name (Tịnh Biên)."""
    plain = following.rstrip(",.;:!?)”").lower()
    if f"{last.lower()} {plain}" in words("compounds"):
        return True
    named = last.isalpha() and last[:1].isupper() and following[:1].isupper() and not following.isdigit()
    return named and last.lower() not in words("before_names")


def _is_han(char: str) -> bool:
    return bool(char) and family_of(char, "zh") == "han"


def _han_words(paragraph: str) -> frozenset[int]:
    """Where ICU's dictionary of Chinese words puts a boundary."""
    return frozenset(accumulate(len(word) for word in WordBreaker(paragraph, "zh")))
