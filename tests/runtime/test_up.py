"""`bangtin up`: everything starts, stops and comes back, and each obstacle is named in one line of each language."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cms.runtime.orphans import MARK, marked

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc"),
    # The instances have databases of their own, copied from the migrated one that this mark asks for.
    pytest.mark.django_db,
]
PATIENCE_S = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Instance:
    """A `bangtin up` of our own."""

    def __init__(self, data: Path, run: str, *words: str, port: int | None = None, **environment: str) -> None:
        self.data, self.run_id, self.port = data, run, port or free_port()
        env = {name: value for name, value in os.environ.items() if not name.startswith("BANGTIN_")}
        env |= {
            "DJANGO_SETTINGS_MODULE": "cms.settings.development",
            "BANGTIN_DATA": str(data),
            "BANGTIN_PORT": str(self.port),
            MARK: run,
            **environment,
        }
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cms.runtime", "up", *words],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def until(self, pattern: str) -> str:
        """Read the output until it holds the pattern; fails with the output when the process ends before."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self.output):
            left = deadline - time.monotonic()
            assert left > 0, f"no {pattern!r} in time:\n{self.output}"
            if select.select([self.process.stdout], [], [], left)[0]:
                data = os.read(self.process.stdout.fileno(), 65536)
                assert data, f"it ended without {pattern!r}:\n{self.output}"
                self.output += data.decode()
        return self.output

    def end(self, sig: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sig)
        assert self.process.stdout is not None
        self.output += self.process.stdout.read().decode()
        return self.process.wait(PATIENCE_S)

    def processes(self) -> list[int]:
        return list(marked(self.run_id))

    def gone(self) -> None:
        deadline = time.monotonic() + 20
        while self.processes():
            assert time.monotonic() < deadline, f"left behind: {self.processes()}"
            select.select([], [], [], 0.05)

    def healthy(self) -> bool:
        address = f"http://127.0.0.1:{self.port}/health/"
        with contextlib.suppress(OSError, http.client.HTTPException), urllib.request.urlopen(address) as answer:
            return bool(answer.status == 200)
        return False


def over_tls(instance: Instance, path: str) -> tuple[int, list[str]]:
    """Status and cookies of an answer to somebody who trusts the local authority and nobody else."""
    trust = ssl.create_default_context(cafile=str(instance.data / "tls" / "ca.pem"))
    handler = urllib.request.HTTPSHandler(context=trust)
    with urllib.request.build_opener(handler).open(f"https://localhost:{instance.port}{path}") as answer:
        return answer.status, answer.headers.get_all("Set-Cookie") or []


def ended(data: Path, *words: str, **environment: str) -> tuple[int, str]:
    one = Instance(data, "ended", *words, **environment)
    code = one.end(0)
    return code, one.output


@pytest.fixture(scope="module")
def data(migrated_data: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = migrated_data(tmp_path_factory.mktemp("up") / "var")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_the_life_of_an_instance(data: Path) -> None:
    one = Instance(data, "life-1")
    try:
        output = one.until(r"Ctrl-C\n.*Ctrl-C\n")
        assert re.search(r"Password \(shown once\): [0-9a-f-]{19}", output)
        assert one.healthy()
        assert data.stat().st_mode & 0o077 == 0
        assert (data / "keys" / "secret_key").stat().st_mode & 0o077 == 0

        second, told = ended(data, BANGTIN_PORT=str(free_port()))
        assert second == 3
        assert "đang chạy trên dữ liệu này" in told
        assert f"already running on this data (process {one.process.pid}" in told

        worker = next(pid for pid in one.processes() if _is_child(pid, one.process.pid))
        os.kill(worker, signal.SIGKILL)
        one.until("restarting")
        assert one.end() == 0
        one.gone()
    finally:
        one.end(signal.SIGKILL)

    # The second start, for controllers elsewhere, shows no password, and nothing is left when the supervisor itself is killed.
    two = Instance(data, "life-2", "--tls")
    try:
        output = two.until(r"Ctrl-C\n.*Ctrl-C\n")
        assert "Password" not in output.replace("New password", "")
        assert "bangtin changepassword admin" in output
        assert len(two.processes()) >= 6
        assert f"import on the controllers: {data / 'tls' / 'ca.pem'}" in output
        assert not two.healthy(), "nothing is said in the open"
        status, cookies = over_tls(two, "/admin/login/")
        assert status == 200
        assert cookies
        assert all("Secure" in one for one in cookies)
        two.process.kill()
        two.process.wait()
        two.gone()
    finally:
        two.end(signal.SIGKILL)


def _is_child(pid: int, parent: int) -> bool:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[1]) == parent and b"cms.runtime" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def test_a_port_in_use_is_named(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, told = ended(data, BANGTIN_PORT=str(port))
    assert code == 1
    assert f"Không mở được cổng {port}" in told
    assert f"Port {port} on 127.0.0.1 cannot be opened" in told
    assert "Traceback" not in told


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    code, told = ended(file / "var")
    assert code == 1
    assert "Không ghi được vào thư mục" in told
    assert "cannot be written" in told
    assert "Traceback" not in told


def test_a_redis_that_does_not_answer_is_named(data: Path) -> None:
    code, told = ended(data, BANGTIN_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert code == 1
    assert "Redis không trả lời" in told
    assert "Redis does not answer" in told
    assert "Traceback" not in told
