"""The manifest's hash of an asset longer than one chunk: SHA-256 of the canonical JSON `{"chunks": [sha256 …]}` over its
chunks of 1 MiB, the last one shorter."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings

from cms.plugin_api.types import canonical, sha256
from cms.schedule.format import CHUNK_BYTES


def manifest_of(path: Path, asset: str) -> str | None:
    """The manifest's hash of the asset `asset` (SHA-256) that lies at `path`; None when the file is missing. Reading a film
    takes a while and its content never changes, so the answer is remembered on disk."""
    memory = Path(settings.DATA) / "manifests" / asset[:2] / asset
    with suppress(FileNotFoundError):
        known = memory.read_text("ascii", errors="replace")
        if len(known) == len(asset):  # what a power cut left empty is made anew
            return known
    chunks = []
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                chunks.append(sha256(chunk))
    except FileNotFoundError:
        return None
    answer = sha256(canonical({"chunks": chunks}))
    memory.parent.mkdir(parents=True, exist_ok=True)
    fresh = memory.with_suffix(".new")
    fresh.write_text(answer, "ascii")
    fresh.replace(memory)
    return answer
