"""Page, browser, machine: each step is tried before the next, with longer and longer rests."""

from __future__ import annotations

import pytest

from bangtin_kiosk.steps import BROWSERS, PAGES, WAITS, Plan, Record, Step, next_step

DAY = 86_400.0


def after(
    failures: int, *, gone: bool = False, reboot: bool = False, every: float = 10, record: Record | None = None
) -> list[Plan]:
    """The plans of so many failures in a row."""
    plans: list[Plan] = []
    known = record or Record()
    for number in range(failures):
        plans.append(next_step(known, number * every, DAY + number * every, browser_gone=gone, may_reboot=reboot))
        known = plans[-1].record
    return plans


def test_the_page_comes_first_then_the_browser() -> None:
    steps = [plan.step for plan in after(PAGES + 2)]
    assert steps == [Step.PAGE] * PAGES + [Step.BROWSER, Step.PAGE]


def test_a_page_that_fails_once_in_a_while_never_costs_the_browser() -> None:
    assert {plan.step for plan in after(50, every=200)} == {Step.PAGE}


def test_a_browser_that_is_gone_is_started_with_longer_and_longer_rests() -> None:
    plans = after(len(WAITS) + 2, gone=True)
    assert {plan.step for plan in plans} == {Step.BROWSER}
    assert [plan.wait for plan in plans] == [*WAITS, WAITS[-1], WAITS[-1]]


def test_rests_are_short_again_after_a_quiet_while() -> None:
    assert [plan.wait for plan in after(3, gone=True, every=2000)] == [0, 0, 0]


def test_the_machine_comes_last_and_only_where_it_is_allowed() -> None:
    assert Step.MACHINE not in {plan.step for plan in after(40, gone=True)}
    allowed = [plan.step for plan in after(BROWSERS + 1, gone=True, reboot=True)]
    assert allowed == [Step.BROWSER] * BROWSERS + [Step.MACHINE]


@pytest.mark.parametrize(("ago", "step"), [(3600, Step.BROWSER), (7 * 3600, Step.MACHINE), (-3600, Step.MACHINE)])
def test_a_machine_is_restarted_once_in_six_hours_whatever_its_calendar_does(ago: float, step: Step) -> None:
    known = Record(browsers=tuple(map(float, range(BROWSERS))), machine=DAY - ago)
    assert next_step(known, 10, DAY, browser_gone=True, may_reboot=True).step == step
