"""`bangtin keys`: what a technician types, on a holder's machine without anything and on the server."""

from __future__ import annotations

import io
import os
import pty
import select
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cms.release.keys import ceremony, holders
from cms.release.keys.words import plain
from cms.release.management.commands import keys as command

from .holders import NAMES, PASSPHRASE

pytestmark = pytest.mark.usefixtures("keys", "queues")
PROVINCE = "an_giang"


@pytest.fixture
def typed(monkeypatch):
    """`typed(...)`: what the person types next at passphrases, and that they say yes."""
    answers: list[str] = []
    monkeypatch.setattr(holders, "SCRYPT_N", 16)
    monkeypatch.setattr(command.getpass, "getpass", lambda prompt: answers.pop(0))
    monkeypatch.setattr("builtins.input", lambda prompt: "có")
    return lambda *words: answers.extend(words)


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("keys", *map(str, arguments), stdout=out)
    return out.getvalue()


def become_holders(stick: Path, typed) -> None:
    stick.mkdir(exist_ok=True)
    for name in NAMES:
        typed(PASSPHRASE, PASSPHRASE)
        run("holder", PROVINCE, name, "--out", stick)


def sign(stick: Path, typed, version: int, *names: str) -> None:
    for name in names:
        typed(PASSPHRASE)
        key = stick / f"GIU-KIN--{PROVINCE}--{plain(name)}.json"
        run("sign", stick / f"de-nghi--{PROVINCE}--goc-{version}.json", "--key", key)


def test_the_whole_ceremony_with_files_on_a_stick(province, tmp_path, typed):
    stick = tmp_path / "stick"
    become_holders(stick, typed)
    papers = [word for path in sorted(stick.glob("nguoi-giu--*")) for word in ("--holder", path)]
    said = run("propose", PROVINCE, *papers, "--out", stick)
    assert "2" in said
    assert "Thêm người giữ khoá: Trưởng phòng CNTT" in said
    assert "New holder: Trưởng phòng CNTT" in said
    sign(stick, typed, 2, NAMES[0])
    with pytest.raises(SystemExit) as stopped:
        run("accept", PROVINCE, stick)
    assert stopped.value.code == 2
    sign(stick, typed, 2, NAMES[1])
    said = run("accept", PROVINCE, stick)
    assert "shred -u" in said, "the former root key is still on this server"
    ceremony.offline_copy(province).unlink()
    said = run("rotate", PROVINCE, "all", "--out", stick)
    sign(stick, typed, 3, NAMES[0], NAMES[2])
    assert "✓ Khoá gốc số 3 của An Giang đã có hiệu lực." in run("accept", PROVINCE, stick)
    said = run("revoke", PROVINCE, NAMES[1], "--threshold", 2, "--out", stick)
    assert f"Thôi giữ khoá: {NAMES[1]}" in said
    run("cancel", PROVINCE)
    said = run("status", PROVINCE)
    assert "Chưa phải làm gì" in said
    assert "timestamp" in said


def test_the_state_says_what_is_wrong_and_ends_with_one(province, tmp_path, typed):
    assert "khoá gốc đang nằm trên máy chủ" in run("status").lower()
    become_holders(tmp_path, typed)
    papers = [word for path in sorted(tmp_path.glob("nguoi-giu--*")) for word in ("--holder", path)]
    run("propose", PROVINCE, *papers, "--out", tmp_path)
    assert "còn thiếu 2 trong số Chánh văn phòng, Kế toán trưởng, Trưởng phòng CNTT" in run("status", PROVINCE)
    sign(tmp_path, typed, 2, *NAMES[:2])
    run("accept", PROVINCE, tmp_path)
    with pytest.raises(SystemExit) as stopped:
        run("status")
    assert stopped.value.code == 1


def test_a_holders_key_is_never_written_over(province, tmp_path, typed):
    become_holders(tmp_path, typed)
    with pytest.raises(CommandError, match="never written over"):
        run("holder", PROVINCE, NAMES[0], "--out", tmp_path)


def test_passphrases_that_differ_make_nothing(tmp_path, typed):
    typed(PASSPHRASE, PASSPHRASE + "!")
    with pytest.raises(CommandError, match="không giống nhau"):
        run("holder", PROVINCE, NAMES[0], "--out", tmp_path)
    assert not list(tmp_path.glob("*.json"))


def test_who_does_not_say_yes_signs_nothing(province, tmp_path, typed, monkeypatch):
    become_holders(tmp_path, typed)
    papers = [word for path in sorted(tmp_path.glob("nguoi-giu--*")) for word in ("--holder", path)]
    run("propose", PROVINCE, *papers, "--out", tmp_path)
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    with pytest.raises(CommandError, match="Chưa ký gì cả"):
        sign(tmp_path, typed, 2, NAMES[0])
    assert not list(tmp_path.glob("chu-ky--*"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("status", "nowhere"), "Known are: .*an_giang"),
        (("rotate", PROVINCE, "all", "--uri", "envvar:X"), "name one role"),
        (("rotate", PROVINCE, "timestamp", "--uri", "hsm:2"), "pip install python-pkcs11"),
        (("accept", PROVINCE), "bangtin keys propose an_giang"),
        (("accept", PROVINCE, "/nowhere.json"), "cannot be read"),
        (("revoke", PROVINCE, "Người lạ"), "Holders are"),
    ],
)
def test_mistakes_are_told_in_both_languages(province, arguments, words):
    with pytest.raises(CommandError, match=words) as told:
        run(*arguments)
    vi, en = str(told.value).split("\n")
    assert vi != en


def test_a_passphrase_is_not_taken_from_a_pipe(tmp_path, monkeypatch):
    def piped(prompt: str) -> str:
        warnings.warn("Can not control echo on the terminal.", command.getpass.GetPassWarning, stacklevel=2)
        return PASSPHRASE

    monkeypatch.setattr(command.getpass, "getpass", piped)
    with pytest.raises(CommandError, match="typed at a terminal"):
        run("holder", PROVINCE, NAMES[0], "--out", tmp_path)


def test_on_a_holders_machine_nothing_is_needed_but_a_terminal(tmp_path):
    """No database, no data folder, no instance; the passphrase is not shown."""
    environment = {
        **os.environ,
        "BANGTIN_DATA": str(tmp_path / "none"),
        "DJANGO_SETTINGS_MODULE": "cms.settings.development",
    }
    typed = [sys.executable, "-m", "cms.runtime", "keys", "holder", PROVINCE, NAMES[0], "--out", str(tmp_path)]
    shown = _at_a_terminal(typed, environment, [PASSPHRASE, PASSPHRASE])
    secret = tmp_path / "GIU-KIN--an_giang--truong-phong-cntt.json"
    assert secret.exists(), shown
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert PASSPHRASE not in shown
    assert not (tmp_path / "none").exists()


def _at_a_terminal(command: list[str], environment: dict[str, str], answers: list[str]) -> str:
    """Run a command in a terminal and type an answer at each question; what the terminal showed."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True
    )
    os.close(other)
    shown, left, deadline = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([main], [], [], 0.2)[0]:
            try:
                data = os.read(main, 4096)
            except OSError:
                break
            shown += data
            if left and shown.endswith(b": "):
                os.write(main, left.pop(0).encode() + b"\n")
        elif process.poll() is not None:
            break
    process.wait(10)
    os.close(main)
    return shown.decode(errors="replace")
