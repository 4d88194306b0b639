"""A text that is longer than a screen becomes pages, cut between sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from icu4py.breakers import SentenceBreaker

from renderers.vocabulary import words

MAX_PAGES = 8
_FEW = 0.3
"""A page below this share of the longest is a lonely few words."""
_CLAUSE = re.compile(r"(?<=[,;:–—，；：、៖]) ?(?=\S)|(?<=[，；：、])")
_PHRASE = re.compile(r"(?<=[\s៖]) ?(?=[^\s\d])")
_KHMER_END = re.compile(r"[។៕]+[»”’\"')\]]*\s*")
_KHMER_AND_SO_ON = "។ល។"
_CLOSERS = "\"'”’»)]"


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text, each with what follows it (a space, a paragraph's newline); joined they are the text. The full
    stop of an abbreviation, an initial or a number ends none."""
    found: list[str] = []
    for paragraph in text.splitlines(keepends=True):
        parts = list(SentenceBreaker(_masked(paragraph), language))
        ends = set(accumulate(len(part) for part in parts))
        if language.startswith("km"):
            ends |= {match.end() for match in _KHMER_END.finditer(_masked(paragraph))}
        start = 0
        for end in sorted(ends):
            if not _goes_on(paragraph[start:end], paragraph[end:]):
                found.append(paragraph[start:end])
                start = end
    return found


def _masked(text: str) -> str:
    """The text with "and so on", which Khmer writes between full stops, made plain; of the same length."""
    return text.replace(_KHMER_AND_SO_ON, "ល" * len(_KHMER_AND_SO_ON))


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence goes on after what ICU takes for one."""
    shown = before.rstrip()
    if not after.strip() or not shown.rstrip(_CLOSERS).endswith("."):
        return False
    if shown == before:  # nothing between: "ຄ.ສ", "3.500"
        return True
    word = shown.rstrip(_CLOSERS).rsplit(maxsplit=1)[-1].lstrip("(“\"'«[")
    stem = word.rstrip(".")
    if stem in words("abbreviations") or (len(stem) == 1 and stem.isalpha()):
        return True
    if "." in stem and not stem.replace(".", "").isdigit():  # "U.S."; "v.v." and "a.m." end one only before a capital
        return stem.isupper() or not after[:1].isupper()
    return shown[:-1].isdigit()  # "1." before an entry of a list


def clauses(sentence: str, language: str) -> list[str]:
    """The clauses of one sentence; joined they are the sentence. Khmer, Lao and Thai set a space between phrases."""
    pattern = _PHRASE if language.split("-")[0] in ("km", "lo", "th") else _CLAUSE
    cuts = [0, *(match.end() for match in pattern.finditer(sentence) if 0 < match.end() < len(sentence)), len(sentence)]
    return [sentence[a:b] for a, b in pairwise(cuts) if a < b]


def paginate(
    text: str, language: str, fits: Callable[[str], bool], max_pages: int = MAX_PAGES, *, tear: bool = True
) -> list[str] | None:
    """The fewest pages that all fit, as even as sentences allow; if it may `tear`, a sentence is cut at its clauses when it
    is too long for a page, or when a page would be left with a lonely few words.
    Joined with the white space between them the pages are the text. None when it takes more than `max_pages`."""
    if fits(text.strip()):
        return [text.strip()]
    whole = sentences(text, language)
    units = [
        unit
        for sentence in whole
        for unit in ([sentence] if not tear or fits(sentence.strip()) else clauses(sentence, language))
    ]
    uneven = _pages(units, fits, max_pages)
    if uneven is None or not _lonely(uneven):
        return uneven
    if not tear:
        return None
    finer = _pages([clause for sentence in whole for clause in clauses(sentence, language)], fits, len(uneven))
    return uneven if finer is None or _lonely(finer) else finer


def _pages(units: Sequence[str], fits: Callable[[str], bool], max_pages: int) -> list[str] | None:
    """Units in the fewest pages that fit; in one more when that spares a page with few words."""
    filled = _filled(units, fits, max_pages)
    if filled is None:
        return None
    found = None
    for count in range(len(filled), min(max_pages, len(units), len(filled) + 1) + 1):
        pages = _even(units, count)
        if all(fits(page) for page in pages):
            if not _lonely(pages):
                return pages
            found = found or pages
    return found or filled


def _lonely(pages: Sequence[str]) -> bool:
    lengths = [len(page) for page in pages]
    return min(lengths) < _FEW * max(lengths)


def _filled(units: Sequence[str], fits: Callable[[str], bool], max_pages: int) -> list[str] | None:
    """Pages filled one after the other, each with as many units as it holds; None when a unit fits no page or they are
    too many."""
    pages: list[str] = []
    start, guess = 0, len(units)
    while start < len(units):
        low, high = 0, min(len(units) - start, 2 * guess)
        while low < high:
            middle = (low + high + 1) // 2
            if fits("".join(units[start : start + middle]).strip()):
                low = middle
            else:
                high = middle - 1
        if low == 0 or len(pages) == max_pages:
            return None
        pages.append("".join(units[start : start + low]).strip())
        start, guess = start + low, low
    return pages


def _even(units: Sequence[str], count: int) -> list[str]:
    """Units in `count` consecutive pages as near to equal length as can be (least squares)."""
    sums = [0, *accumulate(len(unit) for unit in units)]
    mean = sums[-1] / count
    best: list[tuple[float, list[int]]] = [(0.0, [0])] + [(float("inf"), [])] * len(units)
    for page in range(1, count + 1):
        best = [
            min(
                (
                    (best[start][0] + (sums[end] - sums[start] - mean) ** 2, [*best[start][1], end])
                    for start in range(page - 1, end)
                    if best[start][1]
                ),
                default=(float("inf"), []),
            )
            for end in range(len(units) + 1)
        ]
    cuts = best[len(units)][1]
    return ["".join(units[a:b]).strip() for a, b in pairwise(cuts)]
