"""What a technician carries to a controller: the wheel, built without a network, and the lock of what it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

KIOSK = Path(__file__).parents[2] / "player_web" / "kiosk"
BUILD = "import setuptools.build_meta as backend; print(backend.build_wheel('out'))"
RUN = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import bangtin_kiosk.cli, bangtin_kiosk.doctor
assert bangtin_kiosk.__file__.startswith(sys.path[0]), bangtin_kiosk.__file__
assert not {"cms", "django"} & set(sys.modules)
bangtin_kiosk.cli.main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: what an earlier build left in the folder would come along."""
    source = tmp_path_factory.mktemp("wheel") / "kiosk"
    shutil.copytree(KIOSK, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=source, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return source / "out" / done.stdout.split()[-1]


def test_the_wheel_carries_every_module_and_nothing_else(wheel: Path) -> None:
    modules = {path.relative_to(KIOSK).as_posix() for path in (KIOSK / "bangtin_kiosk").rglob("*.py")}
    about = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt")
    version = tomllib.loads((KIOSK / "pyproject.toml").read_text())["project"]["version"]
    with zipfile.ZipFile(wheel) as archive:
        assert set(archive.namelist()) == modules | {f"bangtin_kiosk-{version}.dist-info/{one}" for one in about}


def test_what_the_wheel_needs_is_locked(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    needed = set(re.findall(r"^Requires-Dist: ([\w-]+)", metadata, re.MULTILINE))
    lock = (KIOSK / "requirements.txt").read_text()
    assert needed == {"tuf", "securesystemslib", "urllib3"}
    assert needed <= set(re.findall(r"^([\w-]+)==", lock, re.MULTILINE))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--help"], "Bảng Tin trên máy điều khiển"),
        (["unit"], "WantedBy=multi-user.target"),
        (["doctor"], "Chưa cài đặt"),
    ],
)
def test_the_wheel_runs_without_the_cms(wheel: Path, tmp_path: Path, words: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(wheel), "--state", str(tmp_path), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
