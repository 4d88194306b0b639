"""Decisions in Wagtail's admin: addresses, menu, buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from cms.accounts.services import roles_of
from cms.approval import theme_views, views
from cms.approval.models import Approval
from cms.approval.standing import may_withdraw
from cms.content.models import ItemPage


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    patterns = [
        path("items/<int:page_id>/review/", views.review, name="review"),
        path("items/<int:page_id>/withdraw/", views.withdraw_item, name="withdraw"),
        path("national-items/", views.national, name="national"),
        path("themes/", theme_views.themes, name="themes"),
        path("themes/<slug:code>/", theme_views.theme, name="theme"),
        path("themes/pictures/<str:sha256>/", theme_views.picture, name="theme_picture"),
    ]
    return [path("", include((patterns, "approval"), namespace="approval"))]


class _ApproversMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_superuser or any(role == "approver" for _province, role in roles_of(user)))


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


@hooks.register("register_settings_menu_item")
def themes_menu() -> MenuItem:
    return _AdministratorsMenuItem(
        gettext_lazy("Themes on the screens"), reverse("approval:themes"), name="themes", icon_name="image", order=900
    )


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
