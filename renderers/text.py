"""Text as lines of measured runs: cleaned, broken where ICU allows, balanced, and drawn on whole pixels."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from icu4py.breakers import LineBreaker, WordBreaker
from PIL import Image, ImageDraw

from renderers.colour import RGB
from renderers.fonts import font_for, itemize
from renderers.scripts import SCRIPTS, family_of

Box = tuple[int, int, int, int]

_INVISIBLE = {
    ord(c): None for c in "\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
}
_GLUED = re.compile(r"(?<=\d) (?=(?:km|m|cm|mm|ha|kg|g|%|°C|h|USD|VND|₫|đồng|triệu|tỷ|a\.m\.|p\.m\.)\b|%|°C|₫)")
_TEAR = 0.3  # what tearing a word or name apart costs, in squared shares of a line
_LOOK = 6  # characters either side of a break in which a Chinese word is sought
_BREAK_HINTS = "\u200b\u2060"

# A line should not end on a word that belongs to the next one.
_LEADING = """và của từ đến tại cho với các những là theo về bởi để do trong ngoài qua ở một hai không chưa đã sẽ
 a an the of and or to in on at by for from with is are no not"""
_LEADING_WORDS = frozenset(_LEADING.split())


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: its language, weight (500–800), nominal em in pixels, running text or headline, tabular figures."""

    language: str
    size: int
    weight: int = 600
    head: bool = False


def normalise(text: str) -> str:
    """NFC; one space between words, paragraphs as single newlines; controls and direction marks removed. Break hints
    (U+200B may break here, U+2060 must not) stay until the line is drawn."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_INVISIBLE)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    paragraphs = (" ".join(re.split(r"[ \t\u3000]+", line.strip())) for line in text.split("\n"))
    return "\n".join(_GLUED.sub("\u00a0", one) for one in paragraphs if one)


def visible(text: str) -> str:
    """What is drawn of a text: break hints and outer spaces taken away."""
    return text.translate({ord(c): None for c in _BREAK_HINTS}).strip()


@lru_cache(maxsize=65536)
def width(text: str, style: Style) -> float:
    """Advance width of a line in pixels. Raises `RenderError("no_font")`."""
    runs = itemize(text, style.language)
    return sum(font_for(family, style.weight, style.size).getlength(run) for family, run in runs)


@lru_cache(maxsize=8192)
def ink(text: str, style: Style) -> Box:
    """Where a line's ink lies, relative to the start of its baseline: left, top (negative: above), right, bottom."""
    pen, box = 0.0, None
    for family, run in itemize(text, style.language):
        face = font_for(family, style.weight, style.size)
        left, top, right, bottom = face.getbbox(run, anchor="ls")
        moved = (int(pen + left) - 1, int(top), int(pen + right) + 1, int(bottom))
        box = moved if box is None else _union(box, moved)
        pen += face.getlength(run)
    return box or (0, 0, 0, 0)


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


@lru_cache(maxsize=4096)
def leading(text: str, style: Style) -> int:
    """Line height in whole, even pixels: what the tallest script of the text needs."""
    needs = [
        (SCRIPTS[family].leading_head if style.head else SCRIPTS[family].leading) * SCRIPTS[family].scale
        for family, _ in itemize(visible(text).replace("\n", " "), style.language)
    ]
    return 2 * round(max(needs, default=1.3) * style.size / 2 + 0.3)


@lru_cache(maxsize=1024)
def segments(paragraph: str, language: str) -> tuple[str, ...]:
    """The pieces between which a line may break (ICU; dictionaries for Khmer, Lao, Thai and Chinese)."""
    return tuple(LineBreaker(paragraph, language))


def wrap(text: str, style: Style, box_width: int, more: int = 0, most: int = 99) -> list[str] | None:
    """Lines no wider than the box, broken where ICU allows and balanced; None when a piece alone is too wide or it takes
    more than `most` lines. `more` asks for so many lines above the fewest."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        broken = _wrap_paragraph(paragraph, style, box_width, more, most - len(lines))
        if broken is None:
            return None
        lines += broken
    return lines


def _wrap_paragraph(paragraph: str, style: Style, box_width: int, more: int, most: int) -> list[str] | None:
    pieces = segments(paragraph, style.language)
    shown = [visible(piece) for piece in pieces]
    if any(width(piece, style) > box_width for piece in shown):
        return None
    advances = [width(piece.translate(_HINTS), style) for piece in pieces]
    trailing = [advance - width(piece, style) for advance, piece in zip(advances, shown, strict=True)]
    count = min(len(pieces), _greedy(advances, trailing, box_width) + more)
    for lines in range(count, min(count + 2, most + 1)):
        ends = _balanced(pieces, advances, trailing, box_width, lines)
        result = [visible("".join(pieces[a:b])) for a, b in zip([0, *ends[:-1]], ends, strict=True)] if ends else []
        if result and all(width(line, style) <= box_width for line in result):
            return result
    return None


_HINTS = {ord(c): None for c in _BREAK_HINTS}


def _greedy(advances: list[float], trailing: list[float], box_width: int) -> int:
    """The least number of lines."""
    lines, pen = 1, 0.0
    for advance, blank in zip(advances, trailing, strict=True):
        if pen and pen + advance - blank > box_width:
            lines, pen = lines + 1, 0.0
        pen += advance
    return lines


def _balanced(pieces: tuple[str, ...], advances: list[float], trailing: list[float], box: int, lines: int) -> list[int]:
    """Ends of `lines` lines with the least raggedness (dynamic programming): equal widths, no lonely last word, no line
    that ends on a word belonging to the next. Empty when it cannot be done."""
    count = len(pieces)
    if lines > count:
        return []
    if lines == 1:
        return [count]
    sums = [0.0]
    for advance in advances:
        sums.append(sums[-1] + advance)
    target = min(box, sums[-1] / lines)
    infinite = float("inf")
    best: list[list[tuple[float, int]]] = [[(infinite, -1)] * (count + 1) for _ in range(lines + 1)]
    best[0][0] = (0.0, -1)
    for line in range(1, lines + 1):
        for end in range(line, count + 1):
            here = (infinite, -1)
            for start in range(end - 1, line - 2, -1):
                wide = sums[end] - sums[start] - trailing[end - 1]
                if wide > box:
                    break
                cost = best[line - 1][start][0] + ((wide - target) / target) ** 2 + _penalty(pieces, start, end, count)
                if cost < here[0]:
                    here = (cost, start)
            best[line][end] = here
    if best[lines][count][0] == infinite:
        return []
    ends, end = [], count
    for line in range(lines, 0, -1):
        ends.append(end)
        end = best[line][end][1]
    return ends[::-1]


# Words of two or more syllables that public notices use; Vietnamese writes a space between syllables, so ICU cannot know.
_COMPOUNDS = frozenset(
    """quốc tế|cửa khẩu|biên giới|biên phòng|thông tin|hoạt động|kể cả|ngày lễ|hằng ngày|hàng hóa|hành lý|hải quan|du lịch
    |văn hóa|kinh tế|xã hội|quốc gia|nhân dân|ủy ban|chính phủ|nhà nước|việt nam|an toàn|an ninh|trật tự|vệ sinh|môi trường
    |giao thông|phương tiện|thủ tục|xuất cảnh|nhập cảnh|xuất khẩu|nhập khẩu|hộ chiếu|giấy tờ|giấy thông|thông hành|kiểm tra
    |kiểm soát|liên hệ|điện thoại|địa chỉ|thời gian|buổi sáng|buổi chiều|làm việc|quy định|pháp luật|quyết định|nghị định
    |thông tư|thông báo|đường dây|dây nóng|khẩn cấp|cơ quan|đơn vị|trung tâm|sản phẩm|đặc sản|lễ hội|di sản|di tích|danh lam
    |thắng cảnh|công viên|địa chất|thác nước|phát triển|hợp tác|hữu nghị|hòa bình|ổn định|bảo vệ|chủ quyền|lãnh thổ|đồng bào
    |dân tộc|truyền thống|nông nghiệp|công nghiệp|thương mại|đầu tư|dịch vụ|người dân|du khách|hành khách|quý khách|chào mừng
    |kính chào|hẹn gặp|gặp lại|xin mời|trân trọng|cảm ơn|tuyên truyền|đối ngoại|cơ sở|màn hình|cụm thông|hướng dẫn|tiếp tục
    |thực hiện|tổ chức|quản lý|vận hành|trách nhiệm|nghiêm cấm|không được|vận chuyển|buôn bán|ma túy|vũ khí|động vật|thực vật
    |bệnh dịch|y tế|sức khỏe|bệnh viện|công an|quân đội|bộ đội|chiến sĩ|học sinh|giáo dục|khoa học|công nghệ|chất lượng
    |thế giới|toàn cầu|khu vực|trong nước|nước ngoài|ngoại tệ|đổi tiền|ngân hàng|cánh đồng|hoàng hôn|mùa nước|nước nổi""".replace(
        "\n    ", ""
    ).split("|")
)
# After these a name may go to the next line: "Tỉnh / Cao Bằng".
_BEFORE_NAMES = frozenset(
    "tỉnh thành cửa sông núi thác hồ đảo chợ đường khu ban sở ủy bộ huyện xã phường chùa đền động".split()  # noqa: SIM905
)


def _penalty(pieces: tuple[str, ...], start: int, end: int, count: int) -> float:
    if end == count:
        return 0.12 if end - start == 1 and count > 2 else 0.0
    last = pieces[end - 1].strip(" \u00a0" + _BREAK_HINTS)
    if _is_han(pieces[end][:1]):
        if _inside_word("".join(pieces[max(0, end - _LOOK) : end]), "".join(pieces[end : end + _LOOK])):
            return _TEAR
    elif _belongs(last, pieces[end].strip(" \u00a0" + _BREAK_HINTS)):
        return _TEAR
    if last.lower() in _LEADING_WORDS or last in ("–", "-", "—", "("):
        return 0.08
    return -0.03 if last.endswith((",", ";", ":", ".", "–", "，", "；", "：", "。", "、", "៖", "។")) else 0.0


def draw_line(image: Image.Image, x: int, baseline: int, text: str, style: Style, colour: RGB) -> None:
    """Draw one line with its baseline's start at (x, baseline)."""
    pen, canvas = float(x), ImageDraw.Draw(image)
    for family, run in itemize(text, style.language):
        face = font_for(family, style.weight, style.size)
        canvas.text((pen, baseline), run, font=face, fill=colour, anchor="ls")
        pen += face.getlength(run)


def _belongs(last: str, following: str) -> bool:
    """Whether two words on either side of a break are one: a compound (quốc tế) or a name (Tịnh Biên)."""
    plain = following.rstrip(",.;:!?)”").lower()
    if f"{last.lower()} {plain}" in _COMPOUNDS:
        return True
    named = last.isalpha() and last[:1].isupper() and following[:1].isupper() and not following.isdigit()
    return named and last.lower() not in _BEFORE_NAMES


def _is_han(char: str) -> bool:
    return bool(char) and family_of(char, "zh") == "han"


@lru_cache(maxsize=8192)
def _inside_word(left: str, right: str) -> bool:
    """Whether ICU's dictionary of Chinese words puts no boundary between two texts."""
    place = 0
    for word in WordBreaker(left + right, "zh"):
        if place == len(left):
            return False
        place += len(word)
    return place > len(left) and not right[:1].isspace()


def torn(lines: list[str]) -> int:
    """How many line ends tear a compound or a name apart."""
    count = 0
    for line, following in pairwise(lines):
        if _is_han(following[:1]):
            count += _inside_word(line[-_LOOK:], following[:_LOOK])
        else:
            count += _belongs(line.rsplit(" ", 1)[-1], following.split(" ", 1)[0])
    return count
