"""What the renderers' tests draw with: themes, a sink in a folder, faces, clips made by ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg

from cms.plugin_api.types import Card, Face, Geometry, ItemTranslation, Proof, RenderRequest, sha256
from renderers.layout import FlatLayout
from renderers.themes import Theme

ROOT = Path(__file__).resolve().parents[2]
THEMES = {
    "national": ROOT / "themes/national",
    "an_giang": ROOT / "plugins/an_giang/bangtin_an_giang/theme",
    "cao_bang": ROOT / "plugins/cao_bang/bangtin_cao_bang/theme",
    "lang_son": ROOT / "plugins/lang_son/bangtin_lang_son/theme",
}
SIZES = ((512, 256), (1024, 256), (256, 768), (1920, 120), (384, 192))


class Folder:
    """A sink that keeps assets by their hash in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, type: str) -> str:
        self.path(name := sha256(data)).write_bytes(data)
        return name

    def put_file(self, path: Path, type: str) -> str:
        return self.put(path.read_bytes(), type)

    def path(self, name: str) -> Path:
        return self.folder / name


def face(width: int = 512, height: int = 256, id: str = "a", **more: float) -> Face:
    return Face(id, width, height, **{"pitch_mm": 5.0, "distance_m": 15.0, **more})


def render(
    sink: Folder, theme: Theme, *cards: Card, faces: tuple[Face, ...] = (), language: str = "vi", **more: object
) -> Proof:
    geometry = more.pop("geometry", None) or Geometry(faces or (face(),))
    item = ItemTranslation("item", language, cards, source="Tỉnh An Giang")
    return FlatLayout("test", len(geometry.faces)).render(RenderRequest(geometry, item, theme, sink, **more))


def ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-nostdin", "-loglevel", "error", *arguments], check=True)
