"""How a schedule comes about: modes, languages, priorities, and what an editor is told."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from typing import Any

import pytest

from cms.plugin_api.types import AssetInfo, canonical
from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.explain import explain
from cms.schedule.format import Schedule
from cms.schedule.frame import ScheduleIndex, frame
from cms.schedule.inputs import PRIORITY, URGENT, ItemInput
from tests.schedule.builders import MONDAY, geometry, hours, inputs, item, slot, span, translation
from tests.schedule.make_frame_vectors import at


def shown(compiled: Compiled, instant: int) -> str:
    """Items and languages on the faces in order, e.g. `a:vi a:en`."""
    index = ScheduleIndex(compiled.schedule)
    return " ".join(
        (frame(index, None, face, instant).scene or "black").split("#")[0] for face in sorted(compiled.schedule.faces)
    )


def codes(compiled: Compiled) -> set[str]:
    return {one.code for one in compiled.diagnostics}


def test_rotating_faces_show_one_item_in_different_languages_and_turn_from_pass_to_pass() -> None:
    faces = geometry(3, ("vi", "en", "km"))
    source = inputs(faces, slots=(slot(1),), items=tuple(item(key, faces, ("vi", "en", "km")) for key in "xy"))
    compiled = compile_schedule(source)
    start = at(0, 420) + 5000
    assert [shown(compiled, start + n * 10_000) for n in range(7)] == [
        "x:vi x:en x:km", "y:vi y:en y:km",
        "x:en x:km x:vi", "y:en y:km y:vi",
        "x:km x:vi x:en", "y:km y:vi y:en",
        "x:vi x:en x:km",
    ]  # fmt: skip


def test_on_a_ring_of_four_with_three_languages_first_and_last_differ_too() -> None:
    faces = geometry(4, ("vi", "en", "km"), ring=True)
    compiled = compile_schedule(inputs(faces, slots=(slot(1),), items=(item("x", faces, ("vi", "en", "km")),)))
    for number in range(3):
        languages = [one.split(":")[1] for one in shown(compiled, at(0, 420) + 5000 + number * 10_000).split()]
        assert all(languages[n] != languages[(n + 1) % 4] for n in range(4))


def test_faces_change_together_although_translations_differ_in_length() -> None:
    faces = geometry(2)
    long = ItemInput("x", "x", (translation("x", "vi", faces, 6000, 9000), translation("x", "en", faces, 8000, 5000)))
    uneven = ItemInput("y", "y", (translation("y", "vi", faces, 6000), translation("y", "en", faces, 8000, 5000)))
    compiled = compile_schedule(inputs(faces, slots=(slot(1),), items=(long, uneven)))
    index = ScheduleIndex(compiled.schedule)
    for one in range(0, 120_000, 250):
        instant = at(0, 420) + one
        items = {frame(index, None, face, instant).scene.split(":")[0] for face in "ab"}
        assert len(items) == 1
    first = frame(index, None, "a", at(0, 420) + 7900), frame(index, None, "b", at(0, 420) + 7900)
    assert [one.until for one in first] == [at(0, 420) + 8000] * 2


def test_a_face_shows_only_its_own_languages() -> None:
    faces = geometry(2, ("vi", "en", "km"), b=("km", "vi"))
    compiled = compile_schedule(inputs(faces, slots=(slot(1),), items=(item("x", faces, ("vi", "en", "km")),)))
    on_b = {scene.split("#")[0] for one in compiled.schedule.faces["b"].segments if one.loop
            for scene in [compiled.schedule.turns[turn][0] for turn in compiled.schedule.loops[one.loop]]}  # fmt: skip
    assert on_b == {"x:km", "x:vi"}


def test_mirrored_faces_show_the_same_and_languages_take_turns() -> None:
    faces = geometry(2, ("vi", "en"))
    compiled = compile_schedule(inputs(faces, slots=(slot(1),), mode="mirror"))
    start = at(0, 420) + 5000
    assert [shown(compiled, start + n * 10_000) for n in range(5)] == [
        "a:vi a:vi", "a:en a:en", "b:vi b:vi", "b:en b:en", "a:vi a:vi",
    ]  # fmt: skip


def test_independent_faces_follow_their_own_programmes() -> None:
    faces = geometry(2, ("vi",))
    compiled = compile_schedule(
        inputs(
            faces,
            mode="independent",
            items=(item("x", faces, ("vi",)), item("y", faces, ("vi",))),
            programmes={"p": ("x",), "q": ("y",)},
            slots=(slot(1, "p", faces=("a",)), slot(2, "q", faces=("b",))),
        )
    )
    assert shown(compiled, at(0, 480)) == "x:vi y:vi"


def test_span_uses_the_wide_pictures_and_says_when_there_are_none() -> None:
    faces = geometry(2, ("vi",))
    wide = ItemInput("x", "x", (translation("x", "vi", faces, spanning=True),))
    compiled = compile_schedule(inputs(faces, mode="span", slots=(slot(1),), items=(wide, item("y", faces, ("vi",)))))
    proofs = {scene.proof for scene in compiled.schedule.scenes.values() if scene.item == "x:vi"}
    assert proofs == {wide.translations[0].span_proof}
    assert "item-not-drawn-for-span" in codes(compiled)


def test_urgent_goes_before_priority_before_normal() -> None:
    faces = geometry(1, ("vi",))
    compiled = compile_schedule(
        inputs(
            faces,
            items=tuple(item(key, faces, ("vi",)) for key in "npu"),
            programmes={"n": ("n",), "p": ("p",), "u": ("u",)},
            slots=(
                slot(1, "n"),
                slot(2, "p", priority=PRIORITY, windows=span((8, 10))),
                slot(3, "u", priority=URGENT, windows=span((9, 9.5))),
            ),
        )
    )
    assert [shown(compiled, at(0, minute)) for minute in (479, 481, 541, 571, 601)] == [
        "n:vi",
        "p:vi",
        "u:vi",
        "p:vi",
        "n:vi",
    ]


def test_an_urgent_slot_without_anything_approved_does_not_empty_the_face() -> None:
    faces = geometry(1, ("vi",))
    compiled = compile_schedule(
        inputs(
            faces,
            items=(item("x", faces, ("vi",)), ItemInput("none", "Chưa duyệt", ())),
            programmes={"p": ("x",), "q": ("none",)},
            slots=(slot(1, "p"), slot(2, "q", priority=URGENT)),
        )
    )
    assert shown(compiled, at(0, 480)) == "x:vi"
    assert {"programme-without-approved-items", "item-not-approved", "slot-never-shown"} <= codes(compiled)


def test_nothing_to_show_leaves_the_fallback_within_hours_and_black_outside() -> None:
    compiled = compile_schedule(inputs(slots=(slot(1, "q"),), programmes={"q": ()}))
    assert shown(compiled, at(0, 480)) == "theme:national theme:national"
    assert shown(compiled, at(0, 720)) == "black black"
    assert {"programme-empty", "nothing-scheduled"} <= codes(compiled)


def test_an_item_leaves_at_the_midnight_after_its_last_day() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces,
        items=(item("x", faces, ("vi",)), item("y", faces, ("vi",), valid_until=MONDAY)),
        slots=(slot(1),),
        opening=(hours((20, 26)),),
    )
    index = ScheduleIndex(compile_schedule(source).schedule)
    before = {frame(index, None, "a", at(0, 1380) + n * 10_000).scene.split("#")[0] for n in range(4)}
    after = {frame(index, None, "a", at(1, 5) + n * 10_000).scene.split("#")[0] for n in range(4)}
    assert (before, after) == ({"x:vi", "y:vi"}, {"x:vi"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"date_until": date(2019, 1, 1)}, "slot-ends-before-it-begins"),
        ({"weekdays": frozenset()}, "slot-without-weekdays"),
        ({"weekdays": frozenset({9})}, "slot-without-weekdays"),
        ({"windows": span((9, 9))}, "slot-hours-empty"),
        ({"windows": span((12, 13))}, "slot-outside-operating-hours"),
        ({"faces": ("d",)}, "slot-without-faces"),
        ({"faces": ("a", "d")}, "slot-names-absent-faces"),
        ({"programme": "gone"}, "slot-without-programme"),
        ({"weight": 0}, "slot-without-weight"),
        ({"priority": 7}, "slot-priority-unknown"),
    ],
)
def test_a_slot_that_makes_no_sense_is_said_and_harms_nothing_else(change: dict[str, Any], code: str) -> None:
    compiled = compile_schedule(inputs(slots=(slot(1), dataclasses.replace(slot(2), **change))))
    found = [one for one in compiled.diagnostics if one.code == code]
    assert [one.subject for one in found] == ["slot:2"]
    assert found[0].params["title"] == "Lịch 2"
    assert shown(compiled, at(0, 480)) != "black black"


def test_two_urgent_slots_at_once_share_and_it_is_said() -> None:
    compiled = compile_schedule(inputs(slots=(slot(1, priority=URGENT), slot(2, priority=URGENT))))
    assert "urgent-slots-share" in codes(compiled)


def test_a_translation_without_its_file_or_its_face_is_left_out_and_it_is_said() -> None:
    faces = geometry(2)
    source = inputs(faces, slots=(slot(1),), items=(item("x", faces), item("y", geometry(1))))
    lost = next(iter(source.items["x"].translations[1].scenes[0].assets()))
    compiled = compile_schedule(
        dataclasses.replace(source, assets={k: v for k, v in source.assets.items() if k != lost})
    )
    assert {"asset-missing", "proof-does-not-fit", "item-lacks-language"} <= codes(compiled)
    assert {scene.item for scene in compiled.schedule.scenes.values()} == {"x:vi", "theme:national"}


def test_long_assets_are_named_with_their_manifest() -> None:
    source = inputs(slots=(slot(1),))
    name = next(iter(source.items["a"].translations[0].scenes[0].assets()))
    big = dataclasses.replace(source, assets={**source.assets, name: AssetInfo(name, 5_000_000, "video/mp4")})
    assert "asset-missing" in codes(compile_schedule(big))
    known = compile_schedule(dataclasses.replace(big, manifests={name: "f" * 64}))
    assert known.schedule.assets[name].manifest == "f" * 64


def test_more_than_fits_is_said() -> None:
    faces = geometry(1, ("vi",))
    items = tuple(item(f"x{n}", faces, ("vi",), (60_000,)) for n in range(9))
    compiled = compile_schedule(inputs(faces, items=items, slots=(slot(1, windows=span((8, 8.1))),)))
    assert "slot-has-more-than-fits" in codes(compiled)


def test_a_cluster_without_faces_is_said() -> None:
    assert "cluster-without-faces" in codes(compile_schedule(inputs(geometry(0), items=(), slots=(slot(1),))))


def test_an_item_shorter_than_its_fade_still_plays() -> None:
    faces = geometry(1, ("vi",))
    compiled = compile_schedule(inputs(faces, items=(item("x", faces, ("vi",), (17,)),), slots=(slot(1),), days=1))
    assert shown(compiled, at(0, 480)) == "x:vi"


def test_the_document_is_canonical_and_reads_back() -> None:
    compiled = compile_schedule(inputs(slots=(slot(1),)))
    assert canonical(json.loads(compiled.document)) == compiled.document
    assert Schedule.model_validate_json(compiled.document) == compiled.schedule


def test_explain_names_slot_programme_item_clause_and_rivals() -> None:
    source = inputs(slots=(slot(1), slot(2, weight=2), slot(3, priority=PRIORITY, windows=span((9, 10)))))
    compiled = compile_schedule(source)
    one = explain(source, compiled, "a", at(0, 480))
    assert (one.slot.id, one.programme.id, one.hours.clause) in {("1", "p", "test 1"), ("2", "p", "test 1")}
    assert one.item.key == one.frame.scene.split(":")[0]
    assert [rival.reason for rival in one.rivals] == ["shares"]
    higher = explain(source, compiled, "a", at(0, 545))
    assert (higher.slot.id, {rival.reason for rival in higher.rivals}) == ("3", {"priority"})
    assert explain(source, compiled, "a", at(0, 720)).closed_reason == "outside-hours"
    with pytest.raises(ValueError, match="cover"):
        explain(source, compiled, "a", at(0, 0) + timedelta(days=30) // timedelta(milliseconds=1))


def test_on_a_cluster_that_never_closes_a_schedule_of_the_next_day_fades_over_at_midnight_too() -> None:
    faces = geometry(1, ("vi",))
    early = inputs(faces, items=(item("x", faces, ("vi",)),), slots=(slot(1),), opening=(hours((0, 24)),), days=2)
    midnight = at(1, 0)
    late = dataclasses.replace(early, first_day=MONDAY + timedelta(days=1), valid_from_ms=midnight)
    for instant in (midnight, midnight + 250):
        one, other = (frame(compile_schedule(source).schedule, None, "a", instant) for source in (early, late))
        assert one.previous is not None
        assert one == other
