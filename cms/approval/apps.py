from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalConfig(AppConfig):
    name = "cms.approval"
    label = "approval"
    verbose_name = _("Approval")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.approval import compared, handlers, remarks, turns
        from cms.content import board

        handlers.connect()
        compared.connect()
        turns.connect()
        board.register(remarks.notes)
