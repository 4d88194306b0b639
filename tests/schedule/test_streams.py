"""A live stream in a schedule: what it may be, and what says that nobody saw its pixels beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cms.plugin_api.types import Layer, Proof, Rect, Scene, Stream, is_stream_url, origin_of
from cms.schedule import format as fmt

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "streams" / "layers.json").read_text(encoding="utf-8"))
URL = "https://live.example.vn/hop/playlist.m3u8"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["name"])
def test_the_format_takes_what_players_take(vector: dict[str, Any]) -> None:
    if vector["accepted"]:
        layer = fmt.Layer.model_validate(vector["layer"])
        assert layer.unverified
        assert is_stream_url(layer.stream.url)
    else:
        with pytest.raises(ValidationError):
            fmt.Layer.model_validate(vector["layer"])


def layer(stream: Stream | None) -> Layer:
    return Layer("stream" if stream else "image", "0" * 64, Rect(0, 0, 320, 160), stream=stream)


def test_a_proof_pins_the_address_and_the_latency() -> None:
    ids = {
        Proof((Scene(1000, {"a": (layer(one),)}),)).id
        for one in (Stream(URL), Stream(URL + "?b"), Stream(URL, 10_000), None)
    }
    assert len(ids) == 4


def test_a_stream_says_in_every_document_that_it_is_unverified_and_nothing_else_does() -> None:
    written = layer(Stream(URL)).to_json()
    assert written["unverified"] is True
    assert Layer.from_json(written) == layer(Stream(URL))
    assert "unverified" not in layer(None).to_json()


def test_a_proof_names_all_its_addresses() -> None:
    scenes = (Scene(1000, {"a": (layer(Stream(URL)),), "b": (layer(None),)}), Scene(1000, {"a": (layer(None),)}))
    assert Proof(scenes).streams() == {URL}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (URL, "https://live.example.vn"),
        ("https://live.example.vn:443/a", "https://live.example.vn"),
        ("https://live.example.vn:8443/a", "https://live.example.vn:8443"),
        ("http://localhost:80/a", "http://localhost"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin
