"""Taking in a stranger's file: by its content, in children with limits; the original is kept as it came, and a picture of ours shows it.

What a reader sees on a page is always that picture. Originals are only downloaded.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils.text import get_valid_filename
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import Image

from cms import clock
from cms.content.media_forms import on_disk
from cms.requests.errors import RequestRefused
from cms.requests.models import RequestFile
from cms.requests.word import check_word
from renderers.media import MediaRefused, check_clip, normalise, poster
from renderers.media.sniff import CLIPS, kind_of

MAX_FILES = 20
MAX_BYTES = 300 * 1024 * 1024
"""Of one file. What is longer is a commissioned film, and comes by another way."""
MAX_TOTAL = 600 * 1024 * 1024
"""Of all files of a form together."""
MAX_MONTH = 10 * 1024 * 1024 * 1024
"""Of everything that a sender handed in within `MONTH`. What was sent stays for ever."""
MONTH = timedelta(days=30)
RESERVE = 512 * 1024 * 1024
"""Left free for the database and everything else on this disk, whatever strangers send."""
MAX_UNSENT = 3 * MAX_TOTAL
"""Of all forms that a sender has begun and not sent; those of `jobs.KEPT_UNSENT` are deleted."""
PREVIEW_PX = 640
_SUFFIXES = {
    "jpeg": "jpg", "png": "png", "gif": "gif", "webp": "webp", "tiff": "tif", "bmp": "bmp", "heif": "heic", "pdf": "pdf",
    "office": "docx", "archive": "docx", "mov": "mp4", "matroska": "mkv", "avi": "avi", "mpeg": "mpg", "mpegts": "mpg",
}  # fmt: skip
_FITTING = {
    "jpeg": {"jpg", "jpeg"},
    "tiff": {"tif", "tiff"},
    "heif": {"heic", "heif"},
    "mov": {"mp4", "mov", "m4v"},
    "matroska": {"mkv", "webm"},
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is, and a JPEG that shows it (empty for a Word document)."""

    kind: str
    suffix: str
    preview: bytes


def check(path: Path, *, letter: bool) -> Checked:
    """Looks into a file. A letter is a picture or a PDF. Raises `MediaRefused`."""
    kind = kind_of(path)
    if (kind in CLIPS or kind == "windows_media") and not letter:
        facts = check_clip(path)
        target = path.with_name("poster.jpg")
        poster(path, facts, target)
        return Checked(RequestFile.Kind.VIDEO, kind, _small(target))
    if kind in ("office", "archive") and not letter:
        check_word(path)
        return Checked(RequestFile.Kind.WORD, kind, b"")
    made = normalise(path, path.parent, most_pages=1)
    found = RequestFile.Kind.PDF if made.facts.kind == "pdf" else RequestFile.Kind.PICTURE
    return Checked(found, made.facts.kind, _small(made.pages[0].path))


def _small(ours: Path) -> bytes:
    """A JPEG of at most `PREVIEW_PX` of a picture that our own child wrote."""
    target = ours.with_name("preview.jpg")
    with Image.open(ours, formats=("JPEG", "PNG")) as picture:
        picture.draft("RGB", (PREVIEW_PX, PREVIEW_PX))
        copy = picture.convert("RGB")
        copy.thumbnail((PREVIEW_PX, PREVIEW_PX))
        copy.save(target, "JPEG", quality=82)
    return target.read_bytes()


def keep(upload: UploadedFile[bytes], *, draft: UUID, owner: str, letter: bool = False) -> RequestFile:
    """Check a file and keep it on a form. The same content twice on a form is kept once; a new letter takes the old one's place.
    Raises `RequestRefused` with the file's name and what to do."""
    name = _shown_name(upload.name or "")
    others = RequestFile.objects.filter(draft=draft, owner=owner)
    size = upload.size or 0
    if size > MAX_BYTES:
        raise RequestRefused(
            _("%(name)s: larger than %(most)s MB. Send a shorter or smaller version.")
            % {"name": name, "most": MAX_BYTES >> 20}
        )
    if others.count() >= MAX_FILES or size + (others.aggregate(all=Sum("bytes"))["all"] or 0) > MAX_TOTAL:
        raise RequestRefused(
            _(
                "%(name)s: a request holds at most %(count)s files of %(most)s MB together. Remove one, or send a second request."
            )
            % {"name": name, "count": MAX_FILES, "most": MAX_TOTAL >> 20}
        )
    unsent = RequestFile.objects.filter(owner=owner, request=None).aggregate(all=Sum("bytes"))["all"] or 0
    if size + unsent > MAX_UNSENT:
        raise RequestRefused(
            _("%(name)s: forms that you began and did not send hold %(most)s MB. Send them first.")
            % {"name": name, "most": MAX_UNSENT >> 20}
        )
    _check_room(name, size, owner)
    with on_disk(upload) as path:
        try:
            checked = check(path, letter=letter)
        except MediaRefused as refused:
            raise RequestRefused(f"{name}: {refused.message(get_language() or 'vi')}") from refused
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        same = others.filter(sha256=digest, letter=letter).first()
        if same is not None:
            return same
        kept = _store(
            path, checked, RequestFile(draft=draft, owner=owner, letter=letter, bytes=size, sha256=digest), name
        )
    if letter:
        drop(others.filter(letter=True, request=None).exclude(pk=kept.pk))
    return kept


def _check_room(name: str, size: int, owner: str) -> None:
    lately = (
        RequestFile.objects.filter(owner=owner, at__gte=clock.now() - MONTH).aggregate(all=Sum("bytes"))["all"] or 0
    )
    if size + lately > MAX_MONTH:
        raise RequestRefused(
            _("%(name)s: you handed in %(most)s GB within thirty days. Ask the editors how to send more.")
            % {"name": name, "most": MAX_MONTH >> 30}
        )
    Path(settings.REQUESTS_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(settings.REQUESTS_ROOT).free < size + RESERVE:
        raise RequestRefused(
            _(
                "%(name)s: the server has no room for files at the moment. Send the request without it, or try again later."
            )
            % {"name": name}
        )


def _store(path: Path, checked: Checked, row: RequestFile, name: str) -> RequestFile:
    row.kind, row.name, row.at = checked.kind, _named(name, checked.suffix), clock.now()
    with path.open("rb") as file:
        row.file.save(row.name, File(file), save=False)
    if checked.preview:
        row.preview.save("preview.jpg", ContentFile(checked.preview), save=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same file came a second time at the same moment
        for stored in (row.file, row.preview):
            if stored:
                stored.storage.delete(str(stored.name))
        return RequestFile.objects.get(draft=row.draft, owner=row.owner, sha256=row.sha256, letter=row.letter)
    return row


def drop(files: Iterable[RequestFile] | QuerySet[RequestFile]) -> None:
    """Delete files with their bytes."""
    for one in files:
        one.delete()


def _shown_name(name: str) -> str:
    """A name as it may stand on pages and in messages: its last part, without control characters, at most 100 long."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(one for one in last if one.isprintable())[-100:] or "?"


def _named(name: str, kind: str) -> str:
    """The name with an ending that fits what the file is."""
    stem, _dot, ending = name.rpartition(".")
    fitting = _FITTING.get(kind, {_SUFFIXES[kind]})
    return name if stem and ending.lower() in fitting else f"{stem or name}.{_SUFFIXES[kind]}"


def download_name(file: RequestFile) -> str:
    """A name for a saved copy that no file system stumbles over."""
    return get_valid_filename(file.name) or f"{file.pk}"
