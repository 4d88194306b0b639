"""Standing in: an appraiser or approver lets somebody of the same province decide for them, for a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts.audit import record
from cms.accounts.models import Role, User
from cms.accounts.services import has_role, provinces_of, roles_of
from cms.approval.decisions import Delegation
from cms.approval.powers import today
from cms.places.models import Province

MOST_DAYS = 92
"""A quarter: who is away for longer has a successor."""


class NotDelegated(PermissionDenied):
    """The delegation cannot be made or ended; `str()` says why and what to do."""


def powers_to_delegate(user: Any) -> list[tuple[Province, str]]:
    """(province, role) pairs that a person holds and may let somebody else use. An administrator's power over everything is none of
    them."""
    wanted = [(code, role) for code, role in roles_of(user) if role in (Role.APPRAISER, Role.APPROVER)]
    provinces = {one.code: one for one in Province.objects.filter(code__in={code for code, _role in wanted})}
    return sorted(
        ((provinces[code], str(role)) for code, role in wanted if code in provinces),
        key=lambda one: (one[0].name, one[1]),
    )


def possible_delegates(user: Any, provinces: set[str]) -> QuerySet[Any]:
    """Active people with a role in one of these provinces, but for the person."""
    people = User.objects.filter(is_active=True, groups__province_group__province__in=provinces).exclude(pk=user.pk)
    return people.distinct().order_by("last_name", "first_name", "username")


@transaction.atomic
def delegate(
    province: Province,
    role: str,
    *,
    by: Any,
    to: Any,
    valid_from: date,
    valid_until: date,
    reason: str,
    document: str = "",
) -> Delegation:
    """Let somebody decide on one's behalf, from one local day to another, both included. Raises `NotDelegated`."""
    if (province.code, role) not in {(code, str(held)) for code, held in roles_of(by)}:
        raise NotDelegated(_("You can delegate only what you may decide yourself."))
    if to == by or not to.is_active or to.is_superuser or not has_role(to, province.code):
        raise NotDelegated(_("Choose another person who has a role in %(province)s.") % {"province": province})
    if valid_from < today() or valid_until < valid_from:
        raise NotDelegated(_("The period begins today or later, and ends on its first day or later."))
    if valid_until - valid_from >= timedelta(days=MOST_DAYS):
        raise NotDelegated(_("A delegation lasts at most %(days)d days.") % {"days": MOST_DAYS})
    if not reason.strip():
        raise NotDelegated(_("Say why somebody else decides for you."))
    others = Delegation.objects.filter(province=province, role=role, delegator=by, ended_at__isnull=True)
    if others.filter(valid_from__lte=valid_until, valid_until__gte=valid_from).exists():
        raise NotDelegated(_("Somebody stands in for you in this period already. End that delegation first."))
    made = Delegation.objects.create(
        province=province,
        role=role,
        delegator=by,
        delegate=to,
        valid_from=valid_from,
        valid_until=valid_until,
        document=document.strip(),
        reason=reason.strip(),
        made_at=clock.now(),
    )
    record(
        "delegation.make",
        made,
        user=by,
        province=province.code,
        reason=made.reason,
        role=role,
        valid_from=valid_from.isoformat(),
        valid_until=valid_until.isoformat(),
        document=made.document,
    )
    return made


def may_end(user: Any, delegation: Delegation) -> bool:
    """The delegator, and the administrators of the province."""
    return user == delegation.delegator or has_role(user, delegation.province.code, Role.ADMINISTRATOR)


@transaction.atomic
def end(delegation: Delegation, *, by: Any) -> None:
    """End a delegation at once. Nothing happens to one that has ended. Raises `NotDelegated`."""
    current = Delegation.objects.select_for_update(of=("self",)).select_related("province").get(pk=delegation.pk)
    if not may_end(by, current):
        raise NotDelegated(_("Only who delegated, or an administrator, can end this."))
    if current.ended_at is not None:
        return
    current.ended_at, current.ended_by = clock.now(), by
    current.save(update_fields=["ended_at", "ended_by"])
    record("delegation.end", current, user=by, province=current.province.code, role=current.role)


def delegations_for(user: Any) -> QuerySet[Delegation]:
    """What a person may see: what they gave and received, and, for administrators, all of their provinces."""
    codes = provinces_of(user)
    found = Delegation.objects.select_related("province", "delegator", "delegate", "ended_by")
    if codes is None:
        return found
    managed = {code for code, role in roles_of(user) if role == Role.ADMINISTRATOR}
    return found.filter(Q(delegator=user) | Q(delegate=user) | Q(province__code__in=managed))
