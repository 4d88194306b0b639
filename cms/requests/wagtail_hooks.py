"""Requests in Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.accounts.models import Role
from cms.accounts.services import roles_of
from cms.requests import admin_views, link_views
from cms.requests.access import sees_any
from cms.requests.lists import RequestsView

urlpatterns = [
    path("", RequestsView.as_view(), name="index"),
    path("results/", RequestsView.as_view(results_only=True), name="index_results"),
    path("<int:pk>/", admin_views.detail, name="detail"),
    re_path(r"^(?P<pk>[0-9]+)/(?P<action>take|assign|ask|item|answer|decline)/$", admin_views.act, name="act"),
    path("files/<int:pk>/picture/", admin_views.preview, name="preview"),
    path("files/<int:pk>/original/", admin_views.original, name="original"),
    path("links/", link_views.index, name="links"),
    path("links/make/", link_views.make, name="link_make"),
    path("links/<int:pk>/revoke/", link_views.revoke, name="link_revoke"),
]


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    return [path("requests/", include((urlpatterns, "content_requests"), namespace="content_requests"))]


class RequestsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return sees_any(request.user)


@hooks.register("register_admin_menu_item")
def register_menu() -> MenuItem:
    return RequestsMenuItem(
        _("Requests"), reverse("content_requests:index"), name="requests", icon_name="mail", order=90
    )


class SendMenuItem(MenuItem):
    """For contributors; the form says so where somebody belongs to no unit."""

    def is_shown(self, request: HttpRequest) -> bool:
        return any(role == Role.CONTRIBUTOR for _province, role in roles_of(request.user))


@hooks.register("register_admin_menu_item")
def register_sending() -> MenuItem:
    return SendMenuItem(
        _("Send to the screens"), reverse("content_requests_own:form"), name="send-request", icon_name="mail", order=91
    )
