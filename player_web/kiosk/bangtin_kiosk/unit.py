"""The systemd unit, with the paths of this installation."""

from __future__ import annotations

UNIT = """\
# The player of a controller (docs/kiosk.md). Made by `bangtin-kiosk unit`.
[Unit]
Description=Bảng Tin: the player of this controller
After=systemd-user-sessions.service network.target sound.target

[Service]
Type=notify
# cage stands between systemd and us.
NotifyAccess=all
User=bangtin-kiosk
SupplementaryGroups=video audio input render
# One program on one screen: a Wayland compositor that shows nothing else.
ExecStart=/usr/bin/cage -d -- {command} --state {state} run
TTYPath=/dev/tty1
StandardInput=tty
StandardOutput=journal
PAMName=login
UtmpIdentifier=tty1
StateDirectory=bangtin-kiosk
StateDirectoryMode=0700
Restart=always
RestartSec=3
WatchdogSec=180
TimeoutStopSec=20
KillMode=control-group
OOMPolicy=continue
NoNewPrivileges=true
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
RestrictSUIDSGID=true
UMask=0077

[Install]
WantedBy=multi-user.target
"""


def unit(command: str, state: str) -> str:
    """The unit's text."""
    return UNIT.format(command=command, state=state)
