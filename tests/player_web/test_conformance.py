"""The player's TUF client, run by Node: against the public conformance suite, and against what this CMS signs.

The suite is theupdateframework/tuf-conformance, from a copy outside the repository whose folder `TUF_CONFORMANCE` names. It needs
`faketime`, and the Python packages that it names: those of its own `env/` where there is one, else those of this environment.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Timestamp

from cms import clock
from cms.release.keys import ensure_province_keys
from cms.release.repository import MADE_FIELD, ClusterRepository

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "player_web" / "tools" / "tuf_client.mjs"
SUITE = os.environ.get("TUF_CONFORMANCE", "")

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine")


def expected_failures() -> dict[str, str]:
    """The list beside the command: test → the reason in the comment above it."""
    reasons, reason = dict[str, str](), ""
    for line in Path(f"{CLIENT}.xfails").read_text("utf-8").splitlines():
        if line.startswith("#"):
            reason = line.removeprefix("#").strip()
        elif line.strip():
            reasons[line.strip()] = reason
    return reasons


def test_only_key_types_are_expected_to_fail_and_each_says_why() -> None:
    for name, reason in expected_failures().items():
        assert name.startswith("test_keytype_and_scheme[")
        assert reason


@pytest.mark.skipif(not SUITE, reason="TUF_CONFORMANCE names no copy of theupdateframework/tuf-conformance")
@pytest.mark.skipif(
    shutil.which("faketime") is None, reason="the suite shifts clocks with faketime, which is not installed"
)
def test_the_client_passes_the_public_conformance_suite() -> None:
    own = Path(SUITE) / "env" / "bin" / "python"
    parallel = ["-n", "2"] if not own.exists() and importlib.util.find_spec("xdist") else []
    command = [str(own) if own.exists() else sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", SUITE]
    command += ["-p", "no:cacheprovider", *parallel, str(Path(SUITE) / "tuf_conformance"), "--entrypoint", str(CLIENT)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "PYTEST_"))}
    done = subprocess.run(command, cwd=SUITE, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|xfailed|skipped)", done.stdout)}
    assert counts["passed"] > 100
    assert counts.get("xfailed", 0) == len(expected_failures())
    assert "skipped" not in counts
    print(done.stdout.splitlines()[-1])


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test says what matters."""


@pytest.fixture
def repository(settings, tmp_path: Path) -> ClusterRepository:
    """A cluster of a province, with its first release."""
    settings.DATA = tmp_path / "data"
    for name in ("PUBLIC", "ASSETS", "KEYS"):
        setattr(settings, f"{name}_ROOT", settings.DATA / name.lower())
    settings.DATA.mkdir()
    (tmp_path / "root.json").write_bytes(ensure_province_keys("an_giang"))
    made = ClusterRepository("tinh-bien", "an_giang")
    made.publish("schedule", b'{"one": 1}')
    return made


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def client(repository: ClusterRepository, tmp_path: Path) -> Iterator[Run]:
    """`client(command, *arguments)`: the command with a state of its own, against the public tree on a web server that is not ours."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(repository.root)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    web = f"http://127.0.0.1:{server.server_port}"

    def run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        where = ["--metadata-dir", str(tmp_path / "trusted"), "--metadata-url", f"{web}/metadata"]
        where += ["--target-base-url", f"{web}/targets", "--target-dir", str(tmp_path / "taken")]
        return subprocess.run([str(CLIENT), *where, command, *arguments], capture_output=True, text=True)

    assert run("init", str(tmp_path / "root.json")).returncode == 0
    yield run
    server.shutdown()
    server.server_close()


def test_the_command_takes_what_the_cms_signed_and_refuses_what_it_did_not(
    client: Run, repository: ClusterRepository, tmp_path: Path
) -> None:
    schedule = ("--target-name", "tinh-bien/schedule.json", "--cluster", "tinh-bien")
    assert client("download", *schedule).returncode == 0
    (taken,) = (tmp_path / "taken").iterdir()
    assert taken.read_bytes() == b'{"one": 1}'
    repository.publish("schedule", b'{"two": 2}')
    path = next(path for path in (repository.root / "targets" / "tinh-bien").iterdir() if b"two" in path.read_bytes())
    path.write_bytes(b'{"six": 6}')
    refused = client("download", *schedule)
    assert (refused.returncode, refused.stderr) == (1, "Refusal: tinh-bien/schedule.json: hash (sha256)\n")
    assert taken.read_bytes() == b'{"one": 1}'
    assert client("refresh", "--cluster", "ta-lung").returncode == 1
    assert client("download", "--target-name", "tinh-bien/other.json").returncode == 1
    assert client("refresh", "and more").returncode == 2


def test_a_timestamp_says_when_it_was_signed(repository: ClusterRepository) -> None:
    before = clock.now_ms()
    repository.publish("schedule", b'{"two": 2}')
    timestamp = Metadata[Timestamp].from_file(str(repository.metadata / "timestamp.json")).signed
    assert before <= timestamp.unrecognized_fields[MADE_FIELD] <= clock.now_ms()
