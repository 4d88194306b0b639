from __future__ import annotations

from collections.abc import Iterable

from django.apps import AppConfig
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "cms.places"
    label = "places"
    verbose_name = _("Places")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.places import signals
        from cms.plugin_host.host import register_switch

        signals.connect()
        register_switch(switched_off)


def switched_off() -> Iterable[str]:
    """Codes of the plugins that an administrator switched off; none before the first migration."""
    from cms.places.models import PluginActivation

    try:
        return list(PluginActivation.objects.filter(active=False).values_list("code", flat=True))
    except DatabaseError:
        return []
