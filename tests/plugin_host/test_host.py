"""A failing plugin is switched off with a visible reason; the others go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import (
    Face,
    Feed,
    GlossaryTerm,
    Holiday,
    HoursSpec,
    ItemTemplate,
    Plugin,
    QuotaSpec,
    StepSpec,
    Text,
    ThemeSource,
    Window,
    WorkflowSpec,
)
from cms.plugin_host.host import Host, NoRenderer
from cms.plugin_host.load import GROUP, hook_names
from tests.plugin_host import dummy
from tests.plugin_host.conftest import Make, returning


def other(make: Make) -> EntryPoint:
    """A second sound plugin, of its own province."""
    spec = replace(dummy.province(), code="other", theme="other")
    themes = [ThemeSource("other", Path(dummy.__file__).parent / "dummy_theme")]
    return make("other", bangtin_province=hookimpl(_named("bangtin_province", lambda: spec)),
                bangtin_themes=hookimpl(_named("bangtin_themes", lambda: themes)))  # fmt: skip


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = name
    return function


def ask_everything(host: Host) -> None:
    host.renderers(), host.card_templates(), host.themes(), host.holidays("dummy", 2027), host.obligations("dummy")
    host.feeds("dummy"), host.workflows("dummy"), host.quotas("dummy"), host.glossary("dummy")
    host.item_templates("dummy")


def test_every_hook_of_a_sound_plugin_reaches_its_caller(make: Make) -> None:
    host = Host([make()])
    assert host.problems() == []
    assert host.provinces()["dummy"].clusters[0].code == "dummy-gate"
    assert host.renderer(1).code == "dummy_one"
    assert host.card_templates()["dummy_greeting"].fields[0].name == "title"
    assert host.themes()["dummy"].folder.is_dir()
    assert [one.day for one in host.holidays("dummy", 2027)] == [date(2027, 9, 2)]
    assert [one.clause for one in host.obligations("dummy")] == ["DM 1"]
    assert host.feeds("dummy")["water"][1].parse(b"2.5", "text/plain").value == 2.5
    assert host.workflows("dummy")[0].steps[0].checklist[0].code == "words"
    assert host.quotas("dummy")[0].source == "so"
    assert host.glossary("dummy")[0].words["en"] == "Test Gate"
    assert host.item_templates("dummy")["tam-dung"].cards[0][0] == "headline"
    assert {name for name in hook_names() if not host.plugins()[0].has(name)} == set()


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    host = Host([EntryPoint("bomb", "no_such_module", GROUP)])
    assert host._plugins is None
    assert host.plugins() == []


def test_a_number_of_faces_that_nobody_draws_is_named(make: Make) -> None:
    with pytest.raises(NoRenderer, match="4 faces"):
        Host([make()]).renderer(4)


def test_a_plugin_that_raises_at_import_is_named_and_the_others_go_on(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad_at_import.py").write_text("raise SystemExit('no')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    host = Host([EntryPoint("bad", "bad_at_import", GROUP), make()])
    assert list(host.provinces()) == ["dummy"]
    (problem,) = host.problems()
    assert (problem.code, problem.hook) == ("bad", "load")
    assert "SystemExit: no" in problem.error
    assert "bị tạm ngừng" in problem.text.vi
    assert "switched off" in problem.text.en


@pytest.mark.parametrize("hook", hook_names())
def test_a_plugin_that_raises_in_a_hook_is_switched_off_entirely(
    make: Make, hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> Any:
        raise RuntimeError("broken on purpose")

    host = Host([other(make), make(**{hook: hookimpl(fail)})])
    for _again in range(2):
        ask_everything(host)
    assert list(host.provinces()) == ["other"]
    assert len(host.obligations("other")) == 1
    assert [(one.code, one.hook, one.error) for one in host.problems()] == [
        ("dummy", hook, "RuntimeError: broken on purpose.")
    ]
    assert len([one for one in caplog.records if one.levelname == "ERROR"]) == 1


(WATER,) = dummy.bangtin_feeds("dummy")
A_TEXT = Text("Thử", "Test")
APPRAISAL = StepSpec("tham-dinh", "appraisal", A_TEXT)
APPROVAL = StepSpec("phe-duyet", "approval", A_TEXT)
NONSENSE: list[tuple[str, Any, str]] = [
    ("bangtin_province", "An Giang", "expected ProvinceSpec, got str"),
    ("bangtin_renderers", [object()], r"result\[0\].code"),
    ("bangtin_renderers", 7, "expected a list or tuple, got int"),
    ("bangtin_card_templates", [object()], r"result\[0\].kind"),
    ("bangtin_themes", [ThemeSource("x", Path("/nowhere"))], "holds no theme.toml"),
    ("bangtin_themes", [ThemeSource("x", "/nowhere")], r"result\[0\].folder: expected Path"),  # type: ignore[arg-type]
    ("bangtin_holidays", [Holiday(date(2020, 1, 1), Text("a", "b"))], "is not in 2027"),
    ("bangtin_holidays", [Holiday(datetime(2027, 1, 1), Text("a", "b"))], "expected date, got datetime"),  # noqa: DTZ001
    ("bangtin_obligations", [{"clause": "DM 1"}], "expected Obligation, got dict"),
    ("bangtin_feeds", [{"name": "usd"}], r"result\[0\]: expected Feed, got dict"),
    ("bangtin_feeds", [replace(WATER, name="Mực nước")], r"result\[0\].*small letters"),
    ("bangtin_feeds", [WATER, WATER], "occurs twice"),
    ("bangtin_feeds", [replace(WATER, url="http://example.vn")], "no HTTPS address"),
    ("bangtin_feeds", [replace(WATER, parse=None)], "parse: must be a function"),
    ("bangtin_feeds", [replace(WATER, maximum=-1)], "minimum lies below"),
    ("bangtin_feeds", [replace(WATER, largest_change=float("nan"))], "bounds must be numbers"),
    ("bangtin_feeds", [replace(WATER, minimum="0")], "minimum: expected float, got str"),
    ("bangtin_feeds", [replace(WATER, every_min=1)], "1 is not within"),
    ("bangtin_feeds", [replace(WATER, max_age_min=20)], "hold for longer"),
    ("bangtin_feeds", [replace(WATER, kind="word", words=("open",))], "2 to 20 words"),
    ("bangtin_feeds", [replace(WATER, label=Text("Nước", ""))], "Vietnamese and an English"),
    ("bangtin_workflow_steps", [WorkflowSpec("x", A_TEXT, (APPROVAL,))], "one or more appraisals, then one approval"),
    ("bangtin_workflow_steps", [WorkflowSpec("x", A_TEXT, (APPROVAL, APPRAISAL))], "then one approval"),
    ("bangtin_workflow_steps", [WorkflowSpec("x", A_TEXT, (APPRAISAL, APPRAISAL))], "'tham-dinh' comes twice"),
    ("bangtin_workflow_steps", [WorkflowSpec("x", A_TEXT, (replace(APPRAISAL, days=-1), APPROVAL))], "-1 days"),
    ("bangtin_workflow_steps", [WorkflowSpec("x", A_TEXT, (replace(APPRAISAL, days=10**9), APPROVAL))], "days"),
    ("bangtin_workflow_steps", [WorkflowSpec("x", A_TEXT, (APPRAISAL, APPROVAL), clause="k" * 41)], "clause"),
    ("bangtin_quotas", [QuotaSpec("x", A_TEXT, 0, "month")], "at_least: 0"),
    ("bangtin_glossary", [GlossaryTerm({"en": "Gate"})], "no Vietnamese"),
    ("bangtin_item_templates", [ItemTemplate("x", A_TEXT, A_TEXT, "law", ())], "cards: none"),
    (
        "bangtin_item_templates",
        [ItemTemplate("x", A_TEXT, A_TEXT, "law", (("title", {}),), ("t" * 101,))],
        "tags: a tag has",
    ),
]


@pytest.mark.parametrize(("hook", "result", "message"), NONSENSE)
def test_nonsense_from_a_hook_is_refused_where_it_enters(make: Make, hook: str, result: Any, message: str) -> None:
    host = Host([make(**{hook: returning(result)})])
    ask_everything(host)
    (problem,) = host.problems()
    assert problem.hook == hook
    import re

    assert re.search(message, problem.error)


WAY = WorkflowSpec("so", A_TEXT, (APPRAISAL, APPROVAL))


def test_one_plugin_says_once_how_a_province_works(make: Make) -> None:
    """Two plugins of the same province and code: the later one's word holds, and nothing comes twice."""
    level = replace(WAY, name=Text("Chung", "Common"))
    common = make("common", bangtin_province=None, bangtin_themes=None, bangtin_workflow_steps=said_of([level]),
                  bangtin_quotas=said_of([QuotaSpec("q", A_TEXT, 1, "month")]))  # fmt: skip
    own = make(bangtin_workflow_steps=said_of([WAY]), bangtin_quotas=said_of([QuotaSpec("q", A_TEXT, 2, "month")]))
    host = Host([common, own])
    assert [one.name for one in host.workflows("dummy")] == [A_TEXT]
    assert [one.at_least for one in host.quotas("dummy")] == [2]


def test_a_plugin_that_answers_for_every_province_is_heard_in_its_own(make: Make) -> None:
    host = Host([make(bangtin_workflow_steps=said_of([WAY])), other(make)])
    assert [one.code for one in host.workflows("dummy")] == ["so"]
    assert "so" not in [one.code for one in host.workflows("other")]


def said_of(value: Any) -> Any:
    """A hook that says the same of every province."""
    return hookimpl(lambda province: value)


def spoiled(**changes: Any) -> Any:
    return replace(dummy.province(), **changes)


def with_cluster(**changes: Any) -> Any:
    return spoiled(clusters=(replace(dummy.cluster(), **changes),))


FACE = dummy.cluster().faces[0]
CONTROLLER = dummy.cluster().controllers[0]
PLACE_A, PLACE_B = CONTROLLER.placements
FACTS: list[tuple[Any, str]] = [
    (spoiled(code="An Giang"), "must be lower-case"),
    (spoiled(name=Text("Tỉnh", "")), "Vietnamese and an English"),
    (spoiled(languages=("vi", "fr")), "unknown language 'fr'"),
    (spoiled(languages=["vi"]), "languages: expected a tuple, got list"),
    (spoiled(clusters=(dummy.cluster(), dummy.cluster())), "occurs twice"),
    (with_cluster(faces=()), "0 faces; 1 … 4"),
    (with_cluster(faces=tuple(Face(c, 96, 96, 10, 10) for c in "abcde")), "5 faces; 1 … 4"),
    (with_cluster(faces=(replace(FACE, id="b"), FACE)), "ids must be a, b"),
    (with_cluster(faces=(replace(FACE, width=True), FACE)), r"faces\[0\].width: expected int, got bool"),
    (with_cluster(faces=(replace(FACE, width=9), replace(FACE, id="b"))), "9 px is not within"),
    (with_cluster(gaps_mm=()), "need 1 gaps, got 0"),
    (with_cluster(closed_ring=True), "need 2 gaps, got 1"),
    (with_cluster(mode="mirrored"), "expected one of 'mirror'"),
    (with_cluster(hours=()), "at least one version"),
    (with_cluster(hours=(HoursSpec(date(2026, 1, 1), (dummy.DAY,) * 6, None, ""),)), "seven days from Monday, got 6"),
    (
        with_cluster(hours=(HoursSpec(date(2026, 1, 1), ((Window(600, 500),),) * 7, None, ""),)),
        "is not a window of a day",
    ),
    (
        with_cluster(hours=(HoursSpec(date(2026, 1, 1), ((Window(0, 60), Window(30, 90)),) * 7, None, ""),)),
        "windows overlap",
    ),
    (with_cluster(controllers=()), "no controller carries face a, b"),
    (
        with_cluster(controllers=(replace(CONTROLLER, placements=(PLACE_A, replace(PLACE_B, x=385))),)),
        "leaves the canvas",
    ),
    (with_cluster(controllers=(replace(CONTROLLER, placements=(PLACE_A, replace(PLACE_B, x=300))),)), "overlap"),
    (with_cluster(controllers=(replace(CONTROLLER, placements=(replace(PLACE_A, face="d"),)),)), "does not have"),
    (
        with_cluster(controllers=(replace(CONTROLLER, placements=(PLACE_A, replace(PLACE_B, rotation=45))),)),
        "expected one of 0, 90, 180, 270",
    ),
]


@pytest.mark.parametrize(("spec", "message"), FACTS, ids=[message for _spec, message in FACTS])
def test_facts_that_cannot_be_are_refused(make: Make, spec: Any, message: str) -> None:
    import re

    host = Host([make(bangtin_province=returning(spec))])
    assert host.provinces() == {}
    (problem,) = host.problems()
    assert re.search(message, problem.error), problem.error


def test_the_national_rule_on_faces_holds_for_every_province(make: Make) -> None:
    from cms.plugin_api.types import FaceRule

    nation = spoiled(code="national", national=True, clusters=(), face_rule=FaceRule(1, 1, "TT06 k2"))
    local = spoiled(face_rule=None)
    host = Host([make(bangtin_province=returning(local)), make("national", bangtin_province=returning(nation))])
    assert list(host.provinces()) == ["national"]
    assert "2 faces; 1 … 1 are allowed" in host.problems()[0].error


def test_an_unknown_hook_is_refused_with_the_known_ones_named(make: Make) -> None:
    @hookimpl
    def bangtin_weather() -> None: ...

    (problem,) = Host([make(bangtin_weather=bangtin_weather)]).problems()
    assert "bangtin_weather" in problem.error
    assert "bangtin_province" in problem.error


def test_a_hook_without_its_mark_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unmarked.py").write_text(
        "from cms.plugin_api.types import Plugin\n"
        "BANGTIN_PLUGIN = Plugin('unmarked', 'Unmarked')\n"
        "def bangtin_province(): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    (problem,) = Host([EntryPoint("unmarked", "unmarked", GROUP)]).problems()
    assert "lacks @hookimpl" in problem.error


def test_a_wrong_signature_is_refused(make: Make) -> None:
    @hookimpl
    def bangtin_holidays(province: str, month: int) -> None: ...

    (problem,) = Host([make(bangtin_holidays=bangtin_holidays)]).problems()
    assert "month" in problem.error


@pytest.mark.parametrize(
    "declared", [None, "dummy", Plugin("dummy", "Dummy", api_min=2, api_max=3), Plugin("Bad!", "x")]
)
def test_a_plugin_that_declares_itself_wrongly_is_refused(make: Make, declared: Any) -> None:
    host = Host([make(BANGTIN_PLUGIN=declared), other(make)])
    assert list(host.provinces()) == ["other"]
    assert [one.hook for one in host.problems()] == ["load"]


def test_the_second_of_two_plugins_with_one_code_is_refused(make: Make) -> None:
    host = Host([make(), make()])
    assert list(host.provinces()) == ["dummy"]
    assert "Another installed plugin" in host.problems()[0].error


def test_a_province_has_the_last_word_on_its_holidays(make: Make) -> None:
    def working(province: str, year: int) -> list[Holiday]:
        return [Holiday(date(year, 9, 2), Text("Làm bù", "Swapped"), working=True)]

    nation = make("national", bangtin_province=returning(spoiled(code="national", national=True, clusters=())))
    local = make(bangtin_holidays=hookimpl(_named("bangtin_holidays", working)))
    assert [one.working for one in Host([local, nation]).holidays("dummy", 2027)] == [True]


def test_a_province_has_the_last_word_on_a_feed_and_none_on_those_of_others(make: Make) -> None:
    def nearer(province: str) -> list[Feed]:
        return [replace(WATER, unit="cm")]

    nation = make("national", bangtin_province=returning(spoiled(code="national", national=True, clusters=())))
    local = make(bangtin_feeds=hookimpl(_named("bangtin_feeds", nearer)))
    host = Host([local, nation])
    assert {name: (owner, one.unit) for name, (owner, one) in host.feeds("dummy").items()} == {"water": ("dummy", "cm")}
    assert {name: (owner, one.unit) for name, (owner, one) in host.feeds("elsewhere").items()} == {
        "water": ("national", "m")
    }


def test_a_theme_that_does_not_load_gives_way_to_the_national_one(make: Make, tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text("= not toml")
    national = ThemeSource("national", Path(__file__).parents[2] / "themes" / "national")
    host = Host([make(bangtin_themes=returning([ThemeSource("dummy", tmp_path), national]))])
    assert host.theme("dummy") == host.theme("national")
    assert [(one.code, one.hook) for one in host.problems()] == [("dummy", "theme")]
    assert list(host.provinces()) == ["dummy"]


def test_a_plugin_that_is_switched_off_is_not_even_imported(make: Make) -> None:
    host = Host([EntryPoint("bomb", "no_such_module", GROUP), make()], switched_off=lambda: ["bomb"])
    assert host.problems() == []
    assert list(host.provinces()) == ["dummy"]


def test_threads_that_ask_at_once_load_each_plugin_once(make: Make) -> None:
    calls: list[int] = []
    gate = threading.Barrier(8)

    def counted() -> Any:
        calls.append(1)
        return dummy.province()

    host = Host([make(bangtin_province=hookimpl(counted))])

    def ask() -> None:
        gate.wait()
        host.provinces()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(calls) == 1
