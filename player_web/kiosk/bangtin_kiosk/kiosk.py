"""Puts the running kiosk together: server, updates, watch, control."""

from __future__ import annotations

import base64
import random
import threading
from pathlib import Path

from bangtin_kiosk.config import Config, State
from bangtin_kiosk.control import Control
from bangtin_kiosk.files import read_bounded
from bangtin_kiosk.say import Stop, note
from bangtin_kiosk.server import Server
from bangtin_kiosk.shell import Shell, Shells
from bangtin_kiosk.sources import Folder, Network, Source
from bangtin_kiosk.trust import METADATA_BYTES, Refused, Unavailable, check_root
from bangtin_kiosk.update import take
from bangtin_kiosk.upstream import Upstream
from bangtin_kiosk.watch import Pace, Watch

UPDATE_S = 300.0
FIRST_S = 20.0
"""Between two attempts while there is no player at all."""


def shells_of(config: Config, state: State) -> Shells:
    """The players on the disk. Raises Stop without a pinned root that is one."""
    try:
        pinned = read_bounded(state.root, METADATA_BYTES)
        check_root(pinned)
    except (OSError, ValueError, Refused) as error:
        raise Stop(
            f"Khóa gốc {state.root} không dùng được ({error}). Cài đặt lại: bangtin-kiosk install --help",
            f"The root {state.root} cannot be used ({error}). Install again: bangtin-kiosk install --help",
        ) from error
    return Shells(state.shells, state.metadata, pinned, config.cluster)


def upstream_of(config: Config, state: State) -> Upstream:
    """The CMS."""
    return Upstream(config.cms, state.authority)


class Kiosk:
    """`run()` blocks until `stop()`."""

    def __init__(self, config: Config, state: State, *, pace: Pace | None = None, update_s: float = UPDATE_S) -> None:
        """Raises Stop, OSError."""
        self.config, self.state, self.update_s = config, state, update_s
        self.shells = shells_of(config, state)
        self.upstream = upstream_of(config, state)
        self.server = Server(self.upstream, config.cluster, config.port, config.page)
        self.watch = Watch(config, state, self.server, self.shells, pace or Pace())
        self.shells.complain = self._damaged
        self._updating = threading.Lock()
        self._stopping = threading.Event()
        deeds = {
            "status": self.watch.status,
            "screenshot": self._screenshot,
            "update": self.update,
            "import": self._chosen,
        }
        self.control = Control(state.socket, deeds)

    def run(self) -> None:
        """Serve, watch and update until `stop()`."""
        self.server.serve(self.shells.best())
        self.server.start()
        self.control.start()
        threading.Thread(target=self._keep_updated, name="update", daemon=True).start()
        try:
            self.watch.run()
        finally:
            self._stopping.set()
            self.control.stop()
            self.server.stop()

    def stop(self) -> None:
        self._stopping.set()
        self.watch.stop()

    def update(self, source: Source | None = None) -> str:
        """Look for a newer player once; returns the version that is served then. Raises Refused, Unavailable, OSError."""
        with self._updating:
            try:
                shell = take(self.shells, source or Network(self.upstream, self.config.cluster))
            except Refused as error:
                note(f"Từ chối trình phát mới: {error}", f"a new player was refused: {error}")
                detail = {"what": "player.json", "reason": error.reason, "detail": str(error)[:200]}
                self.watch.tell("refused", detail)
                raise
            if shell is not None:
                self._choose(shell)
            return self.server.version

    def _choose(self, shell: Shell) -> None:
        self.shells.choose(shell.version)
        if shell.version != self.server.version:
            self.server.serve(shell)
            self.watch.take_over()

    def _keep_updated(self) -> None:
        while not self._stopping.is_set():
            try:
                self.update()
            except Unavailable:
                pass  # being offline is what we are made for
            except Refused:
                pass  # it was told
            except Exception as error:
                note(f"Không cập nhật được trình phát: {error}", f"the player could not be updated: {error}")
            every = self.update_s if self.server.version else min(FIRST_S, self.update_s)
            self._stopping.wait(every * random.uniform(0.8, 1.2))  # noqa: S311 - so that not all ask at once

    def _damaged(self, version: str, reason: str) -> None:
        note(f"Trình phát {version} trên đĩa bị hỏng: {reason}", f"player {version} on the disk is damaged: {reason}")
        self.watch.tell("refused", {"what": "player.json", "reason": "hash", "detail": f"{version}: {reason}"[:200]})

    def _screenshot(self) -> str:
        browser = self.watch.browser
        if browser is None:
            raise RuntimeError("no browser runs")
        return base64.b64encode(browser.screenshot()).decode()

    def _chosen(self) -> str:
        """A player was put on the disk by a command of ours: take the best there is."""
        with self._updating:
            shell = self.shells.best()
            if shell is not None and shell.version != self.server.version:
                self.server.serve(shell)
                self.watch.take_over()
            return self.server.version


def from_stick(config: Config, state: State, folder: Path) -> Shell | None:
    """Take the player from a stick: its root, or the folder `bangtin-<cluster>` on it. Raises Stop, Refused, Unavailable,
    OSError."""
    named = folder / f"bangtin-{config.cluster}"
    shells = shells_of(config, state)
    shell = take(shells, Folder(named if named.is_dir() else folder))
    if shell is not None:
        shells.choose(shell.version)
    return shell


def first_player(config: Config, state: State) -> Shell | None:
    """Fetch the player at the installation. Raises Stop, Refused, Unavailable, OSError."""
    shells = shells_of(config, state)
    shell = take(shells, Network(upstream_of(config, state), config.cluster))
    if shell is not None:
        shells.choose(shell.version)
    return shell
