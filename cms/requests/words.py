"""What the decisions of this app are called in the audit log."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "request.sent": _("received a content request"),
    "request.assigned": _("assigned a content request"),
    "request.asked": _("asked the sender of a content request"),
    "request.replied": _("received a reply to a content request"),
    "request.item": _("made an item of a content request"),
    "request.state": _("a content request followed its item"),
    "request.answered": _("answered a content request"),
    "request.declined": _("declined a content request"),
    "request.file": _("downloaded a file of a content request"),
    "request.link_made": _("made a sender's link"),
    "request.link_revoked": _("revoked a sender's link"),
}
