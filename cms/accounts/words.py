"""What the actions of the audit log are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.accounts.models import Role

# Beside each role where it is given.
ROLE_WORDS: dict[str, str | Promise] = {
    Role.CONTRIBUTOR: _("writes items and submits them"),
    Role.EDITOR: _("writes, edits and translates items, makes programmes and slots"),
    Role.APPRAISER: _("appraises what was submitted, and returns it or passes it on"),
    Role.APPROVER: _("approves what then stands on the screens, withdraws it, blacks out; with a second factor"),
    Role.OPERATOR: _("pairs players, watches over the screens, blacks out"),
    Role.TRANSLATOR: _("translates items of the province; the source text stays as it is"),
    Role.ADMINISTRATOR: _("looks after the people of the province; airs nothing by that; with a second factor"),
}

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
    "account.sessions_ended": _("ended sessions"),
    "export": _("downloaded a list"),
}


def register_actions(labels: dict[str, str | Promise]) -> None:
    """Higher apps name their actions here when they start."""
    _LABELS.update(labels)


def action_label(action: str) -> str:
    """The words for an action; the action itself when nobody named it."""
    return str(_LABELS.get(action, action))
