"""Equal inputs, equal fingerprint; and nothing changes without changing it."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import IntEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.plugin_api.types import Glyphs, Rect, Scene, Stream, Strip, Window, sha256
from cms.schedule import fingerprint as module
from cms.schedule.compile import compile_schedule
from cms.schedule.fingerprint import COMPILER, fingerprint
from cms.schedule.inputs import Entry, ScheduleInputs
from tests.schedule.builders import MONDAY, geometry, hours, inputs, item, slot, translation
from tests.schedule.strategies import many, schedules

HERE = "tests.schedule.test_fingerprint"
PINNED = (
    "1f31ed244c124ea3b81187696d24a5560a024abf7ef03688d5827c787caef525",
    "520cae8a7f83dcb2011a1a33def565ae8ca9829702ddbe24a6bd8251e5732911",
)
"""The fingerprint of the sample, and what the compiler makes of it. `python -m tests.schedule.test_fingerprint` prints both."""


def sample() -> ScheduleInputs:
    """Inputs in which no field of any class is empty."""
    faces = geometry(2, ("vi", "en"), ring=True)
    faces = dataclasses.replace(faces, faces=tuple(dataclasses.replace(one, bearing_deg=90) for one in faces.faces))
    opening = dataclasses.replace(
        hours((7, 18), holiday=((8, 12),)), by_kind=(("tet", (Window(540, 600),)),), assumed=True
    )
    first = item("a", faces, valid_from=date(2020, 1, 1), valid_until=date(2030, 1, 1), grace_days=2)
    told = translation("a", "vi", faces, 8000, 6000, spanning=True)
    told = dataclasses.replace(told, scenes=(_moving(told.scenes[0]), *told.scenes[1:]))
    first = dataclasses.replace(first, translations=(told, *first.translations[1:]))
    made = inputs(
        faces, items=(first, item("b", faces)), opening=(opening,), holidays={MONDAY: "tet"}, days=3,
        slots=(
            slot(
                1, "p", date_until=date(2030, 1, 1), weekdays=frozenset({0, 1, 2}), windows=(Window(420, 700),),
                faces=("a",), mode="span", priority=1, weight=2, exceptions=frozenset({MONDAY + timedelta(days=2)}),
                languages=("vi",), max_per_hour=20, spacing_s=30, required_s=60,
            ),
            slot(2, "p"),
        ),
    )  # fmt: skip
    controllers = (dataclasses.replace(made.cluster.controllers[0], audio_face="a"),)
    entries = (*made.programmes["p"].entries, Entry(programme="q"), Entry(feed=("b",), take=1))
    programme = dataclasses.replace(made.programmes["p"], entries=entries, order="shuffle", seed="s")
    nested = dataclasses.replace(made.programmes["p"], id="q")
    return dataclasses.replace(
        made,
        cluster=dataclasses.replace(made.cluster, controllers=controllers),
        programmes={"p": programme, "q": nested},
        manifests={min(made.assets): sha256(b"manifest")},
    )


def _moving(scene: Scene) -> Scene:
    """The scene with a strip, a live value and a stream on its first face."""
    face, (layer, *_rest) = min(scene.faces.items())
    strip = dataclasses.replace(layer, kind="strip", strip=Strip((9, 1), (-60, 1), (300, 1)))
    live = Glyphs(
        "value",
        (("0", Rect(0, 0, 8, 12)),),
        ("HH",),
        "right",
        ("0",),
        until=1,
        name="usd",
        decimals=2,
        max_age_ms=60_000,
    )
    glyphs = dataclasses.replace(layer, kind="glyphs", glyphs=live)
    stream = dataclasses.replace(layer, kind="stream", stream=Stream("https://live.example.vn/playlist.m3u8"))
    return dataclasses.replace(scene, faces={**scene.faces, face: (layer, strip, glyphs, stream)})


def changed(hint: Any, value: Any) -> Any:
    """Another value of the same type."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return next(one for one in inner if one != value)
    if origin in (Union, UnionType):
        some = next(one for one in inner if one is not NoneType)
        if value is None and some in (Strip, Glyphs, Stream):
            return {Strip: Strip(), Glyphs: Glyphs("time", ()), Stream: Stream("https://live.example.vn/a.m3u8")}[some]
        return {int: 1, str: "x", date: MONDAY}.get(some, "mirror") if value is None else None
    if origin is Mapping:
        return dict(list(value.items())[1:])
    if origin is frozenset:
        return value - {min(value)} if value else frozenset({MONDAY} if date in inner else {0})
    if origin is tuple and inner[-1] is not Ellipsis:
        return (changed(inner[0], value[0]), *value[1:])
    if origin is tuple:
        return value[:-1] if value or inner[0] is not str else ("x",)
    if dataclasses.is_dataclass(hint):
        return dataclasses.replace(value, **next(ways(value)))
    return {str: lambda: value + "x", int: lambda: value + 1, float: lambda: value + 0.5, bool: lambda: not value,
            date: lambda: value + timedelta(days=1)}[hint]()  # fmt: skip


def ways(value: Any) -> Iterator[dict[str, Any]]:
    """Each field of a dataclass with another value."""
    hints = get_type_hints(type(value))
    for field in dataclasses.fields(value):
        yield {field.name: changed(hints[field.name], getattr(value, field.name))}


def variants(value: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    """Every field of every class within a value, changed once: (class, field) and the whole with that change."""
    if dataclasses.is_dataclass(value):
        for way in ways(value):
            (name,) = way
            if way[name] == getattr(value, name):
                continue  # an empty one; the sample holds a filled one elsewhere
            yield (type(value).__name__, name), dataclasses.replace(value, **way)
        for field in dataclasses.fields(value):
            for what, inner in variants(getattr(value, field.name)):
                yield what, dataclasses.replace(value, **{field.name: inner})
    elif isinstance(value, Mapping):
        for key in value:
            for what, inner in variants(value[key]):
                yield what, {**value, key: inner}
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            for what, inner in variants(one):
                yield what, (*value[:number], inner, *value[number + 1 :])


def classes(hint: Any) -> set[Any]:
    """The dataclasses that a type leads to."""
    if dataclasses.is_dataclass(hint):
        inner = [classes(one) for one in get_type_hints(hint).values()]
        return {hint}.union(*inner)
    return set().union(*(classes(one) for one in get_args(hint)))


def test_every_field_of_every_class_counts_but_the_time_of_taking_effect() -> None:
    source = sample()
    before, named = fingerprint(source), set()
    seen: dict[str, ScheduleInputs] = {}
    for what, other in variants(source):
        named.add(what)
        if what == ("ScheduleInputs", "valid_from_ms"):
            assert fingerprint(other) == before
            continue
        after = fingerprint(other)
        assert after != before, f"a change of {'.'.join(what)} goes unnoticed"
        assert seen.setdefault(after, other) == other, f"a change of {'.'.join(what)} looks like another one"
    assert named == {(one.__name__, field.name) for one in classes(ScheduleInputs) for field in dataclasses.fields(one)}


def test_the_sample_leaves_no_field_empty() -> None:
    empty = {
        f"{type(one).__name__}.{field.name}"
        for one in _every(sample())
        for field in dataclasses.fields(one)
        if getattr(one, field.name) not in ("", (), None, frozenset(), {})
    }
    wanted = {f"{one.__name__}.{field.name}" for one in classes(ScheduleInputs) for field in dataclasses.fields(one)}
    assert wanted - empty <= {"SlotInput.rrule", "HoursSpec.note", "Text.vi", "Text.en"}


def _every(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from _every(getattr(value, field.name))
    elif isinstance(value, Mapping | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _every(one)


def shuffled(source: ScheduleInputs, seed: int) -> ScheduleInputs:
    """Equal inputs, as another process may gather them: in another order, later."""
    chance = random.Random(seed)  # noqa: S311

    def mixed(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
        return dict(chance.sample(list(mapping.items()), len(mapping)))

    return dataclasses.replace(
        source,
        slots=tuple(chance.sample(source.slots, len(source.slots))),
        cluster=dataclasses.replace(source.cluster, holidays=mixed(source.cluster.holidays)),
        **{name: mixed(getattr(source, name)) for name in ("programmes", "items", "assets", "manifests")},
        valid_from_ms=source.valid_from_ms + 1 + seed,
    )


@given(schedules(), st.integers(0, 9))
@many
def test_the_order_of_gathering_and_the_time_do_not_matter(source: ScheduleInputs, seed: int) -> None:
    assert fingerprint(shuffled(source, seed)) == fingerprint(source)


@given(schedules(), schedules(), st.data())
@many
def test_fingerprints_are_equal_exactly_when_the_inputs_are(
    one: ScheduleInputs, other: ScheduleInputs, data: st.DataObject
) -> None:
    mixed = dataclasses.replace(
        one,
        **{
            field.name: getattr(other, field.name)
            for field in dataclasses.fields(one)
            if data.draw(st.booleans(), label=field.name)
        },
    )
    same = dataclasses.replace(mixed, valid_from_ms=one.valid_from_ms)
    ordered = [
        dataclasses.replace(source, slots=tuple(sorted(source.slots, key=lambda slot: slot.id)))
        for source in (one, same)
    ]
    assert (fingerprint(mixed) == fingerprint(one)) == (ordered[0] == ordered[1])


@given(schedules())
@many
def test_equal_fingerprints_mean_equal_documents(source: ScheduleInputs) -> None:
    other = dataclasses.replace(shuffled(source, 3), valid_from_ms=source.valid_from_ms)
    assert compile_schedule(other).document == compile_schedule(source).document


def test_every_process_finds_the_same() -> None:
    def elsewhere(seed: str) -> str:
        code = (
            f"from {HERE} import sample; from cms.schedule.fingerprint import fingerprint; print(fingerprint(sample()))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        return done.stdout.strip()

    assert {elsewhere("1"), elsewhere("2")} == {fingerprint(sample())}


def test_numbers_and_texts_count_by_their_value() -> None:
    class Weight(IntEnum):
        HEAVY = 2

    class Text(str):
        pass

    source = sample()
    first = dataclasses.replace(source.slots[0], weight=Weight.HEAVY, title=Text(source.slots[0].title))
    faces = dataclasses.replace(source.cluster.geometry, gaps_mm=(100, 100))
    cluster = dataclasses.replace(source.cluster, geometry=faces)
    other = dataclasses.replace(source, slots=(first, *source.slots[1:]), cluster=cluster)
    assert fingerprint(other) == fingerprint(source)


def outcome() -> tuple[str, str]:
    """The fingerprint of the sample, and a hash of what the compiler makes of it, remarks included."""
    compiled = compile_schedule(sample())
    remarks = [
        [one.code, one.level, one.subject, one.field, *sorted(one.params.items())] for one in compiled.diagnostics
    ]
    return fingerprint(sample()), sha256(compiled.document + json.dumps(remarks).encode())


def test_a_compiler_that_makes_something_else_says_so() -> None:
    now = outcome()
    assert now == PINNED, (
        "The sample or the compiler changed. If documents or remarks are others for the same inputs, raise COMPILER in "
        "cms/schedule/fingerprint.py. Then run python -m tests.schedule.test_fingerprint and put what it prints into PINNED."
    )


def test_another_compiler_compiles_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(sample())
    monkeypatch.setattr(module, "COMPILER", COMPILER + 1)
    assert fingerprint(sample()) != before


if __name__ == "__main__":
    print(outcome())
