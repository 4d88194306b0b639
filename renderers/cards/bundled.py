"""The kinds of cards that come with Bảng Tin."""

from __future__ import annotations

from cms.plugin_api.types import CardTemplate
from renderers.cards.beside import BESIDE
from renderers.cards.bilingual import BILINGUAL
from renderers.cards.clips import CLIP
from renderers.cards.gallery import GALLERY
from renderers.cards.live import LIVE
from renderers.cards.notice import NOTICE
from renderers.cards.pictures import PICTURE
from renderers.cards.qr import QR
from renderers.cards.quotation import QUOTATION
from renderers.cards.stream import STREAM
from renderers.cards.table import TABLE
from renderers.cards.ticker import TICKER
from renderers.cards.words import TEXT, TITLE

_ALL: tuple[CardTemplate, ...] = (
    TITLE, TEXT, PICTURE, BESIDE, GALLERY, CLIP, TABLE, NOTICE, QUOTATION, BILINGUAL, QR, TICKER, LIVE, STREAM,
)  # fmt: skip
TEMPLATES: dict[str, CardTemplate] = {one.kind: one for one in _ALL}
"""By kind, in the order in which editors see them."""
