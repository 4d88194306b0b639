"""A text that is longer than a screen becomes pages, cut between sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from icu4py.breakers import SentenceBreaker

MAX_PAGES = 8
_CLAUSE = re.compile(r"(?<=[,;:–—，；：、៖]) ?(?=\S)|(?<=[，；：、])")
_PHRASE = re.compile(r"(?<=[\s៖]) ?(?=[^\s\d])")
_KHMER_SENTENCE = re.compile(r"(?<=[។៕]) ?")


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text, each with what follows it (a space, a paragraph's newline); joined they are the text."""
    found: list[str] = []
    for paragraph in text.splitlines(keepends=True):
        for one in SentenceBreaker(paragraph, language):
            found += _keep(_KHMER_SENTENCE, one) if language.startswith("km") else [one]
    return [one for one in found if one]


def clauses(sentence: str, language: str) -> list[str]:
    """The clauses of one sentence; joined they are the sentence. Khmer, Lao and Thai set a space between phrases."""
    return _keep(_PHRASE if language.split("-")[0] in ("km", "lo", "th") else _CLAUSE, sentence)


def _keep(pattern: re.Pattern[str], text: str) -> list[str]:
    cuts = [0, *(match.end() for match in pattern.finditer(text) if 0 < match.end() < len(text)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts) if a < b]


def paginate(
    text: str, language: str, fits: Callable[[str], bool], max_pages: int = MAX_PAGES, *, tear: bool = True
) -> list[str] | None:
    """The fewest pages that all fit, as even as sentences allow; a sentence too long for a page is cut at its clauses if
    it may `tear`.
    Joined with the white space between them the pages are the text. None when it takes more than `max_pages`."""
    if fits(text.strip()):
        return [text.strip()]
    units: list[str] = []
    for sentence in sentences(text, language):
        units += [sentence] if not tear or fits(sentence.strip()) else clauses(sentence, language)
    if not all(fits(unit.strip()) for unit in units):
        return None
    least = _greedy(units, fits)
    if least > max_pages:
        return None
    for count in range(least, min(max_pages, len(units)) + 1):
        pages = _even(units, count)
        if all(fits(page) for page in pages):
            return pages
    return _greedy_pages(units, fits)


def _greedy_pages(units: list[str], fits: Callable[[str], bool]) -> list[str]:
    pages: list[str] = []
    page = ""
    for unit in units:
        if page and not fits((page + unit).strip()):
            pages.append(page.strip())
            page = ""
        page += unit
    return [*pages, page.strip()]


def _greedy(units: list[str], fits: Callable[[str], bool]) -> int:
    return len(_greedy_pages(units, fits))


def _even(units: list[str], count: int) -> list[str]:
    """Units in `count` consecutive pages whose longest is as short as can be."""
    low, high = max(len(unit) for unit in units), sum(len(unit) for unit in units)
    while low < high:
        middle = (low + high) // 2
        if len(_filled(units, middle)) <= count:
            high = middle
        else:
            low = middle + 1
    return [page.strip() for page in _filled(units, low)]


def _filled(units: list[str], most: int) -> list[str]:
    pages = [""]
    for unit in units:
        if pages[-1] and len(pages[-1]) + len(unit) > most:
            pages.append("")
        pages[-1] += unit
    return pages
