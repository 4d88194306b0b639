"""Which picture of a clip stands for it: a clear one, neither black nor white."""

from __future__ import annotations

from PIL import Image, ImageFilter, ImageStat

_WIDTH = 160


def worth(picture: Image.Image) -> float:
    """How well a picture stands for its clip (0: black or one colour): its contrast and detail, less what is dark or glaring."""
    small = picture.convert("L").resize((_WIDTH, max(1, _WIDTH * picture.height // picture.width)))
    figures = ImageStat.Stat(small)
    level, spread = figures.mean[0], figures.stddev[0]
    detail = ImageStat.Stat(small.filter(ImageFilter.FIND_EDGES)).mean[0]
    seen = min(1.0, level / 40, (255 - level) / 25)
    return max(0.0, seen) * (spread + detail)


def instants(length_ms: int, count: int = 9) -> list[int]:
    """Where to look for it: places spread over a clip, in milliseconds, its ends (often black) left out."""
    return [round(length_ms * (index + 0.5) / count) for index in range(count)]
