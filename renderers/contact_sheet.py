"""Contact sheets: every kind of card in every theme and language on every shape of face, to be looked at.

`python -m renderers.contact_sheet --out DIR` draws the themes of this repository; `bangtin contact-sheet` those installed.
"""

from __future__ import annotations

import argparse
import html
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageDraw

from cms.plugin_api.types import (
    Card,
    Face,
    Geometry,
    ItemTranslation,
    Layer,
    NoCache,
    RenderRequest,
    Scene,
    Text,
    ThemeSource,
)
from renderers.cards import bundled
from renderers.draw import draw
from renderers.errors import RenderError
from renderers.fallback import fallback_scene
from renderers.samples import LANGUAGES, Media, cards, paint_pictures, texts
from renderers.scene import scenes_of
from renderers.shelf import Shelf
from renderers.text import Style, draw_line
from renderers.themes import Theme, load

SIZES = ((512, 256), (1024, 256), (256, 768), (1920, 120), (960, 540))
LENGTHS = (100, 500)
"""Characters of running text on a sheet's two rows of every kind."""
GAP = 12
LABEL = 22
AT_MS = 2_000
INSTANT_MS = 1_789_905_600_000
"""What live values tell: 2026-09-20 19:00 in Vietnam."""


def by_night(theme: Theme) -> Theme:
    """A theme that draws by its night colours."""
    return replace(theme, day=theme.night, key=theme.key + "night")


def scenes(card: Card, theme: Theme, language: str, size: tuple[int, int], shelf: Shelf) -> list[Scene]:
    """A card's scenes on one face. Raises `RenderError`."""
    geometry = Geometry((Face("a", *size, pitch_mm=5.0, distance_m=15.0),))
    item = ItemTranslation("sample", language, (card,), source=texts()[language]["source"])
    return scenes_of(RenderRequest(geometry, item, theme, shelf, cache=NoCache()), card)


def picture_of(layers: Sequence[Layer], size: tuple[int, int], shelf: Shelf) -> Image.Image:
    """A face two seconds after its scene came in."""
    return draw(*size, layers, AT_MS, instant_ms=INSTANT_MS, asset_path=shelf.path)


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet: a theme in a language."""

    theme: ThemeSource
    language: str
    kinds: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    media: Media
    night: bool
    scale: float
    out: Path

    @property
    def name(self) -> str:
        return f"{self.theme.code}.{self.language}{'.night' if self.night else ''}.png"


def draw_sheet(job: Job) -> list[str]:
    """Draw and write one sheet; what could not be shown is told and stands on the sheet in words."""
    theme = load(job.theme)
    theme = by_night(theme) if job.night else theme
    refused: list[str] = []
    rows: list[tuple[str, list[Image.Image]]] = []
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        for kind in job.kinds:
            for length in LENGTHS:
                for card in cards(kind, job.language, job.media, length):
                    rows.append(
                        (f"{kind} · {length}", _row(job, theme, card, shelf, refused, later=length != LENGTHS[0]))
                    )
        rows.append(("fallback", [_fallback(theme, size, shelf) for size in job.sizes]))
    _sheet(rows, job).save(job.out / job.name)
    return refused


def _row(job: Job, theme: Theme, card: Card, shelf: Shelf, refused: list[str], *, later: bool) -> list[Image.Image]:
    """The first page of a card on every face, or a page from its middle."""
    row = []
    for size in job.sizes:
        try:
            shown = scenes(card, theme, job.language, size, shelf)
            page = len(shown) // 2 if later else 0
            picture = picture_of(shown[page].faces["a"], size, shelf)
            if len(shown) > 1:
                picture.info["pages"] = f"{page + 1}/{len(shown)}"
        except RenderError as error:
            refused.append(f"{theme.code} {job.language} {card.kind} {size[0]}×{size[1]}: {error.en}")
            picture = Image.new("RGB", size, (70, 70, 70))
            ImageDraw.Draw(picture).line((0, 0, *size), fill=(110, 110, 110))
            picture.info["refused"] = error.code
        row.append(picture)
    return row


def _fallback(theme: Theme, size: tuple[int, int], shelf: Shelf) -> Image.Image:
    geometry = Geometry((Face("a", *size, pitch_mm=5.0, distance_m=15.0),))
    national = theme.code == "national"
    name = theme.name if national else Text(f"Tỉnh {theme.name.vi}", f"{theme.name.en} Province")
    return picture_of(fallback_scene(geometry, theme, name, shelf).faces["a"], size, shelf)


def _places(sizes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where pictures of a row stand: low ones flow in lines, high ones stand at their right."""
    tallest = max(height for _, height in sizes)
    low = [2 * height <= tallest for _, height in sizes]
    edge = max((width for (width, _), one in zip(sizes, low, strict=True) if one), default=0)
    places: list[tuple[int, int]] = []
    x = y = line = 0
    beside = edge + GAP if edge else 0
    for (width, height), one in zip(sizes, low, strict=True):
        if not one:
            places.append((beside, 0))
            beside += width + GAP
            continue
        if x and x + width > edge:
            x, y, line = 0, y + line + LABEL + GAP // 2, 0
        places.append((x, y))
        x, line = x + width + GAP, max(line, height)
    return places


def _sheet(rows: Sequence[tuple[str, list[Image.Image]]], job: Job) -> Image.Image:
    """A row for each card, its faces side by side, each labelled."""
    style = Style("en", 15, 600)
    sizes = [(round(width * job.scale), round(height * job.scale)) for width, height in job.sizes]
    places = _places(sizes)
    corners = [(x + width, y + height) for (x, y), (width, height) in zip(places, sizes, strict=True)]
    step = max(y for _, y in corners) + LABEL + GAP
    canvas = Image.new("RGB", (max(x for x, _ in corners) + 2 * GAP, step * len(rows) + GAP), (38, 38, 40))
    for count, (label, row) in enumerate(rows):
        for index, (picture, (left, down), small) in enumerate(zip(row, places, sizes, strict=True)):
            x, y = GAP + left, GAP // 2 + step * count + down
            more = f" · {picture.info['pages']}" if "pages" in picture.info else ""
            more += f" · {picture.info['refused']}" if "refused" in picture.info else ""
            words = f"{label if index == 0 else ''}  {picture.width}×{picture.height}{more}".strip()
            draw_line(canvas, x, y + LABEL - 6, words, style, (200, 200, 200))
            canvas.paste(picture.resize(small, Image.Resampling.LANCZOS), (x, y + LABEL))
    return canvas


def draw_sheets(
    out: Path,
    themes: Iterable[ThemeSource],
    *,
    languages: Sequence[str] = LANGUAGES,
    sizes: Sequence[tuple[int, int]] = SIZES,
    kinds: Sequence[str] = (),
    night: bool = False,
    scale: float = 0.5,
    clip: Path | None = None,
    tell: Callable[[str], None] = print,
) -> list[Path]:
    """Write one PNG for each theme and language and an `index.html`, with all cores. `tell` hears of each sheet and of every card
    that could not be shown."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = [bundled.TEMPLATES[kind] for kind in kinds or bundled.TEMPLATES]
        pictured = any(field.kind in ("picture", "pictures") for one in wanted for field in one.fields)
        # Painting them takes longer than a sheet of words.
        media = replace(paint_pictures(Path(folder), 1.0 if pictured else 0.05), clip=clip)
        jobs = [
            Job(theme, language, tuple(kinds or bundled.TEMPLATES), tuple(sizes), media, night, scale, out)
            for theme in themes
            for language in languages
        ]
        with ProcessPoolExecutor(min(os.cpu_count() or 1, len(jobs))) as pool:
            waiting = {pool.submit(draw_sheet, job): job for job in jobs}
            for count, done in enumerate(as_completed(waiting), 1):
                tell(f"{count}/{len(jobs)} {waiting[done].name}")
                for line in done.result():
                    tell(f"  ✗ {line}")
    (out / "index.html").write_text(_index(jobs), encoding="utf-8")
    return [out / job.name for job in jobs]


def _index(jobs: Sequence[Job]) -> str:
    parts = [
        f'<h2>{html.escape(job.name.removesuffix(".png"))}</h2><a href="{job.name}"><img src="{job.name}" '
        f'alt="{html.escape(job.theme.code)}, {job.language}" loading="lazy"></a>'
        for job in jobs
    ]
    look = "body{background:#26262a;color:#ddd;font:16px sans-serif;margin:16px}img{max-width:100%}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheets</title><style>{look}</style>'
        f"<h1>Contact sheets</h1>{''.join(parts)}</html>\n"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that both commands share."""
    parser.add_argument("--out", type=Path, required=True, help="the folder for the sheets and their index.html")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="again for more (default: all)")
    parser.add_argument("--size", action="append", type=size, help="WIDTHxHEIGHT in pixels (default: every shape)")
    parser.add_argument(
        "--card", action="append", choices=list(bundled.TEMPLATES), help="kind of card, again for more (default: all)"
    )
    parser.add_argument("--night", action="store_true", help="draw with the night's colours")
    parser.add_argument("--scale", type=float, default=0.5, help="size of a face on the sheet (1: its own pixels)")
    parser.add_argument("--clip", type=Path, help="a clip for the video cards (default: they are left out)")


def size(text: str) -> tuple[int, int]:
    """`1024x256` as numbers. Raises ValueError."""
    width, height = (int(one) for one in text.split("x"))
    if not (16 <= width <= 8192 and 16 <= height <= 8192):
        raise ValueError(text)
    return width, height


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m renderers.contact_sheet", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--theme", type=Path, action="append", help="a theme folder, again for more")
    asked = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    folders = asked.theme or [root / "themes/national", *sorted((root / "plugins").glob("*/*/theme"))]
    draw_sheets(
        asked.out,
        [ThemeSource(load(folder).code, folder) for folder in folders],
        languages=asked.language or LANGUAGES,
        sizes=asked.size or SIZES,
        kinds=asked.card or (),
        night=asked.night,
        scale=asked.scale,
        clip=asked.clip,
    )


if __name__ == "__main__":
    main()
