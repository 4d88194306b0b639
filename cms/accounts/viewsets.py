"""Administration of people: Wagtail's, with the position and without deletion."""

from __future__ import annotations

from typing import Any

from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from cms.accounts.forms import UserCreationForm, UserEditForm


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update: bool = False) -> Any:
        return UserEditForm if for_update else UserCreationForm
