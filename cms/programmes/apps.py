from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "cms.programmes"
    label = "programmes"
    verbose_name = _("Programmes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.accounts.permissions import register
        from cms.programmes import signals
        from cms.programmes.services import EDITING_ROLES

        signals.connect()
        for role in EDITING_ROLES:
            register(
                role,
                *(
                    f"programmes.{verb}_{model}"
                    for verb in ("add", "change", "delete", "view")
                    for model in ("programme", "slot")
                ),
            )
        for role in ("appraiser", "approver", "operator"):
            register(role, "programmes.view_programme", "programmes.view_slot")
