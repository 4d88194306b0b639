"""Every hook of version 1 that is in use. A plugin is a module that declares `BANGTIN_PLUGIN` and implements some of these
with `@hookimpl`. Arguments and results are frozen dataclasses of `cms.plugin_api.types`; results are checked where they
enter, and a plugin that raises or returns nonsense is quarantined with a visible error: the CMS and the players go on."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from cms.plugin_api.types import (
    CardTemplate,
    Feed,
    GlossaryTerm,
    Holiday,
    ItemTemplate,
    LayoutRenderer,
    Obligation,
    ProvinceSpec,
    QuotaSpec,
    ThemeSource,
    WorkflowSpec,
)

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


@hookspec
def bangtin_feeds(province: str) -> Sequence[Feed]:
    """Live values that the CMS can fetch by itself for a province (its code), each once somebody there switched it on. Called in
    web (for the page of feeds) and worker (before asking). A later plugin's feed replaces an earlier one's of the same name. The
    CMS fetches and checks; a feed whose `parse` raises is refused with the reason and asked less often, and the plugin goes on.
    If the hook itself raises, the plugin is quarantined. Since 1."""


@hookspec
def bangtin_workflow_steps(province: str) -> Sequence[WorkflowSpec]:
    """The workflows of a province (its code): which organisations appraise and approve, with what checklist and in how many days.
    Called in web whenever an item is submitted; what is under way keeps its steps. Without any the CMS takes one appraisal and one
    approval. Whatever it says, nobody approves what he wrote or appraised. If it raises, the plugin is quarantined. Since 1."""


@hookspec
def bangtin_quotas(province: str) -> Sequence[QuotaSpec]:
    """How many items of which source must air in each week, month, quarter or year in a province (its code). Called by the pages
    of programmes. If it raises, the plugin is quarantined. Since 1."""


@hookspec
def bangtin_glossary(province: str) -> Sequence[GlossaryTerm]:
    """Proper names and fixed terms of a province (its code) in its languages, beside those that its people enter. Called by the
    pages of translation. A later plugin's term replaces an earlier one's with the same word. If it raises, the plugin is
    quarantined. Since 1."""


@hookspec
def bangtin_item_templates(province: str) -> Sequence[ItemTemplate]:
    """Items to start from in a province (its code). Called by the page for a new item. Cards of kinds that are not installed are
    left out. If it raises, the plugin is quarantined. Since 1."""
