from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "cms.content"
    label = "content"
    verbose_name = _("Content")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.content import handlers, media_chooser, media_handlers, media_hooks, media_kept

        handlers.connect()
        media_chooser.connect()
        media_handlers.connect()
        media_hooks.connect()
        media_kept.connect()
