"""The library in Wagtail's admin: addresses, menu, the ways from Wagtail's own pages to it."""

from __future__ import annotations

from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.content import media_bulk, media_library, media_used, uploads_views


def addresses() -> list[Any]:
    patterns = [
        path("library/", media_library.library, name="list"),
        path("library/bulk/", media_bulk.bulk, name="bulk"),
        path("library/<str:kind>/<int:pk>/used/", media_used.used_in, name="used"),
        path("library/upload/", uploads_views.page, name="upload"),
        path("library/uploads/", uploads_views.create, name="create"),
        path("library/uploads/<uuid:upload_id>/", uploads_views.piece, name="piece"),
        path("library/uploads/<uuid:upload_id>/state/", uploads_views.state, name="state"),
        path("library/uploads/<uuid:upload_id>/again/", uploads_views.again, name="again"),
    ]
    return [path("", include((patterns, "library"), namespace="library"))]


class LibraryMenuItem(MenuItem):
    """For whoever sees any file."""

    def is_shown(self, request: Any) -> bool:
        from cms.content.media_shelves import seen_by

        return bool(seen_by(request.user).exists())


def menu() -> MenuItem:
    return LibraryMenuItem(
        _("Library"), reverse("library:list"), name="library", icon_name="folder-open-inverse", order=290
    )


def connect() -> None:
    hooks.register("register_admin_urls", addresses)
    hooks.register("register_admin_menu_item", menu)
