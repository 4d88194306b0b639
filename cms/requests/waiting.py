"""How many requests wait for a person, for their first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from cms import clock
from cms.accounts.models import Role
from cms.accounts.services import provinces_of, roles_of
from cms.places.confinement import bounds_of
from cms.requests.models import ContentRequest
from cms.requests.states import UNFINISHED


@dataclass(frozen=True, slots=True)
class Waiting:
    """`new`: nobody has them yet; `late`: those of them, and of this person's own, whose wished day is here or gone."""

    new: int
    mine: int
    late: int


def waiting_for(user: Any) -> Waiting:
    """One query; none for people who handle no requests."""
    codes = {code for code, role in roles_of(user) if role == Role.EDITOR}
    if not codes and provinces_of(user) is not None:
        return Waiting(0, 0, 0)
    nobody, own = Q(assigned_to=None), Q(assigned_to=user.pk)
    found = ContentRequest.objects.filter(nobody | own, state__in=UNFINISHED)
    if provinces_of(user) is not None:
        found = found.filter(province__code__in=codes)
    bounds = bounds_of(user)
    if bounds is not None:
        found = found.filter(organisation__in=bounds.organisations)
    today = timezone.localdate(clock.now())
    counted = found.order_by().aggregate(
        new=Count("pk", filter=nobody), mine=Count("pk", filter=own), late=Count("pk", filter=Q(wished_from__lte=today))
    )
    return Waiting(**counted)
