"""What a line break must not part: numbers and their units, dates, times, prices, telephone and document numbers."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from renderers.vocabulary import words

_MOST = 26
"""Characters of a single written token (a number, a document's number) that is kept whole; longer ones are addresses."""
_LETTER = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_SIGN = rf"[{_LETTER}\d.,:/%+&()°'\-–—]"
_TOKEN = rf"(?<![{_LETTER}\d/@]){_SIGN}{{0,{_MOST}}}\d{_SIGN}{{0,{_MOST}}}"
_SPACE = "[ \u00a0]"


def _any(*entries: str) -> str:
    """An alternation, the longest first."""
    return "|".join(re.escape(entry) for entry in sorted(entries, key=lambda entry: (-len(entry), entry)))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    spaced = words("before_numbers", "vi", "en")
    unspaced = words("before_numbers", "km", "lo")
    units = words("units", "common", "vi", "en")
    both = _any(*(spaced & units))  # "tháng" is a unit (3 tháng) and stands before numbers (30 tháng 4)
    lead, number = rf"(?<!\w)(?i:{_any(*spaced)}):?{_SPACE}", r"\d[\d.,]*"
    month = rf"(?:{_any(*words('months', 'en', 'km', 'lo'))})"
    han = _any(*words("units", "zh"))
    sources = (
        _TOKEN,
        rf"(?:(?<!\w)(?i:{_any(*words('before_dates'))}){_SPACE})?{lead}(?:{_TOKEN}|[IVXLC]+(?!\w))",
        rf"(?:{_any(*unspaced)}){_SPACE}?{_TOKEN}",
        rf"(?<!\w)(?:{_any(*words('before_numbers', 'money'))}){_SPACE}?{number}",
        rf"{_TOKEN}{_SPACE}?(?:(?!(?:{both}){_SPACE}\d)(?:{_any(*units)}))(?!\w)",
        rf"{number}{_SPACE}?(?:{_any(*words('units', 'km', 'lo'))})",
        rf"\d{{1,2}}{_SPACE}tháng{_SPACE}\d{{1,2}}(?!\d)",
        rf"\d{{1,2}}{_SPACE}ngày{_SPACE}\d{{1,2}}{_SPACE}đêm",
        rf"\d{{1,2}}{_SPACE}(?:giờ|h){_SPACE}\d{{1,2}}(?!\d)",
        rf"\d{{1,2}}{_SPACE}{month}(?:{_SPACE}\d{{4}})?",
        rf"{month}{_SPACE}\d{{1,2}}(?:,?{_SPACE}\d{{4}})?(?!\d)",
        rf"第?{_SPACE}?{number}{_SPACE}?(?:{han})(?:{_SPACE}?{number}{_SPACE}?(?:{han}))*",
        rf"第{_TOKEN}[号条款期届]?",
        rf"第?[〇零一二三四五六七八九十百千]+(?:{han})(?:[〇零一二三四五六七八九十]+(?:{han}))*",
        rf"(?:\+|\(\+?)?\d{{1,4}}\)?(?:{_SPACE}\d{{2,4}}){{1,4}}(?!\d)",
        rf"\d[\d.,:/hH]*{_SPACE}[–—-]{_SPACE}\d[\d.,:/hH]*",
        r"\d[\d.,:]*[至到~～]\d[\d.,:]*",
        rf"\d[\d.,]*{_SPACE}?(?:{_any(*words('before_numbers', 'money'), *words('units', 'common'))})?{_SPACE}?[=≈×]{_SPACE}?\d",
        rf"(?<!\w)(?:{_any(*words('abbreviations'))})\.{_SPACE}\w",
        rf"(?<!\w)[A-ZĐ]\.{_SPACE}?[A-ZĐ]",
        rf"(?:{_any(*words('whole'))})",
    )  # fmt: skip
    return tuple(re.compile(source) for source in sources)


@lru_cache(maxsize=1024)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of what belongs together, overlapping ones made one, in order."""
    found = sorted(match.span() for pattern in _patterns() for match in pattern.finditer(text))
    whole: list[tuple[int, int]] = []
    for start, end in found:
        if whole and start < whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return tuple(whole)
