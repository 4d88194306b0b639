"""A slot's steps through its programme, by mode, and what fills the turn of a language that an item lacks. Pure."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from cms.plugin_api.types import Face, Geometry, Mode
from cms.schedule.inputs import Missing, ScheduleInputs, SlotInput
from cms.schedule.languages import common, neighbours, passes_of, required, turns, wanted
from cms.schedule.loops import Step, in_step
from cms.schedule.scenes import THEME_PROOF, Playable, scene_id

VIETNAMESE = "vi"
Pages = Sequence[tuple[str, int, bool]]
Choice = tuple[str, ...]
"""A language for each of a slot's faces."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What fills the turn of a language that an item lacks. `neutral`, `neutral_ms`: the scene of the theme."""

    rule: Missing = "next"
    neutral: str = ""
    neutral_ms: int = 0


def gap_of(inputs: ScheduleInputs, programme: str) -> Gap:
    """What fills the turn of a missing language, as a programme says."""
    neutral = inputs.fallback
    return Gap(inputs.programmes[programme].missing, scene_id(neutral.item, 0, THEME_PROOF), neutral.scene.duration_ms)


def slot_faces(geometry: Geometry, letters: tuple[str, ...]) -> tuple[Face, ...]:
    """The faces of a slot in the order of the cluster; none named: all."""
    return tuple(face for face in geometry.faces if not letters or face.id in letters)


def steps(mode: Mode, items: Sequence[str], playable: Mapping[str, Sequence[Playable]], geometry: Geometry, slot: SlotInput,
          gap: Gap) -> list[Step]:  # fmt: skip
    """The steps of a slot, one round: every item in every language on every face. `items`: those that `shows()` holds of, with the
    translations (`playable`) that the slot asks for."""
    faces = slot_faces(geometry, slot.faces)
    rows = {
        item: _choices(mode, tuple(one.language for one in playable[item]), geometry, faces, slot, gap.rule)
        for item in dict.fromkeys(items)
    }
    # In a rotation the languages move on by one from pass to pass; else an item goes through all of its own at once.
    if mode == "rotate":
        passes = range(passes_of(tuple(len(row) for row in rows.values())))
        order = [(place, rows[item][one % len(rows[item])]) for one in passes for place, item in enumerate(items)]
    else:
        order = [(place, choice) for place, item in enumerate(items) for choice in rows[item]]
    filler = _Filler(items, playable, gap)
    found = (filler.step(place, choice, faces, span=mode == "span") for place, choice in order)
    return [one for one in found if one is not None]


def shows(mode: Mode, available: tuple[str, ...], geometry: Geometry, slot: SlotInput, rule: Missing) -> bool:
    """Whether an item that is approved in these languages (at least one that the slot asks for) comes up on any face of a slot."""
    if rule in ("next", "vietnamese"):
        return True
    choices = _choices(mode, available, geometry, slot_faces(geometry, slot.faces), slot, rule)
    return any(language in available for choice in choices for language in choice)


def turns_of(mode: Mode, available: tuple[str, ...], geometry: Geometry, slot: SlotInput, rule: Missing) -> int:
    """In how many turns an item goes through its languages, those included in which a rule leaves it out."""
    return len(_choices(mode, available, geometry, slot_faces(geometry, slot.faces), slot, rule))


def _choices(mode: Mode, available: tuple[str, ...], geometry: Geometry, faces: tuple[Face, ...], slot: SlotInput,
             rule: Missing) -> Sequence[Choice]:  # fmt: skip
    """The turns of an item, each with a language per face; one that it lacks where the rule fills the gap."""
    if rule == "next" or (rule == "vietnamese" and VIETNAMESE not in available):
        lists = tuple(wanted(face.languages, available) for face in faces)
    else:
        lists = tuple(required(face.languages, slot.languages, available) for face in faces)
    if mode == "rotate":
        return turns(lists, _pairs(geometry, faces))
    if mode == "independent":
        # Each face goes through its own languages; the longest list gives the number of turns.
        count = max(len(one) for one in lists)
        return [tuple(one[number % len(one)] for one in lists) for number in range(count)]
    return [(language,) * len(faces) for language in common(lists)]


def _pairs(geometry: Geometry, faces: tuple[Face, ...]) -> tuple[tuple[int, int], ...]:
    """Neighbours among the faces of a slot, by number."""
    numbers = {face.id: number for number, face in enumerate(faces)}
    order = [face.id for face in geometry.faces]
    return tuple(
        (numbers[order[one]], numbers[order[other]])
        for one, other in neighbours(len(order), geometry.closed_ring)
        if order[one] in numbers and order[other] in numbers
    )


class _Filler:
    """Makes steps of choices and fills the gaps."""

    def __init__(self, items: Sequence[str], playable: Mapping[str, Sequence[Playable]], gap: Gap) -> None:
        self.items, self.gap = items, gap
        self.texts = {item: {one.language: one for one in playable[item]} for item in dict.fromkeys(items)}
        self._places: dict[str, list[int]] = {}

    def step(self, place: int, choice: Choice, faces: tuple[Face, ...], *, span: bool) -> Step | None:
        """The turn of the item at a place of the round; None where no face shows it and the rule leaves it out."""
        item = self.items[place]
        texts = self.texts[item]
        if self.gap.rule == "vietnamese":
            choice = tuple(language if language in texts else VIETNAMESE for language in choice)
        pages: dict[str, Pages] = {}
        for face, language in zip(faces, choice, strict=True):
            if language in texts:
                pages[face.id] = _pages(texts[language], span)
        if not pages and self.gap.rule == "leave":
            return None
        instead = self._fill(place, choice, faces, pages)
        equal = in_step({face.id: pages[face.id] for face in faces})
        chosen = {
            face.id: (language if instead.get(face.id, item) else "", equal[face.id])
            for face, language in zip(faces, choice, strict=True)
        }
        return Step(item, chosen, sum(ms for _, ms in equal[faces[0].id]), instead)

    def _fill(self, place: int, choice: Choice, faces: tuple[Face, ...], pages: dict[str, Pages]) -> dict[str, str]:
        """Gives pages to the faces that lack them; what they show instead: an item, or "" for the neutral scene."""
        most = max((_length(one) for one in pages.values()), default=0)
        instead: dict[str, str] = {}
        for face, language in zip(faces, choice, strict=True):
            if face.id in pages:
                continue
            other = self._other(place, language, most) if self.gap.rule == "leave" else ""
            instead[face.id] = other
            if other:
                pages[face.id] = self.texts[other][language].flat
            else:  # it lasts as long as the other faces need; as long as its own only where all hold it
                pages[face.id] = ((self.gap.neutral, 1 if most else self.gap.neutral_ms, False),)
        return instead

    def _other(self, place: int, language: str, most: int) -> str:
        """The nearest item after a place that has a language and takes no longer than the faces have; else the nearest that has it;
        "" where none has."""
        if language not in self._places:
            self._places[language] = [n for n, item in enumerate(self.items) if language in self.texts[item]]
        having = self._places[language]
        if not having:
            return ""
        begin = bisect(having, place)
        around = chain(islice(having, begin, None), islice(having, begin))
        fitting = (n for n in around if _length(self.texts[self.items[n]][language].flat) <= most)
        return self.items[next(fitting, having[begin % len(having)])]


def _pages(text: Playable, span: bool) -> Pages:
    return text.span if span and text.span else text.flat


def _length(pages: Pages) -> int:
    return sum(ms for _, ms, _ in pages)
