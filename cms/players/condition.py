"""What of a player's own account is not as it should be, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms import clock as ours

CLOCK_MS = 1000
FPS = 25.0
DROPPED = 0.1
"""Share of the pictures that should have been shown."""
HOT_C = 80.0
FULL = 0.95
"""Share of the storage that is used."""

Status = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """`word`: at a glance; `text`: what is wrong; `advice`: what to do."""

    word: str
    text: str
    advice: str


def troubles(status: Status) -> tuple[Trouble, ...]:
    """What a heartbeat tells that somebody should see to; nothing for what an older player does not tell."""
    return tuple(found for look in (_clock, _frames, _heat, _storage, _sound) for found in look(status))


def _clock(status: Status) -> Iterator[Trouble]:
    clock = status.get("clock") or {}
    offset = clock.get("offset_ms")
    if isinstance(offset, int):
        offset -= ours.offset_ms()  # a demonstration shifts its own time on purpose
    if clock and not clock.get("synchronised"):
        yield Trouble(
            _("time not known"),
            _("The player has not heard the server's time since it started; it goes by the machine's own clock."),
            _(
                "Look whether the controller reaches this server; faces of several controllers may change at different moments."
            ),
        )
    elif isinstance(offset, int) and abs(offset) > CLOCK_MS:
        values = {"span": _span(abs(offset))}
        yield Trouble(
            _("clock wrong"),
            (
                _("The machine's clock is %(span)s behind.")
                if offset > 0
                else _("The machine's clock is %(span)s ahead.")
            )
            % values,
            _("The screen goes by the server's time and is right. Turn on the machine's time synchronisation (NTP)."),
        )


def _span(ms: int) -> str:
    """A length of time in the largest unit of which it has two."""
    for unit, text in ((86_400_000, _("%(number)s days")), (3_600_000, _("%(number)s hours"))):
        if ms >= 2 * unit:
            return text % {"number": ms // unit}
    return _("%(number)s seconds") % {"number": number_format(ms / 1000, 1)}


def _frames(status: Status) -> Iterator[Trouble]:
    frames = status.get("frames") or {}
    fps, dropped = frames.get("fps") or 0, frames.get("dropped") or 0
    due = fps * 60 + dropped
    if fps and (fps < FPS or dropped > due * DROPPED):
        values = {"fps": floatformat(fps, 0), "dropped": floatformat(dropped * 100 / due, 0)}
        yield Trouble(
            _("moves jerkily"),
            _("%(fps)s pictures a second reach the screen; %(dropped)s %% of those due were missed.") % values,
            _(
                "End other programs on the controller and look at its graphics driver; long clips may be too large for the machine."
            ),
        )


def _heat(status: Status) -> Iterator[Trouble]:
    heat = status.get("temperature_c")
    if isinstance(heat, int | float) and heat > HOT_C:
        yield Trouble(
            _("hot"),
            _("The machine is at %(heat)s °C.") % {"heat": floatformat(heat, 0)},
            _(
                "Clean the filters, look at the fans and at the cabinet's ventilation: above 90 °C it slows down, then switches off."
            ),
        )


def _storage(status: Status) -> Iterator[Trouble]:
    storage = status.get("storage") or {}
    used, quota = storage.get("used"), storage.get("quota")
    if storage.get("persisted") is False:
        yield Trouble(
            _("storage not kept"),
            _("The browser may throw out what the player has stored when others need room."),
            _(
                "Use bangtin-kiosk on this controller, or allow this address to store data permanently in the browser's settings."
            ),
        )
    if used and quota and used > quota * FULL:
        yield Trouble(
            _("storage full"),
            _("Hardly any room is left for new content."),
            _("Free room on the controller, or take a larger disk; long clips need most."),
        )
    if missing := storage.get("missing"):
        yield Trouble(
            _("fetching"),
            ngettext("%(number)s file is still being fetched.", "%(number)s files are still being fetched.", missing)
            % {"number": missing},
            _(
                "Nothing to do; if it lasts for hours, look at the controller's network, or bring the release on a stick."
            ),
        )


def _sound(status: Status) -> Iterator[Trouble]:
    if status.get("sound_blocked"):
        yield Trouble(
            _("no sound"),
            _("The browser blocks sound; clips play without it."),
            _(
                "Use bangtin-kiosk, or allow sound for this address in the browser's settings, or touch the screen once."
            ),
        )
