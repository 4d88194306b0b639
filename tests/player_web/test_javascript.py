"""The JavaScript tests and the types of the player, run with the others."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
TSC = ROOT / "player_web" / "node_modules" / ".bin" / "tsc"


@pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")
def test_the_pure_parts_pass_their_vectors_under_node() -> None:
    done = subprocess.run([NODE, "--test", "tests/player_web/"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.skipif(not TSC.exists(), reason="TypeScript is not installed: npm ci in player_web")
def test_the_types_in_its_comments_hold() -> None:
    done = subprocess.run([TSC, "--project", "player_web"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_core_imports_only_the_core() -> None:
    for path in (ROOT / "player_web/src/core").glob("*.js"):
        sources = [line.split(" from ")[1] for line in path.read_text().splitlines() if line.startswith("import ")]
        assert all(source.startswith('"./') for source in sources), path
