"""A province is added by installing a package: made outside the repository, installed beside it, seen by the instance."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cms.plugin_host.scaffold import make

# The instances under test have databases of their own, copied from the migrated one that this mark asks for.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def data(migrated_data: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an empty instance."""
    return migrated_data(tmp_path_factory.mktemp("instance"))


def bangtin(data: Path, *words: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, with `path` as the folder of added plugins."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cms.settings.development",
        "BANGTIN_DATA": str(data),
        "BANGTIN_LOG_LEVEL": "CRITICAL",
        "PYTHONPATH": str(path or ""),
    }
    command = [sys.executable, "-m", "cms.runtime", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_a_province_from_a_package_outside_the_repository_is_installed_checked_and_served(
    data: Path, tmp_path: Path
) -> None:
    source = make("dong_thap", "Đồng Tháp", tmp_path / "elsewhere")
    added = tmp_path / "added"
    added.mkdir()

    installed = bangtin(data, "plugin", "install", str(source), "--target", str(added), path=added)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    assert "✓ dong_thap" in installed.stdout

    listed = bangtin(data, "plugin", "list", path=added)
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert "Đồng Tháp: dong-thap-gate" in listed.stdout
    for bundled in ("an_giang", "cao_bang", "lang_son", "national"):
        assert f"✓ {bundled}" in listed.stdout

    shown = bangtin(
        data, "shell", "--no-imports", "--verbosity", "0", "-c",
        "from cms.places.models import Cluster; c = Cluster.objects.get(slug='dong-thap-gate');"
        "print(c.province.name, c.faces.count(), c.controllers.count(), c.hours.count())",
        path=added,
    )  # fmt: skip
    assert "Đồng Tháp 1 1 1" in shown.stdout, shown.stderr


def test_a_plugin_that_fails_its_probe_stays_off_and_says_why(data: Path, tmp_path: Path) -> None:
    source = make("bad_province", "Tỉnh Lỗi", tmp_path / "elsewhere")
    module = source / "bangtin_bad_province" / "__init__.py"
    module.write_text(
        module.read_text().replace('languages=("vi", "en"),\n        theme', 'languages=("fr",),\n        theme')
    )
    added = tmp_path / "added"
    added.mkdir()

    installed = bangtin(data, "plugin", "install", str(source), "--target", str(added), path=added)
    assert installed.returncode == 1
    assert "unknown language 'fr'" in installed.stdout
    assert "bị tạm ngừng" in installed.stdout

    listed = bangtin(data, "plugin", "list", path=added)
    assert "bad_province   đang tắt" in listed.stdout
    assert "✓ an_giang" in listed.stdout


def test_the_scaffold_s_own_test_passes(tmp_path: Path) -> None:
    source = make("vinh_long", "Vĩnh Long", tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider", str(source / "tests")]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(source)}, cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
