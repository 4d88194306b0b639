"""The plugins of this process: found, checked, called, and switched off one by one when they fail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

from cms.plugin_api.types import (
    CardField,
    CardTemplate,
    Feed,
    GlossaryTerm,
    Holiday,
    ItemTemplate,
    LayoutRenderer,
    Obligation,
    ProvinceSpec,
    QuotaSpec,
    Text,
    ThemeSource,
    WorkflowSpec,
)
from cms.plugin_host.editing import check_glossary, check_item_templates, check_quotas, check_workflows
from cms.plugin_host.facts import FACE_IDS, check_code, check_province
from cms.plugin_host.feeds import check_feeds
from cms.plugin_host.load import Loaded, installed, load
from cms.plugin_host.problems import Nonsense, NoRenderer, Problem
from cms.plugin_host.shapes import check

if TYPE_CHECKING:
    from renderers.themes import Theme

__all__ = ["Host", "NoRenderer", "Nonsense", "Problem", "get_host", "register_switch", "reset_host"]

log = logging.getLogger("bangtin.plugins")
NATIONAL = "national"
# What a plugin may do to us short of stopping the process by hand: SystemExit at import is its error, not our end.
FAILURES = (Exception, SystemExit)


class Host:
    """Finds plugins when first asked, calls their hooks, and keeps what went wrong. Safe to share between threads."""

    def __init__(
        self, entries: Iterable[EntryPoint] | None = None, switched_off: Callable[[], Iterable[str]] | None = None
    ) -> None:
        self._entries = entries
        self._switched_off = switched_off or (lambda: ())
        self._lock = threading.RLock()
        self._plugins: list[Loaded] | None = None
        self._problems: dict[tuple[str, str], Problem] = {}
        self._quarantined: set[str] = set()
        self._provinces: dict[str, tuple[str, ProvinceSpec]] = {}
        self._cache: dict[tuple[Any, ...], list[tuple[str, Any]]] = {}
        self._loaded_themes: dict[str, Theme] = {}

    # --- what plugins offer --------------------------------------------------------------------------------------

    def plugins(self) -> list[Loaded]:
        """Plugins in force, the earlier ones first: our own, the national level, then the others by distribution."""
        with self._lock:
            if self._plugins is None:
                self._plugins = self._load()
            return [one for one in self._plugins if one.plugin.code not in self._quarantined]

    def provinces(self) -> dict[str, ProvinceSpec]:
        """Province specs by code."""
        with self._lock:
            working = {one.plugin.code for one in self.plugins()}
            return {code: spec for code, (owner, spec) in self._provinces.items() if owner in working}

    def renderers(self) -> dict[int, LayoutRenderer]:
        """Layout renderers by number of faces; a later plugin's takes the place of an earlier one's."""
        found: dict[int, LayoutRenderer] = {}
        for _code, renderers in self._collect("bangtin_renderers", _check_renderers):
            found.update({one.faces: one for one in renderers})
        return found

    def renderer(self, faces: int) -> LayoutRenderer:
        """The renderer for clusters of so many faces. Raises `NoRenderer`."""
        try:
            return self.renderers()[faces]
        except KeyError:
            raise NoRenderer(f"No installed plugin draws clusters of {faces} faces.") from None

    def card_templates(self) -> dict[str, CardTemplate]:
        """Kinds of cards by `kind`, our own first; the first plugin that brings a kind keeps it."""
        found: dict[str, CardTemplate] = {}
        for _code, templates in self._collect("bangtin_card_templates", _check_templates):
            for one in templates:
                found.setdefault(one.kind, one)
        return found

    def owner(self, template: CardTemplate) -> str:
        """Code of the plugin that brings a kind of card; the kind itself when none does."""
        for code, templates in self._collect("bangtin_card_templates", _check_templates):
            if any(one.kind == template.kind for one in templates):
                return code
        return template.kind

    def themes(self) -> dict[str, ThemeSource]:
        """Themes by code; the first plugin that brings a code keeps it."""
        found: dict[str, ThemeSource] = {}
        for _code, themes in self._collect("bangtin_themes", _check_themes):
            for theme in themes:
                found.setdefault(theme.code, theme)
        return found

    def theme(self, code: str) -> Theme:
        """The loaded theme; the national one when it is unknown or does not load (which is kept as a problem).
        Raises `renderers.errors.RenderError` only when the national theme itself does not load."""
        with self._lock:
            if code not in self._loaded_themes:
                self._loaded_themes[code] = self._load_theme(code)
            return self._loaded_themes[code]

    def holidays(self, province: str, year: int) -> tuple[Holiday, ...]:
        """Holidays and swapped working days of a year, by day; a later plugin's word on a day replaces an earlier one's."""
        days: dict[date, Holiday] = {}

        def sound(result: Any) -> None:
            check(result, Sequence[Holiday], "result")
            for index, one in enumerate(result):
                if one.day.year != year:
                    raise Nonsense(f"result[{index}]: {one.day} is not in {year}.")

        for _code, holidays in self._collect("bangtin_holidays", sound, province=province, year=year):
            days.update({one.day: one for one in holidays})
        return tuple(days[day] for day in sorted(days))

    def obligations(self, province: str) -> tuple[Obligation, ...]:
        """The duties that regulations lay on the units of a province, in the order of the plugins."""
        found = self._collect("bangtin_obligations", _check_obligations, province=province)
        return tuple(one for _code, obligations in found for one in obligations)

    def feeds(self, province: str) -> dict[str, tuple[str, Feed]]:
        """Code of the plugin and the feed, by name, that a province may switch on; a later plugin's takes the place of an earlier
        one's."""
        collected = self._collect_at_home("bangtin_feeds", check_feeds, province)
        return {one.name: (code, one) for code, feeds in collected for one in feeds}

    def workflows(self, province: str) -> tuple[WorkflowSpec, ...]:
        """The workflows of a province, in the order of the plugins; a later plugin's takes the place of an earlier one's with the same
        code. None when no plugin has a word on them."""
        found = self._collect_at_home("bangtin_workflow_steps", check_workflows, province)
        return tuple({one.code: one for _code, workflows in found for one in workflows}.values())

    def quotas(self, province: str) -> tuple[QuotaSpec, ...]:
        """How many items of which source must air in a province, in the order of the plugins; a later plugin's takes the place of an
        earlier one's with the same code."""
        found = self._collect_at_home("bangtin_quotas", check_quotas, province)
        return tuple({one.code: one for _code, quotas in found for one in quotas}.values())

    def glossary(self, province: str) -> tuple[GlossaryTerm, ...]:
        """Fixed terms of a province; a later plugin's replaces an earlier one's with the same Vietnamese."""
        terms: dict[str, GlossaryTerm] = {}
        for _code, glossary in self._collect_at_home("bangtin_glossary", check_glossary, province):
            terms.update({one.words["vi"]: one for one in glossary})
        return tuple(terms.values())

    def item_templates(self, province: str) -> dict[str, ItemTemplate]:
        """Items to start from in a province, by code; a later plugin's takes the place of an earlier one's."""
        found = self._collect_at_home("bangtin_item_templates", check_item_templates, province)
        return {one.code: one for _code, templates in found for one in templates}

    def problems(self) -> list[Problem]:
        """Everything that went wrong since this host was made. Loads the plugins when that has not happened yet."""
        self.plugins()
        with self._lock:
            return list(self._problems.values())

    # --- how they are called -------------------------------------------------------------------------------------

    def _load(self) -> list[Loaded]:
        found: list[Loaded] = []
        off = self._off()
        for entry in installed() if self._entries is None else list(self._entries):
            if entry.name in off:
                continue  # not even imported
            codes = {one.plugin.code for one in found}
            try:
                plugin = load(entry)
                if plugin.plugin.code in codes:
                    raise Nonsense(f"Another installed plugin has the code {plugin.plugin.code!r} too.")
            except FAILURES as error:
                # It never came in, so nothing of the same name may be switched off for it.
                name = f"{entry.dist.name} {entry.name}" if entry.name in codes and entry.dist else entry.name
                self.keep(Problem(name, "load", _told(error)), error)
                continue
            if plugin.plugin.code not in off and self._take_province(plugin):
                found.append(plugin)
        self._hold_to_national_rule()
        return sorted(found, key=lambda one: self._rank(one.plugin.code))

    def _hold_to_national_rule(self) -> None:
        """A province without a rule of its own has as many faces to a cluster as the national one allows."""
        rule = next((one.face_rule for _owner, one in self._provinces.values() if one.national and one.face_rule), None)
        for owner, spec in self._provinces.values():
            if rule and spec.face_rule is None:
                try:
                    check_province(replace(spec, face_rule=rule))
                except Nonsense as error:
                    self._quarantine(owner, "bangtin_province", error)

    def _off(self) -> frozenset[str]:
        try:
            return frozenset(self._switched_off())
        except Exception:  # before the first migration there is no table to ask
            log.debug("which plugins are switched off is not known yet", exc_info=True)
            return frozenset()

    def _take_province(self, plugin: Loaded) -> bool:
        code = plugin.plugin.code
        try:
            spec = plugin.call("bangtin_province")
            if spec is None:
                return True
            check(spec, ProvinceSpec, "result")
            check_province(spec)
            if spec.code in self._provinces:
                raise Nonsense(f"Another installed plugin serves the province {spec.code!r} too.")
        except FAILURES as error:
            self._quarantine(code, "bangtin_province", error)
            return False
        self._provinces[spec.code] = (code, spec)
        return True

    def _rank(self, code: str) -> int:
        """0 no province (layouts), 1 the national level, 2 a province: so a province's word is the last."""
        for owner, spec in self._provinces.values():
            if owner == code:
                return 1 if spec.national else 2
        return 0

    def _collect(self, hook: str, sound: Callable[[Any], None], **arguments: Any) -> list[tuple[str, Any]]:
        key = (hook, *sorted(arguments.items()))
        with self._lock:
            if key not in self._cache:
                results: list[tuple[str, Any]] = []
                for plugin in self.plugins():
                    code = plugin.plugin.code
                    try:
                        result = plugin.call(hook, **arguments)
                        if result is None:
                            continue
                        sound(result)
                    except FAILURES as error:
                        self._quarantine(code, hook, error)
                        continue
                    results.append((code, result))
                self._cache[key] = results
            return [(code, result) for code, result in self._cache[key] if code not in self._quarantined]

    def _collect_at_home(self, hook: str, sound: Callable[[Any], None], province: str) -> list[tuple[str, Any]]:
        """What is said of a province by plugins that serve no other: one that answers whatever province it is asked about
        decides how its neighbour works no more than its neighbour does."""
        found = self._collect(hook, sound, province=province)
        elsewhere = {owner for owner, spec in self._provinces.values() if not spec.national and spec.code != province}
        return [(code, result) for code, result in found if code not in elsewhere]

    def _load_theme(self, code: str) -> Theme:
        # Lazily: the web process need not load Pillow to list provinces.
        from renderers.themes import load as load_theme

        source = self.themes().get(code)
        try:
            if source is None:
                raise Nonsense(f"No installed plugin brings the theme {code!r}.")
            return load_theme(source)
        except FAILURES as error:
            if code == NATIONAL:
                raise
            self.keep(Problem(code, "theme", _told(error)))
            return self.theme(NATIONAL)

    def _quarantine(self, code: str, hook: str, error: BaseException) -> None:
        self._quarantined.add(code)
        self.keep(Problem(code, hook, _told(error)), error)

    def keep(self, problem: Problem, error: BaseException | None = None) -> None:
        """Remember a problem and log it, once for each plugin and hook."""
        if (problem.code, problem.hook) not in self._problems:
            self._problems[problem.code, problem.hook] = problem
            trace = None if isinstance(error, Nonsense) else error
            log.error("plugin %s, %s: %s", problem.code, problem.hook, problem.error, exc_info=trace)


def _told(error: BaseException) -> str:
    if isinstance(error, Nonsense):
        return str(error)
    return f"{type(error).__name__}: {error}".rstrip(": ") + ("" if str(error).endswith(".") else ".")


def _check_renderers(result: Any) -> None:
    check(result, Sequence[Any], "result")
    for index, one in enumerate(result):
        where = f"result[{index}]"
        check(getattr(one, "code", None), str, f"{where}.code")
        faces: Any = getattr(one, "faces", None)
        check(faces, int, f"{where}.faces")
        if not 1 <= faces <= len(FACE_IDS):
            raise Nonsense(f"{where}.faces: {faces} is not within 1 … {len(FACE_IDS)}.")
        if not callable(getattr(one, "render", None)):
            raise Nonsense(f"{where}: has no render(request).")


def _check_templates(result: Any) -> None:
    check(result, Sequence[Any], "result")
    for index, one in enumerate(result):
        where = f"result[{index}]"
        for name in ("kind", "version", "icon"):
            check(getattr(one, name, None), str, f"{where}.{name}")
        check_code(one.kind, f"{where}.kind", 40)
        check(getattr(one, "name", None), Text, f"{where}.name")
        check(getattr(one, "fields", None), tuple[CardField, ...], f"{where}.fields")
        names = [field.name for field in one.fields]
        if not names or len(set(names)) != len(names) or not all(name.isidentifier() for name in names):
            raise Nonsense(f"{where}.fields: at least one field is needed, each with a name of its own.")
        for number, field in enumerate(one.fields):
            _check_field(field, f"{where}.fields[{number}] {field.name}")
        if not callable(getattr(one, "scenes", None)):
            raise Nonsense(f"{where}: has no scenes(request, card).")


_NAMED = {"media": ("picture", "clip"), "pictures": ("pictures",), "rows": ("table",), "live": ("live",)}
"""Attributes of a card that are no text, with the kinds of fields that fill them."""
_TAKEN = frozenset(
    {"kind", "focal", "head", "fields", "duration_ms", "media_sha256", "picture", "clip", "seconds", "transition"}
)


def _check_field(field: CardField, where: str) -> None:
    if field.name in _TAKEN:
        raise Nonsense(f"{where}: this name is taken.")
    wanted = _NAMED.get(field.name)
    if wanted is not None and field.kind not in wanted:
        raise Nonsense(f"{where}: a field of this name is of the kind {' or '.join(wanted)}, not {field.kind}.")
    if wanted is None and any(field.kind in kinds for kinds in _NAMED.values()):
        name = next(name for name, kinds in _NAMED.items() if field.kind in kinds)
        raise Nonsense(f"{where}: a field of the kind {field.kind} is named “{name}”.")
    if field.kind == "choice" and not field.choices:
        raise Nonsense(f"{where}: a choice needs something to choose from.")
    if not (field.label.vi.strip() and field.label.en.strip()):
        raise Nonsense(f"{where}.label: needs a Vietnamese and an English text.")


def _check_themes(result: Any) -> None:
    check(result, Sequence[ThemeSource], "result")
    for index, one in enumerate(result):
        check_code(one.code, f"result[{index}].code", 40)
        if not (one.folder / "theme.toml").is_file():
            raise Nonsense(f"result[{index}].folder: {one.folder} holds no theme.toml.")


def _check_obligations(result: Any) -> None:
    check(result, Sequence[Obligation], "result")
    for index, one in enumerate(result):
        if not (one.clause.strip() and one.duty.vi.strip() and one.duty.en.strip()):
            raise Nonsense(f"result[{index}]: an obligation needs its clause and its duty in Vietnamese and English.")


_host: Host | None = None
_host_lock = threading.Lock()
_switch: Callable[[], Iterable[str]] | None = None


def get_host() -> Host:
    """The host of this process, made when first asked for; importing this module loads no plugin."""
    global _host
    with _host_lock:
        if _host is None:
            _host = Host(switched_off=_switch)
        return _host


def reset_host() -> None:
    """Forget what was loaded; the next `get_host()` looks again."""
    global _host
    with _host_lock:
        _host = None


def register_switch(reader: Callable[[], Iterable[str]]) -> None:
    """Name who knows which plugins an administrator switched off (a higher app; it returns their codes)."""
    global _switch
    _switch = reader
    reset_host()
