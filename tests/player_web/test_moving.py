"""Strips, live values, slides and wipes: the browser's pixels at fixed instants are those that `draw()` gives. One browser."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cms.plugin_api.types import Glyphs, Layer, Rect, Strip
from tests.player_web.conftest import Player, same
from tests.player_web.content import SIZES, Content, picture
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

LONG = 16_000
MINUTE = 60_000


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def veiled(seed: int, size: tuple[int, int]) -> bytes:
    """Noise with every degree of transparency, as soft letters have."""
    image = Image.open(io.BytesIO(picture(seed, size))).convert("RGBA")
    image.putalpha(Image.fromarray(np.random.default_rng(seed).integers(0, 256, size[::-1]).astype(np.uint8)))
    return png(image)


def scene(content: Content, name: str, seed: int, kind: str, ms: int, *more: Layer) -> str:
    made = content.scene(name, seed, duration=1500)
    content.scenes[made]["transition"] = {"kind": kind, "ms": ms}
    for face in SIZES:
        content.scenes[made]["faces"][face] += [layer.to_json() for layer in more]
    return made


def moving(content: Content) -> list[str]:
    """A strip of sixteen thousand pixels, one that repeats, a clock and two values; a slide, a wipe, a slide after black."""
    long = content.asset(png(Image.open(io.BytesIO(picture(3, (LONG, 24))))), "image/png")
    short = content.asset(veiled(4, (90, 40)), "image/png")
    atlas = content.asset(veiled(5, (13 * 8, 20)), "image/png")
    names = [*"0123456789", ":", ".", "–"]
    cells = tuple(sorted((name, Rect(8 * place, 0, 8, 20)) for place, name in enumerate(names)))
    rate = Glyphs("value", cells, name="usd", align="right", fallback=("–",))
    return [
        scene(
            content, "strips", 1, "slide", 600,
            Layer("strip", long, Rect(10, 30, 140, 24), strip=Strip((140, 0), (-6000, 0))),
            Layer("strip", short, Rect(20, 70, 130, 40), strip=Strip((0, 5), (60, -3), (100, 60))),
        ),
        scene(
            content, "live", 2, "wipe", 400,
            Layer("glyphs", atlas, Rect(10, 20, 120, 20), glyphs=Glyphs("time", cells, ("HH", ":", "mm", ":", "ss"), "centre")),
            Layer("glyphs", atlas, Rect(10, 60, 90, 20), glyphs=rate),
            Layer("glyphs", atlas, Rect(10, 100, 90, 20), glyphs=Glyphs("value", cells, name="eur", fallback=("–", "–"))),
        ),
    ]  # fmt: skip


def test_what_moves_and_what_lives_stands_where_it_was_drawn(player: Player, cms: FakeCms, content: Content) -> None:
    version, document = content.publish(moving(content))
    base = document["faces"]["a"]["segments"][0]["from"] + 900_000
    values = {
        "usd": {"value": 25480, "at": base - 1000, "max_age": 10 * MINUTE},
        "eur": {"value": 29000, "at": base - 2 * MINUTE, "max_age": MINUTE},
    }
    notices: dict[str, Any] = {"format": 1, "cluster": cms.cluster, "values": values}
    told = cms.publish("now.json", notices)
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.notices === {told} && s.ready")
    strips = [17, 299, 599, 600, 1000, 1499]
    live = [1501, 1700, 1850, 1999, 2000]
    late = [3150, 602_500]  # slid in over live values; a rate gone stale
    for offset in [*strips, *live, *late]:
        expected = content.expected(document, base + offset, notices)
        shown = player.still(base + offset)
        assert same(shown, expected), (offset, difference(shown, expected))
    before = document["faces"]["a"]["segments"][0]["from"]
    for offset in (0, 200):  # out of the dark
        assert same(player.still(before + offset), content.expected(document, before + offset, notices)), offset
    runs_with_the_clock(player)
    leaves_nothing_behind(player)
    stands_in_for_what_cannot_be_drawn(player, content)


def stands_in_for_what_cannot_be_drawn(player: Player, content: Content) -> None:
    """A scene whose strip is no picture is not shown without it: the neutral scene takes its turn."""
    broken = content.asset(b"no picture at all", "image/png")
    strip = Layer("strip", broken, Rect(0, 0, 100, 20), strip=Strip((0, 0), (-60, 0)))
    version, _ = content.publish([scene(content, "broken", 8, "slide", 500, strip)])
    player.until(f"s.schedule?.version === {version} && Object.values(s.faces).every((face) => face.scene === 'theme')")


def difference(left: Image.Image, right: Image.Image) -> str:
    change = np.abs(np.asarray(left, dtype=np.int16) - np.asarray(right, dtype=np.int16)).max(axis=2)
    rows, columns = np.nonzero(change > 2)
    return f"{len(rows)} pixels up to {change.max()}, x {columns.min()}–{columns.max()}, y {rows.min()}–{rows.max()}"


def runs_with_the_clock(player: Player) -> None:
    """The strip moves at every frame that the browser draws, not ten times a second, and a clock that nobody set is redrawn
    once a second."""
    script = """async () => {
      const drawn = new Map();
      const original = CanvasRenderingContext2D.prototype.clearRect;
      CanvasRenderingContext2D.prototype.clearRect = function (...given) {
        drawn.set(this.canvas, (drawn.get(this.canvas) ?? 0) + 1);
        return original.apply(this, given);
      };
      const frames = { count: 0 };
      let going = true;
      const count = () => { frames.count += 1; if (going) requestAnimationFrame(count); };
      const inside = (from, until) => { const at = window.bangtin.state.clock.now % 3000; return at >= from && at < until; };
      const wait = async (from, until) => { while (!inside(from, until)) await new Promise(requestAnimationFrame); };
      const span = async (ms) => {
        drawn.clear();
        frames.count = 0;
        await new Promise((done) => setTimeout(done, ms));
        const face = document.querySelector('.face[data-face=a]');
        return { frames: frames.count, canvases: [...drawn].filter(([canvas]) => face.contains(canvas)).map(([, times]) => times) };
      };
      requestAnimationFrame(count);
      await wait(610, 800);
      const strips = await span(600);
      await wait(1950, 2100);
      const live = await span(800);
      going = false;
      CanvasRenderingContext2D.prototype.clearRect = original;
      return { strips, live };
    }"""
    seen = player.page.evaluate(script)
    fastest = max(seen["strips"]["canvases"])
    assert fastest >= 0.5 * seen["strips"]["frames"], seen
    assert max(seen["live"]["canvases"], default=0) <= 3, seen


def leaves_nothing_behind(player: Player) -> None:
    """Canvases go with their scenes; at most the scene on screen, the one before and the ones prepared have any."""
    counts = player.page.evaluate("""() => ({
      canvases: document.querySelectorAll('canvas').length,
      views: Object.values(window.bangtin.state.faces).reduce((sum, face) => sum + face.views, 0),
    })""")
    assert counts["canvases"] <= 3 * counts["views"] <= 3 * 2 * 4, counts
