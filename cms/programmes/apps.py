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
        from cms.accounts.words import register_actions
        from cms.approval import impact
        from cms.content.live import register as register_names
        from cms.content.media_uses import register_screens
        from cms.content.proofs import register_span_request
        from cms.programmes import models, signals
        from cms.programmes.impact_views import approval_panel
        from cms.programmes.live_values import names
        from cms.programmes.policy import LiveValuesPolicy, ProgrammesPolicy
        from cms.programmes.screens import clusters_of_items
        from cms.programmes.services import EDITING_ROLES, clusters_to_span
        from cms.programmes.words import ACTIONS

        signals.connect()
        register_span_request(clusters_to_span)
        register_screens(clusters_of_items)
        register_actions(ACTIONS)
        register_names(names)
        impact.register(approval_panel)
        for model in (models.Programme, models.Slot, models.LiveValue):
            policy = LiveValuesPolicy if model is models.LiveValue else ProgrammesPolicy
            register_permission_policy(model, policy(model))
            name = model._meta.model_name
            for role in EDITING_ROLES:
                register(role, *(f"programmes.{verb}_{name}" for verb in ("add", "change", "delete", "view")))
