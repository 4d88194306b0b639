"""A picture card: a caption beside the picture or on a measured scrim over it; or one wide picture across the faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from cms.plugin_api.types import JSON, Card, CardField, Layer, RenderRequest, Scene, Text
from renderers.cards import captioned
from renderers.cards.base import (
    COMFORTS,
    FADE,
    furniture_of,
    judge_scene,
    media_of,
    part_key,
    shown_once,
    too_long,
    whole,
)
from renderers.cards.photo import Photo
from renderers.legibility import reading_ms
from renderers.span import View, views


class PictureTemplate:
    """A picture with a headline and a caption."""

    kind = "picture"
    version = "2"
    name = Text("Ảnh", "Picture")
    icon = "image"
    fields = (
        CardField("media", "picture", Text("ảnh", "picture"), required=True),
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=120),
        CardField("caption", "line", Text("chú thích", "caption"), max_length=200),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """One scene; every face has its own crop, or with `request.span` its part of one wide picture."""
        what, theme = furniture_of(request), request.theme
        photo = Photo(media_of(card), theme.day.ground[1], whole=request.span)
        settings = set_faces(request, card, photo.size)
        shown = views(request.geometry, settings, photo.size, card.focal, span=request.span)
        faces: dict[str, tuple[Layer, ...]] = {}
        readings = {}
        for face in request.geometry.faces:
            setting, view = settings[face.id], shown[face.id]
            key = part_key(
                request, "picture", self.version, face, card.media_sha256, *look(setting, view), request.span
            )

            def make(setting: captioned.Captioned = setting, view: View = view) -> Image.Image:
                part = photo.part(view.window, setting.picture.width, setting.picture.height)
                return captioned.still(setting, theme, what, part) if view.furnished else part

            found = shown_once(request, key, make)
            faces[face.id] = (whole(face, found.asset),)
            readings[face.id] = found.reading
        needs_ms = reading_ms(f"{card.title} {card.caption}", request.item.language)
        judge_scene(request, card, readings, needs_ms)
        return [Scene(card.duration_ms or needs_ms, faces, FADE)]


PICTURE = PictureTemplate()


def set_faces(request: RenderRequest, card: Card, size: tuple[int, int]) -> dict[str, captioned.Captioned]:
    """A picture or clip of `size` with its texts set on every face (by id), at the first comfort at which all fit. Across faces
    only the first carries the text. Raises `RenderError("too_long")`."""
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


def look(setting: captioned.Captioned, view: View) -> list[JSON]:
    """All that decides how a captioned picture looks: how the text was set, and which part of the picture is shown."""
    lines = setting.stack.lines if setting.stack else ()
    return [
        setting.picture.as_list(), setting.over, setting.x, setting.y,
        [[line.text, line.style.size, line.style.head, line.x, line.baseline] for line in lines],
        list(view.window), view.furnished,
    ]  # fmt: skip
