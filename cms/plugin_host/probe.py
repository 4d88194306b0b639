"""Tries a plugin in a process of its own, so that a plugin that hangs, exits or crashes harms nothing.

`python -m cms.plugin_host.probe CODE` prints one JSON line per finding; `probe()` starts that and reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cms.plugin_api.types import RenderRequest, Scene
from cms.plugin_host.problems import Problem

if TYPE_CHECKING:
    from cms.plugin_api.testing import MemorySink
    from cms.plugin_host.host import Host

TIMEOUT_S = 120
MARK = "bangtin-probe:"


def probe(code: str, *, timeout_s: float = TIMEOUT_S, environment: Mapping[str, str] | None = None) -> list[Problem]:
    """What is wrong with an installed plugin (entry point or plugin code); empty when it is sound."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "cms.plugin_host.probe", code],
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [Problem(code, "load", f"It did not finish within {timeout_s:.0f} s.")]
    findings = [json.loads(line[len(MARK) :]) for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not findings or findings[-1] != "done":
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return [Problem(code, "load", f"It ended the process (exit code {done.returncode}): {last}")]
    return [Problem(*one) for one in findings[:-1]]


def examine(code: str) -> list[Problem]:
    """Load the plugin and call every hook once, in this process."""
    from cms.plugin_host.host import Host
    from cms.plugin_host.load import installed
    from renderers.themes import load as load_theme

    entries = [one for one in installed() if one.name == code or (one.dist and one.dist.name == code)]
    others = [one for one in installed() if one not in entries]
    if not entries:
        return [Problem(code, "load", "No installed plugin has this name.")]
    host = Host(entries)
    host.plugins()
    host.renderers()
    host.card_templates()
    year = date.today().year  # noqa: DTZ011 - any year does
    for province in list(host.provinces()) or [""]:
        for one in range(year, year + 3):
            host.holidays(province, one)
        host.obligations(province)
        host.feeds(province)
        host.workflows(province)
        host.quotas(province)
        host.glossary(province)
        host.item_templates(province)
    for source in host.themes().values():
        try:
            load_theme(source)
        except Exception as error:
            host.keep(Problem(source.code, "theme", f"{type(error).__name__}: {error}"))
    _renderers(host)
    _cards(host)
    problems = host.problems()
    if not problems:
        together = Host([*others, *entries])
        codes = {entry.name for entry in entries} | {one.plugin.code for one in host.plugins()}
        problems = [one for one in together.problems() if one.code in codes]
    return problems


def _renderers(host: Host) -> None:
    """A renderer proves itself on a short item."""
    from cms.plugin_api.testing import MemorySink, sample_geometry, sample_item
    from cms.plugin_api.types import Proof
    from cms.plugin_host.host import get_host

    for faces, renderer in host.renderers().items():
        sink = MemorySink()
        theme = get_host().theme("national")
        try:
            proof = renderer.render(RenderRequest(sample_geometry(faces), sample_item(), theme, sink))
            if not isinstance(proof, Proof) or not proof.scenes:
                raise TypeError(f"render() returned {type(proof).__name__}, not a Proof with scenes")
            if missing := proof.assets() - set(sink.assets):
                raise ValueError(f"the proof names {len(missing)} assets that were not put into the sink")
        except Exception as error:
            host.keep(Problem(renderer.code, "bangtin_renderers", f"{type(error).__name__}: {error}"))


def _cards(host: Host) -> None:
    """A kind of card proves itself on a short card of its own fields, on one face and on two."""
    from cms.plugin_api.testing import MemorySink, sample_card, sample_geometry, sample_item
    from cms.plugin_host.host import get_host

    theme = get_host().theme("national")
    for template in host.card_templates().values():
        with tempfile.TemporaryDirectory(prefix="probe") as folder:
            try:
                card = sample_card(template, Path(folder))
            except LookupError:
                continue  # it wants a clip; an item will show it
            try:
                for faces in (1, 2):
                    sink = MemorySink()
                    request = RenderRequest(sample_geometry(faces), replace(sample_item(), cards=(card,)), theme, sink)
                    _check_scenes(list(template.scenes(request, card)), request, sink)
            except Exception as error:
                told = f"The card “{template.kind}”: {type(error).__name__}: {error}"
                host.keep(Problem(host.owner(template), "bangtin_card_templates", told))


def _check_scenes(scenes: list[Any], request: RenderRequest, sink: MemorySink) -> None:
    wanted = {face.id for face in request.geometry.faces}
    if not scenes or not all(isinstance(one, Scene) for one in scenes):
        raise TypeError("scenes() must return at least one Scene")
    for one in scenes:
        if set(one.faces) != wanted:
            raise ValueError(f"a scene has the faces {sorted(one.faces)}; {sorted(wanted)} were asked for")
        if one.duration_ms <= 0:
            raise ValueError("a scene stands for no time")
        if missing := one.assets() - set(sink.assets):
            raise ValueError(f"a scene names {len(missing)} assets that were not put into the sink")


def main() -> None:
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        import django

        django.setup()  # a plugin may bring models of its own
    # What a plugin prints at import must not be mistaken for our findings, hence the mark.
    for problem in examine(sys.argv[1]):
        print(MARK + json.dumps([problem.code, problem.hook, problem.error]))
    print(MARK + json.dumps("done"), flush=True)


if __name__ == "__main__":
    main()
