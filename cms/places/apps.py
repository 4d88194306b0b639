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
        self._register_policies()
        register_switch(switched_off)

    def _register_policies(self) -> None:
        from wagtail.permissions import register_permission_policy

        from cms.places import models
        from cms.places.policy import PlacesPolicy

        for model in (
            models.Province,
            models.Organisation,
            models.Cluster,
            models.ClusterTag,
            models.Controller,
            models.HolidayOverride,
            models.StreamHost,
        ):
            register_permission_policy(model, PlacesPolicy(model))


def switched_off() -> Iterable[str]:
    """Codes of the plugins that an administrator switched off; none before the first migration."""
    from cms.places.models import PluginActivation

    try:
        return list(PluginActivation.objects.filter(active=False).values_list("code", flat=True))
    except DatabaseError:
        return []
