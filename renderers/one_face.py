"""The layout renderer of clusters with one face."""

from __future__ import annotations

from renderers.layout import FlatLayout

RENDERER = FlatLayout("one_face", 1)
