"""Which face shows which language: neighbours differ, and no language of a face is left out."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.languages import MOST_PASSES, common, neighbours, turns, wanted
from tests.schedule.strategies import many

LISTS = st.lists(
    st.lists(st.sampled_from("vekzl"), min_size=1, max_size=5, unique=True).map(tuple), min_size=1, max_size=4
).map(tuple)


def fewest_clashes(lists: tuple[tuple[str, ...], ...], pairs: tuple[tuple[int, int], ...]) -> list[tuple[str, ...]]:
    """Every choice of a language per face in which as few neighbours as can be show the same."""
    by_clashes: dict[int, list[tuple[str, ...]]] = {}
    for choice in product(*lists):
        by_clashes.setdefault(sum(choice[a] == choice[b] for a, b in pairs), []).append(choice)
    return by_clashes[min(by_clashes)]


@given(LISTS, st.booleans())
@many
def test_every_language_that_neighbours_leave_room_for_is_shown_on_its_face(
    lists: tuple[tuple[str, ...], ...], ring: bool
) -> None:
    pairs = neighbours(len(lists), ring)
    best = fewest_clashes(lists, pairs)
    passes = turns(lists, pairs)
    assert len(passes) <= MOST_PASSES
    assert set(passes) <= set(best)
    for face in range(len(lists)):
        shown = Counter(one[face] for one in passes)
        assert set(shown) == {one[face] for one in best}
        assert max(shown.values()) - min(shown.values()) <= 2


@given(LISTS, st.booleans())
@many
def test_equal_languages_move_on_by_one_from_pass_to_pass(lists: tuple[tuple[str, ...], ...], ring: bool) -> None:
    own = lists[0]
    passes = turns((own,) * len(lists), neighbours(len(lists), ring))
    assert len(passes) == len(own)
    for one, after in pairwise(passes):
        assert [own[(own.index(language) + 1) % len(own)] for language in one] == list(after)


def test_a_face_with_fewer_languages_does_not_take_one_from_its_neighbour() -> None:
    passes = turns((("vi", "en", "km"), ("vi", "en")), neighbours(2, False))
    assert Counter(one[0] for one in passes) == {"vi": 2, "en": 2, "km": 2}
    assert Counter(one[1] for one in passes) == {"vi": 3, "en": 3}
    assert all(one != other for one, other in passes)


def test_a_language_that_only_a_clash_could_show_is_not_shown() -> None:
    assert turns((("vi",), ("vi", "en")), neighbours(2, False)) == (("vi", "en"),)


def test_faces_show_their_own_languages_or_what_there_is() -> None:
    assert wanted(("vi", "km"), ("km", "en")) == ("km",)
    assert wanted(("lo",), ("vi", "en")) == ("vi", "en")
    assert wanted((), ("vi", "en")) == ("vi", "en")


def test_mirrored_faces_show_what_all_share_or_else_everything() -> None:
    assert common((("vi", "en"), ("en", "vi", "km"))) == ("vi", "en")
    assert common((("vi",), ("en",))) == ("vi", "en")
