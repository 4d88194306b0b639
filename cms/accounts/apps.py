from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "cms.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        from cms.accounts import receivers

        receivers.connect()


class WagtailUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user administration with our own forms and our own policy."""

    user_viewset = "cms.accounts.viewsets.UserViewSet"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from cms.accounts.models import User
        from cms.accounts.policy import PeoplePolicy

        super().ready()  # registers Wagtail's own; the last one counts
        register_permission_policy(User, PeoplePolicy(User))
