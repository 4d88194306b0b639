"""`bangtin-kiosk`: what a technician types on a controller."""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bangtin_kiosk import __version__, control, doctor
from bangtin_kiosk.config import DEFAULT_PORT, Config, State, load, save, state_folder
from bangtin_kiosk.files import read_bounded, write_atomic
from bangtin_kiosk.kiosk import Kiosk, first_player, from_stick
from bangtin_kiosk.say import Stop, say
from bangtin_kiosk.trust import METADATA_BYTES, Refused, Unavailable, check_code, check_root
from bangtin_kiosk.unit import unit


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    told = _parser().parse_args(argv)
    try:
        return int(told.deed(told, state_folder(told.state)) or 0)
    except Stop as stop:
        say(f"✗ {stop.vi}", f"  {stop.en}", file=sys.stderr)
        return stop.code
    except Refused as error:
        say(
            f"✗ Từ chối, vì không đúng chữ ký của tỉnh: {error}",
            f"  Refused, not signed by the province: {error}",
            file=sys.stderr,
        )
    except Unavailable as error:
        say(
            f"✗ Chưa lấy được: {error}. Kiểm tra mạng hoặc USB.",
            f"  Not available: {error}. Check the network or the stick.",
            file=sys.stderr,
        )
    except OSError as error:
        say(f"✗ Lỗi hệ thống: {error}", f"  System error: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bangtin-kiosk", description="Bảng Tin trên máy điều khiển / on a controller")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--state", help="thư mục dữ liệu / data folder (BANGTIN_KIOSK_STATE)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    install = commands.add_parser("install", help="cài đặt: ghim khóa gốc của tỉnh / pin the province's root")
    install.add_argument("--cms", required=True, help="https://bangtin.example.vn")
    install.add_argument("--cluster", required=True, help="mã cụm thông tin / code of the cluster")
    install.add_argument("--root", required=True, type=Path, help="tệp khóa gốc từ CMS / root file from the CMS")
    install.add_argument("--code", help="mã kiểm xem trong CMS / the check code as the CMS shows it")
    install.add_argument("--seat", default="main", help="tên máy điều khiển / name of this controller")
    install.add_argument("--port", type=int, default=DEFAULT_PORT)
    install.add_argument("--window", default="", help="x,y,width,height")
    install.add_argument(
        "--ca", type=Path, help="chứng thư của CMS nội bộ / authority of a CMS without a public certificate"
    )
    install.add_argument("--chromium", default="")
    install.add_argument(
        "--flag", action="append", default=[], help="tham số thêm của Chromium / one more for Chromium"
    )
    install.add_argument("--reboot", action="store_true", help="cho phép khởi động lại máy / may restart the machine")
    install.add_argument("--replace", action="store_true", help="thay khóa gốc đã ghim / replace a root pinned before")
    install.add_argument(
        "--offline", action="store_true", help="không lấy trình phát ngay / do not fetch the player now"
    )
    install.set_defaults(deed=_install)

    for name, deed, words in (
        ("run", _run, "chạy (systemd gọi) / run, as systemd does"),
        ("update", _update, "lấy trình phát mới / fetch a newer player"),
        ("status", _status, "đang làm gì / what it does"),
        ("doctor", _doctor, "kiểm tra toàn bộ / look over everything"),
        ("unit", _unit, "in tệp systemd / print the systemd unit"),
    ):
        commands.add_parser(name, help=words).set_defaults(deed=deed)

    stick = commands.add_parser("import", help="lấy trình phát từ USB / take the player from a stick")
    stick.add_argument("folder", type=Path)
    stick.set_defaults(deed=_import)

    shot = commands.add_parser("screenshot", help="chụp đúng điểm ảnh đang hiện / the pixels on the screen")
    shot.add_argument("--out", type=Path, required=True)
    shot.set_defaults(deed=_screenshot)
    return parser


def _install(told: argparse.Namespace, state: State) -> int:
    try:
        config = Config(
            cms=told.cms.rstrip("/"),
            cluster=told.cluster,
            seat=told.seat,
            port=told.port,
            window=told.window,
            chromium=told.chromium,
            reboot=told.reboot,
            flags=tuple(told.flag),
        )
        root = read_bounded(told.root, METADATA_BYTES)
        version = check_root(root).version
    except (ValueError, OSError) as error:
        raise Stop(f"Không cài đặt được: {error}", f"It cannot be installed: {error}") from error
    _compare(root, version, told.code)
    if state.root.exists() and state.root.read_bytes() != root:
        if not told.replace:
            raise Stop(
                "Máy này đã ghim một khóa gốc khác. Nếu đúng là phải thay, thêm --replace.",
                "Another root is pinned on this machine. If it has to be replaced, add --replace.",
            )
        for old in (state.metadata, state.shells):  # what another root vouched for
            shutil.rmtree(old, ignore_errors=True)
    state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if told.ca:
        write_atomic(state.authority, read_bounded(told.ca, METADATA_BYTES), mode=0o644)
    write_atomic(state.root, root, mode=0o644)
    save(state, config)
    say(f"✓ Đã ghi {state.settings}", f"  Written: {state.settings}")
    if not told.offline:
        try:
            shell = first_player(config, state)
        except Unavailable as error:
            say(
                f"! Chưa lấy được trình phát ({error}). Sẽ tự lấy khi có mạng, hoặc: bangtin-kiosk import USB",
                f"  The player is not here yet ({error}). It comes with the network, or: bangtin-kiosk import STICK",
            )
        else:
            name = shell.version if shell else None
            if name:
                say(f"✓ Trình phát {name}, chữ ký đúng", f"  Player {name}, rightly signed")
            else:
                say("! CMS chưa phát hành trình phát cho cụm này", "  The CMS offers no player for this cluster yet")
    say(
        "Tiếp theo: bangtin-kiosk unit, rồi bangtin-kiosk doctor", "Next: bangtin-kiosk unit, then bangtin-kiosk doctor"
    )
    return 0


def _compare(root: bytes, version: int, told: str | None) -> None:
    """Have the check code compared with the one in the CMS by a person, or by who gave it on the command line."""
    code = check_code(root)
    say(f"Khóa gốc phiên bản {version}, mã kiểm:", f"Root version {version}, its check code:")
    print(f"\n    {code}\n", flush=True)
    wanted = code.replace(" ", "")
    if told is None:
        if not sys.stdin.isatty():
            raise Stop("Thêm --code với mã kiểm xem trong CMS.", "Add --code with the check code that the CMS shows.")
        say(
            "So với mã trong CMS (Cài đặt → Khoá ký). Nếu giống hệt, gõ 8 ký tự cuối:",
            "Compare it with the code in the CMS (page Keys). If it is the same, type its last 8 characters:",
        )
        told, wanted = input("> "), wanted[-8:]
    if "".join(told.split()).lower() != wanted:
        raise Stop(
            "Mã kiểm KHÔNG khớp. Không dùng tệp này; báo người quản trị.",
            "The check code does NOT match. Do not use this file; tell the administrator.",
        )


def _run(told: argparse.Namespace, state: State) -> int:
    kiosk = Kiosk(load(state), state)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: kiosk.stop())
    kiosk.run()
    return 0


def _update(told: argparse.Namespace, state: State) -> int:
    config = load(state)
    try:
        version = control.ask(state.socket, "update")
    except OSError:  # none runs
        shell = first_player(config, state)
        version = shell.version if shell else ""
    except RuntimeError as error:
        raise Stop(f"Không cập nhật được: {error}", f"No update: {error}") from error
    if not version:
        raise Stop("CMS chưa phát hành trình phát cho cụm này.", "The CMS offers no player for this cluster yet.")
    say(f"✓ Trình phát {version}", f"  Player {version}")
    return 0


def _import(told: argparse.Namespace, state: State) -> int:
    shell = from_stick(load(state), state, told.folder)
    if shell is None:
        raise Stop("USB không có trình phát cho cụm này.", "The stick has no player for this cluster.")
    say(f"✓ Trình phát {shell.version}, chữ ký đúng", f"  Player {shell.version}, rightly signed")
    try:
        control.ask(state.socket, "import")
    except (OSError, RuntimeError):
        say("Dùng từ lần chạy tới.", "It is used from the next start on.")
    return 0


def _status(told: argparse.Namespace, state: State) -> int:
    print(json.dumps(_asked(state, "status"), ensure_ascii=False, indent=2))
    return 0


def _screenshot(told: argparse.Namespace, state: State) -> int:
    write_atomic(told.out, base64.b64decode(_asked(state, "screenshot")), mode=0o644)
    say(f"✓ {told.out}", f"  {told.out}")
    return 0


def _asked(state: State, deed: str) -> Any:
    try:
        return control.ask(state.socket, deed)
    except OSError as error:
        raise Stop(
            "bangtin-kiosk chưa chạy. Chạy: sudo systemctl start bangtin-kiosk",
            "bangtin-kiosk does not run. Run: sudo systemctl start bangtin-kiosk",
        ) from error
    except RuntimeError as error:
        raise Stop(f"Không được: {error}", f"It failed: {error}") from error


def _doctor(told: argparse.Namespace, state: State) -> int:
    wrong = 0
    for one in doctor.examine(load(state), state):
        print(f"{'✗' if one.trouble else '✓'} {one.name:<10} {one.fact}".rstrip())
        if one.trouble:
            wrong += 1
            print(f"    {one.trouble[0]}\n    {one.trouble[1]}")
    return 1 if wrong else 0


def _unit(told: argparse.Namespace, state: State) -> int:
    command = shutil.which("bangtin-kiosk") or "/opt/bangtin-kiosk/bin/bangtin-kiosk"
    print(unit(command, str(state.folder)), end="")
    return 0
