"""What the decisions of this app are called in the audit log."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "alerts.black_out": _("blacked out screens"),
    "alerts.lift": _("lit screens again"),
    "alerts.pattern": _("showed a test pattern"),
    "alerts.pattern_stop": _("stopped a test pattern"),
}
