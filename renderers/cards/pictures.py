"""Picture and clip cards: a caption beside the picture or on a measured scrim over it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from cms.plugin_api.types import JSON, Card, CardField, Face, Layer, Rect, RenderRequest, Scene, Text
from renderers.cards import captioned
from renderers.cards.base import COMFORTS, FADE, furniture_of, media_of, part_key, picture_once, too_long, whole
from renderers.clips import ClipReader
from renderers.colour import Pixels
from renderers.encode import MP4, PNG, png
from renderers.errors import RenderError
from renderers.furniture import Furniture
from renderers.legibility import reading_ms
from renderers.media import ClipFacts, MediaRefused, check_clip
from renderers.pictures import calm, open_picture, region
from renderers.span import View, views
from renderers.video import Crop, transcode

_SAMPLE_STEP = 3
_TITLE = CardField("title", "line", Text("tiêu đề", "headline"), max_length=120)


class PictureTemplate:
    """A picture with a headline and a caption."""

    kind = "picture"
    version = "1"
    name = Text("Ảnh", "Picture")
    icon = "image"
    fields = (
        CardField("media", "picture", Text("ảnh", "picture"), required=True),
        _TITLE,
        CardField("caption", "line", Text("chú thích", "caption"), max_length=200),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        return [_picture_scene(request, card, self.version)]


class ClipTemplate:
    """A clip with a caption."""

    kind = "video"
    version = "1"
    name = Text("Clip", "Video")
    icon = "media"
    fields = (
        CardField("media", "clip", Text("clip", "clip"), required=True),
        CardField("caption", "line", Text("chú thích", "caption"), max_length=120),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        return [_video_scene(request, card, self.version)]


PICTURE = PictureTemplate()
CLIP = ClipTemplate()


def _settings(request: RenderRequest, card: Card, size: tuple[int, int]) -> dict[str, captioned.Captioned]:
    """The card set on every face, at the first comfort at which all fit. Across faces only the first carries the text."""
    what, across = furniture_of(request), request.span and len(request.geometry.faces) > 1
    first = request.geometry.faces[0].id
    for comfort in COMFORTS:
        found: dict[str, captioned.Captioned] = {}
        for face in request.geometry.faces:
            words = card if not across or face.id == first else replace(card, title="", caption="")
            setting = captioned.set_captioned(
                words, size, face, request.theme, request.item.language, what, comfort, fill=across
            )
            if setting is None:
                break
            found[face.id] = setting
        else:
            return found
    raise too_long(card)


def _duration(request: RenderRequest, card: Card) -> int:
    return card.duration_ms or reading_ms(f"{card.title} {card.caption}", request.item.language)


def _picture_scene(request: RenderRequest, card: Card, version: str) -> Scene:
    what, theme = furniture_of(request), request.theme
    path = media_of(card)
    widest = max(request.geometry.faces, key=lambda face: face.width * face.height)
    across = sum(face.width for face in request.geometry.faces) if request.span else widest.width
    picture = open_picture(path, theme.day.ground[1], wanted=(across, max(f.height for f in request.geometry.faces)))
    if request.span:
        picture = calm(picture)  # one measure for all faces, or their parts would not match
    settings = _settings(request, card, picture.size)
    shown = views(request.geometry, settings, picture.size, card.focal, span=request.span)
    faces: dict[str, tuple[Layer, ...]] = {}
    for face in request.geometry.faces:
        setting, view = settings[face.id], shown[face.id]
        key = part_key(request, "picture", version, face, *_inputs(card), *_look(setting, view), request.span)

        def make(setting: captioned.Captioned = setting, view: View = view) -> Image.Image:
            return _picture_face(picture, setting, view, request, what)

        faces[face.id] = (whole(face, picture_once(request, key, make)),)
    return Scene(_duration(request, card), faces, FADE)


def _inputs(card: Card) -> list[JSON]:
    """What of the card decides its pixels."""
    return [card.media_sha256, list(card.focal) if card.focal else None, card.title, card.caption]


def _look(setting: captioned.Captioned, view: View) -> list[JSON]:
    """How the text was set and which part of the picture is shown."""
    lines = (
        [[line.text, line.style.size, line.x, line.baseline] for line in setting.stack.lines] if setting.stack else []
    )
    return [setting.picture.as_list(), setting.over, setting.x, setting.y, lines, list(view.window), view.furnished]


def _picture_face(
    picture: Image.Image, setting: captioned.Captioned, view: View, request: RenderRequest, what: Furniture
) -> Image.Image:
    part = region(picture, view.window, setting.picture.width, setting.picture.height)
    if not request.span:
        part = calm(part)
    if setting.over:
        if not view.furnished:
            return part
        return captioned.flatten(part, captioned.overlay(setting, request.theme, what, np.asarray(part)))
    image = captioned.base(setting, request.theme, what)
    image.paste(part, (setting.picture.x, setting.picture.y))
    return image


def _video_scene(request: RenderRequest, card: Card, version: str) -> Scene:
    path, what = media_of(card), furniture_of(request)
    try:
        facts = check_clip(path)
    except MediaRefused as error:
        raise RenderError("media", error.vi, error.en) from error
    size = (facts.width, facts.height)
    settings = _settings(request, card, size)
    shown = views(request.geometry, settings, size, card.focal, span=request.span)
    made: dict[str, tuple[tuple[Layer, ...], int]] = {}
    keys = {
        face.id: part_key(
            request, "video", version, face, *_inputs(card), *_look(settings[face.id], shown[face.id]), request.span
        )
        for face in request.geometry.faces
    }
    count = len(set(keys.values()))
    for face in request.geometry.faces:
        key = keys[face.id]
        if key in made:
            continue
        done = len(made)

        def progress(share: float, done: int = done) -> None:
            request.progress((done + share) / count)

        def make(face: Face = face, progress: Callable[[float], None] = progress) -> JSON:
            layers, ms = _clip_face(path, facts, settings[face.id], shown[face.id], request, what, progress)
            return {"layers": [layer.to_json() for layer in layers], "ms": ms}

        found = request.cache.once(key, make)
        made[key] = tuple(Layer.from_json(one) for one in found["layers"]), found["ms"]
    durations = [duration for _, duration in made.values()]
    return Scene(min(durations), {face.id: made[keys[face.id]][0] for face in request.geometry.faces}, FADE)


def _clip_face(
    path: Path,
    facts: ClipFacts,
    setting: captioned.Captioned,
    view: View,
    request: RenderRequest,
    what: Furniture,
    progress: Callable[[float], None],
) -> tuple[tuple[Layer, ...], int]:
    """The layers of a clip on a face: the composition with the clip's first picture, the clip, and the caption when it
    lies on the clip. H.264 wants even sizes, so an odd last row or column keeps the still picture."""
    area = setting.picture
    even = Rect(area.x, area.y, area.width // 2 * 2, area.height // 2 * 2)
    crop = _crop(view.window, facts)
    with tempfile.TemporaryDirectory(prefix="clip") as folder:
        target = Path(folder) / "clip.mp4"
        result = transcode(path, facts, crop, even.width, even.height, target, progress)
        first, brightest = _looks(target, sampled=setting.over and setting.stack is not None)
        video = Layer("video", request.sink.put_file(target, MP4), even, sound=result.sound)
    poster = (
        Image.fromarray(first).resize((area.width, area.height), Image.Resampling.BILINEAR)
        if even != area
        else Image.fromarray(first)
    )
    whole = Rect(0, 0, setting.frame.width, setting.frame.height)
    if not setting.over:
        image = captioned.base(setting, request.theme, what)
        image.paste(poster, (area.x, area.y))
        return (Layer("image", request.sink.put(png(image), PNG), whole), video), result.duration_ms
    below = Layer("image", request.sink.put(png(poster), PNG), whole)
    if not view.furnished:
        return (below, video), result.duration_ms
    padded = np.pad(brightest, ((0, area.height - even.height), (0, area.width - even.width), (0, 0)), mode="edge")
    above = captioned.overlay(setting, request.theme, what, padded)
    return (below, video, Layer("image", request.sink.put(png(above), PNG), whole)), result.duration_ms


def _looks(clip: Path, *, sampled: bool) -> tuple[Pixels, Pixels]:
    """The first frame, and the brightest value of every pixel through the clip."""
    reader = ClipReader(clip)
    try:
        first = brightest = reader.frame(0)
        if sampled:
            for index in range(0, reader.frames, _SAMPLE_STEP):
                brightest = np.maximum(brightest, reader.frame(index))
        return first, brightest
    finally:
        reader.close()


def _crop(window: tuple[float, float, float, float], facts: ClipFacts) -> Crop:
    left, top, width, height = (round(value) for value in window)
    width, height = max(2, min(width, facts.width)), max(2, min(height, facts.height))
    return Crop(min(left, facts.width - width), min(top, facts.height - height), width, height)
