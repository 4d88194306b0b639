from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RuntimeConfig(AppConfig):
    name = "cms.runtime"
    label = "runtime"
    verbose_name = _("Runtime")
    default_auto_field = "django.db.models.BigAutoField"
