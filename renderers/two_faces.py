"""The layout renderer of clusters with two faces."""

from __future__ import annotations

from renderers.layout import FlatLayout

RENDERER = FlatLayout("two_faces", 2)
