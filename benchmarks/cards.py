"""How long a card takes to draw at 1024 × 512 on one core: a text, and a photograph of three megapixels with its caption.

Fonts, the theme's ground and our copy of the photograph are there, as they are for all cards but a worker's first; line breaks, widths
and settings are not. Processor time is measured, so that a busy machine does not count.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image

from cms.plugin_api.types import Card, Face, Geometry, ItemTranslation, RenderRequest, sha256
from renderers import breaks, text
from renderers.cards import words
from renderers.landscape import landscape
from renderers.layout import FlatLayout
from renderers.themes import load

ROOT = Path(__file__).resolve().parent.parent
FACE = Face("a", 1024, 512, pitch_mm=5.0, distance_m=15.0)
PLACES = (
    "Tịnh Biên",
    "Khánh Bình",
    "Vĩnh Xương",
    "Tà Lùng",
    "Trà Lĩnh",
    "Sóc Giang",
    "Hữu Nghị",
    "Chi Ma",
    "Tân Thanh",
)
GOAL_MS = {"text_card": 40, "picture_card": 80}


class Forgetful:
    """A sink that keeps nothing."""

    def put(self, data: bytes, type: str) -> str:
        return sha256(data)

    def put_file(self, path: Path, type: str) -> str:
        return sha256(path.read_bytes())


def photograph(path: Path) -> None:
    """2,100 × 1,400 pixels with the grain of a camera."""
    grain = np.random.default_rng(7).normal(0, 5, (1400, 2100, 1))
    picture = np.asarray(landscape(2100, 1400), dtype=float) + grain
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(path, quality=90)


def text_card(place: str) -> Card:
    return Card(
        "text",
        title=f"Giờ làm việc tại {place}",
        text=f"Cửa khẩu {place} làm việc hằng ngày, kể cả ngày lễ, Tết: sáng từ 07:00 đến 11:00, chiều từ 14:00 đến 18:00.",
    )


def picture_card(place: str, photo: Path) -> Card:
    return Card(
        "picture", media=photo, media_sha256="0" * 64, title=f"Chiều ở {place}", caption=f"Hoàng hôn nhìn từ {place}"
    )


def forget() -> None:
    """Take away what was measured and set before, as for a text never seen."""
    for module in (text, breaks, words):
        for cache in _caches(module):
            cache.cache_clear()


def _caches(module: ModuleType) -> Iterator[_lru_cache_wrapper[object]]:
    for one in vars(module).values():
        if isinstance(one, _lru_cache_wrapper) and getattr(one, "__module__", "") == module.__name__:
            yield one


def median_ms(card_of: Callable[[str], Card]) -> float:
    """The median over nine places, after one to warm up."""
    theme = load(ROOT / "themes/national")
    taken = []
    for place in ("Bản Giốc", *PLACES):
        item = ItemTranslation("item", "vi", (card_of(place),), source="Tỉnh An Giang")
        request = RenderRequest(Geometry((FACE,)), item, theme, Forgetful())
        forget()
        start = time.process_time()
        FlatLayout("bench", 1).render(request)
        taken.append(1000 * (time.process_time() - start))
    return statistics.median(taken[1:])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        photograph(photo)
        found = {
            "text_card": median_ms(text_card),
            "picture_card": median_ms(lambda place: picture_card(place, photo)),
        }
    for name, value in found.items():
        result = {"name": name, "value": round(value, 1), "unit": "ms", "goal": GOAL_MS[name]}
        print(json.dumps({**result, "holds": value <= GOAL_MS[name]}))


if __name__ == "__main__":
    main()
