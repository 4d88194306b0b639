"""What systemd is told, without its library: that we are ready, and that we still think."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(what: str) -> None:
    """Send one state (`READY=1`, `WATCHDOG=1`) where systemd listens; nothing elsewhere."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.connect(address)
        out.send(what.encode())
