"""Releases in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.release import admin, keys_admin, stick_views

urlpatterns = [
    path("", admin.ReleasesView.as_view(), name="index"),
    path("results/", admin.ReleasesView.as_view(results_only=True), name="index_results"),
    path("<int:release_id>/", admin.detail, name="detail"),
    path("keys/", keys_admin.keys, name="keys"),
    path("sticks/<slug:slug>/", stick_views.page, name="stick"),
    path("sticks/<slug:slug>/begin/", stick_views.begin, name="stick_begin"),
    re_path(
        r"^sticks/(?P<slug>[-\w]+)/state/(?P<kind>zip|folder)/(?P<token>[0-9a-f]{24})/$",
        stick_views.state,
        name="stick_state",
    ),
    re_path(r"^sticks/(?P<slug>[-\w]+)/folder/(?P<token>[0-9a-f]{24})/$", stick_views.folder, name="stick_folder"),
    re_path(r"^sticks/(?P<slug>[-\w]+)/zip/(?P<token>[0-9a-f]{24})/$", stick_views.download, name="stick_zip"),
]


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    return [path("releases/", include((urlpatterns, "releases"), namespace="releases"))]


class SeenMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return admin.sees_any(request.user)


@hooks.register("register_admin_menu_item")
def register_menu() -> MenuItem:
    return SeenMenuItem(_("Releases"), reverse("releases:index"), name="releases", icon_name="upload", order=390)


class KeysMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))  # the second factor is asked for at the door


@hooks.register("register_settings_menu_item")
def register_keys_menu_item() -> MenuItem:
    return KeysMenuItem(_("Signing keys"), reverse("releases:keys"), name="signing-keys", icon_name="key", order=940)
