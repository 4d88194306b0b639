"""What decisions of this part are called in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cms.accounts.words import register_actions


def register_words() -> None:
    """Called once, when the apps are ready."""
    register_actions(
        {
            "approval.exception": _("approved an item by exception"),
            "delegation.make": _("let somebody decide on their behalf"),
            "delegation.end": _("ended a delegation"),
            "remark.write": _("wrote a remark on a proof"),
            "remark.answer": _("answered a remark"),
            "remark.done": _("marked a remark as done"),
            "remark.reopen": _("opened a remark again"),
        }
    )
