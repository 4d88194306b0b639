"""The look and the order of the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.accounts.models import Role
from cms.accounts.services import roles_of
from cms.home import audit_words, confined, guide, looks, trail
from cms.home.cluster import cluster_now, cluster_page
from cms.home.guards import own_pages
from cms.home.panels import NowPanel

trail.register_words()
audit_words.register()

# What the everyday menu leaves out: no items of ours live there, it is Wagtail's own help, or the library shows the same files with
# their rights and uses. The pages themselves stay: the library and the choosers lead to them.
HIDDEN_FOR_ALL = frozenset({"help", "documents", "images", "media"})
HIDDEN_FOR_PEOPLE = frozenset({"explorer"})
SETTINGS_HIDDEN = frozenset({"sites", "redirects", "promoted-search-results", "editors-picks"})
# Whose work it is; everybody else would find a page without anything to do. Administrators see all.
ROLES = {
    "requests": {Role.EDITOR, Role.APPRAISER, Role.APPROVER, Role.ADMINISTRATOR},
    "shares": {Role.EDITOR, Role.APPRAISER, Role.APPROVER, Role.OPERATOR, Role.ADMINISTRATOR},
    "programmes": {Role.EDITOR, Role.APPROVER, Role.OPERATOR},
    "releases": {Role.EDITOR, Role.APPROVER, Role.OPERATOR},
    "players": {Role.EDITOR, Role.APPROVER, Role.OPERATOR},
    "places": {Role.EDITOR, Role.APPROVER, Role.OPERATOR, Role.ADMINISTRATOR},
    "black-out": {Role.APPROVER, Role.OPERATOR},
}
# The list of items says the same in words of ours.
REPORTS_HIDDEN_FOR_PEOPLE = frozenset({"workflows", "workflow-tasks"})
REPORTS_HIDDEN = frozenset({"aging-pages", "page-types-usage", "site-history"})
LABELS = {"explorer": _("Page tree"), "reports": _("Reports")}
ICONS = {"reports": "clipboard-list"}
ORDER = {
    "now": 1,
    "requests": 90,
    "items": 100,
    "translations": 110,
    "programmes": 200,
    "slots": 210,
    "library": 290,
    "players": 400,
    "places": 500,
    "reports": 600,
    "settings": 900,
    "explorer": 950,
}


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern | URLResolver]:
    patterns = [
        path("clusters/<slug:slug>/", cluster_page, name="cluster"),
        path("clusters/<slug:slug>/now/", cluster_now, name="cluster_now"),
        *guide.addresses(),
        *looks.addresses(),
    ]
    return [path("", include((patterns, "home"), namespace="home"))]


hooks.register("construct_page_chooser_queryset", own_pages)


@hooks.register("construct_explorer_page_queryset")
def own_pages_in_tree(_parent: Any, pages: Any, request: HttpRequest) -> Any:
    return confined.own_pages(pages, request)


def _all_powerful(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


@hooks.register("register_admin_menu_item")
def register_now() -> MenuItem:
    return MenuItem(_("The screens"), reverse("wagtailadmin_home"), name="now", icon_name="bt-mark", order=1)


@hooks.register("construct_main_menu", order=1000)
def construct_main_menu(request: HttpRequest, menu_items: list[Any]) -> None:
    hidden = set(HIDDEN_FOR_ALL)
    if not _all_powerful(request):
        mine = {role for _province, role in roles_of(request.user)}
        hidden |= HIDDEN_FOR_PEOPLE | {name for name, roles in ROLES.items() if not mine & roles}
    menu_items[:] = [item for item in menu_items if item.name not in hidden]
    for item in menu_items:
        item.label = LABELS.get(item.name, item.label)
        item.icon_name = ICONS.get(item.name, item.icon_name)
        item.order = ORDER.get(item.name, item.order)
    menu_items.sort(key=lambda item: item.order)


@hooks.register("construct_settings_menu", order=1000)
def construct_settings_menu(request: HttpRequest, menu_items: list[Any]) -> None:
    menu_items[:] = [item for item in menu_items if item.name not in SETTINGS_HIDDEN]


@hooks.register("construct_reports_menu", order=1000)
def construct_reports_menu(request: HttpRequest, menu_items: list[Any]) -> None:
    hidden, elsewhere = set(REPORTS_HIDDEN), reverse("wagtail_localize:translations_report")
    if not _all_powerful(request):
        hidden |= REPORTS_HIDDEN_FOR_PEOPLE
    menu_items[:] = [item for item in menu_items if item.name not in hidden and item.url != elsewhere]


@hooks.register("construct_homepage_panels", order=1000)
def construct_homepage_panels(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [NowPanel(request)]


@hooks.register("construct_homepage_summary_items", order=1000)
def construct_homepage_summary_items(request: HttpRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("insert_global_admin_css")
def global_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("home/brand.css"))


@hooks.register("insert_global_admin_js")
def global_js() -> SafeString:
    return format_html_join(
        "", '<script type="module" src="{}"></script>', [(static(f"home/{one}.js"),) for one in ("live", "labels")]
    )


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, "home/icons/bt-mark.svg", "home/icons/bt-cluster.svg"]
