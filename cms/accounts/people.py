"""Who looks after whose account: superusers after all, the administrator of a province after its people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from cms.accounts.models import Role, User
from cms.accounts.services import roles_of


def administered(user: Any) -> set[str] | None:
    """Codes of the provinces whose people a person looks after; None means all, and the superusers too."""
    if not getattr(user, "is_active", False):
        return set()
    if user.is_superuser:
        return None
    return {province for province, role in roles_of(user) if role == Role.ADMINISTRATOR}


def administers_any(user: Any) -> bool:
    """Whether there is anybody whom this person may look after."""
    codes = administered(user)
    return codes is None or bool(codes)


def people_of(user: Any) -> QuerySet[User]:
    """The accounts that a person may see and change. An administrator of a province has those that are at home there and have no
    right from anywhere else: no superuser, no role in another province, no group that stands for no province, no single right."""
    codes = administered(user)
    if codes is None:
        return User.objects.all()
    foreign = Group.objects.exclude(province_group__province__in=codes)
    return User.objects.filter(province__in=codes, is_superuser=False, user_permissions=None).exclude(
        groups__in=foreign
    )


def may_administer(user: Any, person: User) -> bool:
    """Whether somebody may change this person's account, second factor, sessions and memberships."""
    return people_of(user).filter(pk=person.pk).exists()


def roles_to_give(user: Any) -> QuerySet[Group]:
    """The groups that somebody may give to others, in the order of provinces and of their making."""
    codes = administered(user)
    groups = Group.objects.order_by("province_group__province", "pk")
    return groups if codes is None else groups.filter(province_group__province__in=codes)


def administrators_of(province_code: str) -> QuerySet[User]:
    """Who is told when somebody's rights change: the active administrators of the province, and the superusers."""
    of_province = User.objects.filter(
        groups__province_group__province=province_code, groups__province_group__role=Role.ADMINISTRATOR
    )
    return User.objects.filter(is_active=True).filter(pk__in=of_province) | User.objects.filter(
        is_active=True, is_superuser=True
    )
