"""Writes log-ins and changes of accounts into the audit log, ends sessions when rights change, and has it told."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as mfa
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context

from cms.accounts import audit, news, sessions
from cms.accounts.models import ProvinceGroup, User
from cms.accounts.services import account_reset, forget_roles, roles_of

_WATCHED = ("is_superuser", "is_active", "password", "email", "username", "first_name", "last_name", "position")


def _actor() -> Any:
    return get_active_log_context().user


def _address(request: HttpRequest | None) -> str:
    return sessions.address_of(request) if request is not None else ""


def _home_of(username: str) -> str:
    """The province that looks after an account; empty for a name that nobody has."""
    return str(User.objects.filter(username=username).values_list("province", flat=True).first() or "")


def logged_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    audit.record("account.login", user.get_username(), user=user, province=user.province, address=_address(request))
    if request is not None and hasattr(request, "session"):
        sessions.remember(request, user)


def logged_out(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if user is not None:
        audit.record(
            "account.logout", user.get_username(), user=user, province=user.province, address=_address(request)
        )


def login_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    name = credentials.get("username") or credentials.get("email") or "?"
    audit.record("account.login_failed", name, province=_home_of(name), address=_address(request))


def locked_out(sender: Any, request: HttpRequest | None, username: str | None, **kwargs: Any) -> None:
    audit.record("account.locked", username or "?", province=_home_of(username or ""), address=_address(request))


def second_factor_removed(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    audit.record(
        "account.second_factor_removed",
        user.get_username(),
        user=user,
        province=user.province,
        kind=authenticator.type,
    )


def second_factor_added(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Whoever logged in elsewhere did so with the password alone, and does so again with both."""
    if authenticator.type != authenticator.Type.RECOVERY_CODES:
        sessions.end(user, by=user, reason=_("A second factor was set up."), keep_current=True)
    audit.record(
        "account.second_factor_set",
        user.get_username(),
        user=user,
        province=user.province,
        kind=authenticator.type,
    )


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
    given = action == "post_add"
    for user in users:
        forget_roles(user)
        for group in groups:
            _role_changed(user, group, given=given)
        if given:
            _settle(user, groups)
        if groups and _actor() is not None:
            sessions.end(user, by=_actor(), reason=_("The roles of the account changed."))


def _role_changed(user: User, group: Group, *, given: bool) -> None:
    held: ProvinceGroup | None = getattr(group, "province_group", None)
    audit.record(
        "account.role_given" if given else "account.role_taken",
        user.get_username(),
        user=_actor(),
        province=held.province if held else "",
        group=group.name,
        role=held.role if held else "",
    )
    news.tell(user, _actor(), (_("Role given: %s") if given else _("Role taken away: %s")) % group.name)


def _settle(user: User, groups: list[Group]) -> None:
    """An account is looked after where its person has roles; it moves with the last of them."""
    mine = {province for province, _role in roles_of(user)}
    new = [group.province_group.province for group in groups if hasattr(group, "province_group")]
    if new and user.province not in mine:
        user.province = new[0]
        User.objects.filter(pk=user.pk).update(province=user.province)


def remember_user(sender: Any, instance: User, raw: bool = False, **kwargs: Any) -> None:
    if instance.pk and not raw:
        before = User.objects.filter(pk=instance.pk).values(*_WATCHED).first() or {}
        instance._before = before  # type: ignore[attr-defined]


def user_saved(sender: Any, instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    name, actor, province = instance.get_username(), _actor(), instance.province
    if created:
        audit.record("account.created", name, user=actor, province=province, administrator=instance.is_superuser)
        return
    before = instance.__dict__.pop("_before", {})
    changed = [one for one in _WATCHED if one in before and before[one] != getattr(instance, one)]
    if not changed:
        return
    shown = {one: getattr(instance, one) for one in changed if one != "password"}
    audit.record("account.changed", name, user=actor, province=province, changed=changed, **shown)
    if "email" in changed:
        news.tell_old_address(instance, actor, before["email"])
    _rights_changed(instance, set(changed))


def _rights_changed(user: User, changed: set[str]) -> None:
    """Whoever may do something else than before, or shares a password no more, logs in again everywhere."""
    actor = _actor()
    lines = []
    if "is_superuser" in changed:
        lines.append(
            _("Administrator of the whole system: yes")
            if user.is_superuser
            else _("Administrator of the whole system: no")
        )
    if "is_active" in changed:
        lines.append(_("Account switched on") if user.is_active else _("Account switched off"))
    if "password" in changed and actor != user:
        lines.append(_("A new password was set"))
    if "email" in changed and actor != user:
        lines.append(_("The e-mail address is now %s") % user.email)
    for line in lines:
        news.tell(user, actor, line)
    rights = changed & {"is_superuser", "is_active"}
    if rights or "password" in changed:
        sessions.end(user, by=actor, reason=_("The account changed."), keep_current=not rights)


def second_factor_reset(sender: Any, user: User, by: Any, reason: str, **kwargs: Any) -> None:
    news.tell(user, by, _("The second factor was taken away: %s") % reason)
    sessions.end(user, by=by, reason=reason)


def user_deleted(sender: Any, instance: User, **kwargs: Any) -> None:
    audit.record("account.deleted", instance.get_username(), user=_actor(), province=instance.province)


def connect() -> None:
    """Called once, when the app is ready."""
    auth.user_logged_in.connect(logged_in, dispatch_uid="bangtin.audit")
    auth.user_logged_out.connect(logged_out, dispatch_uid="bangtin.audit")
    auth.user_login_failed.connect(login_failed, dispatch_uid="bangtin.audit")
    user_locked_out.connect(locked_out, dispatch_uid="bangtin.audit")
    mfa.authenticator_added.connect(second_factor_added, dispatch_uid="bangtin.audit")
    mfa.authenticator_removed.connect(second_factor_removed, dispatch_uid="bangtin.audit")
    account_reset.connect(second_factor_reset, dispatch_uid="bangtin.audit")
    m2m_changed.connect(groups_changed, sender=User.groups.through, dispatch_uid="bangtin.audit")
    pre_save.connect(remember_user, sender=User, dispatch_uid="bangtin.audit")
    post_save.connect(user_saved, sender=User, dispatch_uid="bangtin.audit")
    pre_delete.connect(user_deleted, sender=User, dispatch_uid="bangtin.audit")
