from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlayersConfig(AppConfig):
    name = "cms.players"
    label = "players"
    verbose_name = _("Players")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.accounts.words import register_actions
        from cms.players.web import address
        from cms.players.words import ACTIONS
        from cms.programmes.lent import lend_player_code

        register_actions(ACTIONS)
        lend_player_code(address)
