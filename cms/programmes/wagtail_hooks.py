"""Programmes and slots in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from cms.programmes.live_views import LiveValueViewSet
from cms.programmes.viewsets import ProgrammesGroup

register_snippet(ProgrammesGroup)


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [path("programmes/", include("cms.programmes.urls"))]


@hooks.register("insert_global_admin_css")
def style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("programmes/lists.css"))


@hooks.register("insert_global_admin_js")
def impact_script() -> str:
    return format_html('<script type="module" src="{}"></script>', static("programmes/impact_of.js"))


@hooks.register("register_admin_menu_item")
def preview_menu() -> MenuItem:
    return MenuItem(_("Look ahead"), reverse("programmes:preview"), name="preview", icon_name="view", order=210)


@hooks.register("register_admin_menu_item")
def calendar_menu() -> MenuItem:
    url = reverse("programmes:calendar")
    return MenuItem(_("Week calendar"), url, name="calendar", icon_name="calendar-alt", order=205)


@hooks.register("register_admin_menu_item")
def balance_menu() -> MenuItem:
    url = reverse("programmes:balance")
    return MenuItem(_("Shares and quotas"), url, name="shares", icon_name="clipboard-list", order=206)


@hooks.register("register_admin_viewset")
def live_values() -> LiveValueViewSet:
    return LiveValueViewSet()


@hooks.register("register_admin_menu_item")
def live_values_menu() -> MenuItem:
    url = reverse("programmes:live_values")
    return MenuItem(_("Live values"), url, name="live-values", icon_name="calendar-check", order=208)
