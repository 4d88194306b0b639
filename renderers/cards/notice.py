"""Official notice: who issues it, its number and day, the matter, who signs, and the round mark of the theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from cms.plugin_api.types import Card, CardField, Face, Rect, RenderRequest, Scene, Text
from renderers.cards import paging
from renderers.cards.base import Comfort, Placed, least_of, ribbon_body, too_long
from renderers.cards.marks import Bar
from renderers.cards.paging import ATTEMPTS, FEW
from renderers.cards.seal import Seal
from renderers.cards.sheets import Mark, SetPage, Setter, Sheet, deal, fits, spread
from renderers.colour import mix
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture
from renderers.sizes import body_room, head_room, rule_thickness
from renderers.text import normalise, visible
from renderers.themes import Palette, Theme
from renderers.written import day_of, written_day, written_number

_SHARES = (0.8, 0.6, 0.45)
"""Sizes of head and foot as shares of the largest running text."""
_LEADS = 1.12
"""How much larger than these what a notice says should be."""


class NoticeTemplate:
    """A notice with its seal and number."""

    kind = "notice"
    version = "2"
    name = Text("Thông báo", "Notice")
    icon = "doc-full"
    fields = (
        CardField("issuer", "line", Text("cơ quan ban hành", "issuer"), required=True, max_length=100),
        CardField(
            "number",
            "line",
            Text("số, ký hiệu", "number"),
            max_length=40,
            translated=False,
            help=Text("Ví dụ: 05/TB-UBND.", "For instance 05/TB-UBND."),
        ),
        CardField("day", "date", Text("ngày ban hành", "day of issue"), translated=False),
        CardField("title", "line", Text("tiêu đề", "headline"), required=True, max_length=140),
        CardField("text", "text", Text("nội dung", "text"), max_length=900),
        CardField("signatory", "line", Text("người ký", "signatory"), max_length=100),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        if not visible(card.title + card.text):
            raise RenderError(
                "empty",
                "Thông báo chưa có nội dung. Hãy điền tiêu đề hoặc nội dung.",
                "The notice says nothing. Fill in a headline or a text.",
            )
        notice = notice_of(card, request.item.language)

        def set_page(page: Page, face: Face, what: Furniture, comfort: Comfort) -> Sheet | None:
            return set_notice(page.notice, page.text, face, request.theme, what, comfort)

        comfort, pages = _pages(request, card, notice, set_page)
        return deal(request, card, self.version, comfort, pages, set_page, *notice.inputs())


NOTICE = NoticeTemplate()


def _pages(request: RenderRequest, card: Card, notice: Notice, set_page: SetPage[Page]) -> tuple[Comfort, list[Page]]:
    """Everything on every page. Before letters at the limit, who says it stands on a page of its own and what is said on the
    next ones, if need be without the matter's name. Raises `RenderError("too_long")`."""
    if not card.text:
        return spread(request, card, "", partial(Page, notice), set_page)
    cover, untold = Page(notice, ""), replace(notice, issuer="", number="", day="", signatory="")
    few = [one for one in ATTEMPTS if one[1] <= FEW]
    for attempts, under, before in (
        (ATTEMPTS[:-1], notice, []),
        (few, untold, [cover]),
        (ATTEMPTS, replace(untold, title=""), [cover]),
    ):

        def fitting(
            part: str, comfort: Comfort, count: int, under: Notice = under, before: list[Page] = before
        ) -> bool:
            pages = [*before, Page(under, part)]
            return all(fits(request, page, comfort, count + len(before), set_page) for page in pages)

        found = paging.spread(card.text, request.item.language, fitting, attempts)
        if found:
            return found[0], [*before, *(Page(under, part) for part in found[1])]
    raise too_long(card)


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands on every page of a notice; number and day as the language writes them."""

    issuer: str
    number: str
    day: str
    title: str
    signatory: str

    def inputs(self) -> list[str]:
        return [self.issuer, self.number, self.day, self.title, self.signatory]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a notice's text under as much of the rest as stands on its page."""

    notice: Notice
    text: str


def notice_of(card: Card, language: str) -> Notice:
    """A card's notice. Raises `RenderError("date")`."""
    issuer, number, signatory = (
        normalise(card.get(name)).replace("\n", " ") for name in ("issuer", "number", "signatory")
    )
    day = day_of(card.get("day"))
    return Notice(
        issuer.upper(),
        written_number(number, language),
        written_day(day, language) if day else "",
        card.title,
        signatory,
    )


def set_notice(notice: Notice, text: str, face: Face, theme: Theme, what: Furniture, comfort: Comfort) -> Sheet | None:
    """A page of a notice on a face; None when it does not fit."""
    frame = frame_of(face, theme.type)
    setter = Setter(what.language, least_of(face, what.language, comfort), face.smooth)
    small = Setter(what.language, min(setter.least, least_of(face, what.language, _small(comfort))), face.smooth)
    found: tuple[Sheet, int] | None = None
    for share in _SHARES:  # what a notice says comes before who says it
        if frame.shape == "ribbon":
            here = _on_ribbon(notice, text, frame, theme, what, setter, small, share)
        elif frame.shape == "wide" and notice.issuer:
            here = _beside(notice, text, frame, theme, setter, small, comfort, share)
        else:
            here = _below(notice, text, frame, theme, setter, small, comfort, share)
            if here is None and comfort.limit and frame.shape == "square" and notice.issuer:
                here = _beside(notice, text, frame, theme, setter, small, comfort, share)
        if here and (found is None or here[1] > found[1]):
            found = here
        if found and found[1] >= _LEADS * round(body_room(frame) * share):
            break
    return found[0] if found else None


def _small(comfort: Comfort) -> Comfort:
    """Head and foot of a notice may be smaller than what it says."""
    return Comfort(comfort.name, comfort.scale * 0.72, comfort.lines, comfort.limit, comfort.motif)


def _head(notice: Notice, setter: Setter, palette: Palette, width: int, height: int, most: int) -> Stack | None:
    """Issuer, number and day; the last two on one line where that costs little. None when there is none of them too."""
    if not (notice.issuer or notice.number or notice.day):
        return None
    found: list[Stack | None] = []
    for between, lines in ((" · ", 1), ("\n", 4)):
        line = between.join(one for one in (notice.number, notice.day) if one)
        parts = [
            setter.part(notice.issuer, palette.accent, most, 700, 3),
            setter.part(line, palette.muted, most, 600, lines, scale=0.85, gap=0.35),
        ]
        found.append(setter.fit(parts, width, height, most))
    one, two = found
    return one if one and (two is None or one.size >= 0.8 * two.size) else two


def _matter(
    notice: Notice, text: str, setter: Setter, palette: Palette, room: Rect, frame: Frame, comfort: Comfort
) -> Stack | None:
    """Headline and text."""
    body = body_room(frame)
    large = head_room(frame) if not text else round(body * 1.5)
    tall = frame.shape == "tall"
    parts = [
        setter.part(
            notice.title, palette.text, large, 800, 6 if tall else 3, scale=1.3 if text and not comfort.limit else 1.0
        ),
        setter.part(text, palette.text, body, 600, comfort.lines[frame.shape], gap=0.6),
    ]
    return setter.fit(parts, room.width, room.height, body if text else large)


def _foot(
    notice: Notice, theme: Theme, setter: Setter, right: int, bottom: int, width: int, side: int, most: int
) -> tuple[list[Placed], list[Mark], int] | None:
    """Signatory and seal ending at the right and the bottom, and their height."""
    marks: list[Mark] = [Seal(theme, right - side, bottom - side, side)] if side else []
    if not notice.signatory:
        return [], marks, side
    gap = max(6, side // 6) if side else 0
    sign = setter.one(notice.signatory, theme.day.text, width - side - gap, side or 3 * setter.least, most, 700, 2)
    if sign is None:
        return None
    return (
        [
            Placed(
                sign, right - side - gap - sign.width, bottom - max(side, sign.height) + max(0, side - sign.height) // 2
            )
        ],
        marks,
        max(side, sign.height),
    )


def _below(
    notice: Notice, text: str, frame: Frame, theme: Theme, setter: Setter, small: Setter, comfort: Comfort, share: float
) -> tuple[Sheet, int] | None:
    """Head, rule, matter, foot under one another."""
    area = beside_motif(frame, theme, 0.5 * comfort.motif if frame.shape == "tall" else 0.0)
    palette, short = theme.day, min(frame.width, frame.height)
    most = round(body_room(frame) * share)
    head = _head(notice, small, palette, area.width, round(area.height * 0.4), most)
    if head is None and (notice.issuer or notice.number or notice.day):
        return None
    thick = max(2, rule_thickness(frame) // 2)
    top = area.y + (head.height + frame.gap if head else 0)
    # At the limit every line counts, and the mark goes; as it does where nobody is named.
    side = 0 if comfort.limit or not notice.issuer else max(2 * small.least, round(short * 0.27 * min(share, 0.72)))
    bottom, right = area.y + area.height, area.x + area.width
    foot = _foot(notice, theme, small, right, bottom, area.width, side, most)
    if foot is None:
        return None
    under = top + thick + frame.gap if head else area.y
    room = Rect(area.x, under, area.width, bottom - (foot[2] + frame.gap if foot[2] else 0) - under)
    matter = _matter(notice, text, setter, palette, room, frame, comfort)
    if matter is None:
        return None
    # Who signs is never larger than what is said.
    foot = (
        _foot(notice, theme, small, right, bottom, area.width, side, min(most, max(small.least, matter.size))) or foot
    )
    free = room.height - matter.height
    stacks = [Placed(matter, area.x, room.y + round(free * (0.25 if frame.shape == "tall" else 0.5))), *foot[0]]
    marks: list[Mark] = list(foot[1])
    if head:
        stacks.append(Placed(head, area.x, area.y))
        marks.append(Bar((area.x, top, right, top + thick), palette.accent))
    return Sheet(tuple(stacks), (), tuple(marks)), matter.size


def _beside(
    notice: Notice, text: str, frame: Frame, theme: Theme, setter: Setter, small: Setter, comfort: Comfort, share: float
) -> tuple[Sheet, int] | None:
    """Issuer, number, day and the seal at the left, an upright rule, the matter and who signs at the right."""
    palette, area = theme.day, beside_motif(frame, theme, 0.3 * comfort.motif)
    third, most = round(area.width * (0.27 if frame.shape == "wide" else 0.34)), round(body_room(frame) * share)
    side = 0 if comfort.limit or not notice.issuer else max(2 * small.least, round(frame.height * 0.26))
    head = _head(notice, small, palette, third, area.height - side - frame.gap, most)
    if head is None and (notice.issuer or notice.number or notice.day):
        return None
    column = max(head.width if head else 0, side)
    thick = max(2, rule_thickness(frame) * 2 // 3)
    rule_x = area.x + column + frame.margin_x
    left = rule_x + thick + frame.margin_x
    width, right = area.x + area.width - left, area.x + area.width
    sign = (
        small.one(notice.signatory, palette.accent, width, round(area.height * 0.3), round(most * 0.8), 700)
        if notice.signatory
        else None
    )
    if notice.signatory and sign is None:
        return None
    below = sign.height + frame.gap if sign else 0
    top = frame.margin_y
    room = Rect(left, top, width, frame.height - frame.margin_y - top - below)
    matter = _matter(notice, text, setter, palette, room, frame, comfort)
    if matter is None:
        return None
    stacks = [Placed(matter, left, top + (room.height - matter.height) // 2)]
    if sign and sign.size > matter.size >= small.least:
        sign = small.one(notice.signatory, palette.accent, width, sign.height, matter.size, 700) or sign
    if sign:
        end = left + matter.width if matter.width > sign.width else right
        stacks.append(Placed(sign, max(left, end - sign.width), frame.height - frame.margin_y - sign.height))
    if head:
        stacks.append(Placed(head, area.x, area.y + (area.height - side - frame.gap - head.height) // 3))
    marks: tuple[Mark, ...] = (
        Bar((rule_x, frame.margin_y, rule_x + thick, frame.height - frame.margin_y), palette.accent),
        *((Seal(theme, area.x, area.y + area.height - side, side),) if side else ()),
    )
    return Sheet(tuple(stacks), (), marks, replace(frame, width=rule_x - frame.gap + frame.margin_x)), matter.size


def _on_ribbon(
    notice: Notice, text: str, frame: Frame, theme: Theme, what: Furniture, setter: Setter, small: Setter, share: float
) -> tuple[Sheet, int] | None:
    """Seal, head, an upright rule, the matter, who signs."""
    palette, area = theme.day, ribbon_body(frame, what)
    side = round(frame.height * 0.72) if notice.issuer else 0
    x = area.x + (side + frame.margin_x if side else 0)
    end = area.x + area.width
    most = round(body_room(frame) * share)
    head = _head(notice, small, palette, round((end - x) * 0.26), area.height, most)
    if head is None and (notice.issuer or notice.number or notice.day):
        return None
    thick, between = max(2, rule_thickness(frame)), frame.margin_x + frame.gap
    marks: list[Mark] = [Seal(theme, area.x, (frame.height - side) // 2, side)] if side else []
    stacks: list[Placed] = []
    upright = (area.y + area.height // 8, area.y + area.height * 7 // 8)
    if head:
        stacks.append(Placed(head, x, area.y + (area.height - head.height) // 2))
        x += head.width + between
        marks.append(Bar((x, upright[0], x + thick, upright[1]), palette.accent))
        x += thick + between
    sign = (
        small.one(notice.signatory, palette.muted, round((end - x) * 0.2), area.height, round(most * 0.7))
        if notice.signatory
        else None
    )
    if notice.signatory and sign is None:
        return None
    width = end - x - (sign.width + between if sign else 0)
    parts = [
        setter.part(notice.title, palette.text, round(head_room(frame) * (0.7 if text else 1.0)), 800, 2),
        setter.part(text, palette.text, body_room(frame), 600, 2, scale=0.72, gap=0.3),
    ]
    matter = setter.fit(parts, width, area.height, head_room(frame))
    if matter is None:
        return None
    stacks.append(Placed(matter, x, area.y + (area.height - matter.height) // 2))
    if sign:
        x += matter.width + between // 2
        marks.append(Bar((x, upright[0], x + 2, upright[1]), mix(palette.ground[0], palette.accent2, 0.55)))
        most = min(sign.size, max(small.least, round(matter.size * 0.8)))
        sign = small.one(notice.signatory, palette.muted, sign.width, area.height, most) or sign
        stacks.append(Placed(sign, x + 2 + between // 2, area.y + (area.height - sign.height) // 2))
    return Sheet(tuple(stacks), (), tuple(marks)), matter.size
