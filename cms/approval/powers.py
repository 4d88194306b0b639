"""Who may take a step today: people with the role in the province who belong to one of the step's organisations while it holds
the role, and those to whom one of them delegated it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cms import clock
from cms.accounts.services import has_role
from cms.approval.decisions import Delegation
from cms.places.models import Membership, OrganisationRole

Unit = tuple[str, str]
"""An organisation: the codes of its province and its own."""


@dataclass(frozen=True, slots=True)
class Taker:
    """How somebody takes a step. `on_behalf_of`: whom they represent, None: nobody. `by_role_alone`: nobody is entered as a member of
    the step's organisations, so that the role in the province was enough."""

    on_behalf_of: Any = None
    by_role_alone: bool = False

    def persons(self, user: Any) -> frozenset[Any]:
        """Who answers for what this person does: none of them may have had a hand in the item before."""
        return frozenset({user, self.on_behalf_of}) - {None}


@dataclass(slots=True)
class _Day:
    """What is known of a person on a local day, in four queries, however many steps are asked about."""

    day: date
    holding: set[tuple[str, str, str]] = field(default_factory=set)
    """(province, organisation, kind of role) in force on that day."""
    ever: dict[tuple[str, str], set[Unit]] = field(default_factory=dict)
    """Organisations that hold a kind of role at any time, by province and kind."""
    manned: set[Unit] = field(default_factory=set)
    members: dict[int, set[Unit]] = field(default_factory=dict)
    """Memberships in force on that day, by the primary key of the person: this one and whom they represent."""
    delegations: list[Delegation] = field(default_factory=list)


def today() -> date:
    """The local day by which powers are judged."""
    return timezone.localdate(clock.now())


def _in_force(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def delegations_to(user: Any, day: date) -> list[Delegation]:
    """Delegations in force that name a person as the delegate."""
    found = Delegation.objects.filter(_in_force(day), delegate=user, ended_at__isnull=True)
    return list(found.select_related("province", "delegator").order_by("id"))


def _read(user: Any, day: date) -> _Day:
    known = _Day(day=day, delegations=delegations_to(user, day))
    roles = OrganisationRole.objects.values_list(
        "organisation__province__code", "organisation__code", "kind", "valid_from", "valid_until"
    )
    for province, code, kind, start, end in roles:
        known.ever.setdefault((province, kind), set()).add((province, code))
        if start <= day and (end is None or end >= day):
            known.holding.add((province, code, kind))
    units = ("organisation__province__code", "organisation__code")
    people = {user.pk, *(one.delegator_id for one in known.delegations)}
    for person, province, code, start, end in Membership.objects.values_list(
        "user", *units, "valid_from", "valid_until"
    ):
        known.manned.add((province, code))
        if person in people and start <= day and (end is None or end >= day):
            known.members.setdefault(person, set()).add((province, code))
    return known


def _of(user: Any) -> _Day:
    """Read once per user object and day, i.e. once per request."""
    cached: _Day | None = getattr(user, "_bangtin_powers", None)  # `request.user` is a proxy, whose __dict__ is its own
    if cached is None or cached.day != today():
        cached = _read(user, today())
        user._bangtin_powers = cached
    return cached


def forget(user: Any) -> None:
    """Read a person's powers again at the next question; a decision asks anew."""
    if hasattr(user, "_bangtin_powers"):
        del user._bangtin_powers


def _units(known: _Day, province: str, role: str, organisations: Iterable[str]) -> set[Unit]:
    named = {(province, code) for code in organisations}
    return named or known.ever.get((province, role), set())


def _themselves(known: _Day, person: Any, province: str, role: str, units: set[Unit]) -> Taker | None:
    if not has_role(person, province, role):
        return None
    mine = {unit for unit in known.members.get(person.pk, set()) if unit[0] == province}
    if not units & known.manned:
        # Who is entered in another organisation is bound to it.
        return Taker(by_role_alone=True) if not mine else None
    return Taker() if any((*unit, role) in known.holding for unit in units & mine) else None


def taker_of(user: Any, province: str, role: str, organisations: Iterable[str] = ()) -> Taker | None:
    """How a person may take a step of a province (its code) today; None when they may not. `organisations`: codes; none: every one
    that holds the role. Their own power comes before one that was delegated to them."""
    if not getattr(user, "is_active", False):
        return None
    known = _of(user)
    units = _units(known, province, role, organisations)
    own = _themselves(known, user, province, role, units)
    if own is not None:
        return own
    for one in known.delegations:
        if one.province.code != province or one.role != role or not has_role(user, province):
            continue
        theirs = _themselves(known, one.delegator, province, role, units)
        if theirs is not None:
            return Taker(on_behalf_of=one.delegator, by_role_alone=theirs.by_role_alone)
    return None


def takers(people: Iterable[Any], province: str, role: str, organisations: Iterable[str] = ()) -> list[Any]:
    """Of these people those who may take a step today."""
    codes = tuple(organisations)
    return [one for one in people if taker_of(one, province, role, codes) is not None]


def by_role_alone(user: Any, province: str, role: str, organisations: Iterable[str] = ()) -> bool:
    """Whether nobody at all is entered as a member of a step's organisations."""
    known = _of(user)
    return not _units(known, province, role, organisations) & known.manned
