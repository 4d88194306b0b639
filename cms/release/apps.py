from __future__ import annotations

from contextlib import suppress

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleaseConfig(AppConfig):
    name = "cms.release"
    label = "release"
    verbose_name = _("Release")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        with suppress(ModuleNotFoundError):  # while the parts to the left are being built
            from cms.release.receivers import connect

            connect()
