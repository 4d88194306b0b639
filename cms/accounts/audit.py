"""The log of decisions: written here, read by administrators, changed by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms import clock

if TYPE_CHECKING:
    from cms.accounts.models import AuditEntry


def record(
    action: str, subject: object, *, user: Any = None, province: str = "", reason: str = "", **data: Any
) -> AuditEntry:
    """Write one decision down. `action` is a stable word such as `approval.approve`; `subject` says what it was about;
    `data` must be JSON. An anonymous user counts as none (the system, or somebody unknown)."""
    from cms.accounts.models import AuditEntry

    known = user if getattr(user, "pk", None) else None
    return AuditEntry.objects.create(
        at=clock.now(),
        user=known,
        action=action,
        subject=str(subject)[:255],
        province=province,
        reason=reason,
        data=data,
    )
