"""`bangtin plugin new`: the beginnings of a province, sound from the first minute, with every fact marked as assumed."""

from __future__ import annotations

from pathlib import Path

from cms.plugin_host.facts import check_code

PYPROJECT = """\
[build-system]
requires = ["setuptools>=80"]
build-backend = "setuptools.build_meta"

[project]
name = "bangtin-{dashed}"
version = "0.1.0"
description = "{name}: a province of Bảng Tin"
requires-python = ">=3.11"
dependencies = ["bangtin"]

[project.entry-points."bangtin.plugins"]
{code} = "bangtin_{code}"

[tool.setuptools.packages.find]
include = ["bangtin_{code}*"]

[tool.setuptools.package-data]
"*" = ["**/*"]
"""

MODULE = '''\
"""{name}: its facts. Each number that no decision gives stands in `assumed`, with the reason."""

from __future__ import annotations

from datetime import date

from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import (
    ClusterSpec,
    ControllerSpec,
    Face,
    HoursSpec,
    PlacementSpec,
    Plugin,
    ProvinceSpec,
    Text,
    Window,
)

BANGTIN_PLUGIN = Plugin(code="{code}", name="{name}")

WORKING_DAY = (Window(7 * 60, 11 * 60), Window(14 * 60, 18 * 60))

GATE = ClusterSpec(
    code="{dashed}-gate",
    name=Text("Cụm thông tin cửa khẩu", "Border gate cluster"),
    place=Text("Cửa khẩu", "Border gate"),
    faces=(Face(id="a", width=768, height=384, pitch_mm=10, distance_m=20, languages=("vi", "en")),),
    gaps_mm=(),
    closed_ring=False,
    mode="mirror",
    hours=(
        HoursSpec(
            valid_from=date(2026, 1, 1), weekly=(WORKING_DAY,) * 7, holiday=None, clause="", assumed=True
        ),
    ),
    controllers=(
        ControllerSpec(
            code="{dashed}-gate-1", canvas_width=768, canvas_height=384, placements=(PlacementSpec("a", 0, 0),)
        ),
    ),
    clause="",
    assumed={{"faces": Text("Chưa có văn bản nêu số mặt.", "No decision names the number of faces yet.")}},
)


@hookimpl
def bangtin_province() -> ProvinceSpec:
    return ProvinceSpec(
        code="{code}",
        name=Text("{name}", "{name}"),
        languages=("vi", "en"),
        theme="national",
        organisations=(),
        clusters=(GATE,),
        regulations=(),
    )
'''

TEST = """\
from __future__ import annotations

import bangtin_{code}
from cms.plugin_api.testing import ask


def test_the_province_has_its_gate() -> None:
    province = ask(bangtin_{code}).province
    assert province is not None
    assert [cluster.code for cluster in province.clusters] == ["{dashed}-gate"]
"""


def make(code: str, name: str, parent: Path) -> Path:
    """Write a plugin's folder `<parent>/<code>`; raises `Nonsense` for a bad code, FileExistsError when it is there."""
    check_code(code, "code", 40)
    code = code.replace("-", "_")
    values = {"code": code, "dashed": code.replace("_", "-"), "name": name.replace('"', "")}
    folder = parent / code
    package = folder / f"bangtin_{code}"
    folder.mkdir(parents=True)
    for path, text in (
        (folder / "pyproject.toml", PYPROJECT),
        (package / "__init__.py", MODULE),
        (folder / "tests" / f"test_{code}.py", TEST),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(**values), encoding="utf-8")
    return folder
