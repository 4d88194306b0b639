"""Why a face shows what it shows: at every instant there is an answer, and it is the right one."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta
from itertools import pairwise

import pytest

from cms.plugin_api.types import HoursSpec, Window
from cms.schedule.calendar import Calendar
from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.explain import Explanation, explain, way_to
from cms.schedule.format import Notices
from cms.schedule.inputs import PRIORITY, URGENT, Entry, ProgrammeInput, ScheduleInputs
from cms.schedule.timeline import valid_on
from tests.schedule.builders import MONDAY, ZONE, geometry, hours, inputs, item, slot, span
from tests.schedule.make_frame_vectors import at
from tests.schedule.test_agreement import source_of

SEEDS = range(25)


def why(source: ScheduleInputs, instant: int, face: str = "a", notices: Notices | None = None) -> Explanation:
    return explain(source, compile_schedule(source), face, instant, notices)


def reasons(found: Explanation) -> dict[str, str]:
    return {rival.slot.id: rival.reason for rival in found.rivals}


# --- whatever the inputs ------------------------------------------------------------------------------------------------


def borders(compiled: Compiled, face: str, rng: random.Random) -> list[int]:
    segments = compiled.schedule.faces[face].segments
    first, last = segments[0].from_, compiled.schedule.valid_until - 1
    some = rng.sample(segments, min(len(segments), 12))
    wanted = [one.from_ + more for one in some for more in (-1, 0, 1)]
    wanted += [rng.randrange(one.from_, one.until) for one in some]
    return [one for one in wanted if first <= one <= last]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_instant_has_an_answer_that_the_inputs_bear_out(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    source = source_of(rng)
    compiled = compile_schedule(source)
    calendar = Calendar(source.cluster.timezone, source.cluster.hours, source.cluster.holidays)
    for face in compiled.schedule.faces:
        for instant in borders(compiled, face, rng):
            found = explain(source, compiled, face, instant)
            assert found.since <= instant < found.until
            lit = any(
                one.start <= instant < one.end
                for one in calendar.openings(found.day - timedelta(days=2), found.day + timedelta(days=2))
            )
            assert lit == (found.frame.kind != "closed") == (not found.closed_reason)
            if found.slot is None:
                assert found.item is None
                assert found.frame.kind == ("closed" if found.closed_reason else "fallback")
                continue
            assert found.frame.scene.startswith(f"{found.item.key}:{found.language}#")
            assert found.proof in {text.proof for text in found.item.translations} | {
                text.span_proof for text in found.item.translations
            }
            assert found.due is not None, "a slot on screen is due by its rule"
            assert valid_on(found.item, calendar.day_of(instant))
            assert all(rival.slot.priority <= found.slot.priority or rival.share == 0 for rival in found.rivals)
            shares = [found.share] + [rival.share for rival in found.rivals if rival.reason == "shares"]
            assert sum(shares) <= 1.000001
            assert found.slot.id not in reasons(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_next_change_is_when_the_picture_changes(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    source = source_of(rng)
    compiled = compile_schedule(source)
    for face, timeline in compiled.schedule.faces.items():
        for here, following in pairwise(timeline.segments):
            instant = rng.randrange(here.from_, here.until)
            found = explain(source, compiled, face, instant)
            assert (found.after.at, found.after.kind) == (following.from_, following.kind)
            if found.turn is not None:
                before = explain(source, compiled, face, found.turn.at - 1)
                then = explain(source, compiled, face, found.turn.at)
                assert (then.item, then.language) == (found.turn.item, found.turn.language)
                assert (before.item, before.language) == (found.item, found.language)
            if found.lit_from is not None:
                assert explain(source, compiled, face, found.lit_from).closed_reason == ""
                assert explain(source, compiled, face, found.lit_from - 1).closed_reason
            if found.lit_until is not None and found.lit_until < compiled.schedule.valid_until:
                assert explain(source, compiled, face, found.lit_until).closed_reason
                assert not explain(source, compiled, face, found.lit_until - 1).closed_reason


def test_an_instant_that_the_schedule_does_not_know_is_refused() -> None:
    source = inputs(slots=(slot(1),))
    compiled = compile_schedule(source)
    for instant in (compiled.schedule.valid_until, at(-30, 0)):
        with pytest.raises(ValueError, match="cover"):
            explain(source, compiled, "a", instant)
    with pytest.raises(KeyError):
        explain(source, compiled, "d", at(0, 480))


# --- what is on screen --------------------------------------------------------------------------------------------------


def test_slot_programme_item_language_proof_and_clause_are_named() -> None:
    found = why(inputs(geometry(1, ("vi",)), slots=(slot(1, windows=span((8, 10))),)), at(0, 500))
    assert (found.slot.id, found.programme.id, found.item.key, found.language) == ("1", "p", "a", "vi")
    assert found.translation == "a:vi"
    assert found.proof == found.item.translations[0].proof
    assert (found.hours.clause, found.windows) == ("test 1", span((7, 11), (14, 18)))
    assert found.due == (found.due.__class__)(MONDAY, Window(480, 600))
    assert (found.share, found.rivals) == (1, ())


def test_an_overnight_slot_is_due_by_the_day_it_started() -> None:
    source = inputs(opening=(hours((7, 26)),), slots=(slot(1, windows=span((22, 26)), weekdays=frozenset({0})),))
    found = why(source, at(1, 60))
    assert (found.slot.id, found.due.day, found.day) == ("1", MONDAY, MONDAY)


def test_the_way_through_nested_programmes_is_named() -> None:
    programmes = {
        "p": ProgrammeInput("p", "Ngày", (Entry(item="a"), Entry(programme="q", take=1))),
        "q": ProgrammeInput("q", "Tuần", (Entry(programme="r"), Entry(programme="p"))),
        "r": ProgrammeInput("r", "Tỉnh", (Entry(feed=("b",)),), order="shuffle"),
    }
    assert way_to(programmes, "p", "a") == ((programmes["p"],), False)
    assert way_to(programmes, "p", "b") == ((programmes["p"], programmes["q"], programmes["r"]), True)


def test_black_hours_say_when_the_face_is_lit_again() -> None:
    source = inputs(slots=(slot(1),), opening=(hours((7, 11), (14, 18), sun=()),))
    noon = why(source, at(0, 720))
    assert (noon.closed_reason, noon.lit_from, noon.since) == ("outside-hours", at(0, 840), at(0, 660))
    sunday = why(source, at(6, 600))
    assert (sunday.closed_reason, sunday.lit_from, sunday.known_until) == ("no-window-today", None, at(7, 0))
    early = why(dataclasses.replace(source, cluster=dataclasses.replace(source.cluster, hours=())), at(0, 600))
    assert (early.closed_reason, early.hours) == ("no-hours", None)


def test_the_kind_of_a_holiday_and_its_own_hours_are_named() -> None:
    tet = HoursSpec(
        date(2020, 1, 1), (span((7, 18)),) * 7, span((8, 12)), "AG 7.1", by_kind=(("tet", span((9, 10))),)
    )  # fmt: skip
    source = inputs(slots=(slot(1),), opening=(tet,), holidays={MONDAY: "tet", date(2027, 1, 5): "public"})
    monday = why(source, at(0, 570))
    assert (monday.holiday, monday.windows, monday.lit_until) == ("tet", span((9, 10)), at(0, 600))
    assert (why(source, at(1, 570)).holiday, why(source, at(2, 570)).holiday) == ("public", "")


def test_an_item_within_its_days_of_grace_is_marked() -> None:
    faces = geometry(1, ("vi",))
    late = item("a", faces, ("vi",), valid_until=MONDAY, grace_days=2)
    source = inputs(faces, items=(late,), slots=(slot(1),))
    assert [why(source, at(day, 500)).graced for day in (0, 1, 2)] == [False, True, True]
    assert why(source, at(3, 500)).frame.kind == "fallback"


# --- rivals -------------------------------------------------------------------------------------------------------------


def test_slots_share_by_weight_and_the_shares_are_measured() -> None:
    source = inputs(slots=(slot(1, weight=3), slot(2)), days=1)
    found = why(source, at(0, 500))
    (rival,) = found.rivals
    assert rival.reason == "shares"
    shown = {found.slot.id: found.share, rival.slot.id: rival.share}
    assert shown["1"] == pytest.approx(0.75, abs=0.02)
    assert shown["2"] == pytest.approx(0.25, abs=0.02)


def test_why_the_others_lost_is_told_apart() -> None:
    faces = geometry(2)
    items = (
        item("a", faces),
        dataclasses.replace(item("draft", faces), translations=()),
        item("old", faces, valid_until=MONDAY - timedelta(days=1)),
        item("vi", faces, ("vi",)),
    )
    source = inputs(
        faces,
        items=items,
        programmes={"p": ("a",), "drafts": ("draft",), "past": ("old",), "none": (), "only-vi": ("vi",)},
        slots=(
            slot(1, priority=PRIORITY),
            slot(2),
            slot(3, "drafts", priority=URGENT),
            slot(4, "past"),
            slot(5, "none"),
            slot(6, "only-vi", languages=("km",)),
        ),
    )
    assert reasons(why(source, at(0, 500))) == {
        "2": "priority", "3": "unapproved", "4": "outdated", "5": "empty", "6": "language",
    }  # fmt: skip


def test_who_is_not_due_at_the_instant_is_no_rival() -> None:
    """An arrangement goes on while slots that lose anyway come and go."""
    source = inputs(slots=(slot(1, priority=PRIORITY), slot(2, windows=span((8, 9)))))
    compiled = compile_schedule(source)
    before, within, after = (explain(source, compiled, "a", at(0, minute)) for minute in (470, 500, 550))
    assert before.since == within.since == after.since
    assert [reasons(one) for one in (before, within, after)] == [{}, {"2": "priority"}, {}]


def test_nothing_due_and_nothing_to_show_are_told_apart() -> None:
    faces = geometry(1, ("vi",))
    draft = dataclasses.replace(item("a", faces, ("vi",)), translations=())
    source = inputs(faces, items=(draft,), slots=(slot(1, windows=span((8, 9))),))
    shown, idle = why(source, at(0, 500)), why(source, at(0, 600))
    assert (shown.frame.kind, reasons(shown)) == ("fallback", {"1": "unapproved"})
    assert (idle.frame.kind, reasons(idle), idle.proof) == ("fallback", {}, "theme")


def test_a_limit_that_binds_is_named() -> None:
    source = inputs(geometry(1, ("vi",)), slots=(slot(1, spacing_s=120), slot(2)), days=1)
    compiled = compile_schedule(source)
    found = [explain(source, compiled, "a", at(0, minute)) for minute in range(421, 440)]
    limited = [rival for one in found for rival in one.rivals if rival.slot.id == "1"]
    assert limited
    assert all(one.limited and one.reason == "shares" for one in limited)


def test_where_limits_let_nobody_play_the_pause_is_explained() -> None:
    source = inputs(geometry(1, ("vi",)), slots=(slot(1, max_per_hour=2),), days=1)
    compiled = compile_schedule(source)
    found = explain(source, compiled, "a", at(0, 425))
    assert (found.paused, found.slot, found.item) == (True, None, None)
    assert reasons(found) == {"1": "limited"}
    assert found.turn.slots[0].id == "1"


# --- notices ------------------------------------------------------------------------------------------------------------


def told(**more: object) -> Notices:
    return Notices.model_validate({"format": 1, "cluster": "thu", **more})


def test_a_blackout_and_what_would_be_on_without_it() -> None:
    forever = 253_402_300_799_000
    dark = told(blackout=[{"faces": ["a"], "from": at(0, 490), "until": forever}])
    source = inputs(slots=(slot(1),))
    found = why(source, at(0, 500), notices=dark)
    assert (found.frame.kind, found.frame.until, found.notice_since) == ("blackout", forever, at(0, 490))
    assert (found.slot.id, found.item is not None) == ("1", True)
    assert why(source, at(0, 500), "b", dark).notice_since is None


def test_an_alert_on_a_face_that_would_be_closed() -> None:
    source = inputs(slots=(slot(1),))
    scene = compile_schedule(source).schedule.fallback
    alert = told(alerts=[{"id": "lu", "faces": ["a"], "from": at(0, 700), "until": at(0, 710), "scene": scene}])
    found = why(source, at(0, 705), notices=alert)
    assert (found.frame.kind, found.closed_reason, found.notice_since) == ("alert", "outside-hours", at(0, 700))


def test_a_withdrawn_item_is_named_though_the_neutral_picture_stands_in() -> None:
    source = inputs(geometry(1, ("vi",)), slots=(slot(1),))
    on = why(source, at(0, 500))
    found = why(source, at(0, 500), notices=told(withdrawn=[on.translation]))
    assert (found.frame.withdrawn, found.frame.kind) == (True, "fallback")
    assert (found.item.key, found.proof) == (on.item.key, on.proof)


def test_the_zone_of_the_cluster_counts() -> None:
    assert why(inputs(slots=(slot(1),), zone="Europe/Berlin"), Calendar("Europe/Berlin").at(MONDAY, 430)).slot.id == "1"
    assert ZONE == "Asia/Ho_Chi_Minh"
