"""`bangtin-kiosk doctor`: one finding a line, each with what to do. Every check stands by itself."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata

from bangtin_kiosk import control
from bangtin_kiosk.chromium import find
from bangtin_kiosk.config import Config, State
from bangtin_kiosk.kiosk import shells_of, upstream_of
from bangtin_kiosk.say import Stop
from bangtin_kiosk.trust import check_code
from bangtin_kiosk.upstream import Away

LOW_DISK = 4 * 1024**3
SKEW_S = 60
OLDEST_CHROMIUM = 137  # Ed25519 in WebCrypto


@dataclass(frozen=True, slots=True)
class Finding:
    """`trouble` None when all is well, else (Vietnamese, English): what is wrong and what to do. `fact` is a short figure."""

    name: str
    trouble: tuple[str, str] | None = None
    fact: str = ""


Check = Callable[[Config, State], Iterator[Finding]]


def examine(config: Config, state: State) -> Iterator[Finding]:
    """Run every check."""
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            found = list(check(config, state))
        except Stop as stop:
            found = [Finding(name, (stop.vi, stop.en))]
        except Exception as error:
            found = [Finding(name, (f"không kiểm tra được: {error}", f"could not be checked: {error}"))]
        yield from found


def folder(config: Config, state: State) -> Iterator[Finding]:
    trouble = None
    free = shutil.disk_usage(state.folder).free
    if not os.access(state.folder, os.W_OK):
        trouble = (
            f"không ghi được vào {state.folder}; kiểm tra quyền",
            f"cannot write to {state.folder}; check its owner",
        )
    elif free < LOW_DISK:
        trouble = (f"chỉ còn {free / 1e9:.1f} GB; dọn ổ đĩa", f"only {free / 1e9:.1f} GB are free; tidy up")
    yield Finding("folder", trouble, f"{free / 1e9:.0f} GB")


def user(config: Config, state: State) -> Iterator[Finding]:
    trouble = None
    if os.geteuid() == 0:
        trouble = (
            "đang chạy bằng root; dùng người dùng riêng (bangtin-kiosk unit)",
            "runs as root; use a user of its own (bangtin-kiosk unit)",
        )
    yield Finding("user", trouble)


def chromium(config: Config, state: State) -> Iterator[Finding]:
    path = find(config.chromium)
    if path is None:
        yield Finding(
            "chromium", ("chưa cài; chạy: sudo apt install chromium", "not installed; run: sudo apt install chromium")
        )
        return
    done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    said = done.stdout.split()
    version = next((word for word in said if word[:1].isdigit()), "0")
    trouble = None
    if int(version.split(".")[0]) < OLDEST_CHROMIUM:
        trouble = (
            f"quá cũ ({version}); cần {OLDEST_CHROMIUM} trở lên: sudo apt upgrade chromium",
            f"too old ({version}); {OLDEST_CHROMIUM} or newer: sudo apt upgrade chromium",
        )
    yield Finding("chromium", trouble, version)


def screen(config: Config, state: State) -> Iterator[Finding]:
    with suppress(OSError, RuntimeError):
        status = control.ask(state.socket, "status", timeout=5)
        if status["window"]:
            width, height = status["window"]
            yield Finding("screen", None, f"{width} × {height}")
            return
    shown = (
        os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or any("headless" in one for one in config.flags)
    )
    trouble = None
    if not shown:
        trouble = (
            "không thấy màn hình (DISPLAY, WAYLAND_DISPLAY); chạy trong phiên đồ họa: docs/kiosk.md, bước 3",
            "no screen is seen (DISPLAY, WAYLAND_DISPLAY); run it in a graphical session: docs/kiosk.md, step 3",
        )
    yield Finding("screen", trouble)


def sound(config: Config, state: State) -> Iterator[Finding]:
    cards = Path("/proc/asound/cards")
    heard = cards.exists() and "no soundcards" not in cards.read_text(encoding="utf-8", errors="replace")
    yield Finding("sound", None, "" if heard else "không có thiết bị / no device")  # many screens have no speakers


def root(config: Config, state: State) -> Iterator[Finding]:
    shells = shells_of(config, state)
    yield Finding("root", None, check_code(shells.pinned))


def player(config: Config, state: State) -> Iterator[Finding]:
    shells = shells_of(config, state)
    damaged: list[str] = []
    shells.complain = lambda version, reason: damaged.append(f"{version}: {reason}")
    shell = shells.best()
    trouble = None
    if damaged:
        trouble = (
            f"bị hỏng hoặc bị sửa ({damaged[0]}); chạy: bangtin-kiosk update",
            f"damaged or changed ({damaged[0]}); run: bangtin-kiosk update",
        )
    elif shell is None:
        trouble = ("chưa có; chạy: bangtin-kiosk update", "there is none yet; run: bangtin-kiosk update")
    yield Finding("player", trouble, shell.version if shell else "")


def metadata(config: Config, state: State) -> Iterator[Finding]:
    path = state.metadata / "timestamp.json"
    if not path.exists():
        return
    try:
        expires = Metadata.from_file(str(path)).signed.expires
    except RepositoryError as error:
        yield Finding(
            "metadata",
            (
                f"đọc không được ({error}); chạy: bangtin-kiosk update",
                f"unreadable ({error}); run: bangtin-kiosk update",
            ),
        )
        return
    trouble = None
    if expires < datetime.now(UTC):
        trouble = (
            f"hết hạn {expires:%d/%m/%Y}; đã lâu không gặp CMS, hoặc giờ máy sai",
            f"ended {expires:%Y-%m-%d}; the CMS was not reached for long, or this clock is wrong",
        )
    yield Finding("metadata", trouble, f"→ {expires:%Y-%m-%d}")


def cms(config: Config, state: State) -> Iterator[Finding]:
    try:
        before = time.time()
        with upstream_of(config, state).get("/api/player/v1/time") as answer:
            said = json.loads(b"".join(answer.pieces(decode=True)))
        took = time.time() - before
        skew = said["now"] / 1000 - (before + took / 2)
    except Away as error:
        yield Finding(
            "cms",
            (
                f"không tới được {config.cms} ({error}); màn hình vẫn chạy, hãy kiểm tra mạng",
                f"{config.cms} cannot be reached ({error}); the screen plays on, check the network",
            ),
        )
        return
    except (ValueError, KeyError, TypeError):
        yield Finding("cms", (f"{config.cms} không phải là Bảng Tin", f"{config.cms} is not Bảng Tin"))
        return
    yield Finding("cms", None, f"{took * 1000:.0f} ms")
    trouble = None
    if abs(skew) > SKEW_S:
        trouble = (
            f"giờ máy lệch {_span(skew)[0]} so với CMS; chạy: sudo timedatectl set-ntp true",
            f"this clock is {_span(skew)[1]} off the CMS; run: sudo timedatectl set-ntp true",
        )
    yield Finding("clock", trouble, "" if trouble else f"{skew:+.1f} s")


def _span(seconds: float) -> tuple[str, str]:
    """A length of time in words."""
    for unit, vi, en in ((86_400, "ngày", "days"), (3600, "giờ", "hours"), (60, "phút", "minutes")):
        if abs(seconds) >= 2 * unit:
            return f"{abs(seconds) / unit:.0f} {vi}", f"{abs(seconds) / unit:.0f} {en}"
    return f"{abs(seconds):.0f} giây", f"{abs(seconds):.0f} seconds"


def running(config: Config, state: State) -> Iterator[Finding]:
    try:
        status = control.ask(state.socket, "status", timeout=10)
    except (OSError, RuntimeError):
        yield from _stopped(config)
        return
    if status["browser"] is None:
        yield Finding(
            "running",
            (
                "Chromium không chạy; xem: journalctl -u bangtin-kiosk",
                "Chromium does not run; see: journalctl -u bangtin-kiosk",
            ),
        )
    elif status["paired"] is False:
        yield Finding(
            "running",
            ("chưa ghép nối; nhập mã trên màn hình vào CMS", "not paired; enter the code on the screen in the CMS"),
        )
    else:
        plays = status["schedule"]
        yield Finding("running", None, "chờ nội dung / waits for content" if plays is None else f"schedule {plays}")


def _stopped(config: Config) -> Iterator[Finding]:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", config.port)) == 0
    if taken:
        yield Finding(
            "running",
            (f"cổng {config.port} đang bị chương trình khác chiếm", f"port {config.port} is taken by another program"),
        )
    else:
        yield Finding(
            "running",
            (
                "chưa chạy; chạy: sudo systemctl start bangtin-kiosk",
                "not running; run: sudo systemctl start bangtin-kiosk",
            ),
        )


CHECKS: tuple[Check, ...] = (folder, user, chromium, screen, sound, root, player, metadata, cms, running)
