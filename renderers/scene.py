"""Cards become scenes: every face of the geometry, page after page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from cms.plugin_api.types import Card, Face, Layer, Rect, RenderRequest, Scene, Transition
from renderers import captioned
from renderers.cards import CLEAR, COMFORTS, EASY, LIMIT, Comfort, draw_card, set_card
from renderers.clips import ClipReader
from renderers.colour import Pixels
from renderers.encode import MP4, PNG, png
from renderers.errors import RenderError
from renderers.furniture import Furniture
from renderers.legibility import reading_ms
from renderers.media import ClipFacts, MediaRefused, check_clip
from renderers.pages import MAX_PAGES, paginate
from renderers.pictures import calm, open_picture, region
from renderers.sizes import Size, size_of
from renderers.span import View, views
from renderers.text import normalise, visible
from renderers.video import Crop, transcode

FADE = Transition("fade", 500)
_SAMPLE_STEP = 3
# A smaller text on one page is better than a sentence torn over two; a torn one better than letters at the limit.
_ATTEMPTS = ((EASY, False), (CLEAR, False), (EASY, True), (CLEAR, True), (LIMIT, True))


def clean(card: Card) -> Card:
    """A card with its texts normalised; only running text keeps its paragraphs."""

    def line(text: str) -> str:
        return normalise(text).replace("\n", " ")

    return replace(
        card, title=line(card.title), text=normalise(card.text), kicker=line(card.kicker), caption=line(card.caption)
    )


def scenes_of(request: RenderRequest, card: Card) -> list[Scene]:
    """The scenes of one card. Raises `RenderError`."""
    card = clean(card)
    if card.kind == "picture":
        return [_picture_scene(request, card)]
    if card.kind == "video":
        return [_video_scene(request, card)]
    if not visible(card.title + card.text):
        raise RenderError(
            "empty",
            "Thẻ chưa có chữ. Hãy điền tiêu đề hoặc nội dung.",
            "The card has no words. Fill in a headline or a text.",
        )
    return _text_scenes(request, card)


def _furniture(request: RenderRequest, page: int = 0, pages: int = 1) -> Furniture:
    return Furniture(request.item.language, normalise(request.item.source).replace("\n", " "), page, pages)


def _sizes(faces: Iterable[Face]) -> dict[Size, Face]:
    return {size_of(face): face for face in faces}


def _text_scenes(request: RenderRequest, card: Card) -> list[Scene]:
    faces, language = _sizes(request.geometry.faces), request.item.language

    def fits(text: str, comfort: Comfort, pages: int) -> bool:
        what = _furniture(request, 0, pages)
        return all(set_card(card, text, face, request.theme, language, what, comfort) for face in faces.values())

    def pages_at(comfort: Comfort, tear: bool) -> list[str] | None:
        if fits(card.text, comfort, 1):
            return [card.text]
        if card.kind != "text" or not card.text:
            return None
        return paginate(card.text, language, lambda text: fits(text, comfort, MAX_PAGES), tear=tear)

    for comfort, tear in _ATTEMPTS:
        pages = pages_at(comfort, tear)
        if pages is None:
            continue
        scenes = []
        for index, text in enumerate(pages):
            what = _furniture(request, index, len(pages))
            assets: dict[Size, str] = {}
            for size, face in faces.items():
                setting = set_card(card, text, face, request.theme, language, what, comfort)
                if setting is None:
                    raise too_long(card)
                assets[size] = request.sink.put(png(draw_card(setting, face, request.theme, what)), PNG)
            words = " ".join((card.kicker, card.title if index == 0 else "", text))
            scenes.append(_still(request, assets, card.duration_ms or reading_ms(words, language)))
        return scenes
    raise too_long(card)


def _still(request: RenderRequest, assets: dict[Size, str], duration_ms: int) -> Scene:
    """A scene of one picture per face."""
    return Scene(
        duration_ms,
        {face.id: (_whole(face, assets[size_of(face)]),) for face in request.geometry.faces},
        FADE,
    )


def _whole(face: Face, asset: str) -> Layer:
    return Layer("image", asset, Rect(0, 0, face.width, face.height))


def _settings(request: RenderRequest, card: Card, size: tuple[int, int]) -> dict[str, captioned.Captioned]:
    """The card set on every face, at the first comfort at which all fit. Across faces only the first carries the text."""
    what, across = _furniture(request), request.span and len(request.geometry.faces) > 1
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


def _picture_scene(request: RenderRequest, card: Card) -> Scene:
    what, theme = _furniture(request), request.theme
    path = _media(card)
    widest = max(request.geometry.faces, key=lambda face: face.width * face.height)
    across = sum(face.width for face in request.geometry.faces) if request.span else widest.width
    picture = open_picture(path, theme.day.ground[1], wanted=(across, max(f.height for f in request.geometry.faces)))
    if request.span:
        picture = calm(picture)  # one measure for all faces, or their parts would not match
    settings = _settings(request, card, picture.size)
    shown = views(request.geometry, settings, picture.size, card.focal, span=request.span)
    made: dict[tuple[object, ...], str] = {}
    faces: dict[str, tuple[Layer, ...]] = {}
    for face in request.geometry.faces:
        key = (size_of(face), shown[face.id])
        if key not in made:
            made[key] = request.sink.put(
                png(_picture_face(picture, settings[face.id], shown[face.id], request, what)), PNG
            )
        faces[face.id] = (_whole(face, made[key]),)
    return Scene(_duration(request, card), faces, FADE)


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


def _media(card: Card) -> Path:
    if card.media is None or not card.media.is_file():
        raise RenderError(
            "no_media",
            "Thẻ chưa có ảnh hoặc clip, hoặc tệp đã bị xóa. Hãy chọn lại.",
            "The card has no picture or clip, or its file is gone. Choose it again.",
        )
    return card.media


def _video_scene(request: RenderRequest, card: Card) -> Scene:
    path, what = _media(card), _furniture(request)
    try:
        facts = check_clip(path)
    except MediaRefused as error:
        raise RenderError("media", error.vi, error.en) from error
    size = (facts.width, facts.height)
    settings = _settings(request, card, size)
    shown = views(request.geometry, settings, size, card.focal, span=request.span)
    made: dict[tuple[object, ...], tuple[tuple[Layer, ...], int]] = {}
    keys = {face.id: (size_of(face), shown[face.id]) for face in request.geometry.faces}
    count = len(set(keys.values()))
    for face in request.geometry.faces:
        if keys[face.id] not in made:
            done = len(made)

            def progress(share: float, done: int = done) -> None:
                request.progress((done + share) / count)

            made[keys[face.id]] = _clip_face(path, facts, settings[face.id], shown[face.id], request, what, progress)
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


def too_long(card: Card) -> RenderError:
    """The error of a text that no legible size and no number of pages can hold."""
    start = (card.title or card.text or card.caption)[:40]
    return RenderError(
        "too_long",
        f"Văn bản “{start}…” quá dài so với màn hình: chữ sẽ nhỏ hơn mức đọc được. "
        "Hãy rút gọn hoặc chia thành nhiều thẻ.",
        f"The text “{start}…” is too long for the screen: its letters would be too small to read. "
        "Shorten it or split it into several cards.",
    )
