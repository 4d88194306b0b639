"""How large letters must be on a face, how long a screen must stand, and how well a traveller reads what is on it.

Character height in mm × 0.4 ≈ metres read clearly, × 0.6 ≈ limit; about three lines of twenty characters for a passing
reader; reading speed indoors halved outdoors (field notes on public LED screens). Below the pixels a script needs for its
strokes nothing is legible at any distance.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cms.plugin_api.types import JSON, Face, Reason, Text
from renderers.errors import RenderError
from renderers.scripts import SCRIPTS, Family, main_family
from renderers.text import Box, Style

CLEAR_M_PER_MM = 0.4
LIMIT_M_PER_MM = 0.6
MIN_CARD_MS = 6000
_CHARACTERS_PER_SECOND = {"en": 20.0, "vi": 17.0, "zh": 9.0}
_UNKNOWN_SPEED = 17.0  # as Thai, the nearest script measured
_NOTICE_MS = 1500

COMFORTABLE_CONTRAST = 9.0
_LINES, _SHORT_LINES = 5, 9  # on a screen, and on one that is higher than wide
_PASSING_MS = 12_000
_PAGES = 3
_LEAST_SHARE = 1 / 3  # of the reading time: shorter, and nobody has read it
_NARROW = {"latin": 13, "noto": 13, "khmer": 12, "lao": 12, "thai": 12, "han": 6}  # characters a line


def least_size(face: Face, language: str, *, limit: bool = False) -> int:
    """The smallest nominal em in pixels that is read clearly (with `limit`: at all) from the face's viewing distance."""
    family: Family = main_family(language)
    script = SCRIPTS[family]
    metres_per_mm = LIMIT_M_PER_MM if limit else CLEAR_M_PER_MM
    letter_px = face.distance_m / metres_per_mm / face.pitch_mm
    return max(script.least_px, math.ceil(letter_px / script.letter / script.scale))


def reading_ms(text: str, language: str) -> int:
    """How long a screen with this text must stand for a passing reader: half the indoor speed, and a moment to notice."""
    wanted = _NOTICE_MS + _through_ms(len(text.replace("\n", "").strip()), language)
    return max(MIN_CARD_MS, 500 * math.ceil(wanted / 500))


def _through_ms(characters: int, language: str) -> float:
    speed = _CHARACTERS_PER_SECOND.get(language.split("-")[0], _UNKNOWN_SPEED) / 2
    return 1000 * characters / speed


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as it stands on a face: `ink` in pixels; `looked_up` is what nobody reads through (the cells of a table)."""

    text: str
    style: Style
    ink: Box
    looked_up: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a traveller has to read on one face: the least contrast measured, how many lines lie under each other, the
    characters and the smallest em by language, how many line ends tear a word or name apart, how many lines stand in a narrow column."""

    contrast: float = 21.0
    lines: int = 0
    characters: tuple[tuple[str, int], ...] = ()
    smallest: tuple[tuple[str, int], ...] = ()
    torn: int = 0
    narrow: int = 0

    @property
    def needs_ms(self) -> int:
        """How long it takes to notice and read it; 0 where there is nothing to read."""
        through = sum(_through_ms(count, language) for language, count in self.characters)
        return round(_NOTICE_MS + through) if self.characters else 0

    def to_json(self) -> JSON:
        return {
            "contrast": self.contrast, "lines": self.lines, "characters": [list(one) for one in self.characters],
            "smallest": [list(one) for one in self.smallest], "torn": self.torn, "narrow": self.narrow,
        }  # fmt: skip

    @classmethod
    def from_json(cls, document: JSON) -> Reading:
        return cls(
            document["contrast"], document["lines"], tuple((one[0], one[1]) for one in document["characters"]),
            tuple((one[0], one[1]) for one in document["smallest"]), document["torn"], document["narrow"],
        )  # fmt: skip


def reading_of(seen: Sequence[Seen], contrast: float = 21.0, torn: int = 0) -> Reading:
    """What lines on a face ask of their reader. Cells of a table count a third: one looks for one's own."""
    characters: dict[str, float] = defaultdict(float)
    smallest: dict[str, int] = {}
    for one in seen:
        language = one.style.language
        characters[language] += len(one.text) / (3 if one.looked_up else 1)
        smallest[language] = min(smallest.get(language, one.style.size), one.style.size)
    return Reading(
        math.floor(contrast * 100) / 100,
        _rows([one.ink for one in seen if not one.looked_up]),
        tuple(sorted((language, math.ceil(count)) for language, count in characters.items())),
        tuple(sorted(smallest.items())),
        torn,
        _narrow(seen),
    )


def _rows(boxes: Iterable[Box]) -> int:
    """How many lines lie under each other: those side by side count once."""
    rows, bottom = 0, -1 << 30
    for _, top, _, below in sorted(boxes, key=lambda box: box[1] + box[3]):
        if (top + below) / 2 > bottom:
            rows, bottom = rows + 1, below
    return rows


def _narrow(seen: Sequence[Seen]) -> int:
    """Lines of running text that are too short to be read in one glance each, when there are many."""
    running = [one for one in seen if not one.looked_up and not one.style.head]
    if _rows([one.ink for one in running]) < 5:
        return 0
    few = _NARROW[main_family(running[0].style.language)]
    return len(running) if sum(len(one.text) for one in running) / len(running) < few else 0


def assess(
    face: Face, reading: Reading, shown_ms: int, *, needs_ms: int | None = None, pages: int = 1, fixed: bool = False
) -> tuple[int, tuple[Reason, ...]]:
    """Score 0…100 and its reasons, heaviest first, of a scene on a face that stands `shown_ms`, one of so many `pages`.
    `needs_ms` is what reading takes at the most (a headline that is repeated is not read again).

    Raises `RenderError("illegible")` for what no traveller could read: letters below the limit for the distance, contrast
    below 7:1, or a `fixed` duration under a third of what reading takes.
    """
    needs = reading.needs_ms if needs_ms is None else min(needs_ms, reading.needs_ms)
    reasons = [
        reason
        for reason in (
            _small(face, reading), _short(needs, shown_ms, fixed), _long(needs), _lines(face, reading), _many(pages),
            _pale(reading), _torn(reading), _narrow_column(reading),
        ) if reason and reason.points
    ]  # fmt: skip
    reasons.sort(key=lambda one: -one.points)
    return max(0, 100 - sum(one.points for one in reasons)), tuple(reasons)


def _small(face: Face, reading: Reading) -> Reason | None:
    share, at = 1.0, 0
    for language, em in reading.smallest:
        clear, limit = least_size(face, language), least_size(face, language, limit=True)
        if em < limit:
            raise RenderError(
                "illegible",
                f"Chữ sẽ chỉ cao {em} px, nhỏ hơn mức đọc được từ {face.distance_m:g} m ({limit} px). "
                "Hãy rút gọn văn bản hoặc chia thành nhiều thẻ.",
                f"The letters would be {em} px, too small to be read from {face.distance_m:g} m ({limit} px). "
                "Shorten the text or split it into several cards.",
            )
        if em < clear and (em - limit) / (clear - limit) < share:
            share, at = (em - limit) / (clear - limit), em
    metres = f"{face.distance_m:g}"
    return Reason(
        "small",
        Text(
            f"Chữ {at} px hơi nhỏ so với khoảng cách xem {metres} m. Hãy rút gọn văn bản hoặc chia thành nhiều thẻ.",
            f"Letters of {at} px are small for a viewing distance of {metres} m. Shorten the text or split the card.",
        ),
        round(8 + 22 * (1 - share)) if share < 1 else 0,
    )


def _short(needs: int, shown_ms: int, fixed: bool) -> Reason | None:
    if shown_ms >= needs:
        return None
    has, wants = math.floor(shown_ms / 1000), math.ceil(needs / 1000)
    if fixed and shown_ms < needs * _LEAST_SHARE:
        raise RenderError(
            "illegible",
            f"Thẻ chỉ hiện {has} giây, không ai kịp đọc: cần khoảng {wants} giây. Hãy đặt thời gian dài hơn, để trống "
            "thời gian, hoặc rút gọn văn bản.",
            f"The card stands for only {has} s, too short to be read: it takes about {wants} s. Set a longer time, leave the "
            "time empty, or shorten the text.",
        )
    return Reason(
        "short",
        Text(
            f"Hiện {has} giây, người đi qua cần khoảng {wants} giây để đọc. Hãy đặt thời gian dài hơn hoặc rút gọn.",
            f"Stands for {has} s; a passer-by needs about {wants} s to read it. Set a longer time or shorten the text.",
        ),
        max(2, round(50 * (1 - shown_ms / needs))),
    )


def _long(needs: int) -> Reason | None:
    over = needs - _PASSING_MS
    if over <= 0:
        return None
    wants = math.ceil(needs / 1000)
    return Reason(
        "long",
        Text(
            f"Phải đứng đọc khoảng {wants} giây. Người đi qua chỉ đọc được một hai câu: hãy giữ lại điều chính.",
            f"It takes about {wants} s to read. Who walks past reads a sentence or two: keep the main point.",
        ),
        min(20, math.ceil(over / 1000)),
    )


def _lines(face: Face, reading: Reading) -> Reason | None:
    most = _SHORT_LINES if face.height > face.width else _LINES
    if reading.lines <= most:
        return None
    return Reason(
        "lines",
        Text(
            f"{reading.lines} dòng chữ trên một màn hình là nhiều. Hãy rút gọn còn {most} dòng.",
            f"{reading.lines} lines are many for one screen. Shorten the text to {most}.",
        ),
        min(16, 3 * (reading.lines - most)),
    )


def _many(pages: int) -> Reason | None:
    if pages <= _PAGES:
        return None
    return Reason(
        "pages",
        Text(
            f"Văn bản thành {pages} trang, ít người chờ đọc hết. Hãy rút gọn hoặc chia thành nhiều tin.",
            f"The text takes {pages} pages; few will wait for the last. Shorten it or make several items of it.",
        ),
        min(20, 4 * (pages - _PAGES)),
    )


def _pale(reading: Reading) -> Reason | None:
    if reading.contrast >= COMFORTABLE_CONTRAST:
        return None
    shown = f"{reading.contrast:.1f}"
    return Reason(
        "contrast",
        Text(
            f"Tương phản với nền là {shown.replace('.', ',')}:1, vừa đủ. Ảnh tối và ít chi tiết ở chỗ có chữ sẽ dễ đọc hơn.",
            f"Contrast with what lies behind is {shown}:1, just enough. A picture darker and calmer there reads better.",
        ),
        math.ceil(4 * (COMFORTABLE_CONTRAST - reading.contrast)),
    )


def _torn(reading: Reading) -> Reason | None:
    return Reason(
        "torn",
        Text(
            "Có từ hoặc tên bị ngắt sang dòng khác. Hãy viết ngắn hơn một chút.",
            "A word or name is torn over two lines. Write it a little shorter.",
        ),
        min(9, 3 * reading.torn),
    )


def _narrow_column(reading: Reading) -> Reason | None:
    return Reason(
        "narrow",
        Text(
            f"Cột chữ hẹp: {reading.narrow} dòng ngắn. Mặt màn hình này hợp với văn bản ngắn hơn.",
            f"The column is narrow: {reading.narrow} short lines. This face suits a shorter text.",
        ),
        6 if reading.narrow else 0,
    )
