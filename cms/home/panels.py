"""The panels of the first page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from cms.home.tasks import next_steps, waiting_for
from cms.home.wall import visible_clusters, wall


class NowPanel(Component):
    """Pictures first, then what waits, then what to do next."""

    name = "bangtin_now"
    template_name = "home/now.html"
    order = 10

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = self.request.user
        clusters = wall(list(visible_clusters(user)))
        waiting = waiting_for(user)
        return {
            "request": self.request,
            "clusters": clusters,
            "waiting": waiting,
            "steps": next_steps(user, waiting, clusters),
        }
