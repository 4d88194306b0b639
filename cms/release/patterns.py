"""Test patterns in notices: drawn from the cluster's geometry alone, so the signer can draw them again and compare."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cms.plugin_api.types import AssetSink, Geometry, Proof, Scene, sha256
from cms.schedule import format as fmt
from renderers.patterns import MOST_MS, PATTERNS, scene_of

PREFIX = "pattern:"
__all__ = ["MOST_MS", "PATTERNS", "PREFIX", "entry", "give_way", "is_pattern", "no_pattern", "scene_name"]


class _Hashes:
    """A sink that keeps nothing."""

    def put(self, data: bytes, type: str) -> str:
        return sha256(data)

    def put_file(self, path: Any, type: str) -> str:
        raise NotImplementedError


@lru_cache(maxsize=64)
def _drawn(name: str, geometry: Geometry) -> Scene:
    return scene_of(name, geometry, _Hashes())


def scene_name(name: str, scene: Scene) -> str:
    return f"{PREFIX}{name}#0@{Proof((scene,)).id[:12]}"


def entry(name: str, geometry: Geometry, sink: AssetSink) -> tuple[str, dict[str, Any], frozenset[str]]:
    """A pattern as notices carry it: the scene's id, the scene, its assets, which now lie in `sink`. Raises KeyError for an
    unknown name."""
    scene = scene_of(name, geometry, sink)
    document = {"item": PREFIX + name, "language": "zxx", "proof": Proof((scene,)).id, **scene.to_json()}
    return scene_name(name, scene), document, scene.assets()


def is_pattern(scene: fmt.Scene | None) -> bool:
    return scene is not None and scene.item.startswith(PREFIX)


def no_pattern(scene_id: str, scene: fmt.Scene, geometry: Geometry) -> bool:
    """Whether a scene that says it is a test pattern is any other pixel than that pattern on this geometry."""
    name = scene.item.removeprefix(PREFIX)
    if name not in PATTERNS:
        return True
    drawn = _drawn(name, geometry)
    expected = {"item": PREFIX + name, "language": scene.language, "proof": Proof((drawn,)).id, **drawn.to_json()}
    return scene_id != scene_name(name, drawn) or scene != fmt.Scene.model_validate(expected)


def give_way(notices: fmt.Notices) -> fmt.Notices:
    """A face that an alert owns shows no test pattern, whichever of the two began first."""

    def rest(one: fmt.Alert) -> fmt.Alert:
        if not is_pattern(notices.scenes.get(one.scene)):
            return one
        taken = {
            face
            for other in notices.alerts
            if not is_pattern(notices.scenes.get(other.scene)) and other.from_ < one.until and one.from_ < other.until
            for face in other.faces
        }
        return one.model_copy(update={"faces": [face for face in one.faces if face not in taken]})

    return notices.model_copy(update={"alerts": [found for one in notices.alerts if (found := rest(one)).faces]})
