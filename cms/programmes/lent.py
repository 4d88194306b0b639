"""What higher parts lend to the time machine: the schedule that players obey now, and the address of the player's own code."""

from __future__ import annotations

from collections.abc import Callable

from cms.places.models import Cluster
from cms.schedule.format import Schedule

InForce = Callable[[Cluster], Schedule | None]
_in_force: list[InForce] = []
_player_code: list[Callable[[], str]] = []


def lend_schedule_in_force(give: InForce) -> None:
    """`give(cluster)`: the schedule in force at this instant; None before the first release. The last lender counts."""
    _in_force[:] = [give]


def lend_player_code(give: Callable[[], str]) -> None:
    """`give()`: the address under which the player's files lie (`/player/<version>/`). The last lender counts."""
    _player_code[:] = [give]


def schedule_in_force(cluster: Cluster) -> Schedule | None:
    """What the players of a cluster obey now; None when nothing is published (or nobody publishes here)."""
    return _in_force[0](cluster) if _in_force else None


def player_code() -> str:
    """The address of the player's files, ending in a slash; empty when there is no player here."""
    return _player_code[0]() if _player_code else ""
