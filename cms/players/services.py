"""The verbs of players, in one place for other apps."""

from __future__ import annotations

from cms.players.health import Health, health
from cms.players.pairing import (
    PairingRefused,
    Started,
    claim,
    confirm_pairing,
    invite,
    key_of_pairing,
    may_operate,
    paired_with,
    revoke,
    start_pairing,
    waiting_screen,
    wrong_code,
)
from cms.players.telemetry import record_events, record_heartbeat, record_play_log

__all__ = [
    "Health",
    "PairingRefused",
    "Started",
    "claim",
    "confirm_pairing",
    "health",
    "invite",
    "key_of_pairing",
    "may_operate",
    "paired_with",
    "record_events",
    "record_heartbeat",
    "record_play_log",
    "revoke",
    "start_pairing",
    "waiting_screen",
    "wrong_code",
]
