"""Kinds of cards of plugins: their fields, their samples, and what the probe finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cms.plugin_api.testing import MemorySink, ask, sample_card, sample_geometry, sample_item
from cms.plugin_api.types import CardField, RenderRequest, Text
from cms.plugin_host.host import Host
from cms.plugin_host.load import installed
from cms.plugin_host.probe import _cards
from tests.plugin_host import dummy
from tests.plugin_host.conftest import Make, returning


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (CardField("picture", "picture", Text("ảnh", "picture")), "taken"),
        (CardField("seconds", "number", Text("giây", "seconds")), "taken"),
        (CardField("photo", "picture", Text("ảnh", "picture")), "media"),
        (CardField("rows", "text", Text("bảng", "table")), "table"),
        (CardField("side", "choice", Text("bên", "side")), "choose"),
        (CardField("side", "line", Text("bên", "")), "label"),
        (CardField("side", "colour", Text("màu", "colour")), "colour"),  # type: ignore[arg-type]
    ],
)
def test_a_field_that_no_form_can_have_is_refused_with_its_place(make: Make, field: CardField, said: str) -> None:
    class Odd(dummy.Greeting):
        fields = (field,)

    host = Host([make(bangtin_card_templates=returning([Odd()]))])
    assert "dummy_greeting" not in host.card_templates()
    (problem,) = host.problems()
    assert "fields[0]" in problem.error
    assert said in problem.error


def test_a_plugins_own_tests_ask_for_its_cards_and_draw_them(tmp_path: Path) -> None:
    (greeting,) = ask(dummy).card_templates or ()
    card = sample_card(greeting, tmp_path)
    assert card.title
    sink = MemorySink()
    (scene,) = greeting.scenes(RenderRequest(sample_geometry(2), sample_item(), None, sink), card)
    assert scene.assets() <= set(sink.assets)


def test_every_bundled_kind_of_card_draws_its_sample() -> None:
    """What the probe asks of a plugin holds for our own."""
    host = Host(installed())
    _cards(host)
    assert host.problems() == []


def test_a_kind_of_card_that_forgets_a_face_is_found_by_the_probe(make: Make) -> None:
    class Forgetful(dummy.Greeting):
        def scenes(self, request, card):
            (scene,) = super().scenes(request, card)
            return [replace(scene, faces={"a": scene.faces["a"]})]

    host = Host([make(bangtin_card_templates=returning([Forgetful()]))])
    _cards(host)
    (problem,) = host.problems()
    assert (problem.code, problem.hook) == ("dummy", "bangtin_card_templates")
    assert "dummy_greeting" in problem.error
