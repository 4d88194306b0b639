"""The scenes and assets that a schedule may use, checked once, and those that it does use, written out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from cms.plugin_api.types import JSON, Scene
from cms.schedule.format import CHUNK_BYTES
from cms.schedule.inputs import Diagnostic, ScheduleInputs, TranslationInput

THEME_PROOF = "theme"
FRAME_MS = 17
"""One frame at 60 Hz: a shorter scene might never be seen."""
MOVING = frozenset({"video", "strip", "stream"})


def scene_id(item: str, index: int, proof: str) -> str:
    """`<item>#<index>@<first 12 of proof>`."""
    return f"{item}#{index}@{proof[:12]}"


@dataclass(frozen=True, slots=True)
class Playable:
    """A translation that can be shown on every face: (scene id, ms, whether it moves) in order."""

    language: str
    flat: tuple[tuple[str, int, bool], ...]
    span: tuple[tuple[str, int, bool], ...]


@dataclass(slots=True)
class SceneBook:
    """Collects scenes by id, remembers which are used, and writes only those out, whole: exactly what was approved."""

    inputs: ScheduleInputs
    diagnostics: list[Diagnostic]
    known: dict[str, tuple[str, str, str, Scene]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def playable(self, translation: TranslationInput) -> Playable | None:
        """Takes a translation in; None (with a diagnostic) when it cannot be shown."""
        if self._refused(translation, translation.scenes):
            return None
        span = (
            ()
            if self._refused(translation, translation.span_scenes, silent=not translation.span_scenes)
            else (self._add(translation, translation.span_proof or "", translation.span_scenes))
        )
        return Playable(translation.language, self._add(translation, translation.proof, translation.scenes), span)

    def _add(
        self, translation: TranslationInput, proof: str, scenes: tuple[Scene, ...]
    ) -> tuple[tuple[str, int, bool], ...]:
        found = []
        for index, scene in enumerate(scenes):
            name = scene_id(translation.item, index, proof)
            self.known[name] = (translation.item, translation.language, proof, scene)
            moves = any(layer.kind in MOVING for layers in scene.faces.values() for layer in layers)
            found.append((name, scene.duration_ms, moves))
        return tuple(found)

    def fallback(self) -> str:
        """Takes the fallback scene in, for all faces, and gives its id."""
        source = self.inputs.fallback
        name = scene_id(source.item, 0, THEME_PROOF)
        self.known[name] = (source.item, source.language, THEME_PROOF, source.scene)
        self.used.add(name)
        return name

    def _refused(self, translation: TranslationInput, scenes: tuple[Scene, ...], *, silent: bool = False) -> bool:
        problem = self._problem(scenes)
        if problem and not silent:
            code, detail = problem
            self.diagnostics.append(
                Diagnostic(
                    code, "error", f"item:{translation.item}", {"language": translation.language, "detail": detail}
                )
            )
        return problem is not None

    def _problem(self, scenes: tuple[Scene, ...]) -> tuple[str, str] | None:
        if not scenes:
            return "translation-empty", ""
        for scene in scenes:
            if scene.duration_ms <= 0:
                return "scene-without-duration", str(scene.duration_ms)
            if scene.duration_ms < FRAME_MS:
                return "scene-shorter-than-a-frame", str(scene.duration_ms)
            absent = [face.id for face in self.inputs.cluster.geometry.faces if face.id not in scene.faces]
            if absent:
                return "proof-does-not-fit", ", ".join(absent)
            for asset in sorted(scene.assets()):
                info = self.inputs.assets.get(asset)
                if info is None or (info.bytes > CHUNK_BYTES and asset not in self.inputs.manifests):
                    return "asset-missing", asset
        return None

    def scenes_json(self) -> dict[str, JSON]:
        """The used scenes by id."""
        document = {}
        for name in self.used:
            item, language, proof, scene = self.known[name]
            document[name] = {"item": item, "language": language, "proof": proof, **scene.to_json()}
        return document

    def assets_json(self) -> dict[str, JSON]:
        """The assets that used scenes name. Raises `KeyError` when the fallback names one that is not known."""
        document = {}
        for name in frozenset().union(*(self.known[name][3].assets() for name in self.used)):
            info = self.inputs.assets[name]
            entry: dict[str, JSON] = {"bytes": info.bytes, "type": info.type}
            if info.bytes > CHUNK_BYTES:
                entry["manifest"] = self.inputs.manifests[name]
            document[name] = entry
        return document
