"""Limits are kept at every moment, and time that is required is given while there is any."""

from __future__ import annotations

import itertools
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from cms.plugin_api.types import Window
from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.inputs import NORMAL, PRIORITY, ScheduleInputs
from cms.schedule.limits import Limit, take_limited_turns
from cms.schedule.loops import PAUSE, on_grid
from tests.schedule.builders import geometry, hours, inputs, item, slot, span
from tests.schedule.strategies import many, schedules

HOUR = 3_600_000
Played = list[tuple[int, int, str]]  # from, until, slot: one turn of it


def played(compiled: Compiled, face: str) -> Played:
    """Every turn of every slot on a face, over the whole schedule, joined where a turn has several pages."""
    found: Played = []
    for segment, why in zip(compiled.schedule.faces[face].segments, compiled.why[face], strict=True):
        if why.plan is None:
            continue
        at = segment.from_
        while at < segment.until:
            for (number, _), ms in zip(
                why.plan.order.turns, why.plan.order.durations(why.plan.sequences()), strict=True
            ):
                if number != PAUSE and at < segment.until:
                    name = why.slots[why.plan.members[number]].id
                    found.append((at, min(at + ms, segment.until), name))
                at += ms
    return found


def assert_limits_kept(source: ScheduleInputs, compiled: Compiled) -> None:
    for face in compiled.schedule.faces:
        turns: dict[str, Played] = defaultdict(list)
        for one in played(compiled, face):
            turns[one[2]].append(one)
        for slot_ in source.slots:
            mine = turns[slot_.id]
            for (_, ended, _), (began, _, _) in itertools.pairwise(mine):
                assert began - ended >= slot_.spacing_s * 1000
            most = slot_.max_per_hour
            if most:
                assert all(later[0] - one[0] >= HOUR for one, later in zip(mine, mine[most:], strict=False))


@given(schedules())
@many
def test_no_hour_and_no_border_breaks_a_limit(source: ScheduleInputs) -> None:
    assert_limits_kept(source, compile_schedule(source))


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 3, 12, 60]), st.sampled_from([0, 3, 12, 20, 300, 4000]), st.integers(1, 5)),
             min_size=1, max_size=4),
    st.lists(st.integers(0, 3), max_size=4),
)  # fmt: skip
@many
def test_limits_hold_on_a_cluster_that_never_closes(limits: list[tuple[int, int, int]], starts: list[int]) -> None:
    """Openings without a gap between them, slots that come and go in the middle of the day, faces with other neighbours."""
    faces = geometry(2, ("vi",))
    slots = tuple(
        slot(number, max_per_hour=most, spacing_s=rest, weight=weight)
        for number, (most, rest, weight) in enumerate(limits)
    ) + tuple(
        slot(10 + number, windows=(Window(480 + 60 * start, 500 + 61 * start),), faces=("a",) if start % 2 else ())
        for number, start in enumerate(starts)
    )
    source = inputs(faces, slots=slots, items=(item("x", faces, ("vi",)),), opening=(hours((0, 24)),), days=2)
    assert_limits_kept(source, compile_schedule(source))


@given(schedules())
@many
def test_the_loops_of_a_segment_are_the_turns_that_were_planned(source: ScheduleInputs) -> None:
    compiled = compile_schedule(source)
    schedule = compiled.schedule
    for face, timeline in schedule.faces.items():
        for segment, why in zip(timeline.segments, compiled.why[face], strict=True):
            if why.plan is None:
                continue
            entries = [schedule.turns[one] for one in schedule.loops[segment.loop or ""]]
            assert sum(ms for _, ms in entries) == sum(why.plan.order.durations(why.plan.sequences()))
            assert all(ms % 1000 == 0 or why.plan.order.bound for _, ms in entries)
            assert len(entries) == len(why.origins)
            for (scene, _), origin in zip(entries, why.origins, strict=True):
                assert scene.startswith(f"{origin.item}:{origin.language}#" if origin else "theme:")


def test_a_slot_twice_an_hour_gives_its_other_turns_to_the_rest_and_says_so() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces,
        items=(item("x", faces, ("vi",)), item("y", faces, ("vi",))),
        programmes={"p": ("x",), "q": ("y",)},
        slots=(slot(1, "p", max_per_hour=2), slot(2, "q")),
        opening=(hours((7, 11)),),
        days=1,
    )
    compiled = compile_schedule(source)
    mine = [one for one in played(compiled, "a") if one[2] == "1"]
    assert len(mine) == 8
    (said,) = [one for one in compiled.diagnostics if one.code == "slot-limited"]
    assert (said.subject, said.field, said.params["percent"], said.params["wanted"]) == (
        "slot:1",
        "max_per_hour",
        "0",
        "50",
    )
    assert not [one for one in compiled.diagnostics if one.code == "nothing-between-limits"]


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 6, 30, 200]), st.sampled_from([0, 45, 400]), st.integers(1, 5)),
             min_size=2, max_size=4)
)  # fmt: skip
@many
def test_whoever_gets_less_than_its_share_is_named_with_its_limit(limits: list[tuple[int, int, int]]) -> None:
    faces = geometry(1, ("vi",))
    slots = tuple(
        slot(number, max_per_hour=most, spacing_s=rest, weight=weight)
        for number, (most, rest, weight) in enumerate(limits)
    )
    source = inputs(faces, slots=slots, items=(item("x", faces, ("vi",)),), opening=(hours((7, 11)),), days=1)
    compiled = compile_schedule(source)
    said = {one.subject for one in compiled.diagnostics if one.code == "slot-limited"}
    whole = sum(one.weight for one in slots)
    for one in slots:
        got = sum(until - began for began, until, name in played(compiled, "a") if name == one.id)
        lacking = 4 * HOUR * one.weight / whole - got
        if lacking > max(4 * 10_000, 0.01 * 4 * HOUR):  # an item an hour, and a percent
            assert f"slot:{one.id}" in said
        if f"slot:{one.id}" in said:
            assert one.max_per_hour or one.spacing_s
            assert lacking > 0


def test_where_nobody_may_play_the_neutral_picture_stands_and_it_is_said() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces, items=(item("x", faces, ("vi",)),), slots=(slot(1, spacing_s=590),), opening=(hours((7, 8)),), days=1
    )
    compiled = compile_schedule(source)
    assert len(played(compiled, "a")) == 6
    (said,) = [one for one in compiled.diagnostics if one.code == "nothing-between-limits"]
    assert (said.params["face"], said.params["minutes"]) == ("A", "59")
    from cms.schedule.frame import frame

    pause = frame(compiled.schedule, None, "a", compiled.schedule.faces["a"].segments[1].from_ + 60_000)
    assert (pause.kind, pause.scene) == ("fallback", compiled.schedule.fallback)


def test_a_short_wait_is_bridged_by_the_turn_before_it() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces,
        items=(item("x", faces, ("vi",)),),
        slots=(slot(1, spacing_s=13), slot(2, spacing_s=13)),
        opening=(hours((7, 8)),),
        days=1,
    )
    compiled = compile_schedule(source)
    assert_limits_kept(source, compiled)
    *whole, _cut = played(compiled, "a")
    assert {one[1] - one[0] for one in whole[1:]} == {13_000}
    assert all(one[1] == other[0] for one, other in itertools.pairwise(whole))


def test_a_slot_alone_keeps_even_a_short_rest() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces, items=(item("x", faces, ("vi",)),), slots=(slot(1, spacing_s=3),), opening=(hours((7, 8)),), days=1
    )
    compiled = compile_schedule(source)
    assert_limits_kept(source, compiled)
    assert compiled.schedule.faces["a"].segments[1].loop is not None


@given(
    st.lists(st.tuples(st.integers(1, 9), st.lists(st.integers(1, 60).map(lambda s: s * 1000), min_size=1, max_size=4)),
             min_size=2, max_size=5)
)  # fmt: skip
@many
def test_limits_that_never_bind_change_no_share(slots: list[tuple[int, list[int]]]) -> None:
    weights, sequences = [weight for weight, _ in slots], [steps for _, steps in slots]
    order = take_limited_turns(sequences, weights, [Limit()] * len(slots), [0] * len(slots), 4 * HOUR)
    longest, elapsed, got = max(max(steps) for steps in sequences), 0, [0] * len(slots)
    for one, step in order.turns:
        got[one] += sequences[one][step]
        elapsed += sequences[one][step]
        for number, weight in enumerate(weights):
            assert abs(got[number] - elapsed * weight / sum(weights)) <= 2 * longest
    assert not order.bound


@given(
    st.integers(1, 9), st.integers(1, 9), st.integers(0, 20_000), st.sampled_from([(7, 11), (7, 18)]), st.booleans()
)  # fmt: skip
@many
def test_required_time_is_given_or_it_is_said_how_much_is_lacking(
    weight: int, other: int, required: int, window: tuple[int, int], rival: bool
) -> None:
    faces = geometry(2, ("vi", "en"))
    slots = [slot(1, "p", weight=weight, required_s=required), slot(2, "q", weight=other, windows=span((8, 10)))]
    if rival:
        slots.append(slot(3, "q", priority=PRIORITY, windows=span((9, 10)), faces=("b",)))
    source = inputs(
        faces,
        items=(item("x", faces), item("y", faces, ms=(7000,))),
        programmes={"p": ("x",), "q": ("y",)},
        slots=tuple(slots),
        opening=(hours(window),),
        days=1,
    )
    compiled = compile_schedule(source)
    got = {
        face: sum(until - began for began, until, name in played(compiled, face) if name == "1") // 1000
        for face in "ab"
    }
    lacking = [one for one in compiled.diagnostics if one.code == "slot-required-not-reached"]
    assert bool(lacking) == (min(got.values()) < required)
    if lacking:
        assert lacking[0].params["seconds"] == str(min(got.values()))
        assert (lacking[0].subject, lacking[0].field) == ("slot:1", "required_s")
        # It is lacking only where there is no more: nothing else had more than a turn's worth where this could play.
        free = (window[1] - window[0]) * 3600 - (3600 if rival else 0)
        assert required > free - 60


def test_required_time_takes_no_more_than_it_must() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces,
        items=(item("x", faces, ("vi",)), item("y", faces, ("vi",))),
        programmes={"p": ("x",), "q": ("y",)},
        slots=(slot(1, "p", required_s=9000), slot(2, "q")),
        opening=(hours((7, 11)),),
        days=2,
    )
    turns = [one for one in played(compile_schedule(source), "a") if one[2] == "1"]
    assert 9000 * 2 <= sum(until - began for began, until, _ in turns) // 1000 <= 9200 * 2


def test_required_time_does_not_go_before_a_higher_priority() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces,
        items=(item("x", faces, ("vi",)),),
        slots=(slot(1, required_s=60), slot(2, priority=PRIORITY), slot(3, priority=NORMAL)),
        opening=(hours((7, 11)),),
        days=1,
    )
    compiled = compile_schedule(source)
    assert {name for _, _, name in played(compiled, "a")} == {"2"}
    assert [one.params["seconds"] for one in compiled.diagnostics if one.code == "slot-required-not-reached"] == ["0"]


@given(st.integers(1, 100_000))
@many
def test_the_grid_takes_no_more_than_a_tenth_of_a_second_and_adds_less_than_one(ms: int) -> None:
    assert on_grid(ms) % 1000 == 0
    assert on_grid(ms) > 0
    assert ms - 100 <= on_grid(ms) < ms + 1000
