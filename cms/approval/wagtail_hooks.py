"""Decisions in Wagtail's admin: addresses, menu, buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem, WorkflowMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from cms.accounts.services import roles_of
from cms.approval import delegation_views, national_views, review_views, reviewing, theme_views, views
from cms.approval.models import Approval
from cms.approval.standing import may_withdraw
from cms.content.models import ItemPage


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    patterns = [
        path("items/<int:page_id>/review/", review_views.review, name="review"),
        *reviewing.addresses(),
        path("items/<int:page_id>/exception/", review_views.exception, name="exception"),
        path("decisions/<int:decision_id>/<slug:which>/", review_views.decision_file, name="decision_file"),
        path("delegations/", delegation_views.delegations, name="delegations"),
        path("delegations/<int:delegation_id>/end/", delegation_views.end_delegation, name="end_delegation"),
        path("items/<int:page_id>/withdraw/", views.withdraw_item, name="withdraw"),
        path("national-items/", national_views.national, name="national"),
        path("national-items/<int:page_id>/<slug:code>/", national_views.national_item, name="national_item"),
        path(
            "national-items/<int:page_id>/<slug:code>/differences/",
            national_views.national_differences,
            name="national_differences",
        ),
        path("themes/", theme_views.themes, name="themes"),
        path("themes/<slug:code>/", theme_views.theme, name="theme"),
        path("themes/pictures/<str:sha256>/", theme_views.picture, name="theme_picture"),
    ]
    return [path("", include((patterns, "approval"), namespace="approval"))]


@hooks.register("insert_global_admin_css")
def review_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("approval/review.css"))


@hooks.register("insert_global_admin_js")
def remarks_js() -> SafeString:
    """On every page, for the proofs stand on several: the review page, both forms of an item."""
    return format_html('<script type="module" src="{}"></script>', static("approval/remarks.js"))


class _ApproversMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_superuser or any(role == "approver" for code, role in roles_of(user) if code != "national"))


class _DelegationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return delegation_views.may_look(request.user)


class _AdministratorsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


@hooks.register("register_admin_menu_item")
def national_menu() -> MenuItem:
    return _ApproversMenuItem(
        gettext_lazy("National items"),
        reverse("approval:national"),
        name="national-items",
        icon_name="globe",
        order=110,
    )


@hooks.register("register_admin_menu_item")
def delegations_menu() -> MenuItem:
    return _DelegationsMenuItem(
        gettext_lazy("Delegations"), reverse("approval:delegations"), name="delegations", icon_name="group", order=120
    )


@hooks.register("register_settings_menu_item")
def themes_menu() -> MenuItem:
    return _AdministratorsMenuItem(
        gettext_lazy("Themes on the screens"), reverse("approval:themes"), name="themes", icon_name="image", order=900
    )


class _DecideMenuItem(ActionMenuItem):
    label = gettext_lazy("Look and decide")
    name = "look-and-decide"
    icon_name = "check"

    def get_url(self, parent_context: Any) -> str:
        return reverse("approval:review", args=(parent_context["page"].pk,))


@hooks.register("construct_page_action_menu")
def decide_on_our_page(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """In the place of Wagtail's buttons of a step, which save the form first and, when the decision is then refused, lead away
    without the reason. Beside the proofs one decides about what was saved."""
    others = [one for one in menu_items if not isinstance(one, WorkflowMenuItem)]
    if len(others) < len(menu_items) and isinstance(context["page"], ItemPage):
        menu_items[:] = [*others, _DecideMenuItem()]


@hooks.register("register_page_header_buttons")
def item_buttons(page: Any, user: Any, view_name: str = "", next_url: str | None = None) -> Iterator[Button]:
    item = page.specific if getattr(page, "specific_class", None) is ItemPage else None
    if item is None:
        return
    yield Button(_("Look and decide"), url=reverse("approval:review", args=(item.pk,)), icon_name="check", priority=4)
    airing = Approval.objects.filter(item_key=item.translation_key, revoked_at__isnull=True).select_related("province")
    if any(may_withdraw(user, one.province) for one in airing):
        yield Button(
            _("Withdraw now"),
            url=reverse("approval:withdraw", args=(item.pk,)),
            icon_name="cross",
            classname="no",
            priority=90,
        )
