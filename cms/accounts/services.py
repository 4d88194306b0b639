"""The verbs of accounts: groups of a province, who may do what, second factor, accounts nobody uses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone, translation
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.accounts import audit
from cms.accounts.models import ProvinceGroup, Role, User
from cms.accounts.permissions import COLLECTION_PERMISSIONS, PAGE_PERMISSIONS, named, permissions_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

IDLE_DAYS = 45
account_reset = Signal()
"""Somebody (`by`) took the second factor of `user` away, for this `reason`. Sent within the transaction."""


def province_name(code: str) -> str:
    """What a province is called in Vietnamese, as its plugin says; its code when no plugin knows it."""
    from cms.plugin_host.host import get_host

    spec = get_host().provinces().get(code)
    return spec.name.vi if spec else code


@transaction.atomic
def ensure_groups(province_code: str) -> dict[str, Group]:
    """The groups of a province by role (`contributor` … `administrator`), made and given their rights if need be. A group that
    exists keeps its name and whatever an administrator added to it."""
    name = province_name(province_code)
    found = {
        one.role: one.group for one in ProvinceGroup.objects.filter(province=province_code).select_related("group")
    }
    groups: dict[str, Group] = {}
    for role in Role:
        if role.value not in found:
            with translation.override("vi"):
                group, _ = Group.objects.get_or_create(name=f"{name} – {role.label}"[:150])
            ProvinceGroup.objects.create(group=group, province=province_code, role=role)
            found[role.value] = group
        groups[role.value] = found[role.value]
        groups[role.value].permissions.add(*permissions_of(role))
    _share_collection(name, groups)
    return groups


def _share_collection(name: str, groups: dict[str, Group]) -> None:
    """A shelf for the province's pictures and clips, with the rights of those who work on content."""
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    collection = root.get_children().filter(name=name).first() or root.add_child(instance=Collection(name=name))
    for role, wanted in COLLECTION_PERMISSIONS.items():
        for permission in named(wanted):
            GroupCollectionPermission.objects.get_or_create(
                group=groups[role], collection=collection, permission=permission
            )


def collection_of(province_code: str) -> Collection | None:
    """The collection that holds a province's pictures and clips."""
    return Collection.objects.filter(
        group_permissions__group__province_group__province=province_code, depth__gt=1
    ).first()


@transaction.atomic
def grant_page_permissions(province_code: str, page: Page, *, source: bool = False) -> None:
    """Give the groups of a province their rights on a branch of pages: contributors add (and edit what is theirs), editors
    add and edit everything, appraisers and approvers edit, translators edit where it is not the `source` language; there they
    lose what they may have had. Nobody publishes: only an approval puts an item on air."""
    for role, group in ensure_groups(province_code).items():
        if source and role == Role.TRANSLATOR:
            GroupPagePermission.objects.filter(group=group, page_id=page.pk).delete()
            continue
        for codename in PAGE_PERMISSIONS.get(role, ()):
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.get_or_create(group=group, page_id=page.pk, permission=permission)


def has_role(user: User | AnonymousUser | Any, province_code: str, *roles: str) -> bool:
    """Whether a person has one of these roles in a province (any role when none is named). An active superuser has all."""
    if not getattr(user, "is_active", False):
        return False
    if user.is_superuser:
        return True
    mine = roles_of(user)
    wanted = {str(role) for role in roles}
    return any(code == province_code and (not wanted or role in wanted) for code, role in mine)


def roles_of(user: Any) -> frozenset[tuple[str, str]]:
    """(province, role) pairs of a person; read once per user object, i.e. once per request."""
    cached: frozenset[tuple[str, str]] | None = getattr(user, "_bangtin_roles", None)
    if cached is None:
        cached = frozenset(
            ProvinceGroup.objects.filter(group__user=user).values_list("province", "role") if user.pk else ()
        )
        user._bangtin_roles = cached
    return cached


def forget_roles(user: Any) -> None:
    """Read a person's roles again at the next question."""
    if hasattr(user, "_bangtin_roles"):  # also behind `request.user`, a proxy whose __dict__ is its own
        del user._bangtin_roles


def provinces_of(user: Any) -> set[str] | None:
    """Codes of the provinces whose matters a person may see; None means all of them."""
    if not getattr(user, "is_active", False):
        return set()
    if user.is_superuser:
        return None
    return {province for province, _ in roles_of(user)}


def needs_second_factor(user: Any) -> bool:
    """Approvers answer for what a whole border gate reads, administrators for everything: a password is not enough."""
    if not getattr(user, "is_active", False):
        return False
    return bool(user.is_superuser) or any(role in (Role.APPROVER, Role.ADMINISTRATOR) for _, role in roles_of(user))


def has_second_factor(user: Any) -> bool:
    """Whether a person has set up an authenticator (recovery codes alone do not count)."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


@transaction.atomic
def set_totp(user: Any, secret: str) -> list[str]:
    """Give a person an authenticator with this base32 secret in place of any older one, and recovery codes, which are
    returned. For demonstrations, tests and automation; people set theirs up themselves."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    Authenticator.objects.filter(user_id=user.pk).delete()
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    audit.record("account.second_factor_set", user.get_username(), user=user, province=user.province)
    return list(codes)


@transaction.atomic
def reset_second_factor(user: Any, *, by: Any, reason: str) -> None:
    """Take a lost authenticator away; the person sets up a new one at the next log-in."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=user.pk).delete()
    audit.record("account.second_factor_reset", user.get_username(), user=by, province=user.province, reason=reason)
    account_reset.send(sender=None, user=user, by=by, reason=reason)


@transaction.atomic
def disable_idle(*, now: datetime | None = None, days: int = IDLE_DAYS) -> list[str]:
    """Switch off the accounts that nobody has used for so many days; returns their names. The real time counts, not the
    demonstration clock. The administrator who logged in last stays, or nobody could let the others in again."""
    limit = (now or timezone.now()) - timedelta(days=days)
    keep = User.objects.filter(is_active=True, is_superuser=True).order_by("-last_login", "-date_joined").first()
    disabled = []
    for user in User.objects.select_for_update().filter(is_active=True, date_joined__lt=limit):
        if (user.last_login and user.last_login >= limit) or user == keep:
            continue
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record(
            "account.disabled_idle",
            user.get_username(),
            province=user.province,
            reason=f"{days} days without a log-in",
        )
        disabled.append(user.get_username())
    return disabled
