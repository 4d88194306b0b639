"""Who may see and change programmes and slots: editors those of their provinces, within their bounds; everybody else of a province
looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from cms.accounts.services import provinces_of, roles_of
from cms.places.confinement import bounds_of
from cms.programmes import live_values
from cms.programmes.bounds import planned_by
from cms.programmes.models import Programme
from cms.programmes.services import EDITING_ROLES, may_edit, visible


class ProgrammesPolicy(ModelPermissionPolicy):
    """Goes by the roles of a person in the province of the programme."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        if not getattr(user, "is_active", False):
            return False
        if user.is_superuser:
            return True
        roles = {role for _, role in roles_of(user)}
        return bool(roles) if action == "view" else bool(roles & set(EDITING_ROLES))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        province = instance.province if isinstance(instance, Programme) else instance.programme.province
        planned = planned_by(user) if instance.pk else None
        if action == "view":
            mine = provinces_of(user)
            return (mine is None or province.code in mine) and (
                planned is None or instance.pk in planned.seen(type(instance))
            )
        return may_edit(user, province.code) and (planned is None or instance.pk in planned.changed(type(instance)))

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        return visible(self.model, user)


class LiveValuesPolicy(ProgrammesPolicy):
    """The same for live values."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, action) and (action == "view" or bounds_of(user) is None)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        mine = provinces_of(user)
        if action == "view":
            return mine is None or instance.province.code in mine
        return live_values.may_change(user, instance.province.code)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        return live_values.visible(user)
