"""The form's draft, checked as the form checks it and drawn without being saved. Everything answers its own person only."""

from __future__ import annotations

import io
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cms.content import drafts
from cms.content.drafts_errors import errors_of
from cms.content.drafts_shown import beside, clusters_of, made_json
from cms.content.drafts_store import DraftStore
from cms.content.models import ItemPage, ProvincePage
from cms.content.services import may_see
from cms.content.starting_words import sample_words
from cms.places.models import Province
from cms.plugin_api.types import Layer, Proof
from cms.plugin_host.host import NoRenderer
from renderers.draw import compose
from renderers.errors import RenderError

NAME = re.compile(r"^[A-Za-z0-9_-]{24}$")


@require_POST
def of_page(request: HttpRequest, page_id: int) -> JsonResponse:
    """What the form of an item holds now: its errors, and where its pictures will be."""
    page = get_object_or_404(ItemPage.objects.select_related("latest_revision", "locale"), pk=page_id)
    if not may_see(request.user, page):
        raise Http404
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    draft = page.get_latest_revision_as_object()
    return _answer(request, draft, f"page-{page.pk}", page.get_parent().specific)


@require_POST
def of_new(request: HttpRequest, shelf_id: int) -> JsonResponse:
    """The same for an item that was never saved."""
    shelf = get_object_or_404(ProvincePage.objects.select_related("province", "locale"), pk=shelf_id)
    if not shelf.permissions_for_user(request.user).can_add_subpage():
        raise Http404
    return _answer(request, ItemPage(locale=shelf.locale, owner=request.user), f"shelf-{shelf.pk}", shelf)


def _answer(request: HttpRequest, draft: ItemPage, place: str, shelf: ProvincePage) -> JsonResponse:
    form = _form(request, draft, shelf)
    sound = form.is_valid()
    errors = [] if sound else errors_of(form, request.POST)
    said: dict[str, Any] = {"errors": [{"name": one.name, "text": one.text} for one in errors], "order": ""}
    body = form.cleaned_data.get("body")
    if "body" in form.errors or not body:
        said["state"] = "errors" if "body" in form.errors else "empty"
        return JsonResponse(said)
    said["samples"] = sample_words(body)
    cluster = next((one for one in clusters_of(shelf.province) if str(one.pk) == request.POST.get("bt-cluster")), None)
    if cluster is None:
        return JsonResponse(said | {"state": "nowhere"})
    draft.body = body
    try:
        made = drafts.order(user=request.user, place=place, draft=draft, province=shelf.province, cluster=cluster)
    except RenderError as error:
        return JsonResponse(said | {"state": "failed", "message": error.message(request.LANGUAGE_CODE)})
    except NoRenderer:
        return JsonResponse(said | {"state": "failed", "message": _("No plugin draws clusters with so many faces.")})
    return JsonResponse(said | _awaited(request, made) | {"order": made.token})


def _form(request: HttpRequest, draft: ItemPage, shelf: ProvincePage) -> Any:
    """Wagtail's own form, bound to what was sent; what a draft may leave empty is not asked for. Nothing is saved with it."""
    kind = ItemPage.get_edit_handler().get_form_class()
    form = kind(request.POST, instance=draft, parent_page=shelf, for_user=request.user)
    form.defer_required_fields()
    return form


@require_GET
def state(request: HttpRequest, token: str) -> JsonResponse:
    """How far a draft is, and once it is drawn all that its preview needs."""
    answer = JsonResponse(_awaited(request, _order(request, token)))
    answer["Cache-Control"] = "no-store"
    return answer


def _awaited(request: HttpRequest, order: drafts.Order) -> dict[str, Any]:
    """Its state once that is settled, or when it took too long to wait for."""
    said = _state(request, order)
    if said["state"] != "drawing":
        return said
    drafts.wait(order)
    return _state(request, order)


def _state(request: HttpRequest, order: drafts.Order) -> dict[str, Any]:
    made = DraftStore().read("made", order.inputs)
    if made is not None and made["error"] is None:
        return {"state": "done", **made_json(request, order.token, made)}
    if made is not None:
        vietnamese = request.LANGUAGE_CODE.startswith("vi")
        return {"state": "failed", "message": made["error"]["vi" if vietnamese else "en"]}
    if drafts.has_failed(order):
        return {
            "state": "failed",
            "message": _("The server cannot draw just now. Go on writing; it is drawn when saved."),
        }
    return {"state": "drawing" if drafts.is_newest(order) else "superseded"}


@require_GET
def asset(request: HttpRequest, token: str, sha256: str) -> HttpResponseBase:
    """One picture of a draft, as drawn: a layer's."""
    if sha256 not in _proof(request, token).assets():
        raise Http404
    path = DraftStore().path(sha256)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), content_type="image/png", headers={"Cache-Control": "private, max-age=3600, immutable"}
    )


@require_GET
def still(request: HttpRequest, token: str, scene: int, face: str, layer: int) -> HttpResponse:
    """A live value with all that lies under it, as a still picture: what it tells is not known before it is shown."""
    proof = _proof(request, token)
    try:
        layers = proof.scenes[scene].faces[face]
        wanted = layers[layer]
    except LookupError as error:
        raise Http404 from error
    answer = HttpResponse(_still(layers[: layer + 1], wanted), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _still(layers: tuple[Layer, ...], wanted: Layer) -> bytes:
    from cms import clock

    rect, now = wanted.rect, clock.now().timestamp() * 1000
    right, below = rect.x + rect.width, rect.y + rect.height
    size = max(one.rect.x + one.rect.width for one in layers), max(one.rect.y + one.rect.height for one in layers)
    picture = compose(*size, layers, 0, DraftStore().path, now).crop((rect.x, rect.y, right, below))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@require_GET
def other(request: HttpRequest, page_id: int) -> JsonResponse:
    """Another language's version of an item, as it is drawn for a cluster: to look at beside this one."""
    page = get_object_or_404(ItemPage.objects.select_related("locale"), pk=page_id)
    if not may_see(request.user, page):
        raise Http404
    province = Province.objects.get(pages__path=page.path[: -ItemPage.steplen])
    cluster = next((one for one in clusters_of(province) if str(one.pk) == request.GET.get("cluster")), None)
    answer = JsonResponse({"scenes": beside(page, cluster)})
    answer["Cache-Control"] = "no-store"
    return answer


def _order(request: HttpRequest, token: str) -> drafts.Order:
    found = drafts.find(token, request.user) if NAME.match(token) else None
    if found is None:
        raise Http404
    return found


def _proof(request: HttpRequest, token: str) -> Proof:
    made = DraftStore().read("made", _order(request, token).inputs)
    if made is None or made["proof"] is None:
        raise Http404
    return Proof.from_json(made["proof"])
