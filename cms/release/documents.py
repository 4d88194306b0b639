"""Compiled documents on the instance's own disk, before and after they are signed:
`BANGTIN_DATA/releases/<cluster>/<sha256>.{schedule,now}.json`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from cms.plugin_api.types import sha256
from cms.release.files import shared, touch, write_atomic
from cms.schedule.format import Notices, Schedule


def document_path(cluster: str, target: str, digest: str) -> Path:
    """Where a document of a cluster lies, whether or not it is there."""
    return Path(settings.DATA) / "releases" / cluster / f"{digest}.{target}.json"


def keep_document(cluster: str, target: str, data: bytes) -> str:
    """Store a document, return its SHA-256. Raises StorageFull."""
    digest = sha256(data)
    path = document_path(cluster, target, digest)
    with shared(documents_lock()):
        if not touch(path):
            write_atomic(path, data)
    return digest


def documents_lock() -> Path:
    """Shared by who keeps a document, held alone by who tidies them up."""
    return Path(settings.DATA) / "releases" / ".documents.lock"


def read_document(cluster: str, target: str, digest: str) -> bytes | None:
    """The document, or None when it is missing or not what its name says."""
    try:
        data = document_path(cluster, target, digest).read_bytes()
    except FileNotFoundError:
        return None
    return data if sha256(data) == digest else None


@lru_cache(maxsize=16)
def schedule(cluster: str, digest: str) -> Schedule | None:
    """A kept schedule, parsed; None when it is missing or damaged."""
    data = read_document(cluster, "schedule", digest)
    return Schedule.model_validate_json(data) if data is not None else None


def notices(cluster: str, digest: str) -> Notices | None:
    """Kept notices, parsed; None when they are missing or damaged."""
    data = read_document(cluster, "now", digest)
    return Notices.model_validate_json(data) if data is not None else None
