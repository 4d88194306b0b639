"""Mails about changed rights: to the person, and to whoever else administers the accounts, so that nothing of it happens in silence."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cms.accounts.models import User
from cms.accounts.people import administrators_of

log = logging.getLogger("bangtin.accounts")
_WAITING = "_bangtin_news"


def tell(person: User, by: Any, line: str) -> None:
    """Mail what changed about an account once the transaction is through, several lines in one mail. Without `by` (a command, a
    plugin that comes in) nobody is told: whoever runs commands answers for the machine."""
    if not getattr(by, "pk", None):
        return
    waiting: list[str] = person.__dict__.setdefault(_WAITING, [])
    if not waiting:
        transaction.on_commit(lambda: _send(person, by, person.__dict__.pop(_WAITING, [])))
    waiting.append(line)


def tell_old_address(person: User, by: Any, address: str) -> None:
    """Mail to the address that an account had until now, whoever changed it: the news of everything else goes to the new one, and new
    passwords are asked for there."""
    if address and getattr(by, "pk", None):
        transaction.on_commit(lambda: _send_to_old(person, by, address))


def _send_to_old(person: User, by: User, address: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        values = {"person": person, "username": person.get_username(), "by": by, "email": person.email}
        text = _(
            "Hello %(person)s,\n\n%(by)s changed the e-mail address of your account %(username)s to %(email)s; nothing more is sent "
            "to this one. If you did not expect this, tell an administrator at once."
        )
        subject = _("Bảng Tin: the account %(username)s was changed") % values
        _post([mail.EmailMessage(subject, text % values, to=[address])], person)


def _send(person: User, by: User, lines: Iterable[str]) -> None:
    changes = "\n".join(f"– {line}" for line in lines)
    with translation.override(settings.LANGUAGE_CODE):
        values = {"person": person, "username": person.get_username(), "by": by, "changes": changes}
        own = _(
            "Hello %(person)s,\n\n%(by)s changed your account %(username)s:\n\n%(changes)s\n\nYou are logged out wherever you "
            "were logged in; log in again to go on. If you did not expect this, tell another administrator at once."
        )
        others = _(
            "%(by)s changed the account %(username)s (%(person)s):\n\n%(changes)s\n\nYou read this because you administer "
            "accounts too. If this should not have happened, switch the account off and look at the audit log."
        )
        subject = _("Bảng Tin: the account %(username)s was changed") % values
        messages = [mail.EmailMessage(subject, own % values, to=[person.email])] if person.email else []
        for one in administrators_of(person.province).exclude(pk__in=[person.pk, by.pk]).exclude(email=""):
            messages.append(mail.EmailMessage(subject, others % values, to=[one.email]))
    _post(messages, person)


def _post(messages: list[mail.EmailMessage], person: User) -> None:
    try:
        mail.get_connection().send_messages(messages)
    except OSError:
        log.exception("The change of %s could not be mailed; it is in the audit log.", person.get_username())
