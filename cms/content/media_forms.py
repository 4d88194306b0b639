"""Forms of the library: a file is checked by its content before any of it is stored."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from renderers.media import MediaRefused, check_clip, check_picture

MAX_CLIP_BYTES = 1 << 30


@contextmanager
def on_disk(upload: UploadedFile[bytes]) -> Iterator[Path]:
    """The upload as a file that checks can open; the copy is gone afterwards. The upload stands at its start again."""
    suffix = os.path.splitext(upload.name or "")[1][:10]
    folder = getattr(settings, "FILE_UPLOAD_TEMP_DIR", None)
    with tempfile.NamedTemporaryFile(suffix=suffix, dir=folder) as file:
        upload.seek(0)
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        upload.seek(0)
        yield Path(file.name)


def upload_sha256(upload: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


class _CheckedFile(forms.BaseForm):
    """Checks a new file by its content before any of it is stored."""

    def _check_file(self, field: str, check: Any, limit: int | None = None) -> Any:
        upload = self.cleaned_data.get(field)
        if not isinstance(upload, UploadedFile):
            return upload
        if limit and (upload.size or 0) > limit:
            raise ValidationError(
                _("The file has %(size)s; at most %(limit)s are accepted. Shorten the clip or lower its quality.")
                % {"size": filesizeformat(upload.size or 0), "limit": filesizeformat(limit)}
            )
        check_upload(upload, check)
        return upload


def check_upload(upload: UploadedFile[bytes], check: Any) -> Any:
    """The facts that `check(path)` finds; its refusal as a message in the reader's language."""
    with on_disk(upload) as path:
        try:
            return check(path)
        except MediaRefused as refused:
            raise ValidationError(refused.message(get_language() or "vi"), code=refused.code) from refused


class PictureField(WagtailImageField):
    """Checks a picture before Wagtail's own field opens it, which trusts its decoders."""

    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile):
            check_upload(data, check_picture)
        return super().to_python(data)


class PictureForm(BaseImageForm):
    """A picture is opened and fully decoded before it enters the library."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            plain = self.fields["file"]
            self.fields["file"] = PictureField(label=plain.label, required=plain.required, widget=plain.widget)

    def save(self, commit: bool = True) -> Any:
        if "file" in self.changed_data:
            self.instance.sha256 = upload_sha256(self.cleaned_data["file"])
        return super().save(commit=commit)


class ClipForm(_CheckedFile, BaseMediaForm):
    """A clip is probed before it enters the library; its length and size are read from it, not asked for."""

    def clean_file(self) -> Any:
        facts: list[Any] = []
        upload = self._check_file("file", lambda path: facts.append(check_clip(path)), MAX_CLIP_BYTES)
        self._facts = facts[0] if facts else None
        return upload

    def clean_thumbnail(self) -> Any:
        return self._check_file("thumbnail", check_picture)

    def save(self, commit: bool = True) -> Any:
        facts = getattr(self, "_facts", None)
        if facts is not None:
            self.instance.sha256 = upload_sha256(self.cleaned_data["file"])
            self.instance.width = facts.width
            self.instance.height = facts.height
            self.instance.duration = facts.duration_ms / 1000
        return super().save(commit=commit)
