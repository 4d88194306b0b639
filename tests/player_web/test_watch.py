"""What goes wrong inside the page is seen, told and mended: clips, canvases, memory, errors of one face."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cms.plugin_api.types import Layer, Rect, Strip
from tests.player_web.conftest import Player, same
from tests.player_web.content import SIZES, Content, clip, picture
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser


def start(player: Player, cms: FakeCms, content: Content, *, more: str = "", script: str = "") -> None:
    """A player that shows one picture; `more` parameters of its address, a `script` that runs before its own."""
    version, _ = content.publish([content.scene("first", 1)])
    player.open("about:blank")
    assert player.context is not None
    player.context.add_init_script(script or "0")
    player.page.goto(cms.origin + cms.invite().replace("&test=1", f"&test=1{more}"))
    player.until(f"s.schedule?.version === {version} && s.ready")


def begin(cms: FakeCms, content: Content, loop: list[str]) -> dict[str, Any]:
    """Another programme, from its beginning, in two seconds."""
    document = content.schedule(loop, valid_from=cms.now_ms() + 2000)
    for face in document["faces"].values():
        face["segments"][0]["from"] = document["valid_from"]
    cms.publish("schedule.json", document)
    return document


def told(cms: FakeCms, **detail: Any) -> dict[str, Any]:
    """The watchdog's report with these details."""

    def found() -> list[dict[str, Any]]:
        seen = [one["detail"] for one in cms.events if one["kind"] == "watchdog"]
        return [one for one in seen if detail.items() <= one.items()]

    return cms.wait_for(found)[0]


def half_broken(path: Path, seconds: float) -> bytes:
    """A clip whose frames are rubbish from its middle on; nothing in its header tells."""
    good = clip(path, SIZES["a"], seconds)
    data = good.index(b"mdat") + 4
    middle = data + (len(good) - data) // 2
    return good[:middle] + np.random.default_rng(7).bytes(len(good) - middle)


def test_a_clip_that_breaks_half_way_leaves_its_picture_and_is_not_tried_again_at_once(
    player: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    start(player, cms, content)
    broken = content.asset(half_broken(tmp_path / "clip.mp4", 4), "video/mp4")
    film = content.scene("film", 5, under=broken, duration=4000)
    document = begin(cms, content, [film, content.scene("two", 2, duration=500)])
    report = told(cms, what="clip", did="picture", face="a")
    assert report["asset"] == broken[:12]
    assert report["rest_s"] == 60
    tries = sum(one["kind"] == "watchdog" for one in cms.events)
    player.until("s.faces.a.scene.startsWith('two')")
    player.until("s.faces.a.scene.startsWith('film') && s.ready")
    assert player.page.locator("video").count() == 0
    del document["scenes"][film]["faces"]["a"][1]
    instant = int(player.state["clock"]["now"])
    assert same(player.still(instant), content.expected(document, instant))
    assert sum(one["kind"] == "watchdog" for one in cms.events) == tries


WIDE_SILENT_TALL_STUCK = """
  const call = HTMLVideoElement.prototype.requestVideoFrameCallback;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (seen) {
    return call.call(this, (...frame) => this.videoWidth > this.videoHeight || seen(...frame));
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    return this.videoWidth < this.videoHeight ? Promise.resolve() : play.call(this);
  };
"""


def test_clips_without_a_picture_or_without_time_give_way_to_what_lies_under_them_or_to_the_fallback(
    player: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    start(player, cms, content, script=WIDE_SILENT_TALL_STUCK)
    silent, stuck = (content.asset(clip(tmp_path / f"{face}.mp4", SIZES[face], 15), "video/mp4") for face in "ab")
    film = content.scene("film", 5, duration=15_000)
    content.scenes[film]["faces"]["a"] = [{"kind": "video", "asset": silent, "rect": [0, 0, *SIZES["a"]]}]
    content.scenes[film]["faces"]["b"].append({"kind": "video", "asset": stuck, "rect": [0, 0, *SIZES["b"]]})
    begin(cms, content, [film])
    assert told(cms, face="a", did="picture")["reason"] == "silent"
    told(cms, face="b", did="picture")
    steps = [one["detail"] for one in cms.events if one["kind"] == "watchdog" and one["detail"]["face"] == "b"]
    assert [(one["reason"], one["did"]) for one in steps] == [
        ("stalled", "seek"),
        ("stalled", "load"),
        ("stalled", "picture"),
    ]
    player.until("s.faces.a.scene?.startsWith('theme') && s.faces.b.scene?.startsWith('film')")
    assert player.page.locator("video").count() == 0


def still_strip(content: Content) -> str:
    """A scene with a strip that stands still on face a: it is drawn once."""
    band = content.asset(picture(3, (400, 24)), "image/png")
    made = content.scene("strip", 4, duration=2000)
    strip = Layer("strip", band, Rect(10, 30, 140, 24), strip=Strip((0, 0), (0, 0)))
    content.scenes[made]["faces"]["a"].append(strip.to_json())
    return made


INK = "document.querySelector('canvas')?.getContext('2d').getImageData(5, 5, 1, 1).data[3]"


def test_a_canvas_that_lost_its_context_is_drawn_anew_or_the_page_is_loaded_anew(
    player: Player, cms: FakeCms, content: Content
) -> None:
    start(player, cms, content)
    version, _ = content.publish([still_strip(content)])
    player.until(f"s.schedule?.version === {version} && s.ready && {INK} === 255")
    player.page.evaluate(
        """() => {
          const [canvas] = document.querySelectorAll("canvas");
          canvas.dispatchEvent(new Event("contextlost"));
          canvas.getContext("2d").clearRect(0, 0, 9999, 9999);
          canvas.dispatchEvent(new Event("contextrestored"));
        }"""
    )
    player.page.wait_for_function(f"() => {INK} === 255")
    assert told(cms, what="context")["face"] == "a"
    boot = player.state["boot"]
    player.page.evaluate(
        """() => setInterval(() => {
          for (const canvas of document.querySelectorAll("canvas:not(.dead)"))
            canvas.classList.add("dead"), canvas.dispatchEvent(new Event("contextlost"));
        }, 20)"""
    )
    told(cms, what="page", reason="context", did="planned")
    told(cms, what="page", reason="context", did="reloaded")
    player.until(f"s.boot !== '{boot}' && s.ready && {INK} === 255")


@contextmanager
def screencast(player: Player) -> Iterator[list[tuple[float, float]]]:
    """When the browser painted, seconds, and how bright face a was then."""
    assert player.context is not None
    session = player.context.new_cdp_session(player.page)
    seen: list[tuple[float, float]] = []

    def take(event: dict[str, Any]) -> None:
        image = Image.open(io.BytesIO(base64.b64decode(event["data"]))).convert("L").crop((0, 20, 320, 180))
        seen.append((event["metadata"]["timestamp"], float(np.asarray(image).mean())))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", take)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    yield seen
    session.send("Page.stopScreencast")


def test_a_page_that_holds_too_much_is_loaded_anew_at_a_change_and_only_once(
    player: Player, cms: FakeCms, content: Content
) -> None:
    start(player, cms, content, more="&pixels=0.1")
    version, document = content.publish([content.scene(f"{n}", n, duration=1500) for n in range(2, 5)])
    player.until(f"s.schedule?.version === {version} && s.ready")
    player.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    boot = player.state["boot"]
    with screencast(player) as seen:
        for _ in range(3):
            player.page.evaluate("() => window.bangtin.measure()")
        player.until(f"s.boot !== '{boot}' && s.ready")
        report = told(cms, what="page", reason="pixels", did="reloaded")
        player.until("s.faces.a.scene.startsWith('2')")
        player.until("s.faces.a.scene.startsWith('3')")
    assert len(seen) >= 4
    # Chromium holds the last picture often, not always; what is dark is no longer than the start takes.
    dark = sum(after - at for (at, bright), (after, _) in pairwise(seen) if bright < 60)
    assert dark * 1000 <= report["took_ms"] + 500
    assert report["took_ms"] < 10_000
    instant = int(player.state["clock"]["now"])
    assert same(player.still(instant), content.expected(document, instant))
    for _ in range(3):
        player.page.evaluate("() => window.bangtin.measure()")
    told(cms, what="page", reason="pixels", did="nothing")
    assert player.state["watch"]["reload"] == ""


def test_one_faces_error_stops_no_other_face_and_ends_in_the_fallback(
    player: Player, cms: FakeCms, content: Content
) -> None:
    start(player, cms, content)
    scenes = [content.scene("one", 2, duration=800), content.scene("two", 3, duration=800)]
    version, _ = content.publish(scenes)
    player.until(f"s.schedule?.version === {version} && s.ready")
    boot = player.state["boot"]
    player.page.evaluate(
        """() => {
          for (const scene of document.querySelectorAll(".face[data-face=a] .scene"))
            Object.defineProperty(scene, "style", { get() { throw new Error("no style today"); } });
          setTimeout(() => { throw new Error("nobody caught it"); });
          Promise.reject(new Error("nobody waited for it"));
        }"""
    )
    report = told(cms, what="face", face="a", did="fallback")
    assert report["reason"] == "no style today"
    told(cms, what="page", reason="errors", did="planned", face="a")
    told(cms, what="page", reason="errors", did="reloaded")
    player.until(f"s.boot !== '{boot}' && s.faces.a.scene?.startsWith('one') && s.ready")
    player.until("s.faces.a.scene?.startsWith('two') && s.ready")
    uncaught = [one["detail"]["reason"] for one in cms.events if one["detail"].get("what") == "script"]
    assert any("nobody caught it" in one for one in uncaught)
    assert any("nobody waited for it" in one for one in uncaught)
