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
        from cms.players.aired import aired
        from cms.players.kept import schedules_in_use
        from cms.players.web import address, signed_shell
        from cms.players.words import ACTIONS
        from cms.programmes.lent import lend_player_code
        from cms.programmes.quotas import register_aired
        from cms.release.named import register_keeper
        from cms.release.player_target import lend_shell

        register_actions(ACTIONS)
        lend_player_code(address)
        lend_shell(signed_shell)
        register_keeper(schedules_in_use)
        register_aired(aired)
