"""The short way gives the bytes of the long way, or says that it cannot."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cms.plugin_api.types import AssetInfo, Scene, sha256
from cms.schedule.compile import compile_schedule
from cms.schedule.incremental import reproof, shape
from cms.schedule.inputs import ItemInput, ScheduleInputs, TranslationInput
from tests.schedule.builders import MONDAY, geometry, inputs, item, slot, translation
from tests.schedule.strategies import many, schedules


def redrawn(source: ScheduleInputs, key: str, language: str, *, later_ms: int = 0) -> ScheduleInputs:
    """The same with new proofs of one translation, other pixels in the same layers."""
    assets = dict(source.assets)

    def repainted(scene: Scene) -> Scene:
        faces = {}
        for face, layers in scene.faces.items():
            faces[face] = tuple(dataclasses.replace(one, asset=sha256(f"{one.asset} anew".encode())) for one in layers)
            assets.update({one.asset: AssetInfo(one.asset, 2000, "image/png") for one in faces[face]})
        return dataclasses.replace(scene, faces=faces)

    def changed(one: TranslationInput) -> TranslationInput:
        if one.language != language:
            return one
        return dataclasses.replace(
            one,
            proof=sha256(f"{one.proof} anew".encode()),
            scenes=tuple(repainted(scene) for scene in one.scenes),
            span_proof=one.span_proof and sha256(f"{one.span_proof} anew".encode()),
            span_scenes=tuple(repainted(scene) for scene in one.span_scenes),
        )

    known = source.items[key]
    new: ItemInput = dataclasses.replace(known, translations=tuple(changed(one) for one in known.translations))
    return dataclasses.replace(
        source, items={**source.items, key: new}, assets=assets, valid_from_ms=source.valid_from_ms + later_ms
    )


@given(schedules(), st.integers(0, 9), st.sampled_from(["vi", "en", "km"]), st.integers(0, 3_600_000))
@many
def test_new_pixels_in_the_old_places_are_what_the_compiler_would_make(
    source: ScheduleInputs, number: int, language: str, later: int
) -> None:
    new = redrawn(source, sorted(source.items)[number % len(source.items)], language, later_ms=later)
    assert shape(new) == shape(source)
    assert reproof(compile_schedule(source).document, new) == compile_schedule(new).document
    assert compile_schedule(new).diagnostics == compile_schedule(source).diagnostics


def test_what_lasts_longer_or_can_no_longer_be_shown_has_another_shape() -> None:
    faces = geometry()
    source = inputs(faces, slots=(slot(1),))
    longer = dataclasses.replace(source, items={**source.items, "a": item("a", faces, ms=(11_000,))})
    moving = ItemInput("a", "Tin a", tuple(translation("a", one, faces, 10_000, kind="video") for one in ("vi", "en")))
    gone = dataclasses.replace(source, assets=dict(list(source.assets.items())[:-1]))
    others = [
        longer,
        dataclasses.replace(source, items={**source.items, "a": moving}),
        gone,
        dataclasses.replace(source, slots=(slot(1, weight=2),)),
        dataclasses.replace(source, first_day=MONDAY + timedelta(days=1)),
    ]
    assert len({shape(one) for one in (source, *others)}) == 6


def test_an_item_drawn_across_the_faces_and_on_each_takes_the_long_way_when_both_are_new() -> None:
    faces = geometry()
    across = ItemInput("a", "Tin a", (translation("a", "vi", faces, 10_000, spanning=True),))
    source = inputs(faces, items=(across,), slots=(slot(1, mode="span"), slot(2, mode="mirror")))
    new = redrawn(source, "a", "vi")
    assert shape(new) == shape(source)
    assert reproof(compile_schedule(source).document, new) is None
