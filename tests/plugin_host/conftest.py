"""Plugins made for a test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import Plugin
from cms.plugin_host.load import GROUP, hook_names
from tests.plugin_host import dummy

Make = Callable[..., EntryPoint]


def returning(value: Any) -> Any:
    """A hook that answers so, whatever it is asked."""
    return hookimpl(lambda: value)


@pytest.fixture
def make() -> Iterator[Make]:
    """An entry point whose module is the dummy's with some names replaced; None removes one."""
    made: list[str] = []

    def one(code: str = "dummy", **names: Any) -> EntryPoint:
        module = ModuleType(f"made_{len(made)}_{code}")
        hooks = {name: getattr(dummy, name) for name in hook_names()}
        declared = {"BANGTIN_PLUGIN": Plugin(code, code), **hooks, **names}
        vars(module).update({name: value for name, value in declared.items() if value is not None})
        sys.modules[module.__name__] = module
        made.append(module.__name__)
        return EntryPoint(code, module.__name__, GROUP)

    yield one
    for name in made:
        del sys.modules[name]
