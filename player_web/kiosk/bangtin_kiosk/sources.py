"""Where signed bytes come from: the CMS, or a stick. Nothing that a source says is believed; the same eyes look at both.

Paths are those of a stick: `metadata/3.targets.json`, `targets/<cluster>/<sha256>.player.json`, `store/<ab>/<sha256>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bangtin_kiosk.upstream import Upstream

PIECE = 64 * 1024


class Missing(Exception):
    """The source says that there is no such file."""


class Source(Protocol):
    def read(self, path: str) -> Iterator[bytes]:
        """The bytes at a path, in pieces. Raises Missing, OSError."""
        ...


class Network:
    """The CMS, or whatever stands in front of it."""

    def __init__(self, upstream: Upstream, cluster: str) -> None:
        self.upstream, self.cluster = upstream, cluster

    def read(self, path: str) -> Iterator[bytes]:
        """See `Source`. Given up after half a minute in all, so that a slow answer holds nobody up."""
        address = f"/{path}" if path.startswith("store/") else f"/releases/{self.cluster}/{path}"
        with self.upstream.get(address) as answer:
            if answer.status in {403, 404, 410}:
                raise Missing(path)
            if answer.status != 200:
                raise ConnectionError(f"{answer.status} {address}")
            yield from answer.pieces(decode=True)


class Folder:
    """A stick: its folder `bangtin-<cluster>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> Iterator[bytes]:
        """See `Source`."""
        parts = path.split("/")
        if any(part in {"", ".", ".."} for part in parts):
            raise Missing(path)
        try:
            with self.folder.joinpath(*parts).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise Missing(path) from error


def read_all(source: Source, path: str, limit: int) -> bytes:
    """All bytes at a path. Raises Missing, OSError, and ValueError when there are more than `limit`."""
    data = bytearray()
    for piece in source.read(path):
        data += piece
        if len(data) > limit:
            raise ValueError(f"{path} is longer than {limit} bytes")
    return bytes(data)
