"""Players in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from cms.players import actions, service_pin, shot_views
from cms.players.access import sees_any
from cms.players.controller import controller_page
from cms.players.lists import EventsView, PlayersView
from cms.players.play_log import PlayLogView

urlpatterns = [
    path("", PlayersView.as_view(), name="index"),
    path("results/", PlayersView.as_view(results_only=True), name="index_results"),
    path("play-log/", PlayLogView.as_view(), name="play_log"),
    path("play-log/results/", PlayLogView.as_view(results_only=True), name="play_log_results"),
    path("events/", EventsView.as_view(), name="events"),
    path("events/results/", EventsView.as_view(results_only=True), name="events_results"),
    path("pair/", actions.pair, name="pair"),
    path("controllers/<int:controller_id>/", controller_page, name="controller"),
    path("controllers/<int:controller_id>/pin/", service_pin.renew_view, name="service_pin"),
    path("controllers/<int:controller_id>/screenshot/", shot_views.ask, name="screenshot_ask"),
    path("controllers/<int:controller_id>/screenshot/state/", shot_views.state, name="screenshot_state"),
    path("screenshots/<int:shot_id>.webp", shot_views.picture, name="screenshot"),
    path("screenshots/<int:shot_id>/should.webp", shot_views.should_be, name="screenshot_should"),
    path("invite/<int:controller_id>/", actions.invite, name="invite"),
    path("<int:player_id>/revoke/", actions.revoke, name="revoke"),
    re_path(r"^(?P<player_id>[0-9]+)/faces/(?P<letter>[a-d])\.png$", actions.face, name="face"),
]


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    return [path("players/", include((urlpatterns, "players"), namespace="players"))]


class SeenMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return sees_any(request.user)


@hooks.register("register_admin_menu_item")
def register_menu() -> SubmenuMenuItem:
    items = [
        SeenMenuItem(_("Players"), reverse("players:index"), name="players-list", icon_name="desktop", order=1),
        SeenMenuItem(_("Play log"), reverse("players:play_log"), name="play-log", icon_name="list-ul", order=2),
        SeenMenuItem(_("Events"), reverse("players:events"), name="player-events", icon_name="warning", order=3),
    ]
    return SubmenuMenuItem(_("Players"), Menu(None, items=items), name="players", icon_name="desktop", order=400)
