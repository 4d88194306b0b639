"""Installs a plugin without letting it move anything that the instance stands on.

Plain pip refuses Pillow 13 beside moviepy (which pins an older one), so every installed version is given as a constraint,
and those that our own overrides name as an override."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class InstallFailed(Exception):
    """The installer refused; the message is its own."""


def install(what: str, *, target: Path | None = None) -> list[str]:
    """Install a requirement, a wheel or a folder; return the names of the distributions that are new or changed.

    With `target` the plugin goes into that folder (which must be on PYTHONPATH), without dependencies."""
    before = _versions(target)
    with tempfile.TemporaryDirectory() as folder:
        command = _command(what, Path(folder), target)
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise InstallFailed((done.stderr or done.stdout).strip())
    after = _versions(target)
    return sorted(name for name, version in after.items() if before.get(name) != version) or _named(what, after)


def _command(what: str, folder: Path, target: Path | None) -> list[str]:
    present = {one.name.lower().replace("_", "-"): one.version for one in distributions()}
    constraints, overrides = folder / "constraints.txt", folder / "overrides.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in sorted(present.items())))
    forced = [name for name in _names(ROOT / "requirements" / "overrides.txt") if name in present]
    overrides.write_text("".join(f"{name}=={present[name]}\n" for name in forced))
    isolation = ["--no-build-isolation"] if _built_by_setuptools(Path(what)) else []
    if uv := shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv"):
        command = [uv, "pip", "install", "--quiet", "--python", sys.executable, *isolation]
        if target:
            return [*command, "--no-deps", "--reinstall", "--target", str(target), what]
        return [*command, "--constraint", str(constraints), "--override", str(overrides), what]
    # pip knows no overrides: it may not look at dependencies at all; `bangtin plugin check` finds what is missing.
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *isolation]
    return [*command, *(["--target", str(target)] if target else ["--constraint", str(constraints)]), what]


def _built_by_setuptools(folder: Path) -> bool:
    """Such a plugin is built with the setuptools that is here, so no network is needed."""
    project = folder / "pyproject.toml"
    if not project.is_file():
        return False
    build = tomllib.loads(project.read_text(encoding="utf-8")).get("build-system", {})
    return str(build.get("build-backend", "setuptools")).startswith("setuptools")


def _names(requirements: Path) -> list[str]:
    if not requirements.is_file():
        return []
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return [found[0].lower() for line in lines if (found := _NAME.match(line))]


def _versions(target: Path | None) -> dict[str, str]:
    found = distributions(path=[str(target)]) if target else distributions()
    return {one.name: one.version for one in found}


def _named(what: str, present: dict[str, str]) -> list[str]:
    """Installed again in the same version: the name stands in the request or in the folder's project."""
    project = Path(what) / "pyproject.toml"
    if project.is_file():
        name = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}).get("name", "")
        return [name] if name in present else []
    found = _NAME.match(what)
    return [found[0]] if found and found[0] in present else []
