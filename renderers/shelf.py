"""An `AssetSink` for pictures that are looked at once: sheets, previews."""

from __future__ import annotations

import shutil
from pathlib import Path

from cms.plugin_api.types import sha256


class Shelf:
    """A sink that keeps assets in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, type: str) -> str:
        name = sha256(data)
        self.path(name).write_bytes(data)
        return name

    def put_file(self, path: Path, type: str) -> str:
        name = sha256(path.read_bytes())
        shutil.copyfile(path, self.path(name))
        return name

    def path(self, name: str) -> Path:
        return self.folder / name
