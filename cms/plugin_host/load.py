"""From an entry point to a plugin that may be called: import, declaration, API version, hook names and signatures."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy

from cms.plugin_api import hookspecs
from cms.plugin_api.types import API_VERSION, Plugin
from cms.plugin_host.facts import check_code
from cms.plugin_host.problems import Nonsense
from cms.plugin_host.shapes import check

GROUP = "bangtin.plugins"
OWN_DISTRIBUTION = "bangtin"
PREFIX = "bangtin_"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plugin whose module is sound so far. Each has a pluggy manager of its own, so one cannot stop another's call."""

    plugin: Plugin
    module: ModuleType
    distribution: str
    version: str
    manager: pluggy.PluginManager

    def has(self, hook: str) -> bool:
        return bool(getattr(self.manager.hook, hook).get_hookimpls())

    def call(self, hook: str, **arguments: Any) -> Any:
        """The result of the plugin's implementation; None when it has none. Raises whatever the plugin raises."""
        if not self.has(hook):
            return None
        # pluggy drops None and lists the rest; a module has one function of a name, so one result at most.
        results = getattr(self.manager.hook, hook)(**arguments)
        return results[0] if results else None


def installed() -> list[EntryPoint]:
    """Entry points of all installed plugins: our own first, then by distribution, so that every machine has one order."""
    found = {(_distribution(one), one.name): one for one in reversed(list(entry_points(group=GROUP)))}
    return [found[key] for key in sorted(found, key=lambda key: (key[0] != OWN_DISTRIBUTION, *key))]


def load(entry: EntryPoint) -> Loaded:
    """Import and check one plugin. Raises `Nonsense`, or whatever the module raises while it is imported."""
    module = entry.load()
    if not isinstance(module, ModuleType):
        raise Nonsense(f"The entry point {entry.value!r} must name a module.")
    plugin = getattr(module, "BANGTIN_PLUGIN", None)
    if plugin is None:
        raise Nonsense(f"{module.__name__} declares no BANGTIN_PLUGIN.")
    check(plugin, Plugin, "BANGTIN_PLUGIN")
    check_code(plugin.code, "BANGTIN_PLUGIN.code", 60)
    if not plugin.api_min <= API_VERSION <= plugin.api_max:
        raise Nonsense(
            f"Made for plugin API {plugin.api_min} … {plugin.api_max}; this instance speaks {API_VERSION}. "
            "Install a version of the plugin that fits."
        )
    return Loaded(plugin, module, _distribution(entry), _version(entry), _manager(module))


def hook_names() -> tuple[str, ...]:
    """Every hook of this API version, in the order in which they are written."""
    return tuple(name for name in vars(hookspecs) if name.startswith(PREFIX))


def _manager(module: ModuleType) -> pluggy.PluginManager:
    manager = pluggy.PluginManager("bangtin")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module, name=module.__name__)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise Nonsense(f"{error} Known hooks: {', '.join(hook_names())}.") from error
    for name in hook_names():
        if any(one.wrapper or one.hookwrapper for one in getattr(manager.hook, name).get_hookimpls()):
            raise Nonsense(f"{name}: a wrapper has nothing to wrap; each plugin is called by itself.")
    _refuse_unmarked(module, _own_functions(module))
    return manager


def _own_functions(module: ModuleType) -> Iterable[tuple[str, Any]]:
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            yield name, value


def _refuse_unmarked(module: ModuleType, functions: Iterable[tuple[str, Any]]) -> None:
    for name, function in functions:
        if name.startswith(PREFIX) and not hasattr(function, "bangtin_impl"):
            raise Nonsense(f"{module.__name__}.{name} looks like a hook but lacks @hookimpl; it would never be called.")


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""


def _version(entry: EntryPoint) -> str:
    return entry.dist.version if entry.dist else ""
