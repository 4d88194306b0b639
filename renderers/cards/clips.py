"""A clip card: transcoded once for a size whatever the language, with its caption beside it or on a scrim over it."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cms.plugin_api.types import (
    JSON,
    Card,
    CardField,
    Face,
    Layer,
    Progress,
    Rect,
    RenderRequest,
    Scene,
    Text,
    canonical,
    sha256,
)
from renderers.cards import captioned
from renderers.cards.base import (
    FADE,
    furniture_of,
    judge_scene,
    media_of,
    part_key,
    shown_once,
    whole,
)
from renderers.cards.pictures import look, set_faces
from renderers.clips import ClipReader
from renderers.colour import Pixels
from renderers.encode import MP4, PNG, png
from renderers.errors import RenderError
from renderers.legibility import Reading
from renderers.media import ClipFacts, MediaRefused, check_clip
from renderers.scratch import scratch
from renderers.span import View, views
from renderers.video import Crop, transcode

TRANSCODING = "3"
"""Version of what `renderers.video.transcode` writes and of what is taken from it here."""
_SAMPLE_STEP = 3
_BLOCK = 16
"""Side of the squares, in pixels, in which the brightest value of a clip is remembered."""


class ClipTemplate:
    """A clip with a caption."""

    kind = "video"
    version = "2"
    name = Text("Clip", "Video")
    icon = "media"
    fields = (
        CardField("media", "clip", Text("clip", "clip"), required=True),
        CardField("caption", "line", Text("chú thích", "caption"), max_length=120),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """One scene as long as the clip."""
        path = media_of(card)
        try:
            facts = check_clip(path)
        except MediaRefused as error:
            raise RenderError("media", error.vi, error.en) from error
        size = (facts.width, facts.height)
        settings = set_faces(request, card, size)
        shown = views(request.geometry, settings, size, card.focal, span=request.span)
        wanted = {face.id: _wanted(settings[face.id], shown[face.id], facts) for face in request.geometry.faces}
        different = list(dict.fromkeys(wanted.values()))
        made: dict[_Wanted, _Made] = {}
        for one in different:

            def progress(share: float) -> None:
                request.progress((len(made) + share) / len(different))

            made[one] = _transcoded(request, card, path, facts, one, progress)
        duration_ms = min(one.duration_ms for one in made.values())
        faces: dict[str, tuple[Layer, ...]] = {}
        readings: dict[str, Reading] = {}
        for face in request.geometry.faces:
            faces[face.id], readings[face.id] = _layers(
                request, card, face, settings[face.id], shown[face.id], made[wanted[face.id]], self.version
            )
        judge_scene(request, card, readings, shown_ms=duration_ms)
        return [Scene(duration_ms, faces, FADE)]


CLIP = ClipTemplate()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A clip at a size: which part of it, how large; `sampled`: how bright it gets must be known."""

    crop: Crop
    width: int
    height: int
    sampled: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """A transcoded clip, its poster, and the brightest values of its squares (zlib, base64; "" when not sampled)."""

    clip: str
    poster: str
    duration_ms: int
    sound: bool
    brightest: str

    def behind(self, width: int, height: int) -> Pixels:
        """The brightest pixels there can be at every place of a face (height, width, 3)."""
        rows, columns = -(-height // _BLOCK), -(-width // _BLOCK)
        squares = np.frombuffer(zlib.decompress(base64.b64decode(self.brightest)), dtype=np.uint8)
        squares = squares.reshape(rows, columns, 3)
        return np.ascontiguousarray(squares.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[:height, :width])


def _wanted(setting: captioned.Captioned, view: View, facts: ClipFacts) -> _Wanted:
    left, top, width, height = (round(value) for value in view.window)
    width, height = max(2, min(width, facts.width)), max(2, min(height, facts.height))
    crop = Crop(min(left, facts.width - width), min(top, facts.height - height), width, height)
    return _Wanted(crop, setting.picture.width, setting.picture.height, setting.over)


def _transcoded(
    request: RenderRequest, card: Card, path: Path, facts: ClipFacts, wanted: _Wanted, progress: Progress
) -> _Made:
    """The clip at a size, made once whatever the language, the theme and the caption."""
    crop = wanted.crop
    key = sha256(
        canonical(
            [
                "transcoded", TRANSCODING, card.media_sha256, [crop.x, crop.y, crop.width, crop.height],
                wanted.width, wanted.height, wanted.sampled,
            ]
        )
    )  # fmt: skip

    def make() -> JSON:
        # H.264 wants even sizes; an odd last row or column keeps the poster.
        width, height = wanted.width // 2 * 2, wanted.height // 2 * 2
        with scratch("clip") as folder:
            target = folder / "clip.mp4"
            result = transcode(path, facts, crop, width, height, target, progress)
            still, brightest = _looks(target, wanted)
            poster = Image.fromarray(still)
            if poster.size != (wanted.width, wanted.height):
                poster = poster.resize((wanted.width, wanted.height), Image.Resampling.BILINEAR)
            return {
                "clip": request.sink.put_file(target, MP4), "poster": request.sink.put(png(poster), PNG),
                "ms": result.duration_ms, "sound": result.sound, "brightest": brightest,
            }  # fmt: skip

    found = request.cache.once(key, make)
    return _Made(found["clip"], found["poster"], found["ms"], found["sound"], found["brightest"])


def _looks(clip: Path, wanted: _Wanted) -> tuple[Pixels, str]:
    """The picture that stands for the clip, and the brightest value that every square has through it."""
    reader = ClipReader(clip)
    try:
        still = reader.still()
        if not wanted.sampled:
            return still, ""
        brightest = reader.frame(0).copy()
        for index in range(_SAMPLE_STEP, reader.frames, _SAMPLE_STEP):
            np.maximum(brightest, reader.frame(index), out=brightest)
    finally:
        reader.close()
    high, wide = -wanted.height % _BLOCK, -wanted.width % _BLOCK
    odd = wanted.height - len(brightest), wanted.width - brightest.shape[1]
    padded = np.pad(brightest, ((0, high + odd[0]), (0, wide + odd[1]), (0, 0)), mode="edge")
    squares = padded.reshape(len(padded) // _BLOCK, _BLOCK, padded.shape[1] // _BLOCK, _BLOCK, 3).max(axis=(1, 3))
    return still, base64.b64encode(zlib.compress(squares.tobytes(), 6)).decode()


def _layers(
    request: RenderRequest, card: Card, face: Face, setting: captioned.Captioned, view: View, made: _Made, version: str
) -> tuple[tuple[Layer, ...], Reading]:
    """The layers of a face: the clip on its poster (for the moment before it starts), and what belongs to the language:
    the ground with its texts below, or the caption on its scrim above."""
    what, area, theme = furniture_of(request), setting.picture, request.theme
    even = Rect(area.x, area.y, area.width // 2 * 2, area.height // 2 * 2)
    clip = (Layer("image", made.poster, area), Layer("video", made.clip, even, sound=made.sound))
    if not view.furnished:
        return clip, Reading()
    key = part_key(request, "video", version, face, made.clip, *look(setting, view))
    if not setting.over:
        below = shown_once(request, key, lambda: captioned.base(setting, theme, what))
        return (whole(face, below.asset), *clip), below.reading
    above = shown_once(
        request, key, lambda: captioned.overlay(setting, theme, what, made.behind(face.width, face.height))
    )
    return (*clip, whole(face, above.asset)), above.reading
