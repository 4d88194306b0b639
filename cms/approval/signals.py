"""What higher apps hear about, after the transaction that decided it has committed.

`approval_changed(province_ids, item_keys)`: sets of ints and of translation keys (UUID); what may air has changed.
`withdrawals_changed(province_ids)`: an item was withdrawn, or a withdrawal was lifted.
`theme_approved(theme)`: a theme's own pictures may air (again).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

approval_changed = Signal()
withdrawals_changed = Signal()
theme_approved = Signal()


def announce_approvals(province_ids: Iterable[int], item_keys: Iterable[UUID]) -> None:
    """Send `approval_changed` once this transaction commits."""
    provinces, items = set(province_ids), set(item_keys)
    transaction.on_commit(lambda: approval_changed.send(None, province_ids=provinces, item_keys=items))


def announce_withdrawals(province_ids: Iterable[int]) -> None:
    """Send `withdrawals_changed` once this transaction commits."""
    provinces = set(province_ids)
    transaction.on_commit(lambda: withdrawals_changed.send(None, province_ids=provinces))


def announce_theme(theme: str) -> None:
    """Send `theme_approved` once this transaction commits."""
    transaction.on_commit(lambda: theme_approved.send(None, theme=theme))
