"""What the page of a person says beside the form. Higher apps add theirs with `register` when they start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.accounts.models import User
from cms.accounts.services import has_second_factor, needs_second_factor
from cms.accounts.sessions import devices_of


@dataclass(frozen=True, slots=True)
class Fact:
    """`lines` under `label`, and the page on which one changes it."""

    label: str
    lines: tuple[str, ...]
    url: str
    action: str
    warning: bool = False


Provider = Callable[[User, Any], Fact | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a higher app say something: `provider(person, viewer)`, None when there is nothing to say."""
    if provider not in _providers:
        _providers.append(provider)


def facts_of(person: User, viewer: Any) -> list[Fact]:
    """What is known of a person, for whoever may administer the account."""
    found = [_second_factor(person), _sessions(person), *(provider(person, viewer) for provider in _providers)]
    return [one for one in found if one is not None]


def _second_factor(person: User) -> Fact:
    active = has_second_factor(person)
    missing = needs_second_factor(person) and not active
    text = (
        _("Set up")
        if active
        else _("Not set up yet; the person is asked for it at the next log-in")
        if missing
        else _("Not needed for these roles")
    )
    url = reverse("accounts:second_factor", args=[person.pk]) if active else ""
    return Fact(_("Second factor"), (text,), url, _("Take the second factor away"), missing)


def _sessions(person: User) -> Fact:
    devices = devices_of(person)
    text = ngettext("Logged in on %(count)s device", "Logged in on %(count)s devices", len(devices))
    lines = (text % {"count": len(devices)},) if devices else (_("Logged in nowhere"),)
    url = reverse("accounts:person_sessions", args=[person.pk]) if devices else ""
    return Fact(_("Sessions"), lines, url, _("See and end sessions"))
