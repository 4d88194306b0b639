"""The layout renderer of clusters with three faces."""

from __future__ import annotations

from renderers.layout import FlatLayout

RENDERER = FlatLayout("three_faces", 3)
