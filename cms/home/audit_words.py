"""Words for the decisions of all parts, as the audit log shows them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cms.accounts.words import register_actions


def register() -> None:
    """Called once, when the admin starts."""
    register_actions(
        {
            "item.submit": _("submitted an item"),
            "appraisal.pass": _("passed an item on for approval"),
            "appraisal.return": _("returned an item at appraisal"),
            "approval.return": _("returned an item at approval"),
            "approval.approve": _("approved an item"),
            "approval.revoke": _("revoked an approval"),
            "item.withdraw": _("withdrew an item"),
            "theme.approve": _("allowed a theme on the screens"),
            "release.refused": _("refused to sign a release"),
            "alerts.black_out": _("blacked out"),
            "alerts.lift": _("lifted a blackout"),
            "calendar.address": _("made an address for the calendar of a cluster"),
            "player.invite": _("invited a player"),
            "player.pair": _("paired a player"),
            "player.revoke": _("revoked a player"),
        }
    )
