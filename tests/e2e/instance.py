"""A real instance in a folder of its own: `bangtin demo` as a newcomer starts it, and a console inside it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.browser import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]

# Runs snippets inside the instance's Django, one JSON line in, one out; starting Django for each would take seconds.
CONSOLE = """
import json, os, sys, traceback
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.development")
import django
django.setup()
from django.db import connection
names = {}
for line in sys.stdin:
    try:
        names["answer"] = None
        exec(json.loads(line), names)
        reply = {"answer": names["answer"]}
    except Exception:
        reply = {"error": traceback.format_exc()}
    connection.close()
    sys.stdout.write("\\x1e" + json.dumps(reply) + "\\n")
    sys.stdout.flush()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Instance:
    """The demo on a free port. `start` returns when it is filled and says how to open the players. `lines` is what it said, at
    all its starts (`said`: at earlier ones)."""

    def __init__(self, data: Path, said: Sequence[str] = ()) -> None:
        self.data, self.port = data, free_port()
        self.lines = list(said)
        self.process: subprocess.Popen[str] | None = None
        self._console: subprocess.Popen[str] | None = None
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("BANGTIN_", "DJANGO_"))}
        self.env = {
            **kept,
            "BANGTIN_DATA": str(data),
            "BANGTIN_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "cms.settings.development",
        }

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, seconds: float = 1800) -> None:
        """Run `bangtin demo` and read what it says until the links to the players are there."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cms.runtime", "demo"],
            env=self.env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = threading.Event()
        threading.Thread(target=self._read, args=(self.process, said), daemon=True).start()
        if not said.wait(seconds) or self.process.poll() is not None:
            output = "\n".join(self.lines[-40:])
            self.stop()
            raise AssertionError(f"the demo did not come up:\n{output}")

    def _read(self, process: subprocess.Popen[str], said: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip())
            if "demo --code" in line:
                said.set()
        said.set()

    def stop(self) -> None:
        """Ctrl-C, and the end of everything it started."""
        if self._console:
            self._console.kill()
            self._console.wait()
            self._console = None
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def cli(self, *words: str) -> str:
        """What a `bangtin` command prints; raises when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "cms.runtime", *words],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def command(self, *words: str) -> None:
        """Run a `bangtin` command in the console, where a process of its own, which takes seconds to start, shows nothing more."""
        self.do(f"from django.core.management import call_command\ncall_command(*{words!r})")

    def do(self, snippet: str) -> Any:
        """Run Python inside the instance; what it assigns to `answer` comes back as JSON."""
        if self._console is None:
            self._console = subprocess.Popen(
                [sys.executable, "-c", CONSOLE],
                env=self._console_env(),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._console.stdin is not None
        assert self._console.stdout is not None
        self._console.stdin.write(json.dumps(snippet) + "\n")
        self._console.stdin.flush()
        while line := self._console.stdout.readline():
            if line.startswith("\x1e"):
                reply = json.loads(line[1:])
                assert "error" not in reply, reply["error"]
                return reply["answer"]
        raise AssertionError("the console ended")

    def _console_env(self) -> dict[str, str]:
        offset = json.loads((self.data / "clock.json").read_text())["offset_ms"]
        return {**self.env, "BANGTIN_CLOCK_OFFSET_MS": str(offset)}

    def invitation(self, controller: str) -> str:
        """A link that makes a browser the player of a controller, in its test dress."""
        path = self.do(f"""
from cms.accounts.models import User
from cms.places.models import Controller
from cms.players.services import invite
answer = invite(Controller.objects.get(slug={controller!r}), User.objects.filter(is_superuser=True).first())[1]
""")
        return f"{self.url}{path.replace('?', '?test=1&', 1)}"

    def eventually(self, snippet: str, seconds: float = PATIENCE_S) -> Any:
        """Ask the database until the answer is true; another process writes it, so there is no event to wait for."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if answer := self.do(snippet):
                return answer
            time.sleep(0.2)
        raise AssertionError(f"never came true: {snippet}")
