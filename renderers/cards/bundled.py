"""The kinds of cards that come with Bảng Tin."""

from __future__ import annotations

from cms.plugin_api.types import CardTemplate
from renderers.cards.beside import BESIDE
from renderers.cards.clips import CLIP
from renderers.cards.gallery import GALLERY
from renderers.cards.pictures import PICTURE
from renderers.cards.words import TEXT, TITLE

TEMPLATES: dict[str, CardTemplate] = {one.kind: one for one in (TITLE, TEXT, PICTURE, CLIP, BESIDE, GALLERY)}
"""By kind, in the order in which editors see them."""
