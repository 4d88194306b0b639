"""A cluster whose faces play a loop of coded items, its CMS in miniature, and the look at its player through a screencast."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.player_web.fake_cms import FakeCms
from tests.player_web.gap.media import CHANGE_MS, Item, Pixels, layers_of
from tests.player_web.gap.oracle import Judge, Verdict, look

HOUR = 3_600_000
MAGENTA = "html, body, #stage, .canvas, .face { background: #f0f !important }"
TICK = """
@keyframes tick { from { opacity: 0.2 } to { opacity: 0.8 } }
html::before, html::after {
  content: ""; position: fixed; width: 1px; height: 1px; background: #f0f; z-index: 2147483647; animation: tick 1s linear infinite;
}
html::before { left: 0; top: 0 }
html::after { right: 0; bottom: 0 }
"""
"""Two pixels in opposite corners that change with every frame. Chromium's recorder looks for the part of a page that moves most, and
leaves out frames in which others move for a quarter of a second (AnimatedContentSampler); now it is always the whole page."""


@dataclass(frozen=True)
class Place:
    """Where a face lies on the canvas, and how many items of the loop it is ahead."""

    face: str
    rect: tuple[int, int, int, int]
    rotation: int = 0
    ahead: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Of the face itself, upright."""
        width, height = self.rect[2:]
        return (height, width) if self.rotation % 180 else (width, height)

    def upright(self, canvas: Pixels) -> Pixels:
        x, y, width, height = self.rect
        return np.rot90(canvas[y : y + height, x : x + width], self.rotation // 90)


@dataclass(frozen=True)
class Controller:
    """A controller's canvas and its faces."""

    canvas: tuple[int, int]
    places: tuple[Place, ...]


TWO_FACES = Controller(
    (640, 200),
    (Place("a", (0, 20, 320, 160)), Place("b", (320, 10, 320, 160), 90, ahead=32)),
)
ONE_FACE = Controller((400, 240), (Place("a", (60, 40, 320, 160)),))


def publish(
    cms: FakeCms,
    controller: Controller,
    loop: list[Item],
    folder: Path,
    *,
    more: Sequence[Item] = (),
    change: Callable[[dict[str, Any]], None] = lambda document: None,
) -> tuple[int, int]:
    """Sign a schedule of these items on every face of the controller; its version, and when its loops begin (UTC ms). `more` are scenes
    outside the loop; `change` may alter the document before it is signed."""
    assets: dict[str, dict[str, Any]] = {}
    scenes: dict[str, dict[str, Any]] = {}
    for item in [*loop, *more]:
        scenes[f"s{item.number}"] = _scene(cms, controller, item, folder, assets)
    start = cms.now_ms() // HOUR * HOUR - HOUR
    span = {"from": start, "until": start + 35 * 24 * HOUR}
    places = controller.places
    document = {
        "format": 1,
        "cluster": cms.cluster,
        "valid_from": cms.now_ms() - 1000,
        "valid_until": span["until"],
        "timezone": "Asia/Ho_Chi_Minh",
        "controllers": {
            cms.controller: {
                "canvas": list(controller.canvas),
                "faces": {one.face: {"rect": list(one.rect), "rotation": one.rotation} for one in places},
            }
        },
        "assets": assets,
        "scenes": scenes,
        "turns": [[f"s{item.number}", item.ms] for item in loop],
        "loops": {one.face: [(n + one.ahead) % len(loop) for n in range(len(loop))] for one in places},
        "faces": {one.face: {"segments": [{**span, "kind": "programme", "loop": one.face}]} for one in places},
        "power": {one.face: [] for one in places},
        "standby": [],
        "fallback": f"s{loop[0].number}",
    }
    change(document)
    return cms.publish("schedule.json", document), start


def _scene(
    cms: FakeCms, controller: Controller, item: Item, folder: Path, assets: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    faces: dict[str, list[dict[str, Any]]] = {}
    for place in controller.places:
        faces[place.face] = []
        for layer, data, type_ in layers_of(item, place.size, folder):
            sha, assets_entry = cms.store(data, type_)
            assets[sha] = assets_entry
            faces[place.face].append({**layer, "asset": sha})
    name = f"{item.kind}-{item.number}"
    return {
        "item": f"{name}:vi",
        "language": "vi",
        "proof": hashlib.sha256(name.encode()).hexdigest(),
        "duration": item.ms,
        "faces": faces,
        "transition": {"kind": item.transition, "ms": 0 if item.transition == "cut" else CHANGE_MS},
    }


def verdicts(
    pictures: Iterable[tuple[float, Pixels]], controller: Controller, loop: list[Item], began: float | None = None
) -> dict[str, Verdict]:
    """What was seen on each face. `began`: when its schedule begins the loops, UTC ms."""
    judges = {}
    for place in controller.places:
        ahead = place.ahead % len(loop)
        judges[place.face] = Judge(loop[ahead:] + loop[:ahead], began)
    for at, canvas in pictures:
        for place in controller.places:
            judges[place.face].judge([(at, look(place.upright(canvas)))])
    return {face: judge.verdict for face, judge in judges.items()}
