"""A province's own look of the admin: the emblem beside the product's mark, and colours taken from its theme.

Both come from the theme's folder, which a plugin brings: `emblem.svg`, treated as hostile (`sound`), and the first colour of the day's
ground. Colours are darkened until white text on them is read (WCAG 1.4.3); without a theme the house keeps its own."""

from __future__ import annotations

import colorsys
import logging
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from cms.accounts.services import provinces_of
from cms.plugin_host.host import get_host
from renderers.colour import contrast, parse

log = logging.getLogger("bangtin.looks")
MOST_BYTES = 20_000
ELEMENTS = frozenset({"svg", "g", "title", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline"})
ATTRIBUTES = frozenset(
    {
        *("viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points"),
        *("transform", "fill", "fill-rule", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-opacity"),
        *("stroke-linecap", "stroke-linejoin"),
    }
)
_SVG = "{http://www.w3.org/2000/svg}"
WHITE = (255, 255, 255)
GROUND_CONTRAST, ACCENT_CONTRAST = 7.0, 4.5
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "private, max-age=3600",
}


@dataclass(frozen=True, slots=True)
class Look:
    """`ground`, `accent`: hue in degrees, saturation and lightness in percent; `lit`: the colour of the mark's lit square."""

    ground: tuple[int, int, int]
    accent: tuple[int, int, int]
    lit: str
    emblem: bool


def addresses() -> list[Any]:
    return [
        path("look/<slug:code>.css", colours, name="look_colours"),
        path("look/<slug:code>.svg", emblem, name="look_emblem"),
    ]


def province_of(user: Any) -> str:
    """The code of the one province that somebody works for; "" for those of none, several or all."""
    codes = provinces_of(user) or set()
    return next(iter(codes)) if len(codes) == 1 else ""


def look_of(code: str) -> Look | None:
    """A province's look; None when its plugin brings no theme that can be read."""
    folder = _folder(code)
    return _read(folder, (folder / "theme.toml").stat().st_mtime_ns) if folder is not None else None


@require_GET
def colours(request: HttpRequest, code: str) -> HttpResponse:
    look = look_of(code)
    if look is None:
        raise Http404
    lines = [f"--bt-lit: {look.lit};"]
    for name, (hue, saturation, lightness) in (("primary", look.ground), ("secondary", look.accent)):
        lines += [
            f"--w-color-{name}-hue: {hue};",
            f"--w-color-{name}-saturation: {saturation}%;",
            f"--w-color-{name}-lightness: {lightness}%;",
        ]
    return HttpResponse(f"html:root {{ {' '.join(lines)} }}\n", content_type="text/css", headers=HEADERS)


@require_GET
def emblem(request: HttpRequest, code: str) -> HttpResponse:
    folder = _folder(code)
    look = look_of(code)
    if folder is None or look is None or not look.emblem:
        raise Http404
    return HttpResponse((folder / "emblem.svg").read_bytes(), content_type="image/svg+xml", headers=HEADERS)


def sound(data: bytes) -> bool:
    """Whether an SVG consists of nothing but shapes with plain colours: no script, style, link, entity or foreign element."""
    if len(data) > MOST_BYTES:
        return False
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return False
    return root.tag == f"{_SVG}svg" and all(
        str(one.tag).removeprefix(_SVG) in ELEMENTS
        and str(one.tag).startswith(_SVG)
        and ATTRIBUTES.issuperset(one.attrib)
        and not any("(" in value and "url" in value.lower() for value in one.attrib.values())
        for one in root.iter()
    )


def legible(colour: tuple[int, int, int], least: float) -> tuple[int, int, int]:
    """A colour as hue, saturation and lightness (degrees, percent), darkened until white text on it has at least this contrast."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(one / 255 for one in colour))
    found = round(360 * hue), round(100 * saturation), round(100 * lightness)
    while found[2] > 0 and contrast(_rgb(found), WHITE) < least:
        found = found[0], found[1], found[2] - 1
    return found


def _rgb(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    hue, saturation, lightness = colour
    red, green, blue = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    return round(255 * red), round(255 * green), round(255 * blue)


def _folder(code: str) -> Path | None:
    """The folder of a province's theme, as its plugin names it."""
    host = get_host()
    spec = host.provinces().get(code)
    source = host.themes().get(spec.theme) if spec else None
    return source.folder if source and (source.folder / "theme.toml").is_file() else None


@lru_cache(maxsize=64)
def _read(folder: Path, _changed: int) -> Look | None:
    try:
        day = tomllib.loads((folder / "theme.toml").read_text("utf-8"))["day"]
        ground, lit = parse(day["ground"][0]), str(day["accent"])
        parse(lit)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        log.warning("the theme in %s gives the admin no colours: %s", folder, error)
        return None
    hue, saturation, _dark = legible(ground, GROUND_CONTRAST)
    file = folder / "emblem.svg"
    there = file.is_file() and sound(file.read_bytes())
    if file.is_file() and not there:
        log.warning("%s is more than shapes and colours; it is not shown", file)
    # What is pressed stands out from the ground by its lightness, in the same hue.
    accent = legible(_rgb((hue, min(saturation, 70), 32)), ACCENT_CONTRAST)
    return Look(legible(ground, GROUND_CONTRAST), accent, lit, there)
