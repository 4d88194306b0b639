"""Places in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet

from cms.accounts import facts
from cms.accounts.people import administered
from cms.accounts.words import register_actions
from cms.places import member_views
from cms.places.member_forms import LABELS
from cms.places.models import Organisation
from cms.places.views import plugins
from cms.places.viewsets import PlacesGroup

register_snippet(PlacesGroup)
register_actions({"plugin.on": _("switched a plugin on"), "plugin.off": _("switched a plugin off"), **LABELS})
facts.register(member_views.fact)


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    patterns = [
        path("plugins/", plugins, name="plugins"),
        path("people/<int:user_id>/organisations/", member_views.organisations_of, name="organisations_of"),
        path("organisations/<int:organisation_id>/people/", member_views.members_of, name="members_of"),
    ]
    return [path("", include((patterns, "places"), namespace="places"))]


@hooks.register("register_snippet_listing_buttons")
def members_button(snippet: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """On the row of an organisation, for whoever looks after its people."""
    codes = administered(user)
    if not isinstance(snippet, Organisation) or not (codes is None or snippet.province.code in codes):
        return []
    return [Button(_("People"), reverse("places:members_of", args=[snippet.pk]), icon_name="group", priority=15)]


class PluginsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


@hooks.register("register_settings_menu_item")
def register_plugins_menu_item() -> MenuItem:
    return PluginsMenuItem(_("Plugins"), reverse("places:plugins"), name="plugins", icon_name="cogs", order=950)
