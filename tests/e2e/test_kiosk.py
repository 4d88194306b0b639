"""A controller at the gate with a real kiosk, a stick, and the running CMS at the office: from its installation to a withdrawal."""

from __future__ import annotations

import io
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bangtin_kiosk.cli import main
from bangtin_kiosk.config import State, load
from tests.browser import CHROMIUM
from tests.e2e.conftest import CONTROLLERS
from tests.e2e.instance import Instance, free_port
from tests.e2e.pixels import share_of_different_pixels
from tests.e2e.test_players import APPROVE, EDIT, PROOFS_READY, crop, drawn, rects
from tests.kiosk.conftest import Running
from tests.kiosk.test_living import shown_code

CLUSTER, SEAT = "tinh-bien", "tinh-bien-1"
CANVAS = CONTROLLERS[SEAT]
EDITED = "quyet-dinh-17-2021"
OTHERS = (
    "bang-tin-de-lam-gi-an-giang",
    "duong-thot-not",
    "gop-y-tinh-bien",
    "rung-tram-tra-su",
    "ung-xu-cua-khau-tinh-bien",
)
"""No other test needs these."""
CODE = """
from cms.places.models import Province
from cms.release.keys.status import overviews
(found,) = overviews(Province.objects.filter(code="an_giang"))
answer = [found.code, found.root_file]
"""
CONFIRM = """
from cms.accounts.models import User
from cms.places.models import Controller
from cms.players.pairing import confirm_pairing
confirm_pairing({code!r}, Controller.objects.get(slug={seat!r}), User.objects.get(username="angiang.operator"))
"""
NEWEST = """
from cms.places.models import Cluster
from cms.release.services import current
answer = current(Cluster.objects.get(slug={cluster!r}), "schedule").version
"""
STILL = """
from cms.content.models import ItemPage
answer = [str(ItemPage.objects.get(slug=slug, locale__language_code="vi").translation_key) for slug in {slugs!r}]
"""
WITHDRAW = """
from cms.accounts.models import User
from cms.approval.services import withdraw
from cms.content.models import ItemPage
key, language = {shown!r}.split("#")[0].split(":")
page = ItemPage.objects.get(translation_key=key, locale__language_code=language)
withdraw(page, province=page.province, by=User.objects.get(username="angiang.approver"), reason="Thử nghiệm")
"""
IMPORTED = """
from cms.players.models import PlayerEvent
answer = PlayerEvent.objects.filter(kind="imported", player__controller__slug={seat!r}, detail__version={version}).exists()
"""


class Line:
    """The wire between the gate and the office: it carries bytes both ways, until it is cut."""

    def __init__(self, port: int) -> None:
        """To `port` of this machine."""
        self.far, self.whole = port, True
        self.ends: set[socket.socket] = set()
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._answer, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def cut(self) -> None:
        """Nothing passes any more, neither what is under way."""
        self.whole = False
        for end in list(self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.whole = True

    def close(self) -> None:
        self.cut()
        self.server.close()

    def _answer(self) -> None:
        with suppress(OSError):
            while True:
                near = self.server.accept()[0]
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(("localhost", self.far))
                self.ends |= {near, far}
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while self.whole and (piece := one.recv(65536)):
                other.sendall(piece)
        for end in (one, other):
            self.ends.discard(end)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(instance: Instance) -> Iterator[Line]:
    made = Line(instance.port)
    yield made
    made.close()


@pytest.fixture
def power(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Switches the controller on; what it stored is there again."""
    started: list[Running] = []

    def switch_on() -> Running:
        state = State(tmp_path / "kiosk")
        started.append(Running(load(state), state))
        return started[-1]

    yield switch_on
    for one in started:
        one.stop()


def install(line: Line, instance: Instance, folder: Path) -> None:
    """With what the page of the keys hands out: the root, and its check code on another way."""
    code, address = instance.do(CODE)
    root = folder / "1.root.json"
    with urllib.request.urlopen(instance.url + address) as answer:  # noqa: S310
        root.write_bytes(answer.read())
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--screen-info={{{CANVAS[0]}x{CANVAS[1]}}}"]
    told = ["--cms", line.url, "--cluster", CLUSTER, "--seat", SEAT, "--root", str(root), "--code", code]
    more = ["--port", str(free_port()), "--chromium", CHROMIUM or "", *(f"--flag={one}" for one in flags)]
    assert main(["--state", str(folder / "kiosk"), "install", *told, *more]) == 0


def plays(running: Running, version: int) -> Callable[[], bool]:
    """Whether this schedule or a later one is on the screen."""

    def holds() -> bool:
        said = running.state()
        return (
            bool(said)
            and said["ready"]
            and said["page"] == ""
            and (said["schedule"] or {}).get("version", 0) >= version
        )

    return holds


def shows_what_the_server_draws(running: Running, instance: Instance, places: dict[str, list[int]]) -> bool:
    """Looked at between two questions, so that no change of scene lies between."""
    before, seen, after = running.state(), shot(running), running.state()
    scenes = [{face: one["scene"] for face, one in said["faces"].items()} for said in (before, after)]
    if scenes[0] != scenes[1]:
        return False
    expected = drawn(instance, CLUSTER, [(face, round(before["clock"]["now"])) for face in places])
    return all(
        share_of_different_pixels(crop(seen, rect), picture) <= 0.005
        for rect, picture in zip(places.values(), expected, strict=True)
    )


def shot(running: Running) -> Image.Image:
    browser = running.kiosk.watch.browser
    assert browser is not None
    return Image.open(io.BytesIO(browser.screenshot())).convert("RGB")


def import_stick(running: Running, folder: Path) -> str:
    """As a technician with a keyboard: the keys, Enter, the folder. Returns what the panel says in the end."""
    browser = running.kiosk.watch.browser
    assert browser is not None

    def call(method: str, **params: Any) -> dict[str, Any]:
        return browser.process.pipe.call(method, params, session=browser.session)

    browser.evaluate("window.showDirectoryPicker = undefined, 0")
    call("Page.setInterceptFileChooserDialog", enabled=True)  # the browser opens no window of its own
    for key in (
        {"key": "u", "code": "KeyU", "windowsVirtualKeyCode": 85, "modifiers": 3},
        {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    ):
        running.until(lambda: browser.evaluate("document.hasFocus()"))
        call("Input.dispatchKeyEvent", type="keyDown", **key)
        call("Input.dispatchKeyEvent", type="keyUp", **key)
    page = call("DOM.getDocument")["root"]["nodeId"]
    chooser = running.until(lambda: call("DOM.querySelector", nodeId=page, selector="#stick input")["nodeId"])
    call("DOM.setFileInputFiles", nodeId=chooser, files=[str(folder)])
    ended = "['done', 'already', 'refused'].includes(document.querySelector('#stick')?.dataset.step)"
    running.until(lambda: browser.evaluate(ended))
    return str(browser.evaluate("document.querySelector('#stick [role=status]').innerText"))


def test_a_gate_with_a_kiosk_lives_through_a_cut_line_by_a_stick(
    instance: Instance, line: Line, power: Callable[[], Running], tmp_path: Path
) -> None:
    """One controller's first day, in order: each part goes on from where the last one left it."""
    install(line, instance, tmp_path)
    places = rects(instance, SEAT)
    running = power()

    # An operator confirms the code on its screen; it plays what the server draws.
    instance.do(CONFIRM.format(code=running.until(lambda: shown_code(running), 60), seat=SEAT))
    version = instance.do(NEWEST.format(cluster=CLUSTER))
    running.until(plays(running, version), 60)
    running.until(lambda: shows_what_the_server_draws(running, instance, places), 60)

    # The line is cut and the power fails: it plays on.
    line.cut()
    running.stop()
    running = power()
    running.until(plays(running, version), 60)
    running.until(lambda: shows_what_the_server_draws(running, instance, places), 60)
    assert running.state()["online"] != "online"

    # The office approves something newer; a stick carries it to the gate.
    revision = instance.do(EDIT.format(slug=EDITED, title="Quyết định có trên USB"))
    instance.eventually(PROOFS_READY.format(revision=revision))
    instance.do(APPROVE.format(revision=revision))
    newer = instance.eventually(f"{NEWEST.format(cluster=CLUSTER)}\nanswer = answer > {version} and answer")
    (tmp_path / "usb").mkdir()
    instance.cli("export", CLUSTER, "--usb", str(tmp_path / "usb"))
    words = import_stick(running, tmp_path / "usb" / f"bangtin-{CLUSTER}")
    assert f"số {newer}" in words
    running.until(plays(running, newer), 60)
    running.until(lambda: shows_what_the_server_draws(running, instance, places), 60)

    # The line is mended: the CMS hears of the stick, and an item that is withdrawn leaves.
    line.mend()
    running.until(lambda: running.state().get("online") == "online", 60)
    instance.eventually(IMPORTED.format(seat=SEAT, version=newer))
    keys = instance.do(STILL.format(slugs=[EDITED, *OTHERS]))

    def of_ours() -> str | None:
        return next((one for one in scenes(running) if one.split(":")[0] in keys), None)

    shown = running.until(of_ours, 90)
    instance.do(WITHDRAW.format(shown=shown))
    item = shown.split("#")[0]
    running.until(lambda: not any(one.startswith(item) for one in scenes(running)), 20)


def scenes(running: Running) -> list[str]:
    """What stands on the faces; nothing while the page cannot tell."""
    return [one["scene"] or "" for one in running.state().get("faces", {}).values()]
