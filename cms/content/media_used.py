"""One file of the library: by what right it is shown, and every item with it, its state and the clusters that show it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cms.content import media_uses
from cms.content.media_library import rows
from cms.content.media_shelves import seen_by
from cms.content.media_uses import MODELS, Medium

PER_PAGE = 10


def visible_medium(user: Any, kind: str, pk: int) -> Medium:
    """The file, if this person sees its collection; else 404."""
    model = MODELS.get(kind)
    found = model._default_manager.filter(pk=pk, collection__in=seen_by(user)).first() if model else None
    if found is None:
        raise Http404
    return found


@require_GET
def used_in(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    user: Any = request.user
    medium = visible_medium(user, kind, pk)
    ids = media_uses.pages_using([medium]).get((kind, pk), set())
    pages = media_uses.items(ids, user)
    page = Paginator(pages, PER_PAGE).get_page(request.GET.get("p"))
    shown: Any = media_uses.uses_of(list(page.object_list), screens=True)
    page.object_list = shown
    row = rows([(kind, pk)], user)[0]
    return render(
        request,
        "content/library_used.html",
        {
            "row": row,
            "medium": medium,
            "uses": page,
            "others": media_uses.others_using(medium),
            "hidden": len(ids) - pages.count(),
        },
    )
