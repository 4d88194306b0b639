"""What the kiosk was told at its installation, and where it keeps things: one folder, everything else may be read-only.

```
kiosk.toml       these settings, for a person to read and edit
root.json        the province's TUF root, pinned; ca.pem: the authority of a CMS without a public certificate
metadata/        TUF metadata, kept by python-tuf
shells/          the player: two verified versions
profile/ home/   Chromium's
control.sock     for the commands of `bangtin-kiosk`
```
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bangtin_kiosk.files import write_atomic
from bangtin_kiosk.say import Stop

DEFAULT_STATE = "/var/lib/bangtin-kiosk"
DEFAULT_PORT = 8765
CLUSTER = re.compile(r"[-a-zA-Z0-9_]{1,80}")
SEAT = re.compile(r"[\w.-]{1,60}")
WINDOW = re.compile(r"(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Config:
    """`cms`: origin without a path; `window`: `x,y,width,height` in pixels, empty for the whole screen; `flags`: more flags
    for Chromium; `reboot`: whether the machine may be restarted when nothing else helps."""

    cms: str
    cluster: str
    seat: str = "main"
    port: int = DEFAULT_PORT
    window: str = ""
    chromium: str = ""
    reboot: bool = False
    flags: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Raises ValueError naming the setting that cannot be."""
        cms = urlsplit(self.cms)
        local = cms.hostname in {"localhost", "127.0.0.1", "::1"}
        if cms.scheme not in ({"http", "https"} if local else {"https"}) or not cms.hostname or cms.username:
            raise ValueError("cms: an address such as https://bangtin.example.vn (http only for localhost)")
        if cms.path not in ("", "/") or cms.query or cms.fragment:  # reports sign their path
            raise ValueError("cms: only the name, without a path")
        if not CLUSTER.fullmatch(self.cluster):
            raise ValueError("cluster: its code, as in the CMS")
        if not SEAT.fullmatch(self.seat):
            raise ValueError("seat: letters, digits, '-', '_', '.'")
        if not 1024 <= self.port <= 65535:
            raise ValueError("port: 1024-65535")
        if self.window and not WINDOW.fullmatch(self.window):
            raise ValueError("window: x,y,width,height")

    @property
    def origin(self) -> str:
        """What the player believes to be the CMS."""
        return f"http://localhost:{self.port}"

    @property
    def page(self) -> str:
        """The player's page."""
        return f"{self.origin}/player/?seat={quote(self.seat)}"


@dataclass(frozen=True, slots=True)
class State:
    """The folder that the kiosk owns."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "kiosk.toml"

    @property
    def root(self) -> Path:
        return self.folder / "root.json"

    @property
    def authority(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def metadata(self) -> Path:
        return self.folder / "metadata"

    @property
    def shells(self) -> Path:
        return self.folder / "shells"

    @property
    def profile(self) -> Path:
        return self.folder / "profile"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def socket(self) -> Path:
        return self.folder / "control.sock"

    @property
    def reboots(self) -> Path:
        return self.folder / "reboots.json"


def state_folder(told: str | None) -> State:
    """`--state`, else `BANGTIN_KIOSK_STATE`, else systemd's, else the usual place."""
    return State(
        Path(
            told or os.environ.get("BANGTIN_KIOSK_STATE") or os.environ.get("STATE_DIRECTORY") or DEFAULT_STATE
        ).absolute()
    )


def load(state: State) -> Config:
    """The settings. Raises Stop when there are none, or one of them cannot be."""
    try:
        read: dict[str, Any] = tomllib.loads(state.settings.read_text(encoding="utf-8"))
        return Config(**{**read, "flags": tuple(read.get("flags", ()))})
    except OSError as error:
        raise Stop(
            f"Chưa cài đặt ({state.settings}: {error.strerror}). Chạy: bangtin-kiosk install --help",
            f"Not installed ({state.settings}: {error.strerror}). Run: bangtin-kiosk install --help",
        ) from error
    except (ValueError, TypeError) as error:
        raise Stop(f"{state.settings} có lỗi: {error}", f"{state.settings} is wrong: {error}") from error


WORDS = {
    "cms": "Địa chỉ CMS / address of the CMS",
    "cluster": "Mã cụm thông tin / code of the cluster",
    "seat": "Máy điều khiển này / this controller",
    "port": "Cổng trên localhost / port on localhost",
    "window": "x,y,width,height; để trống = cả màn hình / empty = the whole screen",
    "chromium": "Để trống = tự tìm / empty = found by itself",
    "reboot": "Cho phép khởi động lại máy khi mọi cách khác không được / may restart the machine as the last resort",
    "flags": "Tham số thêm của Chromium / more flags for Chromium",
}


def save(state: State, config: Config) -> None:
    """Write the settings for people: each with what it means. Raises OSError."""
    lines = []
    for name, words in WORDS.items():
        value = getattr(config, name)
        # What JSON says of texts, numbers, truth and lists of texts, TOML says alike.
        lines += [
            f"# {words}",
            f"{name} = {json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)}",
        ]
    write_atomic(state.settings, ("\n".join(lines) + "\n").encode(), mode=0o644)
