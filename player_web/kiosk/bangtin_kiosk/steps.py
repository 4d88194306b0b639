"""What to do when the screen does not live: page, browser, machine, each tried before the next. Pure; seconds are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

PAGES = 3
"""So many times the page is loaded anew within PAGE_S; then the browser is started anew."""
PAGE_S = 300.0
BROWSERS = 6
"""So many times the browser within BROWSER_S; then the machine, where that is allowed."""
BROWSER_S = 1800.0
MACHINE_S = 6 * 3600.0
WAITS = (0.0, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0)
"""Before the browser is started for the n-th time within BROWSER_S."""


class Step(Enum):
    PAGE = "page"
    BROWSER = "browser"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Record:
    """When each step was last taken: seconds on one clock, oldest first; of the machine on the calendar's."""

    pages: tuple[float, ...] = ()
    browsers: tuple[float, ...] = ()
    machine: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`wait` seconds before the step; `record` holds it already."""

    step: Step
    wait: float
    record: Record


def next_step(record: Record, now: float, calendar: float, *, browser_gone: bool, may_reboot: bool) -> Plan:
    """`now`: a clock that only grows; `calendar`: UTC seconds, which go on over a restart of the machine."""
    pages = recent(record.pages, now, PAGE_S)
    browsers = recent(record.browsers, now, BROWSER_S)
    if not browser_gone and len(pages) < PAGES:
        return Plan(Step.PAGE, 0, Record((*pages, now), browsers, record.machine))
    rested = record.machine is None or not 0 <= calendar - record.machine < MACHINE_S
    if may_reboot and rested and len(browsers) >= BROWSERS:
        return Plan(Step.MACHINE, 0, Record((), (), calendar))
    wait = WAITS[min(len(browsers), len(WAITS) - 1)]
    return Plan(Step.BROWSER, wait, Record((), (*browsers, now), record.machine))


def recent(times: Sequence[float], now: float, within: float) -> tuple[float, ...]:
    """Those of the times that are not longer ago."""
    return tuple(one for one in times if now - one < within)
