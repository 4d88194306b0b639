"""On which clusters items are shown, for lists of lower apps (`cms.content.media_uses`)."""

from __future__ import annotations

from collections.abc import Sequence

from cms.content.models import ItemPage
from cms.programmes.services import clusters_showing


def clusters_of_items(pages: Sequence[ItemPage]) -> dict[int, list[str]]:
    """Names of the clusters with an active slot that shows the item, by page id; six queries for each item, whatever its languages."""
    names = {
        key: list(clusters_showing([key]).order_by("name").values_list("name", flat=True))
        for key in {page.translation_key for page in pages}
    }
    return {page.pk: names[page.translation_key] for page in pages}
