"""Why something was not done to a request."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class RequestRefused(PermissionDenied):
    """`str()` says why and what to do, in the reader's language."""


class Changed(RequestRefused):
    """Somebody else decided since the page was opened."""
