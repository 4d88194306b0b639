"""Addresses of what is done from the lists of items and translations, within the namespace `content`; their menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, re_path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.accounts.services import roles_of
from cms.content import listing_bulk, listing_copies
from cms.content.translating import board, exchange_views, glossary_views, localize
from cms.content.translating.board import WORK

PATTERNS = [
    path("items/bulk/", listing_bulk.bulk, name="bulk"),
    path("items/<int:page_id>/duplicate/", listing_copies.duplicate_item, name="duplicate"),
    path("items/<int:page_id>/move/", listing_copies.move_item, name="move"),
    path("translations/", board.translations, name="translations"),
    path("translations/act/", board.act, name="translations_act"),
    path("translations/<int:page_id>/begin/<slug:language>/", board.begin_one, name="begin_translation"),
    path("translations/<int:page_id>/update/", board.update_one, name="update_translation"),
    path("translations/<int:page_id>/take-over/", board.take_over, name="take_over"),
    path("translations/<int:page_id>/hints/", glossary_views.hints, name="hints"),
    re_path(r"^translations/file\.(?P<kind>po|xlsx)$", exchange_views.hand_out, name="hand_out"),
    path("translations/received/", exchange_views.receive, name="receive"),
    path("translations/received/<int:file_id>/", exchange_views.received, name="received"),
    path("glossary/", glossary_views.terms, name="glossary"),
    path("glossary/new/", glossary_views.term, name="glossary_new"),
    path("glossary/<int:entry_id>/", glossary_views.term, name="glossary_term"),
    path("glossary/take-in/", glossary_views.take_in, name="glossary_take_in"),
    re_path(r"^glossary/list\.(?P<kind>csv|xlsx)$", glossary_views.hand_out, name="glossary_hand_out"),
]


def instead_of_wagtail_localize() -> list[Any]:
    """Before wagtail-localize's own addresses, which they take the place of."""
    return localize.PATTERNS


class _TranslationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_superuser or any(role in WORK for _province, role in roles_of(user)))


def translations_menu() -> MenuItem:
    return _TranslationsMenuItem(
        gettext_lazy("Translations"),
        reverse("content:translations"),
        name="translations",
        icon_name="wagtail-localize-language",
        order=105,
    )


hooks.register("register_admin_urls", instead_of_wagtail_localize, order=-1)
hooks.register("register_admin_menu_item", translations_menu)
