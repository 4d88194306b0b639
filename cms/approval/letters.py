"""Letters about decisions. A mail server that does not answer stops no decision."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

log = logging.getLogger(__name__)


def send(people: Iterable[Any], letter: Callable[[Any], tuple[str, str]]) -> int:
    """Write to each person who has an address, in their own language. `letter(person)` answers subject and text. Returns how many
    letters went out; those that did not are in the log."""
    sent = 0
    for person in people:
        if not person.email:
            continue
        with translation.override(_language(person)):
            subject, text = letter(person)
        try:
            sent += EmailMessage(" ".join(subject.split()), text, to=[person.email]).send()
        except OSError:  # smtplib's errors too
            log.exception("A letter to %s did not go out: %s", person, subject)
    return sent


def _language(person: Any) -> str:
    profile = getattr(person, "wagtail_userprofile", None)
    return profile.get_preferred_language() if profile is not None else settings.LANGUAGE_CODE
