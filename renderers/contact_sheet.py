"""A sheet of every card in every theme, language and shape of face: `python -m renderers.contact_sheet --out sheet.png`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from cms.plugin_api.types import Card, Face, Geometry, ItemTranslation, RenderRequest, Text, ThemeSource, sha256
from renderers.draw import draw
from renderers.fallback import fallback_scene
from renderers.landscape import landscape
from renderers.layout import FlatLayout
from renderers.themes import Theme, load

SIZES = ((512, 256), (1024, 256), (256, 768), (1920, 120), (384, 192))
GAP = 10

SAMPLES: dict[str, tuple[Card, ...]] = {
    "vi": (
        Card("title", kicker="Chào mừng quý khách đến", title="Cửa khẩu quốc tế Tịnh Biên"),
        Card(
            "text",
            title="Giờ hoạt động của cụm thông tin",
            text="Màn hình hoạt động hằng ngày, kể cả ngày lễ, Tết: sáng từ 07:00 đến 11:00, chiều từ 14:00 đến 18:00.",
        ),
        Card("picture", title="Sông nước biên giới", caption="Hoàng hôn trên cánh đồng Bảy Núi, tháng 11"),
    ),
    "en": (
        Card("title", kicker="Welcome to", title="Tịnh Biên International Border Gate"),
        Card(
            "text",
            title="When the screens are on",
            text="The screens run every day, public holidays included: mornings from 07:00 to 11:00, afternoons from 14:00 to 18:00.",
        ),
        Card("picture", title="Rivers of the border", caption="Dusk over the fields of Bảy Núi in November"),
    ),
    "km": (
        Card("title", kicker="សូមស្វាគមន៍មកកាន់", title="ច្រកទ្វារអន្តរជាតិទិញបៀន"),
        Card(
            "text",
            title="ម៉ោងដំណើរការអេក្រង់",
            text="អេក្រង់ដំណើរការជារៀងរាល់ថ្ងៃ រួមទាំងថ្ងៃបុណ្យ៖ ព្រឹកពីម៉ោង 07:00 ដល់ 11:00 រសៀលពីម៉ោង 14:00 ដល់ 18:00។",
        ),
        Card("picture", title="ទន្លេនៃព្រំដែន", caption="ថ្ងៃលិចលើវាលស្រែ ខែវិច្ឆិកា"),
    ),
    "zh-hans": (
        Card("title", kicker="欢迎来到", title="友谊国际口岸"),
        Card(
            "text",
            title="信息屏开放时间",
            text="信息屏工作日开放：上午07:30至11:00，下午13:30至18:00。节假日、星期六和星期日开放时间另行通知，请留意屏幕上的提示。",
        ),
        Card("picture", title="边境山水", caption="十一月的田野与群山，夕阳西下"),
    ),
}


class _Folder:
    """A sink that keeps assets in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, type: str) -> str:
        name = sha256(data)
        (self.folder / name).write_bytes(data)
        return name

    def put_file(self, path: Path, type: str) -> str:
        return self.put(path.read_bytes(), type)

    def path(self, name: str) -> Path:
        return self.folder / name


def faces_of(theme: Theme, language: str, size: tuple[int, int], folder: Path, photo: Path) -> list[Image.Image]:
    """The pictures of the sample cards, and the fallback, on one face."""
    sink = _Folder(folder)
    geometry = Geometry((Face("a", *size, pitch_mm=5.0, distance_m=15.0),))
    cards = tuple(replace(card, media=photo) if card.kind == "picture" else card for card in SAMPLES[language])
    item = ItemTranslation("sample", language, cards, source=theme.name.vi)
    scenes = list(FlatLayout("sample", 1).render(RenderRequest(geometry, item, theme, sink)).scenes)
    if language == "vi":
        scenes.append(
            fallback_scene(
                geometry,
                theme,
                theme.name if theme.code == "national" else Text(f"Tỉnh {theme.name.vi}", f"{theme.name.en} Province"),
                sink,
            )
        )
    return [draw(*size, scene.faces["a"], 0, asset_path=sink.path) for scene in scenes]


def sheet(
    themes: Sequence[Theme], languages: Sequence[str], sizes: Sequence[tuple[int, int]], photo: Path
) -> Image.Image:
    """One row per theme, language and size; its cards side by side."""
    rows: list[list[Image.Image]] = []
    with tempfile.TemporaryDirectory() as name:
        for theme in themes:
            for language in languages:
                rows += [faces_of(theme, language, size, Path(name), photo) for size in sizes]
    width = max(sum(one.width + GAP for one in row) for row in rows) + GAP
    height = sum(max(one.height for one in row) + GAP for row in rows) + GAP
    canvas = Image.new("RGB", (width, height), (64, 64, 64))
    y = GAP
    for row in rows:
        x = GAP
        for one in row:
            canvas.paste(one, (x, y))
            ImageDraw.Draw(canvas).rectangle((x - 1, y - 1, x + one.width, y + one.height), outline=(96, 96, 96))
            x += one.width + GAP
        y += max(one.height for one in row) + GAP
    return canvas


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--theme", type=Path, action="append", help="a theme folder (again for more)")
    parser.add_argument("--language", action="append", choices=sorted(SAMPLES), help="default: all")
    parser.add_argument("--size", action="append", help="WxH in pixels; default: every shape")
    parser.add_argument("--photo", type=Path, help="a picture for the picture cards; default: a painted landscape")
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    folders = options.theme or [root / "themes/national", *sorted((root / "plugins").glob("*/*/theme"))]
    themes = [load(ThemeSource(load(folder).code, folder)) for folder in folders]
    sizes = [(int(w), int(h)) for w, h in (size.split("x") for size in options.size or ())] or SIZES
    with tempfile.TemporaryDirectory() as name:
        photo = options.photo
        if photo is None:
            photo = Path(name) / "landscape.png"
            landscape(1600, 1067).save(photo)
        sheet(themes, options.language or list(SAMPLES), sizes, photo).save(options.out)


if __name__ == "__main__":
    main()
