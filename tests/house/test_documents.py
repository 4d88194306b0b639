"""What the documents say is so."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from cms.plugin_api import hookspecs, testing
from cms.plugin_api.types import RenderRequest
from cms.plugin_host.host import Host
from cms.plugin_host.load import GROUP, hook_names
from cms.runtime.documents import ROOT, documents, faults
from renderers.errors import RenderError

PLUGINS = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```python\n(.*?)```", PLUGINS, re.DOTALL)


@pytest.fixture
def sample() -> Iterator[ModuleType]:
    """The province of docs/plugins.md as a module."""
    module = ModuleType("bangtin_dong_thap")
    sys.modules[module.__name__] = module
    exec(compile(SAMPLES[0], "docs/plugins.md", "exec"), vars(module))  # noqa: S102
    yield module
    del sys.modules[module.__name__]


def test_the_sample_province_is_sound(sample: ModuleType) -> None:
    host = Host([EntryPoint("dong_thap", sample.__name__, GROUP)])
    assert host.problems() == []
    assert host.provinces()["dong_thap"].clusters[0].code == "thuong-phuoc"
    assert [one.clause for one in host.obligations("dong_thap")] == ["DT 7.1"]
    assert host.obligations("an_giang") == ()


@pytest.mark.usefixtures("sample")
def test_the_sample_test_passes() -> None:
    names: dict[str, object] = {}
    exec(compile(SAMPLES[1], "docs/plugins.md", "exec"), names)  # noqa: S102
    test = names["test_both_faces_speak_khmer"]
    assert callable(test)
    test()


def test_the_sample_card_is_sound_and_drawn(tmp_path: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(SAMPLES[2], "docs/plugins.md", "exec"), names)  # noqa: S102
    module = ModuleType("bangtin_water_level")
    vars(module).update(names)
    (template,) = testing.ask(module).card_templates or ()
    sys.modules[module.__name__] = module
    try:
        host = Host([EntryPoint("water_level", module.__name__, GROUP)])
        assert host.card_templates()["water_level"].kind == template.kind
        assert host.problems() == []
    finally:
        del sys.modules[module.__name__]
    sink = testing.MemorySink()
    card = testing.sample_card(template, tmp_path)
    card = replace(card, fields=(("station", "Tân Châu"), ("level", "4.5"), ("alarm", "3")))
    request = RenderRequest(testing.sample_geometry(1), testing.sample_item(), Host().theme("national"), sink)
    (scene,) = template.scenes(request, card)
    assert scene.assets() <= set(sink.assets)
    with pytest.raises(RenderError, match="25 m"):
        template.scenes(request, replace(card, fields=(("level", "25"),)))


def test_the_sample_feed_is_sound_and_read() -> None:
    module = ModuleType("bangtin_river")
    exec(compile(SAMPLES[3], "docs/plugins.md", "exec"), vars(module))  # noqa: S102
    sys.modules[module.__name__] = module
    try:
        host = Host([EntryPoint("river", module.__name__, GROUP)])
        (feed,) = (one for _code, one in host.feeds("dong_thap").values())
        assert host.problems() == []
    finally:
        del sys.modules[module.__name__]
    reading = feed.parse(b"time;metres\n2026-11-22T07:00:00+07:00;3.41\n", "text/csv")
    assert (reading.value, reading.at and reading.at.isoformat()) == (3.41, "2026-11-22T07:00:00+07:00")


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_has_its_page_with_its_very_signature(hook: str) -> None:
    signature = str(inspect.signature(getattr(hookspecs, hook))).replace("'", "")
    assert f"### `{hook}{signature}`" in PLUGINS, f"docs/plugins.md lacks: ### `{hook}{signature}`"


def test_no_page_tells_of_a_hook_that_is_not_there() -> None:
    assert set(re.findall(r"^### `(bangtin_\w+)", PLUGINS, re.MULTILINE)) == set(hook_names())


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_is_used_by_the_dummy_plugin_of_the_tests(hook: str) -> None:
    from tests.plugin_host import dummy

    assert hasattr(getattr(dummy, hook), "bangtin_impl")


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_tells_who_calls_it_and_since_when(hook: str) -> None:
    told = inspect.getdoc(getattr(hookspecs, hook)) or ""
    assert "Called" in told
    assert "Since 1" in told


def test_what_plugin_authors_test_with_is_named() -> None:
    for name in ("ask", "MemorySink", "FolderSink", "sample_geometry", "sample_item", "sample_card"):
        assert hasattr(testing, name)
        assert name in PLUGINS


def test_every_link_leads_somewhere() -> None:
    assert faults() == []


@pytest.mark.parametrize("document", [str(one.relative_to(ROOT)) for one in documents()])
def test_documents_name_no_machine(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert not re.search(r"/work/|(?<![\w/])/home/\w|/root/", text)


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [one.name for one in sorted(folder.glob("0*.md")) if one.name not in listed] == []


def test_the_commands_of_the_readme_exist() -> None:
    from django.core.management import get_commands

    text = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "docs" / "operation.md").read_text(
        encoding="utf-8"
    )
    named = {name.replace("-", "_") for name in re.findall(r"bangtin (\w[\w-]*)", text)} - {"bangtin"}
    assert named <= set(get_commands()), named - set(get_commands())
    assert Path(ROOT / "LICENSE").read_text().startswith("BSD 3-Clause")
