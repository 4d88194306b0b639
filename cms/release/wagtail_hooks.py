"""Releases in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.release import admin

urlpatterns = [
    path("", admin.ReleasesView.as_view(), name="index"),
    path("results/", admin.ReleasesView.as_view(results_only=True), name="index_results"),
    path("<int:release_id>/", admin.detail, name="detail"),
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
