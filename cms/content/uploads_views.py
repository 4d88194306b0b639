"""Resumable upload by HTTP: the core of tus 1.0.0 with its extensions creation, checksum and termination (https://tus.io/protocols).

Pieces are at most `uploads.MAX_PIECE`, since Django hands a request over only when all of it has arrived. What tus does not
know (the state of the check, words for the person) is answered as JSON beside it.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cms.content import uploads, uploads_jobs
from cms.content.media_forms import MAX_CLIP_BYTES
from cms.content.media_models import Rights, Upload
from cms.content.uploads import MAX_PIECE, Refused
from cms.content.uploads_words import words

VERSION = "1.0.0"
ALGORITHMS = ("sha256", "sha1", "md5")
PIECE_TYPE = "application/offset+octet-stream"


def _answer(status: int, upload: Upload | None = None, **headers: str) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Tus-Resumable"] = VERSION
    if upload is not None:
        response["Upload-Offset"] = str(uploads.certain(upload))
        response["Upload-Length"] = str(upload.size)
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def _refused(refused: Refused) -> HttpResponse:
    response = JsonResponse({"error": refused.said}, status=refused.status)
    response["Tus-Resumable"] = VERSION
    return response


def _mine(request: HttpRequest, upload_id: uuid.UUID) -> Upload:
    """An upload of this person; another's is as if it did not exist."""
    found = Upload.objects.filter(pk=upload_id, owner=cast("Any", request.user)).first()
    if found is None:
        raise Http404
    return found


def _number(request: HttpRequest, name: str) -> int:
    said = request.headers.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) <= 15):
        raise Refused(400, _("The browser did not say the size of the file. Choose it again."))
    return int(said)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """`Upload-Metadata`: keys and base64 of UTF-8, by commas."""
    found: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refused(400, _("The browser did not say the name of the file. Choose it again.")) from error
    return found


def _version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused(412, _("This page is out of date. Load it again."))


@never_cache
@require_http_methods(["OPTIONS", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin a file; the same file of the same person is gone on with where it stopped."""
    if request.method == "OPTIONS":
        return _answer(
            204,
            Tus_Version=VERSION,
            Tus_Extension="creation,checksum,termination",
            Tus_Max_Size=str(MAX_CLIP_BYTES),
            Tus_Checksum_Algorithm=",".join(ALGORITHMS),
        )
    try:
        _version(request)
        said = _metadata(request)
        collection = said.get("collection", "")
        made = uploads.begin(
            request.user,
            name=said.get("filename", ""),
            size=_number(request, "Upload-Length"),
            collection=int(collection) if collection.isascii() and collection.isdigit() and len(collection) < 10 else 0,
            sign=said.get("sign", "")[:500],
            details=said,
        )
    except Refused as refused:
        return _refused(refused)
    return _answer(201, made, Location=reverse("library:piece", args=(made.pk,)))


@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def piece(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Where a file stands, its next piece, or its end."""
    upload = _mine(request, upload_id)
    try:
        _version(request)
        if request.method == "PATCH":
            upload = _patched(request, upload)
        elif request.method == "DELETE":
            if upload.status == Upload.Status.CHECKING:
                raise Refused(423, _("The file is being checked; wait for the result."))
            upload.delete()
            return _answer(204)
    except Refused as refused:
        return _refused(refused)
    except Upload.DoesNotExist as error:
        raise Http404 from error
    return _answer(204 if request.method == "PATCH" else 200, upload)


def _patched(request: HttpRequest, upload: Upload) -> Upload:
    if request.content_type != PIECE_TYPE:
        raise Refused(415, _("This page is out of date. Load it again."))
    if not uploads.collections_for(request.user).filter(pk=upload.collection_id).exists():
        raise Refused(403, _("You may not add files to this collection. Choose another one."))
    length = _number(request, "Content-Length")
    if length > MAX_PIECE:
        raise Refused(413, _("This piece of the file is too large."))
    upload = uploads.append(upload, _number(request, "Upload-Offset"), request, length, _checksum(request))  # type: ignore[arg-type]
    if upload.status == Upload.Status.WAITING:
        transaction.on_commit(lambda: uploads_jobs.enqueue(upload))
    return upload


def _checksum(request: HttpRequest) -> tuple[str, bytes] | None:
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _space, digest = said.partition(" ")
    try:
        if algorithm in ALGORITHMS:
            return algorithm, base64.b64decode(digest, validate=True)
    except binascii.Error:
        pass
    raise Refused(400, _("This page is out of date. Load it again."))


def told(upload: Upload) -> dict[str, Any]:
    """What the page shows of an upload."""
    url = ""
    if upload.picture_id:
        url = reverse("wagtailimages:edit", args=(upload.picture_id,))
    elif upload.clip_id:
        url = reverse("wagtailmedia:edit", args=(upload.clip_id,))
    return {
        "name": upload.name,
        "size": upload.size,
        "received": uploads.certain(upload),
        "status": upload.status,
        "step": upload.step,
        "error": upload.error,
        "url": url,
        "at": reverse("library:piece", args=(upload.pk,)),
    }


@never_cache
@require_GET
def state(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    return JsonResponse(told(_mine(request, upload_id)))


@require_http_methods(["POST"])
def again(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Check a file once more whose check failed through no fault of its own."""
    upload = _mine(request, upload_id)
    uploads_jobs.again(upload)
    upload.refresh_from_db()
    return JsonResponse(told(upload))


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Where files are dropped: what holds for all of them, the files, and those that this person has not finished."""
    shelves = list(uploads.collections_for(request.user))
    unfinished = Upload.objects.filter(owner=cast("Any", request.user)).exclude(status=Upload.Status.DONE)
    wanted = request.GET.get("collection_id", "")
    return render(
        request,
        "content/upload.html",
        {
            "shelves": shelves,
            "chosen": next((one.pk for one in shelves if str(one.pk) == wanted), None),
            "rights": Rights.Kind.choices,
            "accept": ",".join(sorted(uploads.PICTURES | uploads.CLIPS)),
            "words": words(),
            "unfinished": [told(one) for one in unfinished],
        },
    )
