"""Writes `vectors.json`: documents with their two canonical forms, as the Python libraries of the CMS write them.

Run it when a case is added: `python tests/vectors/canonical/make.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rfc8785
from securesystemslib.formats import encode_canonical

CASES: dict[str, Any] = {
    "empty": {},
    "nested": {"b": [1, {"d": None, "c": True}], "a": {"z": False, "y": []}},
    "order of keys": {"10": 1, "9": 2, "A": 3, "a": 4, "Ạ": 5, "": 6},
    "keys above U+FFFF sort differently": {"\U0001f600": 1, "\ufb33": 2, "\ue000": 3, "z": 4},
    "escapes": {"text": 'quote " back \\ slash / line\n tab\t nul\x00 unit\x1f delete\x7f'},
    "languages": ["Cửa khẩu Tịnh Biên", "ខេត្តតាកែវ", "友谊关", "ດ່ານສາກົນ", "e\u0301 and é"],
    "whole numbers": [0, -1, 1, 1798948799999, 9007199254740991, -9007199254740991],
    "strings that look like others": ["1", "null", "true", "[]"],
}
FRACTIONS: dict[str, Any] = {"fractions": [0.1, 1.5, 1e21, 1e-7, 123456789.125, -0.0, 333333333.33333329, 4.5e-324]}


def main() -> None:
    vectors = [
        {"name": name, "value": value, "rfc8785": rfc8785.dumps(value).decode(), "olpc": encode_canonical(value)}
        for name, value in CASES.items()
    ]
    vectors += [
        {"name": name, "value": value, "rfc8785": rfc8785.dumps(value).decode(), "olpc": None}
        for name, value in FRACTIONS.items()
    ]
    text = json.dumps(vectors, ensure_ascii=True, indent=1)
    Path(__file__).with_name("vectors.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
