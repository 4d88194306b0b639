from __future__ import annotations

from cms.plugin_api.types import Text


class ArchiveFailed(Exception):
    """A backup or a restore that cannot go on, told in Vietnamese and English. Nothing half-made is left behind."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(vi, en)
