"""A slot's steps through its programme, by mode. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cms.plugin_api.types import Face, Geometry, Mode
from cms.schedule.languages import common, neighbours, passes_of, turns, wanted
from cms.schedule.loops import Step, in_step
from cms.schedule.scenes import Playable

Pages = Sequence[tuple[str, int, bool]]


def slot_faces(geometry: Geometry, letters: tuple[str, ...]) -> tuple[Face, ...]:
    """The faces of a slot in the order of the cluster; none named: all."""
    return tuple(face for face in geometry.faces if not letters or face.id in letters)


def steps(mode: Mode, items: Sequence[str], playable: Mapping[str, Sequence[Playable]], geometry: Geometry,
          letters: tuple[str, ...]) -> list[Step]:  # fmt: skip
    """The steps of a slot, one round: every item in every language on every face. `items` have at least one translation
    each; `letters`: the slot's faces (empty: all)."""
    faces = slot_faces(geometry, letters)
    if mode == "rotate":
        return _rotating(items, playable, geometry, faces)
    found = []
    for item in items:
        by_language = {one.language: one for one in playable[item]}
        lists = tuple(wanted(face.languages, tuple(by_language)) for face in faces)
        if mode == "independent":
            # Each face goes through its own languages; the longest list gives the number of turns.
            for number in range(max(len(one) for one in lists)):
                chosen = [one[number % len(one)] for one in lists]
                found.append(_step(item, faces, chosen, by_language, span=False))
            continue
        for language in common(lists):
            found.append(_step(item, faces, [language] * len(faces), by_language, span=mode == "span"))
    return found


def _rotating(items: Sequence[str], playable: Mapping[str, Sequence[Playable]], geometry: Geometry,
              faces: tuple[Face, ...]) -> list[Step]:  # fmt: skip
    """Pass after pass through the programme; the languages move on by one from pass to pass."""
    numbers = {face.id: number for number, face in enumerate(faces)}
    order = [face.id for face in geometry.faces]
    pairs = tuple(
        (numbers[order[one]], numbers[order[other]])
        for one, other in neighbours(len(order), geometry.closed_ring)
        if order[one] in numbers and order[other] in numbers
    )
    rotations = {
        item: turns(
            tuple(wanted(face.languages, tuple(one.language for one in playable[item])) for face in faces), pairs
        )
        for item in items
    }
    found = []
    for number in range(passes_of(tuple(len(rotation) for rotation in rotations.values()))):
        for item in items:
            rotation = rotations[item]
            by_language = {one.language: one for one in playable[item]}
            found.append(_step(item, faces, rotation[number % len(rotation)], by_language, span=False))
    return found


def _step(
    item: str, faces: tuple[Face, ...], languages: Sequence[str], by_language: Mapping[str, Playable], *, span: bool
) -> Step:
    pages: dict[str, Pages] = {}
    for face, language in zip(faces, languages, strict=True):
        playable = by_language[language]
        pages[face.id] = playable.span if span and playable.span else playable.flat
    equal = in_step(pages)
    chosen = {face.id: (language, equal[face.id]) for face, language in zip(faces, languages, strict=True)}
    return Step(item, chosen, sum(ms for _, ms in equal[faces[0].id]))
