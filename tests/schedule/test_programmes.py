"""Programmes unrolled: nesting, what is taken in turn, feeds, shuffles, circles."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.inputs import Entry, ProgrammeInput
from cms.schedule.programmes import MOST_TURNS, Rounds, members, round_of
from tests.schedule.strategies import many


def programmes(**entries: str) -> dict[str, ProgrammeInput]:
    """`news="x y @tips*2 +a,b*1"`: items, nested programmes (`@`) and feeds (`+`), so many at each pass; `~` first: shuffled."""
    found = {}
    for name, text in entries.items():
        words = text.removeprefix("~").split()
        order = "shuffle" if text.startswith("~") else "listed"
        found[name] = ProgrammeInput(name, name, tuple(entry(one) for one in words), order, "7")
    return found


def entry(word: str) -> Entry:
    name, _, take = word.partition("*")
    if name.startswith("@"):
        return Entry(programme=name[1:], take=int(take or 0))
    return Entry(feed=tuple(name[1:].split(",")), take=int(take or 0)) if name.startswith("+") else Entry(name)


def said(of: Mapping[str, ProgrammeInput], name: str = "p") -> str:
    return " ".join(round_of(of, name))


def test_items_play_in_their_order_one_pass_a_round() -> None:
    assert said(programmes(p="x y x z")) == "x y x z"


def test_a_whole_nested_programme_plays_in_its_place() -> None:
    assert said(programmes(p="x @q y", q="a @r b", r="c")) == "x a c b y"


def test_so_many_are_taken_in_turn_until_all_have_come_round_evenly() -> None:
    assert said(programmes(p="x @q*1", q="a b c")) == "x a x b x c"
    assert said(programmes(p="x @q*2", q="a b c")) == "x a b x c a x b c"
    assert said(programmes(p="@q*1 @r*1", q="a b", r="c d e")) == "a c b d a e b c a d b e"


def test_taking_more_than_there_is_takes_all() -> None:
    assert said(programmes(p="x @q*9 +a,b*5", q="c d")) == "x c d a b"


def test_feeds_give_all_or_so_many_in_turn() -> None:
    assert said(programmes(p="x +a,b")) == "x a b"
    assert said(programmes(p="x +a,b*1")) == "x a x b"


def test_what_a_nested_programme_takes_goes_on_from_pass_to_pass() -> None:
    assert said(programmes(p="x @q", q="y +a,b*1")) == "x y a x y b"


def test_uneven_turns_end_after_twelve_passes() -> None:
    found = round_of(programmes(p="+a,b,c,d,e*1 +f,g,h,i,j,k,l*1"), "p")
    assert len(found) == 24
    assert set(found) == set("abcdefghijkl")


def test_nothing_is_left_out_however_long_the_feed() -> None:
    feed = [f"f{number}" for number in range(40)]
    found = round_of(programmes(p=f"x +{','.join(feed)}*1 +a,b,c*1"), "p")
    assert set(feed) <= set(found)
    assert len(found) == 3 * 40


def test_members_come_once_in_the_order_in_which_they_are_listed() -> None:
    found = programmes(p="x @q*1 y @q x", q="~a x +b,c*1")
    assert members(found, "p") == ("x", "a", "b", "c", "y")


def test_empty_programmes_have_no_turns() -> None:
    found = programmes(p="", q="@p", r="x @p @q*2")
    assert (said(found), said(found, "q"), said(found, "r")) == ("", "", "x")


def test_a_missing_programme_is_passed_over_and_named() -> None:
    found = programmes(p="x @gone @gone*2 y")
    assert (said(found), members(found, "p"), Rounds(found).missing("p")) == ("x y", ("x", "y"), ("gone",))


def test_a_programme_that_contains_itself_is_cut_where_it_leads_back() -> None:
    found = programmes(p="a @p b", q="c @r", r="d @s", s="@q e @p", t="f @q")
    assert said(found) == "a b"
    assert {name: said(found, name) for name in "qrst"} == {"q": "c", "r": "d", "s": "e a b", "t": "f c"}
    rounds = Rounds(found)
    assert [name for name in found if rounds.contains_itself(name)] == ["p", "q", "r", "s"]
    assert rounds.members("t") == ("f", "c")


def test_depth_has_no_limit() -> None:
    deep = programmes(**{f"p{n}": f"i{n} @p{n + 1}" for n in range(3000)})
    assert said(deep, "p2990") == " ".join(f"i{n}" for n in range(2990, 3000))
    assert len(members(deep, "p0")) == 3000
    assert len(round_of(deep, "p0")) == 3000


def test_programmes_nested_twice_and_twice_again_end() -> None:
    wide = programmes(**{f"p{n}": f"i{n} @p{n + 1} @p{n + 1}" for n in range(60)})
    assert len(round_of(wide, "p0")) == MOST_TURNS
    rounds = Rounds(programmes(p=" ".join(f"i{n}" for n in range(MOST_TURNS + 3)), q="x y"))
    assert rounds.left_out("q") == ()
    rounds.round_of("p")
    assert rounds.left_out("p") == tuple(f"i{MOST_TURNS + n}" for n in range(3))


def test_each_pass_of_a_shuffle_has_an_order_of_its_own() -> None:
    found = round_of(programmes(p="~a b c d e f g h"), "p")
    passes = [found[at : at + 8] for at in range(0, len(found), 8)]
    assert len(passes) == 4
    assert len(set(passes)) == 4
    assert all(set(one) == set("abcdefgh") for one in passes)


def test_a_shuffle_is_the_same_everywhere_and_another_for_another_seed_or_programme() -> None:
    one = ProgrammeInput("1", "", tuple(Entry(key) for key in "abcd"), "shuffle", "9")
    # Written down: any machine and any Python must come to this.
    assert "".join(round_of({"1": one}, "1")) == "dcabadcbabcdabdc"
    others = {
        "2": ProgrammeInput("2", "", one.entries, "shuffle", "9"),
        "1": ProgrammeInput("1", "", one.entries, "shuffle", "10"),
    }
    assert len({round_of({"1": one}, "1"), *(round_of(others, name) for name in others)}) == 3


def test_a_shuffle_keeps_a_nested_programme_together() -> None:
    found = said(programmes(p="~x y z @q", q="a b c"))
    assert found.count("a b c") == 4


def test_of_two_items_a_shuffle_makes_turns() -> None:
    assert said(programmes(p="~a b")) in ("a b a b a b a b", "b a b a b a b a")


@given(st.integers(2, 9), st.text("0123456789", max_size=4))
@many
def test_no_item_of_a_shuffle_follows_itself(count: int, seed: str) -> None:
    entries = tuple(Entry(f"i{number}") for number in range(count))
    found = round_of({"p": ProgrammeInput("p", "", entries, "shuffle", seed)}, "p")
    assert all(one != other for one, other in itertools.pairwise((*found, found[0])))
    assert set(Counter(found).values()) == {4}


WORD = st.one_of(
    st.sampled_from("abcdef"),
    st.builds(lambda name, take: f"@{name}*{take}", st.sampled_from("pqrs"), st.integers(0, 3)),
    st.builds(lambda keys, take: f"+{','.join(keys)}*{take}", st.lists(st.sampled_from("abcdef"), min_size=1), st.integers(0, 4)),
)  # fmt: skip
LISTS = st.lists(WORD, max_size=4).map(" ".join)


@given(st.fixed_dictionaries({name: st.tuples(st.sampled_from(["", "~"]), LISTS).map("".join) for name in "pqrs"}))
@many
def test_whatever_is_nested_every_member_has_its_turn_and_it_does_not_matter_who_is_asked_first(
    lists: dict[str, str],
) -> None:
    found = programmes(**lists)
    rounds = Rounds(found)
    for name in "srqp":
        assert rounds.round_of(name) == round_of(found, name)
        assert rounds.members(name) == members(found, name)
        assert rounds.left_out(name) == ()
        assert set(rounds.round_of(name)) == set(rounds.members(name))
