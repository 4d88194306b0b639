"""Two languages at once: the item's own first and larger, the other beside it or below, each with its tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise

from PIL import Image

from cms.plugin_api.types import Card, CardField, Face, Rect, RenderRequest, Scene, Text
from renderers.cards.base import CLEAR, EASY, GOOD, LIMIT, Comfort, Placed, least_of, ribbon_body, too_long
from renderers.cards.marks import Bar
from renderers.cards.sheets import Mark, Setter, Sheet, deal, fits, shares
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.frames import Frame, chip_height, frame_of
from renderers.furniture import Furniture, draw_tag, tag_width
from renderers.pages import MAX_PAGES, paginate, sentences
from renderers.sizes import body_room, head_room, rule_thickness
from renderers.text import Box, normalise, visible
from renderers.themes import Palette, Theme

LANGUAGES: tuple[tuple[str, Text], ...] = (
    ("vi", Text("Tiếng Việt", "Vietnamese")),
    ("en", Text("Tiếng Anh", "English")),
    ("km", Text("Tiếng Khmer", "Khmer")),
    ("lo", Text("Tiếng Lào", "Lao")),
    ("zh-hans", Text("Tiếng Trung", "Chinese")),
)
_OTHER = 0.86
"""The size of the other language as a share of the first."""
_AT_MOST = 1.3


class BilingualTemplate:
    """One message in two languages."""

    kind = "bilingual"
    version = "2"
    name = Text("Song ngữ", "Two languages")
    icon = "globe"
    fields = (
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=100),
        CardField("text", "text", Text("nội dung", "text"), max_length=500),
        CardField(
            "other_language",
            "choice",
            Text("ngôn ngữ thứ hai", "second language"),
            required=True,
            choices=LANGUAGES,
            translated=False,
            default="en",
        ),
        CardField(
            "other_title",
            "line",
            Text("tiêu đề (ngôn ngữ thứ hai)", "headline (second language)"),
            max_length=100,
            translated=False,
        ),
        CardField(
            "other_text",
            "text",
            Text("nội dung (ngôn ngữ thứ hai)", "text (second language)"),
            max_length=500,
            translated=False,
        ),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        other = Half(
            card.get("other_language").strip() or "en",
            normalise(card.get("other_title")).replace("\n", " "),
            normalise(card.get("other_text")),
        )
        first = Half(request.item.language, card.title, card.text)
        if not all(visible(half.title + half.text) for half in (first, other)):
            raise RenderError(
                "empty",
                "Thẻ song ngữ cần có chữ ở cả hai ngôn ngữ. Hãy điền phần còn thiếu.",
                "A card in two languages needs words in both. Fill in what is missing.",
            )

        def set_page(page: Page, face: Face, what: Furniture, comfort: Comfort) -> Sheet | None:
            return set_bilingual(page, face, request.theme, what, comfort)

        for comfort, pages in (*_attempts(first, other), *_alone(first, other)):
            if all(fits(request, page, comfort, len(pages), set_page) for page in pages):
                return deal(request, card, self.version, comfort, pages, set_page)
        raise too_long(card)


BILINGUAL = BilingualTemplate()


@dataclass(frozen=True, slots=True)
class Half:
    """The words of one language."""

    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Both halves of a page; with `alone` a page shows one of them, where both have no room."""

    first: Half
    other: Half
    alone: Half | None = None


def _attempts(first: Half, other: Half) -> Iterator[tuple[Comfort, list[Page]]]:
    """Both at once; then more pages, as many of one language as of the other."""
    whole = Page(first, other)
    for comfort in (EASY, GOOD):
        yield comfort, [whole]
    for comfort in (EASY, GOOD, CLEAR, LIMIT):
        if comfort in (CLEAR, LIMIT):
            yield comfort, [whole]
        for count in range(2, MAX_PAGES + 1):
            parts = _told_alike(first, other, count) or [_parts(half, count) for half in (first, other)]
            if all(parts):
                yield (
                    comfort,
                    [Page(replace(first, text=one), replace(other, text=two)) for one, two in zip(*parts, strict=True)],
                )


def _alone(first: Half, other: Half) -> Iterator[tuple[Comfort, list[Page]]]:
    """One language after the other, each on pages of its own."""
    for comfort in (GOOD, CLEAR, LIMIT):
        for count in range(1, MAX_PAGES // 2 + 1):
            pages = []
            for half in (first, other):
                parts = next((parts for many in range(count, 0, -1) if (parts := _parts(half, many))), [half.text])
                pages += [Page(first, other, replace(half, text=part)) for part in parts]
            yield comfort, pages


def _told_alike(first: Half, other: Half, count: int) -> list[list[str]]:
    """Both texts in so many parts of the same sentences each, so that a page says one thing; empty where they have not equally
    many sentences."""
    texts = [sentences(half.text, half.language) for half in (first, other)]
    if len(texts[0]) != len(texts[1]) or len(texts[0]) < count:
        return []
    ends = list(accumulate(shares(len(texts[0]), count), initial=0))
    return [["".join(text[a:b]).strip() for a, b in pairwise(ends)] for text in texts]


def _parts(half: Half, count: int) -> list[str]:
    """A text in so many parts between its sentences, or where they are too few its clauses; empty when it cannot be cut so
    often."""
    if not half.text:
        return [""] * count
    return _cut(half, count, tear=False) or _cut(half, count, tear=True)


def _cut(half: Half, count: int, *, tear: bool) -> list[str]:
    low, high, found = len(half.text) // count, len(half.text), []
    while low <= high:
        middle = (low + high) // 2
        pages = paginate(half.text, half.language, partial(_no_longer, middle), count, tear=tear)
        if pages is None or len(pages) > count:
            low = middle + 1
        else:
            found, high = pages, middle - 1
    return found if len(found) == count else []


def _no_longer(most: int, part: str) -> bool:
    return len(part) <= most


@dataclass(frozen=True, slots=True)
class Tag:
    """A language's tag with its top left corner at (x, y)."""

    frame: Frame
    palette: Palette
    language: str
    x: int
    y: int
    name: str = "panel"

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + tag_width(self.frame, self.language), self.y + chip_height(self.frame.small)

    def draw(self, image: Image.Image) -> None:
        draw_tag(image, self.frame, self.palette, self.language, self.x, self.y)


def set_bilingual(page: Page, face: Face, theme: Theme, what: Furniture, comfort: Comfort) -> Sheet | None:
    """A page on a face; None when it does not fit."""
    frame = frame_of(face, theme.type)
    setters = tuple(
        Setter(half.language, least_of(face, half.language, comfort), face.smooth) for half in (page.first, page.other)
    )
    if page.alone:
        least = least_of(face, page.alone.language, comfort)
        return _single(page.alone, frame, theme, what, Setter(page.alone.language, least, face.smooth), comfort)
    if frame.shape == "ribbon":
        return _on_ribbon(page, frame, theme.day, what, setters)
    if frame.shape == "wide":
        return _beside(page, frame, theme.day, setters, comfort)
    return _below(page, frame, theme.day, setters, comfort)


def _half(
    half: Half, setter: Setter, palette: Palette, width: int, height: int, most: int, lines: int, *, first: bool
) -> Stack | None:
    """Headline and text of one language."""
    titles = 4 if width < height else 2
    parts = [
        setter.part(
            half.title,
            palette.accent if half.text else palette.text,
            round(most * 1.5),
            800,
            titles,
            scale=1.25 if half.text else 1.0,
        ),
        setter.part(half.text, palette.text if first else palette.muted, most, 600, lines, gap=0.5),
    ]
    return setter.fit(parts, width, height, most if half.text else round(most * 1.5))


def _pair(
    page: Page, rooms: tuple[Rect, Rect], setters: tuple[Setter, ...], palette: Palette, most: int, lines: int
) -> tuple[Stack, Stack] | None:
    """Both stacks; the other language no larger than the first."""
    one = _half(page.first, setters[0], palette, rooms[0].width, rooms[0].height, most, lines, first=True)
    if one is None:
        return None
    bounded = round(min(most, max(one.size, setters[0].least)) * _OTHER)
    two = _half(page.other, setters[1], palette, rooms[1].width, rooms[1].height, bounded, lines + 1, first=False)
    if two and one.size > _AT_MOST * two.size:  # two halves of one message, not a headline and its note
        alike = max(setters[0].least, round(_AT_MOST * two.size))
        one = _half(page.first, setters[0], palette, rooms[0].width, rooms[0].height, alike, lines, first=True) or one
    return (one, two) if two else None


def _best(
    page: Page,
    rooms_at: Callable[[float], tuple[Rect, Rect]],
    shares: Sequence[float],
    setters: tuple[Setter, ...],
    palette: Palette,
    most: int,
    lines: int,
) -> tuple[tuple[Stack, Stack], tuple[Rect, Rect]] | None:
    """Both stacks with their rooms at the share of the first that leaves the smaller of them largest; one like the other comes
    before one large and one small."""
    found = [
        (pair, rooms)
        for share in shares
        if (pair := _pair(page, rooms := rooms_at(share), setters, palette, most, lines))
    ]
    return max(found, key=lambda one: min(one[0][0].size * _OTHER, one[0][1].size), default=None)


def _single(half: Half, frame: Frame, theme: Theme, what: Furniture, setter: Setter, comfort: Comfort) -> Sheet | None:
    """One language alone, under its own tag."""
    area = ribbon_body(frame, replace(what, language=half.language)) if frame.shape == "ribbon" else frame.body
    most = round(head_room(frame) * 0.72)
    stack = _half(half, setter, theme.day, area.width, area.height, most, comfort.lines[frame.shape], first=True)
    if stack is None:
        return None
    top = area.y + (area.height - stack.height) // (2 if frame.shape != "tall" else 3)
    return Sheet((Placed(stack, area.x, top),), language=half.language)


def _beside(page: Page, frame: Frame, palette: Palette, setters: tuple[Setter, ...], comfort: Comfort) -> Sheet | None:
    """Two columns with a rule between; the second begins with its tag in the row of the first's."""
    body, thick = frame.body, max(2, rule_thickness(frame) // 2)
    between = round(frame.margin_x * 1.4)

    def rooms_at(share: float) -> tuple[Rect, Rect]:
        width = round((body.width - 2 * between - thick) * share)
        left = body.x + width + 2 * between + thick
        return Rect(body.x, body.y, width, body.height), Rect(left, body.y, body.x + body.width - left, body.height)

    most = round(head_room(frame) * 0.72)
    found = _best(page, rooms_at, (0.53, 0.47, 0.6), setters, palette, most, comfort.lines[frame.shape])
    if found is None:
        return None
    pair, rooms = found
    left = rooms[1].x
    rule_x = left - between - thick
    top = body.y + (body.height - max(stack.height for stack in pair)) // 2
    stacks = tuple(Placed(stack, room.x, top) for stack, room in zip(pair, rooms, strict=True))
    marks: tuple[Mark, ...] = (
        Bar((rule_x, frame.margin_y, rule_x + thick, frame.height - frame.margin_y), palette.accent),
        Tag(frame, palette, page.other.language, left, frame.head_y),
    )
    return Sheet(stacks, (), marks, replace(frame, width=rule_x + frame.margin_x - frame.gap))


def _below(page: Page, frame: Frame, palette: Palette, setters: tuple[Setter, ...], comfort: Comfort) -> Sheet | None:
    """The first language above a rule, the other below it with its tag before the rule's line."""
    body, thick, gap = frame.body, max(2, rule_thickness(frame) // 2), frame.gap
    chip = chip_height(frame.small)
    lines = max(2, comfort.lines[frame.shape] // 2 + 1)
    # A band between the halves: the tag of the second and a rule beside it.
    room = body.height - chip - 2 * gap

    def rooms_at(share: float) -> tuple[Rect, Rect]:
        high = round(room * share)
        return (
            Rect(body.x, body.y, body.width, high),
            Rect(body.x, body.y + high + chip + 2 * gap, body.width, room - high),
        )

    most = round(head_room(frame) * 0.7) if frame.shape != "tall" else round(body_room(frame) * 1.1)
    found = _best(page, rooms_at, (0.54, 0.46, 0.6), setters, palette, most, lines)
    if found is None:
        return None
    pair = found[0]
    one, two = pair
    free = room - one.height - two.height
    lift = free // 4 if frame.shape != "tall" else round(free * 0.12)
    top = body.y + lift
    middle = top + one.height + max(gap, lift)
    start = middle + chip + max(gap, lift)
    marks: list[Mark] = [
        Tag(frame, palette, page.other.language, body.x, middle),
        Bar(
            (
                body.x + tag_width(frame, page.other.language) + gap,
                middle + chip // 2 - thick // 2,
                body.x + body.width,
                middle + chip // 2 - thick // 2 + thick,
            ),
            palette.accent,
        ),
    ]
    return Sheet((Placed(one, body.x, top), Placed(two, body.x, start)), (), tuple(marks))


def _on_ribbon(
    page: Page, frame: Frame, palette: Palette, what: Furniture, setters: tuple[Setter, ...]
) -> Sheet | None:
    """Both on one line, the second's tag between."""
    area = ribbon_body(frame, what)
    tag, between = tag_width(frame, page.other.language), frame.margin_x + frame.gap
    room = area.width - tag - between - frame.margin_x

    def rooms_at(share: float) -> tuple[Rect, Rect]:
        wide = round(room * share)
        return Rect(0, 0, wide, area.height), Rect(0, 0, room - wide, area.height)

    found = _best(page, rooms_at, (0.54, 0.46, 0.62), setters, palette, round(head_room(frame) * 0.72), 2)
    if found is None:
        return None
    pair = found[0]
    one, two = pair
    spare = min(room - one.width - two.width, 4 * between) // 2
    x = area.x + one.width + between + spare
    marks: tuple[Mark, ...] = (
        Tag(frame, palette, page.other.language, x, (frame.height - chip_height(frame.small)) // 2),
    )
    stacks = (
        Placed(one, area.x, area.y + (area.height - one.height) // 2),
        Placed(two, x + tag + frame.margin_x, area.y + (area.height - two.height) // 2),
    )
    return Sheet(stacks, (), marks)
