"""Atlases of live values: pictures of digits, separators and words from which the player sets a clock, a date, a rate.

An atlas is drawn and approved with its card; whatever a feed says, nothing can be shown but rows of these cells. Digits are
tabular (each as wide as the other), all cells are as high as the layer and stand on one baseline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from cms.plugin_api.types import Glyphs, Live, Rect
from renderers.blend import blend
from renderers.colour import RGB, Pixels
from renderers.errors import RenderError
from renderers.figures import figures_coverage, figures_ink, figures_width
from renderers.text import Box, Style, coverage, ink, width
from renderers.written import WEEKDAYS, base_of, lunar_year

DIGITS = "0123456789"
NONE = "–"
"""What stands where there is no value."""
_TABULAR = frozenset(DIGITS + ":.,-/–")
_MOST_ACROSS = 2048
_APART = 2
_INTEGER = 6  # digits before the point for which a value keeps room
_DAYS = 4
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LENGTHS = {
    "HH": 2,
    "H": 2,
    "mm": 2,
    "ss": 2,
    "dd": 2,
    "d": 2,
    "MM": 2,
    "M": 2,
    "yyyy": 4,
    "ld": 2,
    "lm": 2,
    "D": _DAYS,
}

_DATE: Mapping[str, Sequence[str]] = {
    "vi": ("weekday", ", ", "dd", "/", "MM", "/", "yyyy"),
    "en": ("weekday", ", ", "dd", "/", "MM", "/", "yyyy"),
    "km": ("weekday", " ", "dd", "/", "MM", "/", "yyyy"),
    "lo": ("weekday", " ", "dd", "/", "MM", "/", "yyyy"),
    "zh": ("yyyy", "年", "M", "月", "d", "日", " ", "weekday"),
}
_DATE_SHORT: Mapping[str, Sequence[str]] = {"zh": ("yyyy", "年", "M", "月", "d", "日")}
_LUNAR: Mapping[str, Sequence[str]] = {
    "vi": ("ld", " tháng ", "lm", "leap", " ", "lyear"),
    "zh": ("lyear", "年", "leap", "lm", "月", "ld", "日"),
}
_LUNAR_SHORT: Mapping[str, Sequence[str]] = {"zh": ("leap", "lm", "月", "ld", "日")}
_LUNAR_ELSEWHERE = ("ld", "/", "lm", "leap")  # a year of the cycle has no name that their readers know
_LEAP = {"vi": " nhuận", "en": " (leap)", "km": " (+)", "lo": " (+)", "zh": "闰"}
_IN_DAYS = {"vi": " ngày ", "en": " days ", "km": " ថ្ងៃ ", "lo": " ມື້ ", "zh": "天 "}
LUNAR_LABELS = {"vi": "Âm lịch", "en": "Lunar date", "km": "ចន្ទគតិ", "lo": "ຈັນທະຄະຕິ", "zh": "农历"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a live value can say in a language: the text of every cell by its name, and the row of tokens."""

    cells: tuple[tuple[str, str], ...]
    pattern: tuple[str, ...] = ()
    group: str = ""
    point: str = ""


@lru_cache(maxsize=256)
def words_of(live: Live, language: str, *, short: bool = False) -> Words:
    """The cells of a live value; `short` leaves the year out of a lunar date, the weekday out of a date. Raises `RenderError("live")` for one that says
    too little."""
    base = base_of(language)
    digits = {digit: digit for digit in DIGITS}
    if live.of == "clock":
        return _words(digits, ("HH", ":", "mm"))
    if live.of == "date" and short:
        return _words(digits, _DATE_SHORT.get(base, ("dd", "/", "MM", "/", "yyyy")))
    if live.of == "date":
        days = {f"w{number}": name for number, name in enumerate(WEEKDAYS[base], 1)}
        return _words(digits | days, _DATE[base])
    if live.of == "lunar" and (short or base not in _LUNAR):
        return _words(digits | {"leap": _LEAP[base]}, _LUNAR_SHORT.get(base, _LUNAR_ELSEWHERE))
    if live.of == "lunar":
        years = {
            f"c{number}": _STEMS[number % 10] + _BRANCHES[number % 12] if base == "zh" else lunar_year(number)
            for number in range(60)
        }
        return _words(digits | years | {"leap": _LEAP[base]}, _LUNAR[base])
    if live.of == "countdown" and live.until > 0:
        return _words(digits, ("D", _IN_DAYS[base], "HH", ":", "mm", ":", "ss"))
    if live.of == "value" and live.name:
        group, point = (",", ".") if base in ("en", "zh") else (".", ",")
        marks = {"-": "-", group: group} | ({point: point} if live.decimals else {})
        return replace(_words(digits | marks, ()), group=group, point=point)
    raise RenderError(
        "live",
        "Một giá trị trực tiếp chưa đủ: giá trị cần tên, đếm ngược cần thời điểm. Hãy điền thêm hoặc xóa hàng đó.",
        "A live value says too little: a value needs its name, a countdown its moment. Complete or remove that row.",
    )


def _words(cells: Mapping[str, str], pattern: Sequence[str]) -> Words:
    named = set(cells) | set(_LENGTHS) | {"weekday", "lyear"}
    rest = {token: token for token in pattern if token not in named}
    return Words(tuple(sorted({**cells, **rest, NONE: NONE}.items())), tuple(pattern))


@dataclass(frozen=True, slots=True)
class Measured:
    """A live value's cells at an em: width of each, and how far any ink reaches above and below the baseline."""

    words: Words
    style: Style
    widths: tuple[tuple[str, int], ...]
    ascent: int
    descent: int
    most: int
    """The widest that the value is expected to get."""

    @property
    def height(self) -> int:
        return self.ascent + self.descent


@lru_cache(maxsize=512)
def measure(words: Words, style: Style, decimals: int = 0) -> Measured:
    """The cells of a live value at a style, all on one baseline. Raises `RenderError("no_font")`."""
    boxes = {name: _ink(text, style) for name, text in words.cells if text.strip()}
    widths = {name: _across(text, style) for name, text in words.cells}
    ascent = max(-box[1] for box in boxes.values())
    descent = max(1, *(box[3] for box in boxes.values()))
    return Measured(words, style, tuple(sorted(widths.items())), ascent, descent, _most(words, widths, decimals))


def _ink(text: str, style: Style) -> Box:
    return figures_ink(text, style) if text in _TABULAR else ink(text, style)


def _across(text: str, style: Style) -> int:
    """The advance of a cell, and what its ink hangs over on either side."""
    if text in _TABULAR:
        return round(figures_width(text, style))
    _, _, right, _ = ink(text, style)
    return max(round(width(text, style)), right - 1) + _hang(text, style)


def _hang(text: str, style: Style) -> int:
    """How far ink reaches before the start of its line (the box of `ink` has a pixel to spare)."""
    return max(0, -ink(text, style)[0] - 1)


def _most(words: Words, widths: Mapping[str, int], decimals: int) -> int:
    digit = widths["0"]
    if not words.pattern:
        groups = (_INTEGER - 1) // 3
        return (
            widths["-"]
            + _INTEGER * digit
            + groups * widths[words.group]
            + (widths[words.point] + decimals * digit if decimals else 0)
        )
    total = 0
    for token in words.pattern:
        if token in _LENGTHS:
            total += _LENGTHS[token] * digit
        elif token in ("weekday", "lyear"):
            total += max(
                wide for name, wide in widths.items() if name[:1] == token[0].replace("l", "c") and name[1:].isdigit()
            )
        else:
            total += widths[token]
    return total


def draw_atlas(measured: Measured, colour: RGB) -> tuple[Image.Image, tuple[tuple[str, Rect], ...]]:
    """The atlas (RGBA, transparent behind the letters) and where each cell lies in it. Equal inputs give equal pixels."""
    x = y = across = 0
    rects: dict[str, Rect] = {}
    for name, wide in measured.widths:
        if x and x + wide > _MOST_ACROSS:
            x, y = 0, y + measured.height + _APART
        rects[name] = Rect(x, y, wide, measured.height)
        across = max(across, x + wide)
        x += wide + _APART
    sheet = np.zeros((y + measured.height, across), dtype=np.uint8)
    for name, text in measured.words.cells:
        rect = rects[name]
        cell = sheet[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]
        if text in _TABULAR:
            _lay(cell, *figures_coverage(text, measured.style), 0, measured.ascent)
        elif text.strip():
            _lay(cell, *coverage(text, measured.style), _hang(text, measured.style), measured.ascent)
    image = Image.new("RGBA", (across, sheet.shape[0]), (*colour, 0))
    blend(image, sheet, 0, 0, colour)  # once for all cells
    return image, tuple(sorted(rects.items()))


def _lay(cell: Pixels, covered: Pixels, left: int, top: int, x: int, baseline: int) -> None:
    """Coverage of a text with its baseline's start at (x, baseline) of a cell, nothing beyond the cell."""
    left, top = left + x, top + baseline
    height, wide = cell.shape
    part = covered[max(0, -top) : height - top, max(0, -left) : wide - left]
    y, x = max(0, top), max(0, left)
    cell[y : y + part.shape[0], x : x + part.shape[1]] = part


def glyphs_of(live: Live, measured: Measured, cells: tuple[tuple[str, Rect], ...], align: str) -> Glyphs:
    """The layer's part of the contract for a live value."""
    kind = {"clock": "time", "date": "time", "lunar": "time", "countdown": "countdown", "value": "value"}[live.of]
    return Glyphs(
        kind,  # type: ignore[arg-type]
        cells,
        measured.words.pattern,
        align,  # type: ignore[arg-type]
        (NONE,),
        until=live.until,
        name=live.name if live.of == "value" else "",
        decimals=live.decimals,
        group=measured.words.group or ".",
        point=measured.words.point or ",",
        max_age_ms=live.max_age_ms,
    )
