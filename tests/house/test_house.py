"""What holds for the repository as a whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cms.runtime import preloads

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a clone")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def check_deploy(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("BANGTIN_")}
    env |= {
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "BANGTIN_DATA": str(data),
        "BANGTIN_SECRET_KEY": "".join(chr(33 + n % 90) for n in range(0, 700, 7)),
        "BANGTIN_ALLOWED_HOSTS": "bangtin.example",
        **environment,
    }
    command = [sys.executable, "-m", "cms.runtime", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_the_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    done = check_deploy(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_production_refuses_a_shifted_clock(tmp_path: Path) -> None:
    done = check_deploy(tmp_path, BANGTIN_CLOCK="2027-01-04T08:00:00+07:00")
    assert done.returncode != 0
    assert "demonstrations only" in done.stderr


def test_production_refuses_the_clock_that_a_demonstration_left_in_the_data(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text('{"offset_ms": 3600000, "last_ms": 0}')
    done = check_deploy(tmp_path)
    assert done.returncode != 0
    assert "clock.json" in done.stderr


def test_production_names_the_secret_that_is_missing(tmp_path: Path) -> None:
    done = check_deploy(tmp_path, BANGTIN_SECRET_KEY_FILE=str(tmp_path / "none"))
    assert done.returncode != 0
    assert "BANGTIN_SECRET_KEY_FILE" in done.stderr


def test_no_file_names_a_package_registry_or_a_machine() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".txt", ".in", ".toml", ".json", ".md", ".py", ".js", ".sh", ".cfg", ".yml", ".npmrc", ""}
        and path != Path(__file__)
        and re.search(
            r"--(?:extra-)?index-url \S|registry\.npmjs|files\.pythonhosted|pypi\.org/simple|\"resolved\":",
            path.read_text(encoding="utf-8", errors="ignore"),
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["bootstrap", "runtime", "development"])
def test_every_package_of_the_lock_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    assert [line.split()[0] for line in lines if "--hash=sha256:" not in line] == []


def test_the_lock_of_the_tools_agrees_with_the_one_of_an_instance() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([\w.-]+==[^\s\\;]+)", text, re.MULTILINE))

    assert pins("runtime.txt") <= pins("development.txt")


def test_no_file_is_too_long_to_be_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in {".py", ".js"} and "migrations" not in path.parts
        for lines in [path.read_text(encoding="utf-8").count("\n")]
        if lines > 420
    }
    assert long == {}


def test_the_players_page_names_all_scripts_that_it_starts_with() -> None:
    modules = preloads.imported()
    assert {"src/play.js", "src/stage/stage.js", "src/core/schedule.js"} <= {one.as_posix() for one in modules}
    assert preloads.main() == 0, "python -m cms.runtime.preloads write"


def test_a_script_that_is_imported_anew_is_missed(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "index.html").write_text("<head>\n</head>\n")
    (tmp_path / "src/main.js").write_text(
        'import {\n  a,\n} from "./a.js";\nimport "./b.js";\nconst c = import("./late.js");\n'
    )
    (tmp_path / "src/a.js").write_text('export { d } from "../d.js"; // of "./none.js"\n')
    (tmp_path / "src/b.js").write_text("")
    (tmp_path / "d.js").write_text('import "./src/a.js";\n')
    named = re.findall(r'href="\./\{\{version\}\}/([^"]+)"', preloads.page(tmp_path))
    assert named == ["src/a.js", "src/b.js", "d.js"]
