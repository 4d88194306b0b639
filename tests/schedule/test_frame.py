"""What a face shows at an instant: the vectors shared with the player, and the cases a person would ask for."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import pytest

from cms.schedule.compile import compile_schedule
from cms.schedule.format import Notices, Schedule
from cms.schedule.frame import ScheduleIndex, frame, power
from tests.schedule import make_frame_vectors as vectors
from tests.schedule.builders import MONDAY, geometry, hours, inputs, item, slot, span
from tests.schedule.make_frame_vectors import at

FILES = sorted(vectors.FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_vector_holds(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    index = ScheduleIndex(Schedule.model_validate(vector["schedule"]))
    notices = Notices.model_validate(vector["notices"])
    for case in vector["cases"]:
        assert dataclasses.asdict(frame(index, notices, case["face"], case["at"])) == case["expect"], case


def test_the_committed_vectors_are_those_that_the_generator_writes() -> None:
    for name, document in vectors.build().items():
        committed = (vectors.FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert committed == vectors.text(document), "run: python -m tests.schedule.make_frame_vectors"


@pytest.fixture(scope="module")
def day() -> Schedule:
    """Two items of 10 s in vi and en, mirrored on two faces, 07–11 and 14–18; another programme 08–09."""
    faces = geometry(2)
    return compile_schedule(
        inputs(
            faces,
            mode="mirror",
            items=(item("a", faces), item("b", faces)),
            programmes={"p": ("a",), "q": ("b",)},
            slots=(slot(1, "p"), slot(2, "q", windows=span((8, 9)), priority=1)),
        )
    ).schedule


def now(**more: object) -> Notices:
    return Notices.model_validate({"format": 1, "cluster": "thu", **more})


def test_the_first_scene_after_closing_hours_comes_in_over_black(day: Schedule) -> None:
    shown = frame(day, None, "a", at(0, 420) + 125)
    assert (shown.kind, shown.previous, shown.progress, shown.offset_ms) == ("programme", None, 0.25, 125)
    assert shown.until == at(0, 420) + 500


def test_a_scene_comes_in_over_the_one_before_it_in_the_loop(day: Schedule) -> None:
    shown = frame(day, None, "a", at(0, 420) + 10_100)
    assert shown.scene.startswith("a:en#0@")
    assert shown.previous.startswith("a:vi#0@")
    assert (shown.previous_offset_ms, shown.progress) == (10_100, 0.2)


def test_the_loop_turns_over_into_its_first_scene(day: Schedule) -> None:
    shown = frame(day, None, "a", at(0, 420) + 20_000)
    assert shown.scene.startswith("a:vi")
    assert shown.previous.startswith("a:en")
    assert (shown.offset_ms, shown.previous_offset_ms) == (0, 10_000)


def test_the_place_in_the_loop_counts_from_the_start_of_the_segment(day: Schedule) -> None:
    interrupted = frame(day, None, "a", at(0, 540) + 700)
    assert interrupted.scene.startswith("a:vi")
    assert interrupted.offset_ms == 700


def test_a_programme_that_follows_another_comes_in_over_its_last_picture_not_over_black(day: Schedule) -> None:
    shown = frame(day, None, "a", at(0, 480))
    assert shown.scene.startswith("b:vi")
    assert shown.previous.startswith("a:en")
    assert shown.previous_offset_ms == 10_000


def test_faces_are_black_outside_operating_hours(day: Schedule) -> None:
    noon = frame(day, None, "a", at(0, 720))
    assert (noon.kind, noon.scene, noon.until) == ("closed", None, at(0, 14 * 60))


def test_a_blackout_beats_alerts_and_programmes_and_consecutive_ones_are_one_darkness(day: Schedule) -> None:
    notices = now(
        blackout=[
            {"faces": ["a"], "from": at(0, 430), "until": at(0, 440)},
            {"faces": ["a"], "from": at(0, 440), "until": at(0, 450)},
        ],
        alerts=[{"id": "x", "faces": ["a", "b"], "from": at(0, 425), "until": at(0, 445), "scene": day.fallback}],
    )
    dark = frame(day, notices, "a", at(0, 435))
    assert (dark.kind, dark.scene, dark.until) == ("blackout", None, at(0, 450))
    assert frame(day, notices, "b", at(0, 435)).kind == "alert"
    assert frame(day, notices, "a", at(0, 424)).kind == "programme"


def test_an_alert_lights_a_face_outside_operating_hours(day: Schedule) -> None:
    notices = now(alerts=[{"id": "x", "faces": ["a"], "from": at(0, 720), "until": at(0, 725), "scene": day.fallback}])
    assert frame(day, notices, "a", at(0, 721)).kind == "alert"
    assert frame(day, notices, "a", at(0, 719)).until == at(0, 720)
    assert frame(day, notices, "a", at(0, 725)).kind == "closed"


@pytest.mark.parametrize("by", ["item", "proof"])
def test_a_withdrawn_item_keeps_its_turn_which_the_fallback_fills(day: Schedule, by: str) -> None:
    scene = next(one for one in day.scenes.values() if one.item == "a:en")
    notices = now(withdrawn=[scene.item if by == "item" else scene.proof])
    shown = frame(day, notices, "a", at(0, 420) + 15_000)
    assert (shown.kind, shown.scene, shown.withdrawn) == ("fallback", day.fallback, True)
    assert (shown.offset_ms, shown.until) == (5_000, at(0, 420) + 20_000)
    assert frame(day, notices, "a", at(0, 420) + 5_000).scene.startswith("a:vi")
    assert frame(day, notices, "a", at(0, 420) + 20_100).previous == day.fallback


def test_after_the_schedule_ends_the_last_weeks_closing_hours_repeat_with_the_fallback_between(day: Schedule) -> None:
    for weeks in (1, 2, 5):
        for number in range(7):
            lit = frame(day, None, "a", at(7 * weeks + number, 600))
            assert (lit.kind, lit.scene) == ("fallback", day.fallback)
            assert frame(day, None, "a", at(7 * weeks + number, 720)).kind == "closed"
    first = frame(day, None, "a", at(7, 420) + 250)
    assert (first.progress, first.previous) == (0.5, None)
    assert not power(day, "a", at(9, 720)).on
    assert power(day, "a", at(9, 600)).on


def test_a_face_that_the_cluster_lacks_is_an_error(day: Schedule) -> None:
    with pytest.raises(KeyError):
        frame(day, None, "d", at(0, 600))


def test_the_same_minute_shows_the_same_frame_whenever_the_schedule_was_compiled() -> None:
    source = vectors.rotating()
    early = ScheduleIndex(compile_schedule(source).schedule)
    later = dataclasses.replace(source, first_day=MONDAY + timedelta(days=2), valid_from_ms=at(2, 601))
    late = ScheduleIndex(compile_schedule(later).schedule)
    for minute in range(0, 1440, 7):
        for number in (2, 3, 4, 5, 6):
            instant = at(number, minute) + 137
            one, other = frame(early, None, "b", instant), frame(late, None, "b", instant)
            assert one == dataclasses.replace(other, until=min(other.until, at(7, 0)))


def test_an_overnight_evening_goes_on_when_the_schedule_is_compiled_after_midnight() -> None:
    source = inputs(opening=(hours((18, 26)),), slots=(slot(1),), days=3)
    later = dataclasses.replace(source, first_day=MONDAY + timedelta(days=1), valid_from_ms=at(1, 60))
    one, other = compile_schedule(source).schedule, compile_schedule(later).schedule
    assert frame(one, None, "a", at(1, 61)) == frame(other, None, "a", at(1, 61))
    assert frame(other, None, "a", at(1, 61)).kind == "programme"
