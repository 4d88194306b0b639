"""Reports in Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.reports.views import obligations


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    patterns = [path("obligations/", obligations, name="obligations")]
    return [path("reports/", include((patterns, "reports"), namespace="reports"))]


@hooks.register("register_reports_menu_item")
def register_obligations() -> MenuItem:
    return MenuItem(_("Obligations"), reverse("reports:obligations"), name="obligations", icon_name="list-ul", order=10)
