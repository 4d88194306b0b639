"""Four faces on two controllers, each with a browser of its own: how far apart their changes of scene are painted, and how far
their clocks are from the server's."""

from __future__ import annotations

import hashlib
import io
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Playwright

from tests.player_web.conftest import Player
from tests.player_web.content import DAY, HOUR
from tests.player_web.fake_cms import FakeCms
from tests.player_web.slow_way import Delays, SlowWay

SIZE = (320, 160)  # a browser paints a window of a fourth of that once a second only
CANVAS = (640, 160)
CONTROLLERS = {"tinh-bien-1": ("a", "b"), "tinh-bien-2": ("c", "d")}
SCENES = 8

# Another machine's clock; `trueNow` is this machine's own. Date tells whole milliseconds, so its ticks are looked for, and
# `performance.timeOrigin`, which differs between windows by several milliseconds, is not used.
SHIFTED = """(() => {
  const Real = Date, shift = %d;
  window.calibrate = (ms) => {
    const end = performance.now() + ms;
    let base = -Infinity;
    while (performance.now() < end) base = Math.max(base, Real.now() - performance.now());
    window.trueNow = () => base + performance.now();
    return base;
  };
  calibrate(20);
  if (shift) globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
})()"""

# After the stage's own turn of a frame; the message comes when the frame has been painted.
WATCH = """() => {
  const on = {}, channel = new MessageChannel();
  window.changes = [];
  let fresh = [];
  channel.port1.onmessage = () => { const at = trueNow(); for (const one of fresh) changes.push([...one, at]); fresh = []; };
  const turn = () => {
    requestAnimationFrame(turn);
    for (const [face, { scene }] of Object.entries(bangtin.faces())) {
      if (scene !== null && on[face] !== scene) fresh.push([face, on[face] = scene]);
    }
    if (fresh.length) channel.port2.postMessage(0);
  };
  turn();
}"""

# Between two readings of this machine's own clock, the closest of a few: a busy machine stops in between.
CLOCK = """() => {
  calibrate(4);
  let best = [Infinity, 0];
  for (let turn = 0; turn < 9; turn += 1) {
    const before = trueNow(), shown = bangtin.instant(), after = trueNow();
    if (after - before < best[0]) best = [after - before, shown - (before + after) / 2];
  }
  return [best[1], bangtin.state.clock.uncertainty];
}"""


@dataclass
class Seen:
    """`late[k][face]`: by how many milliseconds after its instant the k-th change was painted."""

    late: dict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    wrong: list[str] = field(default_factory=list)

    def apart(self, faces: int = 4) -> list[float]:
        """How far the faces are apart, milliseconds, for every change that all of them made."""
        return [max(one.values()) - min(one.values()) for one in self.late.values() if len(one) == faces]

    def middle(self) -> float:
        """How late a change is painted, in the middle of all, milliseconds."""
        return share([one for faces in self.late.values() for one in faces.values()], 0.5)

    def missed(self) -> int:
        """Changes that only some of the faces made, but for the first and the last that were seen."""
        inner = sorted(self.late)[1:-1]
        return sum(len(self.late[number]) < 4 for number in inner)


def share(values: list[float], part: float) -> float:
    """A quantile: the smallest value that at least this part of them does not exceed; endless where there is none."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Cluster:
    """A CMS, the slow ways to it, and the players of two controllers; the second one's machine has another time."""

    def __init__(self, playwright: Playwright, folder: Path, delays: Delays, *, scene_ms: int, shift_ms: int) -> None:
        self.cms = FakeCms(controller="tinh-bien-1", poll_ms=1000)
        self.cms.start()
        self.scene_ms = scene_ms
        self.shifts = {"tinh-bien-1": 0, "tinh-bien-2": shift_ms}
        self.start = self.cms.now_ms() // HOUR * HOUR - HOUR
        self.document: dict[str, Any] = self._document()
        self.ways = {name: SlowWay(self.cms.port, delays, seed) for seed, name in enumerate(CONTROLLERS)}
        self.players = {name: Player(playwright, folder / name) for name in CONTROLLERS}

    def _document(self) -> dict[str, Any]:
        assets, scenes = {}, {}
        names = [f"scene-{number}" for number in range(SCENES)]
        for number, name in enumerate([*names, "theme"]):
            faces = {}
            for place, face in enumerate("abcd"):
                out = io.BytesIO()
                Image.new("RGB", SIZE, (25 * number + 20, 60 * place + 20, 128)).save(out, "PNG")
                sha, entry = self.cms.store(out.getvalue(), "image/png")
                assets[sha] = entry
                faces[face] = [{"kind": "image", "asset": sha, "rect": [0, 0, *SIZE]}]
            proof = "theme" if name == "theme" else hashlib.sha256(name.encode()).hexdigest()
            scenes[name] = {
                "item": f"{name}:vi",
                "language": "vi",
                "proof": proof,
                "duration": self.scene_ms,
                "faces": faces,
                "transition": {"kind": "cut", "ms": 0},
            }
        end = self.start + 35 * DAY
        segment = {"from": self.start, "until": end, "kind": "programme", "loop": "one"}
        width, height = SIZE
        return {
            "format": 1,
            "cluster": self.cms.cluster,
            "valid_from": self.cms.now_ms() - 1000,
            "valid_until": end,
            "timezone": "Asia/Ho_Chi_Minh",
            "controllers": {
                name: {
                    "canvas": list(CANVAS),
                    "faces": {
                        face: {"rect": [width * at, 0, width, height], "rotation": 0} for at, face in enumerate(faces)
                    },
                }
                for name, faces in CONTROLLERS.items()
            },
            "assets": assets,
            "scenes": scenes,
            "turns": [[name, self.scene_ms] for name in names],
            "loops": {"one": list(range(SCENES))},
            "faces": {face: {"segments": [segment]} for face in "abcd"},
            "power": {face: [] for face in "abcd"},
            "standby": [],
            "fallback": "theme",
        }

    def open(self) -> None:
        self.cms.publish("schedule.json", self.document)
        for name in CONTROLLERS:
            self.ways[name].start()
            self.cms.controller = name
            self.join(name, self.cms.invite())

    def join(self, name: str, path: str = "") -> None:
        """A controller's power comes on."""
        player = self.players[name]
        player.open("about:blank", size=CANVAS)
        player.page.add_init_script(SHIFTED % self.shifts[name])
        player.page.goto(self.ways[name].origin + (path or f"/player/?seat={name}&test=1"))
        player.until("s.ready && s.schedule && s.clock.synchronised", 60)
        player.page.evaluate(WATCH)

    def leave(self, name: str) -> None:
        self.players[name].close()

    def recompile(self) -> int:
        """The same programme as a new release; the version it got."""
        self.document = {**self.document, "valid_from": self.cms.now_ms() + 3000}
        return self.cms.publish("schedule.json", self.document)

    def way(self, delays: Delays) -> None:
        for way in self.ways.values():
            way.delays = delays

    def close(self) -> None:
        for player in self.players.values():
            player.close()
        for way in self.ways.values():
            way.stop()
        self.cms.stop()

    def errors(self) -> list[tuple[float, float]]:
        """For each player: its clock's error and what it says of its own uncertainty, milliseconds."""
        return [tuple(player.page.evaluate(CLOCK)) for player in self.players.values()]

    def watch(
        self, seconds: float, each: Callable[[], object] = lambda: None, every: float = 1.0
    ) -> tuple[Seen, list[float]]:
        """What is painted in so many seconds, and the clocks' errors; `each` is called again and again."""
        self.taken()
        errors: list[float] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            next(iter(self.players.values())).page.wait_for_timeout(1000 * every)
            errors += [abs(error) for error, _ in self.errors()]
            each()
        return self.seen(self.taken()), errors

    def taken(self) -> list[tuple[str, str, float]]:
        """Changes since the last time: face, scene, when it was painted (UTC milliseconds)."""
        return [
            tuple(one)
            for player in self.players.values()
            if player.context is not None
            for one in player.page.evaluate("() => changes.splice(0)")
        ]

    def seen(self, changes: list[tuple[str, str, float]]) -> Seen:
        seen = Seen()
        for face, scene, at in changes:
            turn = round((at - self.start) / self.scene_ms)
            number = turn - (turn - int(scene.removeprefix("scene-"))) % SCENES
            late = at - self.start - number * self.scene_ms
            if late > self.scene_ms:
                seen.wrong.append(f"{face} {scene} {late:.0f} ms after its beginning")
            seen.late[number][face] = late
        return seen
