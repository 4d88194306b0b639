"""Every hook of version 1 that is in use. A plugin is a module that declares `BANGTIN_PLUGIN` and implements some of these
with `@hookimpl`. Arguments and results are frozen dataclasses of `cms.plugin_api.types`; results are checked where they
enter, and a plugin that raises or returns nonsense is quarantined with a visible error: the CMS and the players go on."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from cms.plugin_api.types import CardTemplate, Holiday, LayoutRenderer, Obligation, ProvinceSpec, ThemeSource

hookspec = pluggy.HookspecMarker("bangtin")
hookimpl = pluggy.HookimplMarker("bangtin")


@hookspec
def bangtin_province() -> ProvinceSpec | None:
    """The province (or national level) that this plugin serves; None for a plugin without one. Called in web and worker
    when plugins are loaded and by `bangtin plugin list`. If it raises, the plugin is quarantined. Since 1."""


@hookspec
def bangtin_renderers() -> Sequence[LayoutRenderer]:
    """Layout renderers by number of faces. Called once in the worker that makes proofs. The last registered renderer for
    a number of faces wins. If it raises, the plugin is quarantined. Since 1."""


@hookspec
def bangtin_card_templates() -> Sequence[CardTemplate]:
    """Kinds of cards: their forms and how they are drawn. Called once in web (for the forms) and worker (for the pixels). The
    first plugin that brings a kind keeps it. If it raises, the plugin is quarantined. Since 1."""


@hookspec
def bangtin_themes() -> Sequence[ThemeSource]:
    """Themes as folders of data. Called once in web and worker. A theme that does not load is reported in the admin and
    the national theme takes its place. Since 1."""


@hookspec
def bangtin_holidays(province: str, year: int) -> Sequence[Holiday]:
    """Public holidays and swapped working days of a year in a province (its code). Called when a schedule's inputs are
    gathered. Later plugins override earlier ones for the same day. Since 1."""


@hookspec
def bangtin_obligations(province: str) -> Sequence[Obligation]:
    """The duties that regulations lay on the units of a province, clause by clause. Called by the obligations page.
    Since 1."""
