from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "cms.alerts"
    label = "alerts"
    verbose_name = _("Alerts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Blackouts and test patterns are part of every cluster's notices."""
        from cms.accounts.words import register_actions
        from cms.alerts import patterns
        from cms.alerts.services import notices
        from cms.alerts.words import ACTIONS
        from cms.release.notices import register

        register(notices)
        register(patterns.notices)
        register_actions(ACTIONS)
