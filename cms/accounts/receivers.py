"""Writes log-ins and changes of roles into the audit log."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as mfa
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.http import HttpRequest
from wagtail.log_actions import get_active_log_context

from cms.accounts import audit
from cms.accounts.models import User
from cms.accounts.services import forget_roles

_WATCHED = ("is_superuser", "is_active", "password", "email", "username")


def _actor() -> Any:
    return get_active_log_context().user


def _address(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""


def logged_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    audit.record("account.login", user.get_username(), user=user, address=_address(request))


def logged_out(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if user is not None:
        audit.record("account.logout", user.get_username(), user=user, address=_address(request))


def login_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    name = credentials.get("username") or credentials.get("email") or "?"
    audit.record("account.login_failed", name, address=_address(request))


def locked_out(sender: Any, request: HttpRequest | None, username: str | None, **kwargs: Any) -> None:
    audit.record("account.locked", username or "?", address=_address(request))


def second_factor_removed(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    audit.record("account.second_factor_removed", user.get_username(), user=user, kind=authenticator.type)


def second_factor_added(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    audit.record("account.second_factor_set", user.get_username(), user=user, kind=authenticator.type)


def groups_changed(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Roles given or taken, from either end of the relation."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if action == "pre_clear":
        pk_set = set(
            instance.user_set.values_list("pk", flat=True) if reverse else instance.groups.values_list("pk", flat=True)
        )
    users = list(User.objects.filter(pk__in=pk_set or ())) if reverse else [instance]
    groups = [instance] if reverse else list(Group.objects.filter(pk__in=pk_set or ()).select_related("province_group"))
    word = "account.role_given" if action == "post_add" else "account.role_taken"
    for user in users:
        forget_roles(user)
        for group in groups:
            held = getattr(group, "province_group", None)
            audit.record(
                word,
                user.get_username(),
                user=_actor(),
                province=held.province if held else "",
                group=group.name,
                role=held.role if held else "",
            )


def remember_user(sender: Any, instance: User, raw: bool = False, **kwargs: Any) -> None:
    if instance.pk and not raw:
        before = User.objects.filter(pk=instance.pk).values(*_WATCHED).first() or {}
        instance._before = before  # type: ignore[attr-defined]


def user_saved(sender: Any, instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    if created:
        audit.record("account.created", instance.get_username(), user=_actor(), administrator=instance.is_superuser)
        return
    before = instance.__dict__.pop("_before", {})
    changed = [name for name in _WATCHED if name in before and before[name] != getattr(instance, name)]
    if changed:
        shown = {name: getattr(instance, name) for name in changed if name != "password"}
        audit.record("account.changed", instance.get_username(), user=_actor(), changed=changed, **shown)


def user_deleted(sender: Any, instance: User, **kwargs: Any) -> None:
    audit.record("account.deleted", instance.get_username(), user=_actor())


def connect() -> None:
    """Called once, when the app is ready."""
    auth.user_logged_in.connect(logged_in, dispatch_uid="bangtin.audit")
    auth.user_logged_out.connect(logged_out, dispatch_uid="bangtin.audit")
    auth.user_login_failed.connect(login_failed, dispatch_uid="bangtin.audit")
    user_locked_out.connect(locked_out, dispatch_uid="bangtin.audit")
    mfa.authenticator_added.connect(second_factor_added, dispatch_uid="bangtin.audit")
    mfa.authenticator_removed.connect(second_factor_removed, dispatch_uid="bangtin.audit")
    m2m_changed.connect(groups_changed, sender=User.groups.through, dispatch_uid="bangtin.audit")
    pre_save.connect(remember_user, sender=User, dispatch_uid="bangtin.audit")
    post_save.connect(user_saved, sender=User, dispatch_uid="bangtin.audit")
    pre_delete.connect(user_deleted, sender=User, dispatch_uid="bangtin.audit")
