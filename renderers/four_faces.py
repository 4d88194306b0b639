"""The layout renderer of clusters with four faces."""

from __future__ import annotations

from renderers.layout import FlatLayout

RENDERER = FlatLayout("four_faces", 4)
