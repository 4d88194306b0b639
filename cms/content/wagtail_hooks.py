"""Items in Wagtail's admin: addresses, menu, buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from cms.content import listing, listing_urls, views, working
from cms.content.drafts_urls import PATTERNS as WRITING
from cms.content.models import ItemPage


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    patterns = [
        path("items/", listing.items, name="items"),
        *listing_urls.PATTERNS,
        path("items/<int:page_id>/proofs/", views.proofs, name="proofs"),
        path("items/<int:page_id>/board/", views.board, name="board"),
        path("items/<int:page_id>/redraw/", views.redraw, name="redraw"),
        path("items/<int:page_id>/translation/", views.keep_translation, name="keep_translation"),
        *WRITING,
        path("drawings/", working.working, name="working"),
        path("drawings/<int:job_id>/stop/", working.stop, name="stop"),
        path("drawings/<int:job_id>/again/", working.again, name="again"),
        path("drawings/anew/<slug:code>/", working.redraw_all, name="redraw_all"),
        path("proofs/<int:job_id>/<int:scene>/<slug:face>.png", views.face, name="face"),
        path("proofs/<int:job_id>/clips/<slug:sha256>", views.clip, name="clip"),
    ]
    return [path("", include((patterns, "content"), namespace="content"))]


@hooks.register("register_admin_menu_item")
def items_menu() -> MenuItem:
    return MenuItem(gettext_lazy("Items"), reverse("content:items"), name="items", icon_name="doc-full", order=100)


@hooks.register("register_reports_menu_item")
def working_menu() -> MenuItem:
    return MenuItem(
        gettext_lazy("Drawings under way"), reverse("content:working"), name="drawings", icon_name="cogs", order=20
    )


@hooks.register("register_page_header_buttons")
def proof_button(page: Any, user: Any, view_name: str = "", next_url: str | None = None) -> Iterator[Button]:
    if isinstance(page, ItemPage) or getattr(page, "specific_class", None) is ItemPage:
        yield Button(
            _("Proofs, full size"), url=reverse("content:proofs", args=(page.pk,)), icon_name="view", priority=5
        )
