"""What faces show over a stretch of time as one film: frame for frame what `draw()` gives, for players that know video only.

Who knows what is shown when is asked through `Showing`; nothing here knows of schedules.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from cms.plugin_api.types import Progress, TransitionKind
from renderers.draw import Drawn, draw
from renderers.movie_clips import ClipScene
from renderers.movie_encoder import Encoder, planes
from renderers.movie_sound import Sound, samples

AssetPath = Callable[[str], Path]
TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns the other way round
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a face shows at an instant. While a scene comes in, `previous` lies underneath (None: black) and `progress` runs
    0…1. Until `until` (UTC ms, later than the instant) nothing but offsets changes. `volume` 0…100 is that of its clips."""

    layers: Sequence[Drawn]
    offset_ms: int
    until: int
    previous: Sequence[Drawn] | None = None
    previous_offset_ms: int = 0
    progress: float = 1.0
    transition: TransitionKind = "fade"
    volume: int = 100


Showing = Callable[[int], Shown]
"""What a face shows at an instant (UTC ms)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A face of the film: its own size, where its top left corner lies, and how far it is turned clockwise."""

    width: int
    height: int
    at: Showing
    x: int = 0
    y: int = 0
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Film:
    """`count` pictures of `width` × `height` pixels from `start_ms` (UTC) on; picture i shows `start_ms + 1000·i ÷ fps`,
    rounded down to a whole millisecond. `heard` is the part whose sound is in the film (None: a silent one)."""

    width: int
    height: int
    fps: int
    start_ms: int
    count: int
    parts: tuple[Part, ...]
    asset_path: AssetPath
    heard: Part | None = None

    @property
    def end_ms(self) -> int:
        return self.instant(self.count)

    @property
    def even(self) -> tuple[int, int]:
        """The sides of the file."""
        return self.width + self.width % 2, self.height + self.height % 2

    def instant(self, number: int) -> int:
        """The instant that a picture shows, UTC ms."""
        return self.start_ms + number * 1000 // self.fps


@dataclass(slots=True)
class _Canvas:
    """The picture as it is, and until when each part stays so."""

    film: Film
    image: Image.Image
    until: list[int] = field(default_factory=list)
    clips: list[ClipScene] = field(default_factory=list)

    def advance(self, instant: int) -> bool:
        """Bring it to an instant; whether a part was drawn anew."""
        drawn = False
        for number, part in enumerate(self.film.parts):
            if instant < self.until[number]:
                continue
            shown = part.at(instant)
            picture = _picture(self.film, part, shown, instant, self.clips[number])
            if part.rotation:
                picture = picture.transpose(TURNS[part.rotation])
            self.image.paste(picture, (part.x, part.y))
            self.until[number] = still_until(shown, instant)
            drawn = True
        return drawn


def pictures(film: Film) -> Iterator[bytes]:
    """The film's pictures in order, as `Encoder` takes them; the same object again while nothing changes. Raises OSError when
    an asset is missing or unreadable."""
    count = len(film.parts)
    canvas = _Canvas(
        film,
        Image.new("RGB", film.even),
        [film.start_ms] * count,
        [ClipScene(one.width, one.height, film.asset_path) for one in film.parts],
    )
    data = b""
    with contextlib.ExitStack() as stack:
        for clip in canvas.clips:
            stack.callback(clip.close)
        for number in range(film.count):
            if canvas.advance(film.instant(number)) or not data:
                data = planes(canvas.image)
            yield data


def _picture(film: Film, part: Part, shown: Shown, instant: int, clips: ClipScene) -> Image.Image:
    if shown.progress >= 1 and (quick := clips.picture(shown.layers, shown.offset_ms)) is not None:
        return quick
    return draw(
        part.width,
        part.height,
        shown.layers,
        shown.offset_ms,
        previous=shown.previous,
        previous_offset_ms=shown.previous_offset_ms,
        progress=shown.progress,
        transition=shown.transition,
        instant_ms=instant,
        asset_path=film.asset_path,
    )


def still_until(shown: Shown, instant: int) -> int:
    """Until when not a pixel changes (UTC ms); not after the instant when that cannot be told. What tells the time changes
    with the second."""
    if shown.progress < 1:
        return instant
    until = shown.until
    for layer in shown.layers:
        if layer.kind in ("image", "audio", "stream"):
            continue
        if layer.kind == "glyphs" and not (layer.glyphs.until or 0) % 1000:
            until = min(until, (instant // 1000 + 1) * 1000)
        else:
            return instant
    return until


def sounds(film: Film) -> list[Sound]:
    """What is heard, in order of its beginning, in ms of the film. A clip that leaves is heard until it is gone."""
    part, instant = film.heard, film.start_ms
    found: list[Sound] = []
    going: dict[tuple[str, int, int], int] = {}  # asset, its zero, volume → number in `found`
    while part is not None and instant < film.end_ms:
        shown = part.at(instant)
        leaving = shown.previous if shown.progress < 1 else None
        until = min(shown.until, film.end_ms) - film.start_ms
        still: dict[tuple[str, int, int], int] = {}
        for layers, offset in ((shown.layers, shown.offset_ms), (leaving or (), shown.previous_offset_ms)):
            for layer in layers:
                if layer.kind == "stream":
                    continue  # its asset is a poster
                if shown.volume and (layer.kind == "audio" or getattr(layer, "sound", False)):
                    begin = instant - film.start_ms
                    key = (layer.asset, begin - offset, shown.volume)
                    if key in going:
                        still[key] = going[key]
                        found[going[key]] = replace(found[going[key]], end_ms=until)
                    else:
                        still[key] = len(found)
                        found.append(
                            Sound(film.asset_path(layer.asset), begin - offset, begin, until, shown.volume / 100)
                        )
        going, instant = still, max(shown.until, instant + 1)
    return found


def write(film: Film, target: Path, *, progress: Progress = lambda share: None) -> None:
    """Write the film to `target` (MP4: H.264 High, BT.709, constant rate, a keyframe each second; AAC where it is heard).
    Odd sides get a black column at the right or a black row at the bottom, since H.264 knows even ones only.

    Raises `renderers.movie_encoder.MovieError`, and OSError when an asset is missing; then, and when `progress` raises,
    nothing is left of it.
    """
    if film.count < 1:
        raise ValueError("a film has at least one picture")
    sound = samples(sounds(film), round(film.count * 1000 / film.fps)) if film.heard else None
    with Encoder(target, *film.even, film.fps, sound) as encoder:
        for number, picture in enumerate(pictures(film)):
            encoder.put(picture)
            if number % film.fps == 0:
                progress(number / film.count)
        encoder.finish()
    progress(1.0)
