"""The two ways a file leaves: as our own picture on a page, or as the original, which is only ever saved to disk."""

from __future__ import annotations

from django.http import FileResponse, Http404

from cms.requests.files import download_name
from cms.requests.models import RequestFile

NOTHING_RUNS = "default-src 'none'; sandbox"


def preview_of(file: RequestFile) -> FileResponse:
    """A JPEG that we drew ourselves."""
    if not file.preview:
        raise Http404
    try:
        response = FileResponse(file.preview.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cache-Control"] = "private, max-age=3600"
    return response


def original_of(file: RequestFile) -> FileResponse:
    """A stranger's bytes: no browser opens them by itself."""
    try:
        stored = file.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        stored, as_attachment=True, filename=download_name(file), content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
