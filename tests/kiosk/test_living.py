"""A controller with a real Chromium plays on, whatever dies, and never shows a player that nobody signed."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bangtin_kiosk import control
from bangtin_kiosk.cli import main
from bangtin_kiosk.config import Config, State
from tests.kiosk.conftest import QUICK, Running, changed, offer
from tests.player_web.conftest import same
from tests.player_web.content import CANVAS, Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser


def pair(running: Running, cms: FakeCms) -> None:
    """An operator types in the code that stands on the screen."""
    cms.confirm(running.until(lambda: shown_code(running)))


def shown_code(running: Running) -> str | None:
    try:
        script = "document.querySelector('.code:not(.waiting)')?.innerText ?? null"
        return running.kiosk.watch.browser and running.kiosk.watch.browser.evaluate(script, 2)
    except Exception:
        return None


def shot(running: Running) -> Image.Image:
    """The pixels on the screen."""
    browser = running.kiosk.watch.browser
    assert browser is not None
    picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
    assert picture.size == CANVAS
    return picture


def boot(running: Running) -> str:
    return str(running.state().get("boot", ""))


def told(cms: FakeCms, kind: str, **wanted: str) -> Callable[[], bool]:
    return lambda: any(
        one["kind"] == kind and all(text in str(one["detail"].get(name)) for name, text in wanted.items())
        for one in cms.events
    )


def renderers(pid: int) -> list[int]:
    """The processes of a browser that draw pages."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").split()
            group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])
        except (OSError, ValueError, IndexError):
            continue
        if group == pid and b"--type=renderer" in words:
            found.append(int(folder.name))
    return found


def test_a_screen_lives_through_everything(
    run: Callable[..., Running], cms: FakeCms, content: Content, config: Config, state: State, tmp_path: Path
) -> None:
    """One controller's life, in order: each part goes on from the state the last one left."""
    version, document = content.publish([content.scene("one", 1)])
    first = offer(cms)
    running = run()
    watch = running.kiosk.watch

    # It is paired through the proxy, and plays the right pixels on the whole canvas.
    pair(running, cms)
    running.until(running.playing(version))
    running.until(lambda: same(shot(running), content.expected(document, cms.now_ms())))
    out = tmp_path / "shot.png"
    assert main(["--state", str(state.folder), "screenshot", "--out", str(out)]) == 0
    assert same(Image.open(out).convert("RGB"), content.expected(document, cms.now_ms()))
    assert running.state()["faces"]["a"]["kind"] == "programme"
    assert running.kiosk.watch.browser.evaluate("navigator.storage.persisted()") is True
    running.until(lambda: not running.kiosk.shells.on_trial(first))

    # The renderer is killed: the page comes back.
    before = boot(running)
    for pid in renderers(watch.browser.process.pid):
        os.kill(pid, signal.SIGKILL)
    running.until(lambda: boot(running) not in ("", before))
    running.until(running.playing(version))

    # The page hangs: it is loaded anew in a fresh process.
    before = boot(running)
    watch.browser.evaluate("setTimeout(() => { for (;;); }, 0) && 0")
    running.until(lambda: boot(running) not in ("", before))
    running.until(running.playing(version))
    running.until(told(cms, "error", what="kiosk"))

    # The browser is killed: another one is started on the same profile, without a question.
    pid = watch.browser.process.pid
    os.kill(pid, signal.SIGKILL)
    running.until(lambda: watch.browser and watch.browser.process.pid != pid)
    running.until(running.playing(version))

    # Somebody offers a player that the province did not sign: refused, never served, and the CMS hears of it.
    good, signers, versions = dict(cms.files), cms.signers, dict(cms.versions)
    cms.signers = dict.fromkeys(signers, signers["root"])
    evil = offer(cms, changed(cms, "evil"), "badbadbadbad")
    running.until(told(cms, "refused", what="player.json", reason="signature"))
    assert running.kiosk.server.version == first
    assert evil not in running.kiosk.server.shells
    assert running.state()["version"] == first
    cms.files, cms.signers, cms.versions = good, signers, versions

    # A newer player, rightly signed, takes over between two scenes.
    newer = offer(cms, changed(cms, "newer"))
    running.until(lambda: running.state().get("version") == newer)
    running.until(running.playing(version))

    # The CMS is away and the power goes: the screen plays on.
    cms.stop()
    running.stop()
    again = run()
    again.until(again.playing(version), 40)
    assert again.state()["version"] == newer
    again.until(lambda: same(shot(again), content.expected(document, cms.now_ms())))
    again.until(lambda: control.ask(state.socket, "status")["paired"])


def test_a_signed_player_that_does_not_run_gives_way_to_the_one_before_it(
    run: Callable[..., Running], cms: FakeCms
) -> None:
    good = offer(cms)
    running = run(pace=dataclasses.replace(QUICK, load=1.5))
    running.until(lambda: shown_code(running) and not running.kiosk.shells.on_trial(good))

    broken = offer(cms, {**cms.web.files, "src/main.js": b"throw new Error('broken');"})
    running.until(lambda: running.kiosk.server.version == broken)
    running.until(lambda: running.kiosk.server.version == good, 40)
    running.until(lambda: shown_code(running))
    assert running.kiosk.update() == good  # it is not tried again
