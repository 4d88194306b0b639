"""The part of one's account page that leads to one's sessions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from cms.accounts.sessions import devices_of


class _NothingToFillIn(forms.Form):
    """Wagtail wants a form of each part."""

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def save(self) -> None:
        pass


class SessionsPanel(BaseSettingsPanel):
    name = "sessions"
    title = _("Where you are logged in")
    order = 600
    template_name = "accounts/sessions_panel.html"
    form_class = _NothingToFillIn

    def get_context_data(self) -> dict[str, Any]:
        return {**super().get_context_data(), "devices": devices_of(self.user)}
