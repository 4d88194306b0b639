"""SECURITY.md says of each attack which test shows the answer: those tests exist, and every attack has one."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from cms.runtime.documents import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))

# The attacks of section 1.5.2 of the specification of The Update Framework, as it calls them.
ATTACKS = [
    "Arbitrary installation",
    "Endless data",
    "Extraneous dependencies",
    "Fast-forward",
    "Indefinite freeze",
    "Malicious mirrors preventing updates",
    "Mix-and-match",
    "Rollback",
    "Slow retrieval",
    "Vulnerability to key compromises",
    "Wrong software installation",
]


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def rows() -> list[list[str]]:
    """The rows of the tables whose last column names tests."""
    found: list[list[str]] = []
    named = False
    for line in TEXT.splitlines():
        cells = [one.strip() for one in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            named = False
        elif cells[-1] == "shown by":
            named = True
        elif named and not set(line) <= set("|-"):
            found.append(cells)
    return found


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert (ROOT / path).is_file()
    assert name in names_in(path)


def test_every_row_of_an_attack_names_a_test() -> None:
    assert len(rows()) > 30
    assert [cells[0] for cells in rows() if not re.search(r"`tests/[\w/]+\.py::\w+`", cells[-1])] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_of_the_specification_has_its_row(attack: str) -> None:
    assert any(cells[0].startswith(attack) for cells in rows())
