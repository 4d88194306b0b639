"""A picture or clip that an item uses is deleted on no path: not by Wagtail's own pages, one by one or several, nor by code.

The receiver refuses; the middleware says so in words, and before Wagtail asks whether to delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models.signals import pre_delete
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import ngettext
from wagtail.permissions import policy_registry

from cms.content import media_uses
from cms.content.media_uses import Medium, kind_of
from cms.content.models import Clip, Picture

NAMED = 5
DELETING: dict[str, tuple[type[Picture] | type[Clip], str]] = {
    "wagtailimages:delete": (Picture, "image_id"),
    "wagtailimages:delete_multiple": (Picture, "image_id"),
    "wagtailmedia:delete": (Clip, "media_id"),
}


class StillUsed(Exception):
    """Somebody wanted to delete `medium`, which items or other records use."""

    def __init__(self, medium: Medium) -> None:
        super().__init__(f"{kind_of(medium)} {medium.pk} is used")
        self.medium = medium


def connect() -> None:
    for model in (Picture, Clip):
        pre_delete.connect(_refuse, sender=model, dispatch_uid=f"content.kept.{model.__name__}")


def _refuse(sender: type[Picture] | type[Clip], instance: Medium, **kwargs: Any) -> None:
    """The whole deletion is undone with it: Django deletes within a transaction."""
    media_uses.catch_up()
    if sender._default_manager.filter(media_uses.used(sender), pk=instance.pk).exists():
        raise StillUsed(instance)


class KeptMediaMiddleware(MiddlewareMixin):
    """Leads whoever may delete a file that is used to the list of its items."""

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        used = [one for one in _asked_for(request, kwargs) if _may_delete(request.user, one)]
        return _said(request, used) if used else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Where a path is not known above, or a draft began to use the file meanwhile."""
        return _said(request, [exception.medium]) if isinstance(exception, StillUsed) else None


def _asked_for(request: HttpRequest, kwargs: dict[str, Any]) -> list[Medium]:
    """The used ones of the files that a page of Wagtail is about to delete."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    model: type[Picture] | type[Clip] = Picture
    ids: list[Any] = []
    if name in DELETING:
        model, argument = DELETING[name]
        ids = [kwargs[argument]]
    elif name == "wagtail_bulk_action" and (kwargs["model_name"], kwargs["action"]) == ("picture", "delete"):
        ids = [one for one in request.GET.getlist("id") if one.isdecimal()]
    if not ids:
        return []
    media_uses.catch_up()
    return list(model._default_manager.filter(media_uses.used(model), pk__in=ids).order_by("title", "pk"))


def _may_delete(user: Any, medium: Medium) -> bool:
    return bool(policy_registry.get_by_type(type(medium)).user_has_permission_for_instance(user, "delete", medium))


def _said(request: HttpRequest, used: list[Medium]) -> HttpResponseBase:
    titles = ", ".join(f"“{one.title}”" for one in used[:NAMED]) + (" …" if len(used) > NAMED else "")
    text = ngettext(
        "%(titles)s is used, so it was not deleted. Take it out of its items first.",
        "%(titles)s are used, so nothing was deleted. Take them out of their items first, or untick them.",
        len(used),
    ) % {"titles": titles}
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        return JsonResponse({"success": False, "error_message": text, "form": text}, status=409)
    messages.error(request, text)
    if len(used) == 1:
        return redirect("library:used", kind_of(used[0]), used[0].pk)
    return redirect(f"{reverse('library:list')}?{urlencode({'kind': kind_of(used[0]), 'use': 'used'})}")
