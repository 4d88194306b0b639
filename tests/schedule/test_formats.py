"""The committed JSON Schemas are those of the models."""

from __future__ import annotations

from pathlib import Path

from cms.schedule import schemas

FOLDER = Path(__file__).parents[2] / "docs" / "formats"


def test_the_committed_schemas_are_those_of_the_models() -> None:
    for name, text in schemas.build().items():
        committed = (FOLDER / name).read_text(encoding="utf-8")
        assert committed == text, "run: python -m cms.schedule.schemas docs/formats"
