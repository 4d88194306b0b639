"""The page for a new item: empty, from a template, or from one of the province's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from wagtail.admin.views.pages.create import CreateView

from cms.content.board import FacePicture
from cms.content.listing_rows import newest_faces
from cms.content.models import ItemPage, ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.starting import Start, fill_from, fill_like, picture_of, starts_of
from cms.places.confinement import own_items

OWN_SHOWN = 12
Fill = Callable[[ItemPage], None]


@dataclass(frozen=True, slots=True)
class Own:
    """One of the province's items, with the picture of a face when one was drawn."""

    page: ItemPage
    face: FacePicture | None


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """What to start a new item from. `province` (a code) where a person writes for several; `q`: words in own items' titles."""
    shelves = _shelves(request)
    if not shelves:
        raise Http404
    wanted = request.GET.get("province", "")
    shelf = next((one for one in shelves if one.province.code == wanted), shelves[0])
    words = request.GET.get("q", "").strip()
    return render(
        request,
        "content/new.html",
        {
            "shelves": shelves,
            "shelf": shelf,
            "starts": starts_of(shelf.province),
            "empty": reverse("wagtailadmin_pages:add", args=("content", "itempage", shelf.pk)),
            "own": _own(shelf, words, request.user),
            "words": words,
        },
    )


@require_GET
def begin_with(request: HttpRequest, shelf_id: int, code: str) -> HttpResponseBase:
    """Wagtail's form for a new item, filled from a template; nothing is saved before the editor saves."""
    shelf = _shelf(request, shelf_id)
    start = _start(shelf, code)
    return _form(request, shelf, lambda page: fill_from(page, start))


@require_GET
def begin_like(request: HttpRequest, shelf_id: int, page_id: int) -> HttpResponseBase:
    """The same, filled from an item of the same province and language."""
    shelf = _shelf(request, shelf_id)
    source = get_object_or_404(ItemPage.objects.child_of(shelf), pk=page_id)
    return _form(request, shelf, lambda page: fill_like(page, source))


@require_GET
def picture(request: HttpRequest, shelf_id: int, code: str) -> HttpResponseBase:
    """A template as a face of the province shows it; 202 while it is being drawn."""
    shelf = _shelf(request, shelf_id)
    try:
        path = picture_of(shelf, _start(shelf, code))
    except LookupError as error:
        raise Http404 from error
    if path is None:
        return HttpResponse(status=202, headers={"Cache-Control": "no-store"})
    return FileResponse(path.open("rb"), content_type="image/png", headers={"Cache-Control": "private, max-age=300"})


class _Filled(CreateView):
    """Wagtail's form for a new page, with something on it; sent, it goes where the empty one goes."""

    fill: Fill | None = None

    def get(self, request: HttpRequest) -> Any:
        if self.fill is not None:
            self.fill(self.page)
        return super().get(request)


def _form(request: HttpRequest, shelf: ProvincePage, fill: Fill) -> HttpResponseBase:
    answer: HttpResponseBase = _Filled.as_view(fill=fill)(request, "content", "itempage", shelf.pk)
    return answer


def _shelves(request: HttpRequest) -> list[ProvincePage]:
    """Where a person may write new items: the shelves in the language in which items are first written."""
    found = ProvincePage.objects.filter(
        alias_of=None, locale__language_code=SOURCE_LANGUAGE, province__active=True
    ).select_related("province", "locale")
    return [one for one in found.order_by("province__name") if one.permissions_for_user(request.user).can_add_subpage()]


def _shelf(request: HttpRequest, shelf_id: int) -> ProvincePage:
    shelf = get_object_or_404(ProvincePage.objects.select_related("province", "locale"), pk=shelf_id)
    if not shelf.permissions_for_user(request.user).can_add_subpage():
        raise Http404
    return shelf


def _start(shelf: ProvincePage, code: str) -> Start:
    found = next((one for one in starts_of(shelf.province) if one.code == code), None)
    if found is None:
        raise Http404
    return found


def _own(shelf: ProvincePage, words: str, user: Any) -> list[Own]:
    """The newest of the province's items, as far as a person works with them, with a picture each, in two queries."""
    pages = own_items(ItemPage.objects.child_of(shelf).filter(alias_of=None), user)
    if words:
        pages = pages.filter(Q(title__icontains=words) | Q(draft_title__icontains=words))
    shown = list(pages.order_by("-latest_revision_created_at", "-pk")[:OWN_SHOWN])
    faces = newest_faces(page.pk for page in shown)
    return [Own(page, faces.get(page.pk)) for page in shown]
