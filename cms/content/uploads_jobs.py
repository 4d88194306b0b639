"""What becomes of a file that has arrived whole: the checks of the library's own forms, in the background, once; and the sweep of
what nobody finished."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_rq
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job
from wagtail.images.forms import get_image_form
from wagtail.search import index
from wagtailmedia.forms import get_media_form

from cms.accounts.audit import record
from cms.content import media_uses, uploads
from cms.content.media_forms import Received
from cms.content.media_models import Upload
from cms.content.models import Clip, Picture
from renderers.media import sniff

log = logging.getLogger("bangtin.uploads")
MAX_ATTEMPTS = 3
KEPT = timedelta(days=7)
"""So long an unfinished file waits for its owner, and a finished one is told of."""
QUIET = timedelta(seconds=30)


def rq_id(upload: Upload) -> str:
    """The queue's name of a check; a running one was put there one attempt before."""
    return f"upload-{upload.pk.hex}-{upload.attempts - (upload.status == Upload.Status.CHECKING)}"


def enqueue(upload: Upload) -> None:
    """Have a file checked. Without Redis it stays waiting, and `find_lost_checks` brings it back."""
    try:
        django_rq.get_queue("default").enqueue(
            finish, str(upload.pk), job_id=rq_id(upload), result_ttl=60, failure_ttl=3600, job_timeout=1800
        )
    except RedisError as error:
        log.info("the upload %s waits for Redis: %s", upload.pk, error)


def again(upload: Upload) -> bool:
    """Check a file once more; False when there is nothing to check again."""
    changed = Upload.objects.filter(pk=upload.pk, status=Upload.Status.FAILED).update(
        status=Upload.Status.WAITING, error="", attempts=F("attempts") + 1, step=0, updated_at=timezone.now()
    )
    if changed:
        upload.refresh_from_db()
        enqueue(upload)
    return bool(changed)


def finish(upload_id: str) -> None:
    """Check a file and put it into the library. Safe to run twice: only a waiting file is taken, and its record ends in the same
    transaction in which the library's begins."""
    pk = uuid.UUID(upload_id)
    if not Upload.objects.filter(pk=pk, status=Upload.Status.WAITING).update(
        status=Upload.Status.CHECKING, attempts=F("attempts") + 1, step=1, updated_at=timezone.now()
    ):
        return
    upload = Upload.objects.select_related("owner", "collection").get(pk=pk)
    with translation.override(upload.language):
        status, said = _finished(upload)
    if status == Upload.Status.DONE:
        uploads.forget(pk)
        return
    Upload.objects.filter(pk=pk, status=Upload.Status.CHECKING).update(
        status=status, error=said, updated_at=timezone.now()
    )
    if status == Upload.Status.REFUSED:
        uploads.forget(pk)


def _finished(upload: Upload) -> tuple[str, str]:
    """How the check ended, and what to say."""
    try:
        _take(upload)
    except ValidationError as error:
        return Upload.Status.REFUSED, " ".join(error.messages)
    except OSError as error:
        log.exception("upload %s", upload.pk)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Upload.Status.FAILED, _(
                "The server's disk is full. The file is kept. Tell the administrator, then press “Check again”."
            )
    except Exception:
        log.exception("upload %s", upload.pk)
    else:
        return Upload.Status.DONE, ""
    return Upload.Status.FAILED, _(
        "The server failed while it checked this file. The file is kept: press “Check again”; if it fails again, tell the administrator."
    )


def _take(upload: Upload) -> None:
    """Through the library's own form into the library. Raises ValidationError."""
    path = uploads.part_of(upload.pk)
    if not path.exists() or path.stat().st_size != upload.size:
        raise ValidationError(_("The file is not complete on the server. Choose it again and send it once more."))
    if not uploads.collections_for(upload.owner).filter(pk=upload.collection_id).exists():
        raise ValidationError(_("You may not add files to this collection. Choose another one."))
    kind = sniff.kind_of(path)
    as_picture = kind in sniff.PICTURES or kind == "pdf"
    as_picture = as_picture or (kind not in sniff.CLIPS and Path(upload.name).suffix.lower() in uploads.PICTURES)
    with _as_upload(upload, path, as_picture) as file:
        form = _form(upload, file, as_picture)
        if not form.is_valid():
            raise ValidationError([said for errors in form.errors.values() for said in errors])
        Upload.objects.filter(pk=upload.pk).update(step=2, updated_at=timezone.now())
        with transaction.atomic():
            made = form.save()
            index.insert_or_update_object(made)
            which = {"picture": made} if as_picture else {"clip": made}
            record(
                "media.added", made.title, user=upload.owner, province=_province(upload),
                sha256=made.sha256, bytes=upload.size, rights=made.rights, source=made.source,
            )  # fmt: skip
            Upload.objects.filter(pk=upload.pk).update(
                status=Upload.Status.DONE, error="", updated_at=timezone.now(), **which
            )


def _province(upload: Upload) -> str:
    from cms.content.media_shelves import province_of

    return province_of(upload.collection)


def _form(upload: Upload, file: UploadedFile[bytes], as_picture: bool) -> Any:
    told = {
        name: upload.details.get(name, "") for name in ("credit", "source", "licence", "tags", "rights", "rights_until")
    }
    title = upload.details.get("title") or Path(upload.name).stem.replace("_", " ").strip() or upload.name
    data = {**told, "title": title[:255], "collection": str(upload.collection_id), "description": ""}
    if as_picture:
        return get_image_form(Picture)(
            data, {"file": file}, instance=Picture(uploaded_by_user=upload.owner), user=upload.owner
        )
    clip = Clip(uploaded_by_user=upload.owner, type="video")
    return get_media_form(Clip)(data, {"file": file}, instance=clip, user=upload.owner)


def _as_upload(upload: Upload, path: Path, as_picture: bool) -> UploadedFile[bytes]:
    """What a form takes for an uploaded file. The part itself stays until all is done: a picture is copied, since its form
    writes our own copy over it; of a clip, which may be large, a second name is handed over."""
    if not as_picture:
        return Received(path, upload.name, upload.size)
    copy = TemporaryUploadedFile(upload.name, "application/octet-stream", upload.size, None)
    with path.open("rb") as file, Path(copy.temporary_file_path()).open("wb") as target:
        shutil.copyfileobj(file, target, 1 << 20)
    copy.seek(0)
    return copy


def find_lost_checks() -> int:
    """Bring back what a lost worker or queue left behind; returns how many. What was tried three times is marked as failed."""
    brought = 0
    late = Upload.objects.filter(
        status__in=[Upload.Status.WAITING, Upload.Status.CHECKING], updated_at__lt=timezone.now() - QUIET
    )
    for upload in late:
        if _is_alive(upload):
            continue
        if upload.status == Upload.Status.CHECKING and upload.attempts >= MAX_ATTEMPTS:
            with translation.override(upload.language):
                said = _(
                    "The check was tried three times and never finished. Try a lighter file, or tell the administrator."
                )
            Upload.objects.filter(pk=upload.pk).update(
                status=Upload.Status.FAILED, error=said, updated_at=timezone.now()
            )
            continue
        Upload.objects.filter(pk=upload.pk).update(status=Upload.Status.WAITING, updated_at=timezone.now())
        upload.status = Upload.Status.WAITING
        enqueue(upload)
        brought += 1
    return brought


def _is_alive(upload: Upload) -> bool:
    try:
        found = Job.fetch(rq_id(upload), connection=django_rq.get_connection("default"))
    except NoSuchJobError:
        return False
    except RedisError:
        return True
    return bool(found.get_status() in ("queued", "started", "deferred", "scheduled"))


def sweep_uploads() -> int:
    """Forget what nobody finished within a week, parts without a record, and what was told long ago; look through
    drafts that nobody looked through. Returns how many files went. Cheap; run it every hour."""
    media_uses.catch_up(at_most=500)
    over = Upload.objects.filter(updated_at__lt=timezone.now() - KEPT).exclude(
        Q(status=Upload.Status.WAITING) | Q(status=Upload.Status.CHECKING)
    )
    gone = 0
    for upload in over:
        upload.delete()
        gone += 1
    folder = Path(settings.UPLOADS_ROOT)
    known = {one.hex for one in Upload.objects.values_list("pk", flat=True)}
    for path in folder.glob("*.part*") if folder.is_dir() else ():
        if path.name.partition(".")[0] not in known and _age(path) > QUIET:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _age(path: Path) -> timedelta:
    try:
        return timedelta(seconds=timezone.now().timestamp() - os.stat(path).st_mtime)
    except FileNotFoundError:
        return timedelta(0)
