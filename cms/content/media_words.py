"""What decisions about the library are called in the audit log."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "media.added": _("added a file to the library"),
    "media.tagged": _("tagged files of the library"),
    "media.moved": _("moved files of the library"),
    "media.deleted": _("deleted files of the library"),
}
