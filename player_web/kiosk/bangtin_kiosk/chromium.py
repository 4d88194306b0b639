"""Chromium as a picture on a wall: one window, no questions, no memory of how it ended."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from bangtin_kiosk.cdp import Listener, Pipe
from bangtin_kiosk.config import WINDOW, Config, State
from bangtin_kiosk.files import write_atomic

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FEATURES_OFF = (
    "AutofillServerCommunication",
    "CalculateNativeWinOcclusion",
    "DialMediaRouteProvider",
    "GlobalMediaControls",
    "InfiniteSessionRestore",
    "MediaRouter",
    "OptimizationHints",
    "Translate",
)
FLAGS = (
    # what is shown: every pixel and colour as approved, with sound from the first second
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    # nobody is there to answer
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble",
    "--disable-notifications",
    "--deny-permission-prompts",
    "--disable-hang-monitor",
    "--password-store=basic",
    "--lang=vi",
    # nothing goes out, nothing comes in by itself
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-pings",
    "--no-proxy-server",
    # a screen that nobody touches is not idle
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    f"--disable-features={','.join(FEATURES_OFF)}",
)


def find(told: str) -> str | None:
    """The browser's path: the one that was named, else the first that is installed."""
    return shutil.which(told) if told else next(filter(None, map(shutil.which, NAMES)), None)


def arguments(config: Config, state: State) -> list[str]:
    """What Chromium is started with, without its own name."""
    window = WINDOW.fullmatch(config.window)
    if window:
        x, y, width, height = window.groups()
        place = [f"--window-position={x},{y}", f"--window-size={width},{height}"]
    else:
        place = ["--kiosk"]
    return [
        *FLAGS,
        *place,
        f"--user-data-dir={state.profile}",
        f"--disk-cache-dir={state.home / 'cache'}",
        "--disk-cache-size=33554432",
        "--remote-debugging-pipe",
        *config.flags,
        f"--app={config.page}",
    ]


def environment(state: State) -> dict[str, str]:
    """Ours, with a home in our own folder, so that the rest of the disk may be read-only."""
    home = str(state.home)
    return {
        **os.environ,
        "HOME": home,
        "XDG_CONFIG_HOME": f"{home}/config",
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_DATA_HOME": f"{home}/data",
        "TZ": os.environ.get("TZ", "Asia/Ho_Chi_Minh"),
    }


def forget_crash(profile: Path) -> None:
    """Let the profile say that it ended well, and free it from a process that is gone. The caller knows that no Chromium
    runs on it."""
    for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
        with suppress(OSError):
            (profile / name).unlink()
    shutil.rmtree(profile / "Crash Reports", ignore_errors=True)
    shutil.rmtree(profile / "Default" / "Sessions", ignore_errors=True)
    preferences = profile / "Default" / "Preferences"
    try:
        read = json.loads(preferences.read_bytes())
        read.setdefault("profile", {}).update(exit_type="Normal", exited_cleanly=True)
        write_atomic(preferences, json.dumps(read).encode())
    except FileNotFoundError:
        return
    except (OSError, ValueError, AttributeError):  # Chromium makes itself new ones
        with suppress(OSError):
            preferences.unlink()


class Process:
    """A running Chromium and the pipe to it. It ends by itself when we do: the pipe closes then."""

    def __init__(self, command: list[str], env: dict[str, str], listener: Listener) -> None:
        """Raises OSError when it cannot be started."""
        theirs_in, ours_out = map(_high, os.pipe())
        ours_in, theirs_out = map(_high, os.pipe())
        words, their_words = map(_high, os.pipe())
        try:
            self.pid = os.posix_spawn(
                command[0],
                command,
                env,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, their_words, 1),
                    (os.POSIX_SPAWN_DUP2, their_words, 2),
                    (os.POSIX_SPAWN_DUP2, theirs_in, 3),
                    (os.POSIX_SPAWN_DUP2, theirs_out, 4),
                ],
                setsid=True,
            )
        except OSError:
            for one in (ours_out, ours_in, words):
                os.close(one)
            raise
        finally:
            for one in (theirs_in, theirs_out, their_words):
                os.close(one)
        self.last_words: deque[str] = deque(maxlen=12)
        threading.Thread(target=self._listen, args=(words,), name="chromium", daemon=True).start()
        self.started = time.monotonic()
        self._ended: int | None = None
        self.descriptor = os.pidfd_open(self.pid)
        self.pipe = Pipe(ours_out, ours_in, listener)

    def _listen(self, words: int) -> None:
        """It talks a lot; only its last words are of use, when it ends."""
        with os.fdopen(words, encoding="utf-8", errors="replace") as file:
            for line in file:
                self.last_words.append(line.rstrip()[:300])

    @property
    def ended(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self._ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended = os.waitstatus_to_exitcode(status)
                os.close(self.descriptor)
        return self._ended

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        if self.ended is None:
            select.select([self.descriptor], [], [], seconds)
        return self.ended is not None

    def stop(self, patience: float = 5) -> None:
        """Ask it to end, and end it and its children after `patience` seconds."""
        if self.ended is None:
            self.pipe.post("Browser.close")
            self.wait(patience)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # it is the leader of its own group
        self.wait(5)
        self.pipe.close()


def _high(descriptor: int) -> int:
    """The same file under a number that the child's 3 and 4 cannot meet, closed in it."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16)
    os.close(descriptor)
    return moved
