"""JSON Schemas of format 1, written from the models.

python -m cms.schedule.schemas docs/formats
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from cms.schedule.format import Notices, Schedule

MODELS: dict[str, type[BaseModel]] = {"schedule.schema.json": Schedule, "now.schema.json": Notices}


def build() -> dict[str, str]:
    """File names and contents."""
    return {
        name: json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in MODELS.items()
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in build().items():
        (folder / name).write_text(text, encoding="utf-8")
