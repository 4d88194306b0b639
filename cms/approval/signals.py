"""What higher apps hear about, inside the transaction that decides it: what they write down stands or falls with the decision,
so that a crash right after the commit cannot lose a withdrawal. Work that others do follows from what was written down.

`approval_changed(province_ids, item_keys)`: sets of ints and of translation keys (UUID); what may air has changed.
`withdrawals_changed(province_ids, item_keys)`: these items were withdrawn, or a withdrawal of theirs was lifted.
`theme_approved(theme, geometries)`: a theme's own pictures may air (again) on clusters of these geometries (a set of ids).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.dispatch import Signal

approval_changed = Signal()
withdrawals_changed = Signal()
theme_approved = Signal()


def announce_approvals(province_ids: Iterable[int], item_keys: Iterable[UUID]) -> None:
    """Send `approval_changed`; call it when all is written."""
    approval_changed.send(None, province_ids=set(province_ids), item_keys=set(item_keys))


def announce_withdrawals(province_ids: Iterable[int], item_keys: Iterable[UUID]) -> None:
    """Send `withdrawals_changed`; call it when all is written."""
    withdrawals_changed.send(None, province_ids=set(province_ids), item_keys=set(item_keys))


def announce_theme(theme: str, geometries: Iterable[str]) -> None:
    """Send `theme_approved`; call it when all is written."""
    theme_approved.send(None, theme=theme, geometries=set(geometries))
