"""Who may see and change places: administrators change them, the people of a province look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy

from cms.accounts.services import roles_of


class PlacesPolicy(ModelPermissionPolicy):
    """Equipment, hours and units follow decisions, so only administrators write them down."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        if not getattr(user, "is_active", False):
            return False
        return bool(user.is_superuser) or (action == "view" and bool(roles_of(user)))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)
