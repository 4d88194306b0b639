"""What a technician types, and what the distribution carries."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bangtin_kiosk.cli import main
from bangtin_kiosk.config import Config, State, load
from bangtin_kiosk.doctor import examine
from bangtin_kiosk.shell import Shells
from bangtin_kiosk.trust import check_code
from bangtin_kiosk.unit import unit
from tests.kiosk.conftest import offer
from tests.player_web.fake_cms import FakeCms

ROOT = Path(__file__).parents[2]
PLAYER = {"index.html": b'<body data-version="{{version}}">'}


@pytest.fixture
def root(cms: FakeCms, tmp_path: Path) -> Path:
    """The file that the CMS gives to a technician."""
    path = tmp_path / "1.root.json"
    path.write_bytes(cms.files[f"releases/{cms.cluster}/metadata/1.root.json"])
    return path


def install(folder: Path, cms: FakeCms, root: Path, *more: str) -> int:
    told = ["--cms", f"http://127.0.0.1:{cms.port}", "--cluster", cms.cluster, "--root", str(root), *more]
    return main(["--state", str(folder), "install", *told])


def test_an_installation_pins_the_root_and_brings_the_player(
    cms: FakeCms, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version, state = offer(cms, PLAYER), State(tmp_path / "k")
    mark = check_code(root.read_bytes())
    assert install(state.folder, cms, root, "--code", mark, "--seat", "tinh-bien-1") == 0
    said = capsys.readouterr().out
    assert mark in said
    assert version in said
    assert state.root.read_bytes() == root.read_bytes()
    config = load(state)
    assert config.seat == "tinh-bien-1"
    assert Shells(state.shells, state.metadata, root.read_bytes(), cms.cluster).best() is not None


def test_a_check_code_that_differs_installs_nothing(
    cms: FakeCms, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(tmp_path / "k", cms, root, "--code", "0000 0000 0000 0000 0000") == 1
    assert "KHÔNG khớp" in capsys.readouterr().err
    assert not (tmp_path / "k").exists()


def test_nobody_is_trusted_without_a_comparison(
    cms: FakeCms, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert install(tmp_path / "k", cms, root) == 1
    monkeypatch.setattr("builtins.input", lambda prompt: check_code(root.read_bytes())[-9:].replace(" ", "  "))
    assert install(tmp_path / "k", cms, root, "--offline") == 0


def test_another_root_does_not_slip_in_unasked(cms: FakeCms, root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "k"
    assert install(folder, cms, root, "--code", check_code(root.read_bytes()), "--offline") == 0
    cms.sign_root()
    other = tmp_path / "2.root.json"
    other.write_bytes(cms.files[cms.metadata_path("root")])
    mark = check_code(other.read_bytes())
    assert install(folder, cms, other, "--code", mark, "--offline") == 1
    assert install(folder, cms, other, "--code", mark, "--offline", "--replace") == 0
    assert State(folder).root.read_bytes() == other.read_bytes()


def test_a_file_that_is_no_root_is_refused(cms: FakeCms, root: Path, tmp_path: Path) -> None:
    root.write_bytes(cms.files[cms.metadata_path("root")].replace(b'"version":1', b'"version":2'))
    assert install(tmp_path / "k", cms, root, "--code", "0000 0000 0000 0000 0000") == 1
    assert not (tmp_path / "k").exists()


def test_a_controller_without_a_network_is_installed_all_the_same(
    cms: FakeCms, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cms.stop()
    assert install(tmp_path / "k", cms, root, "--code", check_code(root.read_bytes())) == 0
    assert "bangtin-kiosk import" in capsys.readouterr().out


def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(
    cms: FakeCms, root: Path, config: Config, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    version = offer(cms, PLAYER)
    assert main(["--state", str(state.folder), "update"]) == 0
    found = {one.name: one for one in examine(config, state)}
    for name in ("folder", "chromium", "root", "player", "metadata", "cms", "clock"):
        assert found[name].trouble is None, found[name]
    assert found["player"].fact == version
    assert "systemctl start" in found["running"].trouble[1]

    (state.shells / version / "files" / "index.html").write_bytes(b"evil")
    cms.offset_ms = 3_600_000
    found = {one.name: one for one in examine(config, state)}
    assert "changed" in found["player"].trouble[1]
    assert "60 phút" in found["clock"].trouble[0]
    assert "set-ntp" in found["clock"].trouble[1]

    cms.stop()
    assert main(["--state", str(state.folder), "doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ cms" in said
    assert "kiểm tra mạng" in said


@pytest.mark.parametrize("command", ["run", "status", "update", "doctor"])
def test_a_command_before_the_installation_says_so(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--state", str(tmp_path / "none"), command]) == 1
    said = capsys.readouterr().err
    assert "install" in said or "start" in said


def test_the_unit_in_deploy_is_the_one_that_the_command_prints() -> None:
    made = unit("/opt/bangtin-kiosk/bin/bangtin-kiosk", "/var/lib/bangtin-kiosk")
    kept = ROOT / "deploy" / "systemd" / "bangtin-kiosk.service"
    assert kept.read_text(encoding="utf-8") == made, f"run: bangtin-kiosk unit > {kept.relative_to(ROOT)}"


def test_the_kiosk_knows_neither_django_nor_the_cms() -> None:
    script = "import bangtin_kiosk.cli, sys; print([m for m in sys.modules if m.split('.')[0] in ('django', 'cms')])"
    env = {"PYTHONPATH": str(ROOT / "player_web" / "kiosk"), "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.strip() == "[]"


def test_the_lock_of_a_controller_has_hashes_and_the_pins_of_an_instance() -> None:
    folder = ROOT / "player_web" / "kiosk"
    text = (folder / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    assert all("--hash=sha256:" in line for line in lines)
    runtime = set(re.findall(r"^([\w.-]+==[^\s\\;]+)", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE))
    assert {line.split()[0] for line in lines} <= runtime
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"]["file"] == ["requirements.in"]
