"""Registers the bundled layout renderers, kinds of cards and the national theme through the same hooks as any plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import CardTemplate, LayoutRenderer, Plugin, ThemeSource
from renderers import four_faces, one_face, three_faces, two_faces
from renderers.cards import bundled

BANGTIN_PLUGIN = Plugin(code="layout", name="Layout renderers and the national theme")


@hookimpl
def bangtin_renderers() -> Sequence[LayoutRenderer]:
    return [one_face.RENDERER, two_faces.RENDERER, three_faces.RENDERER, four_faces.RENDERER]


@hookimpl
def bangtin_card_templates() -> Sequence[CardTemplate]:
    return list(bundled.TEMPLATES.values())


@hookimpl
def bangtin_themes() -> Sequence[ThemeSource]:
    return [ThemeSource("national", Path(__file__).resolve().parent.parent / "themes" / "national")]
