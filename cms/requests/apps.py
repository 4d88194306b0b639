from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "cms.requests"
    label = "requests"
    verbose_name = _("Content requests")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A request follows the decisions on its item."""
        from cms.accounts.words import register_actions
        from cms.requests import following
        from cms.requests.words import ACTIONS

        following.connect()
        register_actions(ACTIONS)
