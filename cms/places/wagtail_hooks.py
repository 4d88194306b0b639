"""Places in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from cms.accounts.words import register_actions
from cms.places.views import plugins
from cms.places.viewsets import PlacesGroup

register_snippet(PlacesGroup)
register_actions({"plugin.on": _("switched a plugin on"), "plugin.off": _("switched a plugin off")})


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    return [path("plugins/", include(([path("", plugins, name="plugins")], "places"), namespace="places"))]


class PluginsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


@hooks.register("register_settings_menu_item")
def register_plugins_menu_item() -> MenuItem:
    return PluginsMenuItem(_("Plugins"), reverse("places:plugins"), name="plugins", icon_name="cogs", order=950)
