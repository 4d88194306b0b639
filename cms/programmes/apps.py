from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "cms.programmes"
    label = "programmes"
    verbose_name = _("Programmes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from cms.accounts.permissions import register
        from cms.content.proofs import register_span_request
        from cms.programmes import models, signals
        from cms.programmes.policy import ProgrammesPolicy
        from cms.programmes.services import EDITING_ROLES, clusters_to_span

        signals.connect()
        register_span_request(clusters_to_span)
        for model in (models.Programme, models.Slot):
            register_permission_policy(model, ProgrammesPolicy(model))
            name = model._meta.model_name
            for role in EDITING_ROLES:
                register(role, *(f"programmes.{verb}_{name}" for verb in ("add", "change", "delete", "view")))
