"""What the actions of the audit log are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LABELS: dict[str, str | Promise] = {
    "account.login": _("logged in"),
    "account.logout": _("logged out"),
    "account.login_failed": _("failed to log in"),
    "account.created": _("made an account"),
    "account.changed": _("changed an account"),
    "account.deleted": _("deleted an account"),
    "account.disabled_idle": _("switched off an idle account"),
    "account.role_given": _("gave a role"),
    "account.role_taken": _("took a role away"),
    "account.second_factor_set": _("set up a second factor"),
    "account.second_factor_reset": _("reset a second factor"),
    "account.second_factor_removed": _("removed a second factor"),
    "account.locked": _("locked log-ins"),
}


def register_actions(labels: dict[str, str | Promise]) -> None:
    """Higher apps name their actions here when they start."""
    _LABELS.update(labels)


def action_label(action: str) -> str:
    """The words for an action; the action itself when nobody named it."""
    return str(_LABELS.get(action, action))
