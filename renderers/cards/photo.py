"""The photograph of a card, decoded only when a part of it has to be painted, and then no larger than that part needs."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from renderers.colour import RGB
from renderers.pictures import Window, brightness_share, darkened, open_picture, picture_size, region

_SMALLER = (8, 4, 2)
_LEVEL_SIDE = 256


class Photo:
    """A picture on disk. `whole` says that its parts are darkened by one measure, as those of a wide picture across faces must
    be; else each by its own. Raises `RenderError("no_media")` when made."""

    def __init__(self, path: Path, under: RGB, *, whole: bool = False) -> None:
        self.path, self.under, self.whole = path, under, whole
        self.size = picture_size(path)
        self._decoded: dict[int, Image.Image] = {}
        self._share: float | None = None

    def part(self, window: Window, width: int, height: int) -> Image.Image:
        """A part (left, top, width, height in the picture's pixels) at a size, no brighter than LED walls ask."""
        reduced = next((one for one in _SMALLER if window[2] >= one * width and window[3] >= one * height), 1)
        picture = self._at(reduced)
        x, y = picture.width / self.size[0], picture.height / self.size[1]
        part = region(picture, (window[0] * x, window[1] * y, window[2] * x, window[3] * y), width, height)
        return darkened(part, self._whole_share() if self.whole else brightness_share(part))

    def _at(self, reduced: int) -> Image.Image:
        if reduced not in self._decoded:
            wanted = max(1, self.size[0] // reduced), max(1, self.size[1] // reduced)
            self._decoded[reduced] = open_picture(self.path, self.under, wanted=wanted if reduced > 1 else None)
        return self._decoded[reduced]

    def _whole_share(self) -> float:
        if self._share is None:
            smallest = max(1, min(self.size) // _LEVEL_SIDE)
            self._share = brightness_share(self._at(next((one for one in _SMALLER if one <= smallest), 1)))
        return self._share
