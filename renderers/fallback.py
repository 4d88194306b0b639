"""The neutral scene that stands in when nothing else may be shown: ground, motif, a name."""

from __future__ import annotations

from cms.plugin_api.types import AssetSink, Face, Geometry, Layer, Rect, Scene, Text, Transition
from renderers.encode import PNG, png
from renderers.fit import Part, fit
from renderers.fonts import require_shaping
from renderers.frames import beside_motif, frame_of
from renderers.furniture import rule
from renderers.ground import paint
from renderers.legibility import least_size
from renderers.sizes import Size, head_room, rule_thickness, rule_width, size_of
from renderers.text import normalise
from renderers.themes import Theme

DURATION_MS = 60_000


def fallback_scene(geometry: Geometry, theme: Theme, title: Text, sink: AssetSink) -> Scene:
    """The fallback of a geometry: the name in Vietnamese, below it smaller in English. On a face too small for
    the name the ground stands alone, so this never fails for want of room."""
    require_shaping()
    assets: dict[Size, str] = {}
    for face in geometry.faces:
        if size_of(face) not in assets:
            assets[size_of(face)] = sink.put(_picture(face, theme, title), PNG)
    return Scene(
        DURATION_MS,
        {
            face.id: (Layer("image", assets[size_of(face)], Rect(0, 0, face.width, face.height)),)
            for face in geometry.faces
        },
        Transition("fade", 500),
    )


def _picture(face: Face, theme: Theme, title: Text) -> bytes:
    frame, palette = frame_of(face, theme.type), theme.day
    area = beside_motif(frame, theme)
    area = Rect(area.x, frame.margin_y, area.width, area.height + area.y - frame.margin_y)
    vi, en = normalise(title.vi), normalise(title.en)
    least = least_size(face, "vi", limit=True)
    most = max(least, round(head_room(frame) * 0.8))
    name = Part(vi, "vi", palette.text, 1.0, least, most, 800, True, 5 if frame.shape == "tall" else 3)
    below = Part(en, "en", palette.muted, 0.42, least, most, 600, False, 3, gap=0.34)
    thick, above = rule_thickness(frame), rule_thickness(frame) + frame.gap
    if frame.shape == "ribbon":
        above = 0
    stack = None
    for parts in ([name, below] if en and en != vi else [name], [name]):
        stack = stack or fit(parts, area.width, area.height - above, least, most)
    if stack is None:
        return png(paint(theme, face.width, face.height))
    top = area.y + above + (area.height - above - stack.height) // 2
    image = paint(theme, face.width, face.height, keep_out=stack.boxes(area.x, top))
    if above:
        rule(image, area.x, top - frame.gap - thick, rule_width(frame), thick, palette.accent)
    stack.draw(image, area.x, top)
    return png(image)
