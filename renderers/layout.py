"""Layout renderers: an item translation on a geometry becomes a proof."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cms.plugin_api.types import Proof, RenderRequest, Scene
from renderers.cards.base import DRAWING
from renderers.errors import RenderError
from renderers.fonts import require_shaping
from renderers.scene import scenes_of


@dataclass(slots=True)
class FlatLayout:
    """Draws every face for itself, and with `span` wide pictures across neighbours; `faces` is how many a cluster has."""

    code: str
    faces: int
    version: str = DRAWING

    def render(self, request: RenderRequest) -> Proof:
        """The proof. Raises `RenderError`, and `Unfit` on a machine that cannot shape Khmer."""
        require_shaping()
        if len(request.geometry.faces) != self.faces:
            raise RenderError(
                "face",
                f"Bố cục này dành cho {self.faces} mặt màn hình, cụm có {len(request.geometry.faces)} mặt.",
                f"This layout is for {self.faces} faces; the cluster has {len(request.geometry.faces)}.",
            )
        cards = request.item.cards
        if not cards:
            raise RenderError(
                "empty",
                "Tin chưa có thẻ nào. Hãy thêm một tiêu đề hoặc nội dung.",
                "The item has no cards. Add a headline or a text.",
            )
        scenes: list[Scene] = []
        for index, card in enumerate(cards):

            def progress(share: float, index: int = index) -> None:
                request.progress((index + share) / len(cards))

            scenes += scenes_of(replace(request, progress=progress, card=index), card)
            progress(1.0)
        return Proof(tuple(scenes))
