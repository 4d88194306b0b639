"""A live stream on a face, in a real browser: it comes, it dies, it comes back; what was not approved is never asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.player_web.conftest import Player, same
from tests.player_web.content import SIZES, Content
from tests.player_web.fake_cms import FakeCms
from tests.player_web.live import Live

GREEN, BLUE = 1, 2
"""The strongest part of a colour."""
LONG = 3_600_000


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture
def make_live(recorded: Path) -> Iterator[Callable[..., Live]]:
    made: list[Live] = []

    def make(**how: Any) -> Live:
        made.append(Live(recorded, **how).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def live(make_live: Callable[..., Live]) -> Live:
    return make_live()


def broadcast(content: Content, live: Live, *, duration: int = LONG, latency: int = 30_000) -> str:
    """A scene with a stream on face a."""
    name = content.scene("live", 7, duration=duration)
    (poster,) = content.scenes[name]["faces"]["a"]
    stream = {"url": live.url, "latency": latency}
    content.scenes[name]["faces"]["a"] = [{**poster, "kind": "stream", "stream": stream, "unverified": True}]
    return name


def centre(picture: Image.Image) -> tuple[int, ...]:
    """The colour in the middle of face a."""
    width, height = SIZES["a"]
    box = (width // 2 - 20, 20 + height // 2 - 20, width // 2 + 20, 20 + height // 2 + 20)
    return tuple(int(value) for value in np.asarray(picture.crop(box)).reshape(-1, 3).mean(axis=0))


def until_shown(player: Player, wanted: int, seconds: float = 40) -> None:
    """Wait until a stream stands on face a and the middle of the face is mostly of one colour."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        player.page.wait_for_function(
            "() => [...document.querySelectorAll('video')].some((one) => one.style.opacity === '1')"
        )
        colour = centre(player.shot())
        if all(colour[wanted] > colour[other] + 90 for other in range(3) if other != wanted):
            return
    raise AssertionError(f"{centre(player.shot())}; console: {player.console[-10:]}")


def told(cms: FakeCms) -> list[str]:
    return [event["detail"]["reason"] for event in cms.events if event["kind"] == "stream"]


def videos(player: Player) -> int:
    return int(player.page.evaluate("() => document.querySelectorAll('video').length"))


def test_a_stream_plays_over_its_poster_dies_and_comes_back(cms: FakeCms, content: Content, player: Player, live: Live):
    _, document = content.publish([broadcast(content, live)])
    player.open(cms.origin + cms.invite())
    player.until("s.ready && s.faces.a.scene")
    until_shown(player, GREEN)
    assert player.page.evaluate("() => [...document.querySelectorAll('video')].every((one) => one.muted)")
    at = cms.now_ms()
    approved = content.expected(document, at)
    assert told(cms) == []
    live.stop()
    cms.wait_for(lambda: told(cms), 15)
    assert same(player.shot(), approved), "the poster, to the pixel, and the other face as ever"
    assert videos(player) == 0
    live.start()
    until_shown(player, GREEN)
    cms.wait_for(lambda: told(cms)[1:])
    assert told(cms) == ["network", "back"]
    (event,) = [one["detail"] for one in cms.events if one["kind"] == "stream"][:1]
    assert event == {"host": f"localhost:{live.port}", "face": "a", "reason": "network"}
    assert same(player.still(at), approved), "standing still, it is what was approved"


def test_a_stream_ends_with_its_scene_and_leaves_nothing_behind(
    cms: FakeCms, content: Content, player: Player, live: Live
):
    content.publish([broadcast(content, live, duration=7000), content.scene("after", 3, duration=5000)])
    player.open(cms.origin + cms.invite())
    until_shown(player, GREEN)
    player.until("s.faces.a.scene.startsWith('after')")
    player.page.wait_for_function("() => !document.querySelector('video')")
    live.asked.clear()
    player.until("s.faces.a.scene.startsWith('live')")
    until_shown(player, GREEN)
    assert live.asked
    assert told(cms) == []


@pytest.mark.parametrize("way", ["elsewhere", "redirect"])
def test_nothing_is_asked_of_a_server_that_was_not_approved(
    cms: FakeCms, content: Content, player: Player, make_live: Callable[..., Live], way: str
):
    live, other = make_live(), make_live()
    setattr(live, way, other.url if way == "redirect" else f"http://localhost:{other.port}/")
    _, document = content.publish([broadcast(content, live)])
    player.open(cms.origin + cms.invite())
    cms.wait_for(lambda: told(cms))
    assert told(cms) == ["foreign" if way == "elsewhere" else "network"]
    assert live.asked
    assert other.asked == []
    assert same(player.shot(), content.expected(document, cms.now_ms()))


def test_a_player_that_lags_too_far_behind_jumps_forward(
    cms: FakeCms, content: Content, player: Player, make_live: Callable[..., Live]
):
    live = make_live(edge=60, window=100)
    content.publish([broadcast(content, live, latency=8000)])
    player.open(cms.origin + cms.invite())
    until_shown(player, GREEN)
    live.run_ahead(65)  # what plays is a minute of green behind that
    until_shown(player, BLUE, 20)
    assert told(cms) == []


def test_without_a_network_the_poster_stands_and_the_rest_goes_on(
    cms: FakeCms, content: Content, player: Player, live: Live
):
    live.stop()
    _, document = content.publish([broadcast(content, live, duration=4000), content.scene("after", 3, duration=3000)])
    player.open(cms.origin + cms.invite())
    player.until("s.faces.a?.scene?.startsWith('live')")
    player.until("s.faces.a.scene.startsWith('after')")
    player.until("s.faces.a.scene.startsWith('live')")
    assert same(player.shot(), content.expected(document, cms.now_ms()))
