"""What of an item's media a panel cannot show anyway: more pixels, frames or loudness than it has. The knowledge is the
renderers'; it is asked for here when it is there."""

from __future__ import annotations

from cms.plugin_api.types import JSON, Geometry, ItemTranslation


def notes_on(item: ItemTranslation, geometry: Geometry) -> list[JSON]:
    """Notes for the editor: `{"code", "vi", "en"}` each."""
    return []
