"""Files that arrive in pieces: begin, append, forget. What is certain stands in the record; what the disk holds beyond it (a piece
that broke off, a server that fell over) is cut off before the next piece is written.

One writer at a time holds the part of a file by `flock`, so that two windows cannot mix their pieces.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.content.media_forms import MAX_CLIP_BYTES
from cms.content.media_models import Upload, check_rights
from cms.content.models import Clip, Picture
from renderers.media.facts import MAX_PICTURE_BYTES

MAX_PIECE = 8 << 20
"""Bytes of a piece; the server keeps one on its disk until it has arrived whole."""
MAX_OPEN, MAX_OPEN_BYTES = 50, 8 << 30
"""Unfinished files of one person, and their bytes together."""
RESERVE = 512 << 20
"""Bytes that stay free on the disk for everything else."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".pdf"})
CLIPS = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts"})
TEXTS = {"title": 255, "credit": 200, "source": 200, "licence": 100, "tags": 500, "rights": 12, "rights_until": 10}
"""What may be said about a file beforehand, and how long it may be (characters)."""
_AT_ONCE = 1 << 16


class Refused(Exception):
    """A request that is not fulfilled: its HTTP status, and words for the person."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


def part_of(upload_id: uuid.UUID) -> Path:
    """Where the bytes of an upload lie; its name is of our making."""
    return Path(settings.UPLOADS_ROOT) / f"{upload_id.hex}.part"


def collections_for(user: Any) -> Any:
    """The collections into which a person may put files."""
    policies = [policy_registry.get_by_type(model) for model in (Picture, Clip)]
    allowed = [
        set(one.collections_user_has_permission_for(user, "add").values_list("pk", flat=True)) for one in policies
    ]
    return Collection.objects.filter(pk__in=set.intersection(*allowed), depth__gt=1).order_by("path")


def begin(user: Any, *, name: str, size: int, collection: int, sign: str, details: dict[str, str]) -> Upload:
    """Take up a new file, or the one that this person began before with the same `sign` (name, size, time, some bytes). Raises
    Refused."""
    shelf = collections_for(user).filter(pk=collection).first()
    if shelf is None:
        raise Refused(403, _("You may not add files to this collection. Choose another one."))
    title = plain_name(name)
    _check(title, size)
    said = _details(details)
    fingerprint = hashlib.sha256(f"{title}\n{size}\n{sign}".encode()).hexdigest()
    known = {"owner": user, "collection": shelf, "fingerprint": fingerprint, "status": Upload.Status.RECEIVING}
    found = Upload.objects.filter(**known).first()
    if found is not None:
        return _told_anew(found, said)
    _check_room(user, size)
    try:
        with transaction.atomic():
            made = Upload.objects.create(
                **known, name=title, size=size, details=said, language=(get_language() or "vi")[:10]
            )
    except IntegrityError:  # another window was faster
        return Upload.objects.get(**known)
    Path(settings.UPLOADS_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
    part_of(made.pk).touch(mode=0o600)
    return made


def _told_anew(upload: Upload, said: dict[str, str]) -> Upload:
    """A file that is gone on with: what is said about it now holds, what is not said stays; a right goes with its last day."""
    kept = upload.details
    if said.keys() & {"rights", "rights_until"}:
        kept = {name: text for name, text in kept.items() if name not in ("rights", "rights_until")}
    if {**kept, **said} != upload.details:
        upload.details = {**kept, **said}
        upload.save(update_fields=["details"])
    return upload


def plain_name(name: str) -> str:
    """A name to show and to derive a title from: no folders, no control characters, its ending kept. It never names a file here."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(one for one in last if one.isprintable()).strip(" .")
    stem, suffix = os.path.splitext(clean)
    return f"{stem[: 255 - len(suffix)]}{suffix}" if len(suffix) < 10 else clean[:255]


def _check(name: str, size: int) -> None:
    suffix = Path(name).suffix.lower()
    if suffix not in PICTURES | CLIPS:
        raise Refused(
            415,
            _(
                "Files of this kind are not taken. Choose pictures (JPEG, PNG, HEIC, TIFF …), PDF, or clips (MP4, MOV, MKV …)."
            ),
        )
    if size <= 0:
        raise Refused(400, _("The file is empty. Choose another one."))
    limit = MAX_PICTURE_BYTES if suffix in PICTURES else MAX_CLIP_BYTES
    if size > limit:
        said = _("The file has %(size)s; at most %(limit)s are accepted. Make it smaller, then choose it again.")
        raise Refused(413, said % {"size": filesizeformat(size), "limit": filesizeformat(limit)})


def _details(said: dict[str, str]) -> dict[str, str]:
    found = {
        name: "".join(one for one in said.get(name, "") if one.isprintable())[:most] for name, most in TEXTS.items()
    }
    try:
        day = parse_date(found["rights_until"]) if found["rights_until"] else None
    except ValueError:
        day = None
    if found["rights_until"] and day is None:
        raise Refused(400, _("Give the last day of the right as a date."))
    try:
        check_rights(found["rights"], day)
    except ValidationError as error:
        raise Refused(400, " ".join(error.messages)) from error
    return {name: text for name, text in found.items() if text}


def _check_room(user: Any, size: int) -> None:
    """Whether this person and this disk have room for a file. Other files that are arriving count whole."""
    open_ones = Upload.objects.filter(status=Upload.Status.RECEIVING)
    mine = open_ones.filter(owner=user)
    if mine.count() >= MAX_OPEN or (mine.aggregate(all=Sum("size"))["all"] or 0) + size > MAX_OPEN_BYTES:
        raise Refused(
            429, _("You have too many unfinished files. Finish them or remove some, then choose this one again.")
        )
    Path(settings.UPLOADS_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
    coming = open_ones.aggregate(left=Sum(F("size") - F("received")))["left"] or 0
    if shutil.disk_usage(settings.UPLOADS_ROOT).free < coming + size + RESERVE:
        raise Refused(507, full())


def full() -> str:
    return _("The server's disk is full. What arrived so far is kept. Tell the administrator, then press “Continue”.")


def append(
    upload: Upload, offset: int, stream: BinaryIO, length: int, checksum: tuple[str, bytes] | None = None
) -> Upload:
    """Write a piece of `length` bytes at `offset`; on any failure the file ends where it ended before. Raises Refused."""
    if not 0 <= length <= MAX_PIECE:
        raise Refused(413, _("This piece of the file is too large."))
    with _alone(upload) as file:
        upload.refresh_from_db()
        if upload.status != Upload.Status.RECEIVING or offset != upload.received or offset + length > upload.size:
            raise Refused(409, _("Another window has sent this piece already."))
        file.truncate(upload.received)
        file.seek(upload.received)
        try:
            digest, written = _copy(stream, file, length, checksum[0] if checksum else "sha256")
            if written != length:
                raise Refused(400, _("The line broke off in the middle of a piece."))
            if checksum and digest != checksum[1]:
                raise Refused(460, _("A piece was damaged on its way; it is sent again."))
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(upload.received)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused(507, full()) from error
            raise
        except Refused:
            file.truncate(upload.received)
            raise
        upload.received += length
        complete = upload.received == upload.size
        upload.status = Upload.Status.WAITING if complete else upload.status
        upload.save(update_fields=["received", "status", "updated_at"])
    return upload


def _copy(stream: BinaryIO, file: BinaryIO, length: int, algorithm: str) -> tuple[bytes, int]:
    digest, left = hashlib.new(algorithm, usedforsecurity=False), length
    while left and (piece := stream.read(min(_AT_ONCE, left))):
        digest.update(piece)
        file.write(piece)
        left -= len(piece)
    return digest.digest(), length - left


@contextmanager
def _alone(upload: Upload) -> Iterator[BinaryIO]:
    """The part of a file, held by nobody else. What is missing on the disk (a restored backup) arrives once more."""
    path = part_of(upload.pk)
    if not path.exists():
        Upload.objects.filter(pk=upload.pk, status=Upload.Status.RECEIVING).update(received=0)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(423, _("This file is being sent from another window.")) from error
        yield file


def certain(upload: Upload) -> int:
    """How many bytes need not be sent again: never more than the disk holds."""
    if upload.status != Upload.Status.RECEIVING:
        return upload.size
    try:
        held = part_of(upload.pk).stat().st_size
    except FileNotFoundError:
        held = 0
    if held < upload.received:
        upload.received = held
        Upload.objects.filter(pk=upload.pk, status=Upload.Status.RECEIVING).update(received=held)
    return upload.received


def forget(upload_id: uuid.UUID) -> None:
    """Remove what lies on the disk of an upload."""
    with suppress(FileNotFoundError):
        part_of(upload_id).unlink()
