"""The states of a request, and what they are called to its sender and to editors."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """In the order in which a request goes through them. `DECLINED` and `ANSWERED` end it."""

    RECEIVED = "received", _("Received")
    ASSIGNED = "assigned", _("Assigned to an editor")
    WRITING = "writing", _("Being written")
    APPRAISAL = "appraisal", _("In appraisal and approval")
    APPROVED = "approved", _("Approved, waits for its time on the screens")
    AIRING = "airing", _("On the screens")
    ANSWERED = "answered", _("Answered, closed")
    DECLINED = "declined", _("Declined")


WAY = (State.RECEIVED, State.ASSIGNED, State.WRITING, State.APPRAISAL, State.APPROVED, State.AIRING, State.ANSWERED)
"""The way of a request that ends well."""
OPEN = WAY[:-1]
UNFINISHED = WAY[:4]
"""Somebody still has to do something before the wished day."""
SHAPES = {
    State.RECEIVED: "○",
    State.ASSIGNED: "◔",
    State.WRITING: "◑",
    State.APPRAISAL: "◕",
    State.APPROVED: "●",
    State.AIRING: "▶",
    State.ANSWERED: "✓",
    State.DECLINED: "■",
}
"""A mark of each state that does not rest on colour."""
