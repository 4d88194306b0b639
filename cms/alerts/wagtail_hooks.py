"""Blackouts and test patterns in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.alerts.pattern_views import choose_pattern, preview, stop_pattern
from cms.alerts.views import BlackoutsView, black_out, lift
from cms.players.access import sees_any

urlpatterns = [
    path("", BlackoutsView.as_view(), name="index"),
    path("results/", BlackoutsView.as_view(results_only=True), name="index_results"),
    path("<int:pk>/lift/", lift, name="lift"),
    path("clusters/<slug:slug>/", black_out, name="blackout"),
]
pattern_urls = [
    path("<slug:slug>/", choose_pattern, name="cluster"),
    path("<slug:slug>/<slug:name>.png", preview, name="preview"),
    path("<int:pk>/stop/", stop_pattern, name="stop"),
]


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    return [
        path("black-out/", include((urlpatterns, "alerts"), namespace="alerts")),
        path("test-patterns/", include((pattern_urls, "patterns"), namespace="patterns")),
    ]


class BlackoutMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return sees_any(request.user)


@hooks.register("register_admin_menu_item")
def register_menu() -> MenuItem:
    return BlackoutMenuItem(_("Black out"), reverse("alerts:index"), name="black-out", icon_name="no-view", order=410)
