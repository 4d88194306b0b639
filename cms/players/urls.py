"""Addresses of the player: its page and files, its API."""

from __future__ import annotations

from django.urls import path, re_path

from cms.players import views
from cms.players.api import api

urlpatterns = [
    path("api/player/v1/", api.urls),
    path("player/", views.page, name="player"),
    path("player/service_worker.js", views.service_worker, name="player_service_worker"),
    re_path(r"^player/(?P<version>[0-9a-f]{12})/(?P<path>.+)$", views.file, name="player_file"),
]
