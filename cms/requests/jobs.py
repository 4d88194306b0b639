"""What the queue does for requests: states that follow the calendar, messages that could not be sent, forms that nobody sent."""

from __future__ import annotations

from datetime import timedelta

from cms import clock
from cms.requests import following, mails
from cms.requests.files import drop
from cms.requests.models import RequestFile

KEPT_UNSENT = timedelta(days=14)
"""So long a form that was begun can still be sent with its files."""


def follow_requests() -> int:
    """Every few minutes: airing begins and ends; messages go out again."""
    mails.deliver_due()
    return following.follow_due()


def sweep_requests() -> int:
    """Hourly: delete the files of forms that were never sent; how many."""
    old = list(RequestFile.objects.filter(request=None, at__lt=clock.now() - KEPT_UNSENT))
    drop(old)
    return len(old)
