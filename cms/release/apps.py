from __future__ import annotations

import logging

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleaseConfig(AppConfig):
    name = "cms.release"
    label = "release"
    verbose_name = _("Release")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.accounts.words import register_actions
        from cms.programmes.lent import lend_schedule_in_force
        from cms.release.receivers import connect
        from cms.release.services import schedule_in_force
        from cms.release.views import worth_logging

        register_actions(
            {
                "release.refused": _("refused a release"),
                "release.export": _("exported what screens show as MP4"),
                "release.stick": _("signed a release for a USB stick"),
                "store.mended": _("mended damaged files of releases"),
                "keys.create": _("made a province's signing keys"),
                "keys.propose": _("proposed a new root of a province"),
                "keys.accept": _("accepted a new root of a province"),
                "keys.cancel": _("threw a proposed root away"),
                "keys.resign": _("signed a province's clusters anew"),
            }
        )
        connect()
        lend_schedule_in_force(schedule_in_force)
        logging.getLogger("django.request").addFilter(worth_logging)
