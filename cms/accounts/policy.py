"""Who may see and change accounts, as Wagtail asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from cms.accounts.models import User
from cms.accounts.people import administers_any, may_administer, people_of


class PeoplePolicy(ModelPermissionPolicy):
    """Superusers everybody, the administrator of a province its people. Rights of Django's on accounts count for nothing."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return administers_any(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return administers_any(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: User) -> bool:
        return may_administer(user, instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: User) -> bool:
        return may_administer(user, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[User]:
        return people_of(user)
