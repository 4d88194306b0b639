from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RuntimeConfig(AppConfig):
    name = "cms.runtime"
    label = "runtime"
    verbose_name = _("Runtime")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.plugin_host.host import register_switch
        from cms.runtime.plugins import switched_off

        register_switch(switched_off)
