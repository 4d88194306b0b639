from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleaseConfig(AppConfig):
    name = "cms.release"
    label = "release"
    verbose_name = _("Release")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.release.receivers import connect

        connect()
