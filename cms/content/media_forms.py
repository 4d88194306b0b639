"""Forms of the library: a file is checked by its content before any of it is stored, and of a picture only our own copy is."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.forms import DateInput
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from renderers.media import ClipFacts, MediaRefused, check_clip, normalise, poster
from renderers.media.facts import MAX_PICTURE_BYTES
from renderers.media.working import own
from renderers.scratch import scratch

MAX_CLIP_BYTES = 1 << 30
_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
_CLIP_SUFFIXES = {
    "mov": (".mp4", ".mov", ".m4v"),
    "matroska": (".mkv", ".webm"),
    "avi": (".avi",),
    "mpeg": (".mpg", ".mpeg"),
    "mpegts": (".mpg", ".mpeg"),
}
_TITLE_LENGTH = 255
_ACCEPTED = "image/*,.heic,.heif,.tif,.tiff,.bmp,.pdf"
_POSTER = "poster"


class FurtherPage(NamedTuple):
    """A page of a PDF behind its first: a picture yet to be stored."""

    title: str
    name: str
    data: bytes


class Received(UploadedFile):  # type: ignore[type-arg]
    """A file that has arrived on this disk in pieces, as forms and storages take it: under a second name of its own, which a
    storage may move away. The first name stays whatever happens."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        self._own = path.with_name(f"{path.name}-{os.getpid()}")
        self._own.unlink(missing_ok=True)
        _link(path, self._own)
        super().__init__(self._own.open("rb"), name, "application/octet-stream", size)

    def temporary_file_path(self) -> str:
        return str(self._own)

    def __exit__(self, *args: Any) -> None:
        self.close()
        self._own.unlink(missing_ok=True)


def _link(path: Path, name: Path) -> None:
    """A second name for a file; where the disk knows no such thing, a copy."""
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)


@contextmanager
def on_disk(upload: UploadedFile[bytes]) -> Iterator[Path]:
    """The upload as a file that checks can open; the copy is gone afterwards, and swept when this process is killed. The
    upload stands at its start again."""
    with scratch("upload") as folder:
        path = folder / "upload"
        if isinstance(upload, Received):
            _link(Path(upload.temporary_file_path()), path)
        else:
            with path.open("wb") as file:
                upload.seek(0)
                for chunk in upload.chunks():
                    file.write(chunk)
        upload.seek(0)
        yield path


def upload_sha256(upload: Any) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal becomes a message at the field, in the reader's language."""
    try:
        yield
    except MediaRefused as refused:
        raise ValidationError(refused.message(get_language() or "vi"), code=refused.code) from refused


def _check_size(upload: UploadedFile[bytes], limit: int, *, clip: bool = False) -> None:
    if (upload.size or 0) > limit:
        if clip:
            said = _("The file has %(size)s; at most %(limit)s are accepted. Shorten the clip or lower its quality.")
        else:
            said = _(
                "The file has %(size)s; at most %(limit)s are accepted. Scale the picture down and upload it again."
            )
        sizes = {"size": filesizeformat(upload.size or 0), "limit": filesizeformat(limit)}
        raise ValidationError(said % sizes, code="too_large")


def make_ours(upload: UploadedFile[bytes]) -> list[SimpleUploadedFile]:
    """Check a picture and put our own copy of it in the place of what was uploaded, in the upload itself: nothing of the
    stranger's bytes goes on. Returns the further pages of a PDF. Raises ValidationError."""
    with on_disk(upload) as path, _refusals():
        made = normalise(path, path.parent)
        stem = Path(upload.name or "").stem or "picture"
        first, *others = made.pages
        content: Any = upload.file
        content.seek(0)
        content.truncate()
        with first.path.open("rb") as ours:
            shutil.copyfileobj(ours, content)
        content.flush()
        upload.size = content.tell()
        upload.name = f"{stem}{first.suffix}"
        upload.content_type = _TYPES[first.suffix]
        upload.seek(0)
        own(upload_sha256(upload))
        further = [
            SimpleUploadedFile(f"{stem}-{page.number}{page.suffix}", page.path.read_bytes(), _TYPES[page.suffix])
            for page in others
        ]
        for page in further:
            own(upload_sha256(page))
        upload.pages = made.facts.pages  # type: ignore[attr-defined]
    return further


class PictureField(WagtailImageField):
    """Checks a picture before Wagtail's own field opens it, which trusts its decoders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.further: list[SimpleUploadedFile] = []
        self.pages = 1
        said: Any = getattr(self, "help_text", "")
        self.help_text = f"{said} {_('Each page of a PDF becomes a picture, up to 20 of them.')}"

    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile):
            _check_size(data, MAX_PICTURE_BYTES)
            self.further = make_ours(data)
            self.pages = getattr(data, "pages", 1)
        return super().to_python(data)


def _dated(form: Any) -> None:
    """The day on which a right ends is chosen in the browser's own calendar."""
    if "rights_until" in form.fields:
        form.fields["rights_until"].widget = DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PictureForm(BaseImageForm):
    """A picture is opened and fully decoded before it enters the library; the pages of a PDF enter it one by one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dated(self)
        if "file" in self.fields:
            plain = self.fields["file"]
            plain.widget.attrs["accept"] = _ACCEPTED
            self.fields["file"] = PictureField(label=plain.label, required=plain.required, widget=plain.widget)
        count = getattr(self.instance, "pages_taken", 0)
        if count and "title" in self.fields:
            self.fields["title"].help_text = _said(count, self.instance.pages_in_file)

    def save(self, commit: bool = True) -> Any:
        picture = self.instance
        if "file" in self.changed_data:
            picture.sha256 = upload_sha256(self.cleaned_data["file"])
            self._turn_pages(picture, self.fields["file"])
        elif picture.file and not picture.sha256:  # the second step of an upload whose first lacked something
            with picture.file.open("rb") as file:
                picture.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return super().save(commit=commit)

    @staticmethod
    def _turn_pages(picture: Any, field: Any) -> None:
        """Pages behind the first wait on the picture until it is saved (`cms.content.handlers`)."""
        if not field.further:
            return
        title = picture.title
        picture.further_pages = [
            FurtherPage(_page_title(title, number), page.name, page.read())
            for number, page in enumerate(field.further, start=2)
        ]
        picture.pages_taken, picture.pages_in_file = 1 + len(field.further), field.pages
        picture.title = _page_title(title, 1)


def _page_title(title: str, number: int) -> str:
    ending = _(" – page %(number)d") % {"number": number}
    return title[: _TITLE_LENGTH - len(ending)] + ending


def _said(taken: int, count: int) -> str:
    if count > taken:
        return _("The PDF has %(count)d pages: the first %(taken)d became pictures, each with its number.") % {
            "count": count,
            "taken": taken,
        }
    return ngettext(
        "The PDF has %(count)d page, which became a picture.",
        "The PDF has %(count)d pages: each became a picture with its number, in the same collection.",
        count,
    ) % {"count": count}


class ClipForm(BaseMediaForm):
    """A clip is probed before it enters the library; its length, size and poster are read from it, not asked for."""

    _facts: ClipFacts | None = None
    _poster = b""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dated(self)
        self._thumbnail_name = self.instance.thumbnail.name if self.instance.thumbnail else ""

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if not isinstance(upload, UploadedFile):
            return upload
        _check_size(upload, MAX_CLIP_BYTES, clip=True)
        with on_disk(upload) as path, _refusals():
            self._facts = check_clip(path)
            target = path.with_name("poster.jpg")
            poster(path, self._facts, target)
            self._poster = target.read_bytes()
        stem, suffix = Path(upload.name or "clip").stem, Path(upload.name or "").suffix.lower()
        fitting = _CLIP_SUFFIXES[self._facts.kind]
        upload.name = (
            f"{stem}{suffix if suffix in fitting else fitting[0]}"  # served by what it is, not by what it was called
        )
        return upload

    def clean_thumbnail(self) -> Any:
        upload = self.cleaned_data.get("thumbnail")
        if isinstance(upload, UploadedFile):
            _check_size(upload, MAX_PICTURE_BYTES)
            make_ours(upload)
        return upload

    def save(self, commit: bool = True) -> Any:
        clip = self.instance
        if self._facts is not None:
            clip.sha256 = upload_sha256(self.cleaned_data["file"])
            clip.width, clip.height = self._facts.width, self._facts.height
            clip.duration = self._facts.duration_ms / 1000
            if not isinstance(self.cleaned_data.get("thumbnail"), UploadedFile) and self._ours(self._thumbnail_name):
                clip.thumbnail = ContentFile(self._poster, f"{_POSTER}.jpg")
        saved = super().save(commit=commit)
        if commit and self._thumbnail_name and clip.thumbnail.name != self._thumbnail_name:
            clip.thumbnail.storage.delete(self._thumbnail_name)
        return saved

    @staticmethod
    def _ours(name: str) -> bool:
        """Whether a thumbnail is a poster of ours, or none: an editor's own is kept when the clip is replaced."""
        return not name or Path(name).name.startswith(_POSTER)
