"""The turn of a language in which an item is not approved: what each rule of a programme makes of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.explain import explain
from cms.schedule.frame import ScheduleIndex, frame
from cms.schedule.inputs import ScheduleInputs
from cms.schedule.languages import required
from tests.schedule.builders import geometry, inputs, item, slot
from tests.schedule.make_frame_vectors import at
from tests.schedule.strategies import LANGUAGES, MISSING, many, schedules

START = at(0, 420) + 5000


def ruled(source: ScheduleInputs, rule: Any) -> ScheduleInputs:
    """The same inputs with this rule for every programme."""
    programmes = {key: dataclasses.replace(one, missing=rule) for key, one in source.programmes.items()}
    return dataclasses.replace(source, programmes=programmes)


def shown(compiled: Compiled, turns: int, ms: int = 10_000) -> list[str]:
    """What the faces show turn by turn, e.g. `x:vi x:en`; the neutral picture is `–`."""
    index = ScheduleIndex(compiled.schedule)
    lines = []
    for turn in range(turns):
        scenes = [
            frame(index, None, face, START + turn * ms).scene or "black" for face in sorted(compiled.schedule.faces)
        ]
        lines.append(" ".join("–" if one.startswith("theme") else one.split("#")[0] for one in scenes))
    return lines


def two_items(rule: str, *, mode: str = "rotate", other: tuple[str, ...] = ("vi", "en"), **more: Any) -> Compiled:
    """Two faces; item x is approved in Vietnamese only, y in Vietnamese and English."""
    faces = geometry(2, ("vi", "en"))
    made = inputs(
        faces, mode=mode, items=(item("x", faces, ("vi",)), item("y", faces, other)), slots=(slot(1, **more),)
    )
    return compile_schedule(ruled(made, rule))


def test_the_next_language_is_what_the_compiler_always_took() -> None:
    assert shown(two_items("next"), 4) == ["x:vi x:vi", "y:vi y:en", "x:vi x:vi", "y:en y:vi"]


def test_a_face_that_leaves_an_item_out_shows_the_next_one_that_has_the_language() -> None:
    assert shown(two_items("leave"), 4) == ["x:vi y:en", "y:vi y:en", "y:en x:vi", "y:en y:vi"]


def test_vietnamese_takes_the_turn_of_a_missing_language() -> None:
    assert shown(two_items("vietnamese", mode="mirror"), 4) == ["x:vi x:vi", "x:vi x:vi", "y:vi y:vi", "y:en y:en"]


def test_the_theme_is_held_on_the_face_whose_turn_it_is() -> None:
    assert shown(two_items("theme"), 4) == ["x:vi –", "y:vi y:en", "– x:vi", "y:en y:vi"]


def test_mirrored_faces_leave_out_the_turn_or_hold_the_theme_together() -> None:
    assert shown(two_items("leave", mode="mirror"), 3) == ["x:vi x:vi", "y:vi y:vi", "y:en y:en"]
    assert shown(two_items("theme", mode="mirror"), 4) == ["x:vi x:vi", "– –", "y:vi y:vi", "y:en y:en"]


def test_a_face_with_nothing_else_in_its_language_holds_the_theme() -> None:
    assert shown(two_items("leave", other=("vi",)), 2) == ["x:vi –", "y:vi –"]


def test_without_vietnamese_the_next_language_is_taken() -> None:
    faces = geometry(1, ("vi", "en"))
    made = inputs(faces, items=(item("x", faces, ("en",)),), slots=(slot(1),))
    assert shown(compile_schedule(ruled(made, "vietnamese")), 2) == ["x:en", "x:en"]


def test_a_language_that_the_slot_does_not_ask_for_is_not_missing() -> None:
    assert shown(two_items("theme", languages=("vi",)), 2) == ["x:vi x:vi", "y:vi y:vi"]


@pytest.mark.parametrize("rule", ["leave", "theme"])
def test_an_item_in_no_language_of_any_face_is_left_out_and_gives_way_to_others(rule: Any) -> None:
    faces = geometry(2, ("vi", "en"))
    foreign, own = item("x", faces, ("km",)), item("y", faces)
    made = inputs(
        faces, items=(foreign, own), programmes={"p": ("x",), "q": ("y",)},
        slots=(slot(1, "p", priority=1), slot(2, "q")),
    )  # fmt: skip
    assert shown(compile_schedule(made), 1) == ["x:km x:km"]
    compiled = compile_schedule(ruled(made, rule))
    assert shown(compiled, 1) == ["y:vi y:en"]
    told = {one.code for one in compiled.diagnostics if one.subject == "item:x"}
    assert told == {"item-lacks-language", "item-left-out-on-face" if rule == "leave" else "item-held-on-face"}
    why = explain(ruled(made, rule), compiled, "a", START)
    assert [(one.slot.id, one.reason) for one in why.rivals] == [("1", "missing")]


def test_reasons_name_what_is_really_on_the_face() -> None:
    faces = geometry(2, ("vi", "en"))
    made = inputs(faces, items=(item("x", faces, ("vi",)), item("y", faces)), slots=(slot(1),))
    held, left = ruled(made, "theme"), ruled(made, "leave")
    why = explain(held, compile_schedule(held), "b", START)
    assert why.held is not None
    assert (why.held.id, why.item, why.paused) == ("1", None, False)
    instead = explain(left, compile_schedule(left), "b", START)
    assert instead.item is not None
    assert (instead.item.key, instead.language, instead.translation) == ("y", "en", "y:en")


def test_nobody_waits_for_a_longer_item_that_fills_a_gap_while_a_shorter_one_is_there() -> None:
    faces = geometry(2, ("vi", "en"))
    made = inputs(
        faces, slots=(slot(1),),
        items=(item("x", faces, ("vi",)), item("long", faces, ms=(60_000,)), item("short", faces, ms=(8000,))),
    )  # fmt: skip
    assert shown(compile_schedule(ruled(made, "leave")), 1) == ["x:vi short:en"]


@given(schedules())
@many
def test_the_next_language_is_the_default_and_makes_the_same_bytes(source: ScheduleInputs) -> None:
    assert compile_schedule(ruled(source, "next")).document == compile_schedule(source).document


@given(schedules(), st.sampled_from(MISSING[1:]))
@many
def test_what_a_rule_shows_is_asked_for_or_the_rule_says_so(source: ScheduleInputs, rule: Any) -> None:
    """A face shows only languages that it or the slot asks for, Vietnamese where that fills gaps, or the neutral picture."""
    source = ruled(source, rule)
    compiled = compile_schedule(source)
    slots, faces = {one.id: one for one in source.slots}, {one.id: one for one in source.cluster.geometry.faces}
    for letter, timeline in compiled.schedule.faces.items():
        for segment, why in zip(timeline.segments, compiled.why[letter], strict=True):
            assert (segment.kind == "programme") == bool(why.plan)
            for origin in filter(None, why.origins):
                asked = slots[origin.slot].languages
                if not origin.item:
                    assert rule in ("leave", "theme")
                    continue
                assert origin.language in {one.language for one in source.items[origin.item].translations}
                assert not asked or origin.language in asked
                if rule == "vietnamese":
                    continue
                due = required(faces[letter].languages, asked, LANGUAGES)
                shared = {language for one in faces.values() for language in required(one.languages, asked, LANGUAGES)}
                assert origin.language in {*due, *shared}


@given(schedules(), st.sampled_from(MISSING[1:]))
@many
def test_faces_of_a_slot_still_change_together(source: ScheduleInputs, rule: Any) -> None:
    compiled = compile_schedule(ruled(source, rule))
    for reasons in compiled.why.values():
        for why in reasons:
            for step in (one for of_slot in (why.plan.steps if why.plan else ()) for one in of_slot):
                assert {sum(ms for _, ms in scenes) for _, scenes in step.faces.values()} == {step.duration}


@given(schedules(), st.sampled_from(MISSING[1:]))
@many
def test_where_nothing_is_missing_no_rule_changes_anything(source: ScheduleInputs, rule: Any) -> None:
    whole = {
        key: dataclasses.replace(one, translations=item(key, source.cluster.geometry, LANGUAGES).translations)
        for key, one in source.items.items()
    }
    assets = {
        **source.assets,
        **{
            asset: dataclasses.replace(next(iter(source.assets.values())), sha256=asset)
            for one in whole.values()
            for text in one.translations
            for scene in text.scenes
            for asset in scene.assets()
        },
    }
    source = dataclasses.replace(source, items=whole, assets=assets)
    assert compile_schedule(ruled(source, rule)).document == compile_schedule(source).document
