"""How long a programme is and what each row takes: what the compiler unrolls, counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.inputs import Entry, ProgrammeInput
from cms.schedule.lengths import languages_ms, length_of, pass_ms
from cms.schedule.programmes import Rounds
from cms.schedule.scenes import SceneBook
from cms.schedule.steps import Gap, gap_of
from tests.schedule.builders import geometry, inputs, item, slot
from tests.schedule.strategies import many, schedules


def programme(name: str, *entries: Entry) -> ProgrammeInput:
    return ProgrammeInput(name, name, entries)


def test_rows_share_a_round_by_what_they_take() -> None:
    held = {
        "p": programme("p", Entry(item="a"), Entry(feed=("a", "b", "c"), take=1), Entry(programme="q")),
        "q": programme("q", Entry(item="c"), Entry(item="gone")),
    }
    found = length_of(held, "p", {"a": 10_000, "b": 20_000, "c": 30_000})
    # Three passes: the filter has then given each of its items once.
    assert [(row.items, row.turns, row.ms) for row in found.rows] == [
        (("a",), 3, 30_000), (("a", "b", "c"), 3, 60_000), (("c", "gone"), 3, 90_000),
    ]  # fmt: skip
    assert found.ms == 180_000
    assert [found.share(row) for row in range(3)] == [pytest.approx(1 / 6), pytest.approx(1 / 3), pytest.approx(1 / 2)]
    assert found.times(0, 3_600_000) == 60


def test_a_programme_with_nothing_to_show_has_no_length() -> None:
    found = length_of({"p": programme("p", Entry(item="a"))}, "p", {})
    assert (found.ms, found.share(0), found.times(0, 3_600_000)) == (0, 0.0, 0.0)


@given(schedules())
@many
def test_rows_together_are_the_round(source) -> None:
    for name in source.programmes:
        times = dict.fromkeys(source.items, 1000)
        found = length_of(source.programmes, name, times)
        held = source.programmes[name]
        assert found.ms == sum(row.ms for row in found.rows)
        if held.order == "listed":
            assert found.ms == 1000 * len(Rounds(source.programmes).round_of(name))


@given(st.sampled_from(["mirror", "independent", "rotate", "span"]))
def test_an_item_takes_its_languages_one_after_the_other_or_in_several_passes(mode) -> None:
    faces = geometry(2, ("vi", "en"))
    source = inputs(faces, items=(item("a", faces, ms=(6000, 4000)),), slots=(slot(1),))
    book = SceneBook(source, [])
    texts = [one for text in source.items["a"].translations if (one := book.playable(text))]
    assert languages_ms(texts) == {"vi": 10_000, "en": 10_000}
    assert pass_ms(mode, texts, faces, slot(1), Gap()) == (10_000 if mode == "rotate" else 20_000)
    assert pass_ms(mode, texts[:1], faces, slot(1, languages=("vi", "en")), gap_of(source, "p")) == 10_000
