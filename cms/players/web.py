"""The files of the player's page, read once per process: what they are and which version they make."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.urls import reverse

from cms.places.streams import origins
from cms.release.player_target import Shell

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
TOP = ("index.html", "service_worker.js")
FOLDERS = ("src", "assets", "vendor")


@dataclass(frozen=True, slots=True)
class Web:
    """`files`: path inside the player's folder → content; `version`: first 12 hex digits of the SHA-256 over all of them; `streams`: servers
    whose live streams its page may fetch."""

    version: str
    files: dict[str, bytes]
    streams: tuple[str, ...] = ()

    @property
    def shell(self) -> list[str]:
        """What a service worker keeps: the files that a version serves, by path, without the two templates."""
        return [path for path in self.files if path not in TOP]


def folder() -> Path:
    """Where the player lies: beside the project, also when both are installed."""
    return Path(settings.ROOT) / "player_web"


def read(root: Path) -> Web:
    """Read a player's folder: the two templates, `src/`, `assets/` and `vendor/`; nothing hidden, no link that leads out of it."""
    found: dict[str, bytes] = {}
    paths = [root / name for name in TOP] + [path for name in FOLDERS for path in (root / name).rglob("*")]
    inside = root.resolve()
    for path in sorted(paths):
        parts = path.relative_to(root).parts
        if not path.is_file() or path.suffix not in TYPES or any(part.startswith(".") for part in parts):
            continue
        if path.resolve().is_relative_to(inside):
            found["/".join(parts)] = path.read_bytes()
    digest = hashlib.sha256()
    for name, content in found.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return Web(digest.hexdigest()[:12], found)


@functools.cache
def player_web() -> Web:
    """The player that this process serves."""
    return read(folder())


def served() -> Web:
    """The player of this process with the servers that may send live streams now. They are part of its version, so that every player
    takes up a change of them as it takes up new files: with the page, whose policy names them."""
    web = player_web()
    streams = tuple(origins())
    if not streams:
        return web
    digest = hashlib.sha256("\0".join((web.version, *streams)).encode())
    return replace(web, version=digest.hexdigest()[:12], streams=streams)


def address() -> str:
    """Where the files of this version lie: `/player/<version>/`."""
    return f"{reverse('player')}{served().version}/"


def signed_shell() -> Shell:
    """What is signed for the controllers that serve the player from their own disk."""
    web = served()
    return Shell(web.version, web.files, {path: TYPES[PurePosixPath(path).suffix] for path in web.files}, web.streams)
