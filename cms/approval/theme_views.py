"""Pages of themes, for administrators: the pictures in force, and those to look at before they are approved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cms.approval.forms import ThemeForm
from cms.approval.themes import approve_scenes, approved_scenes, draw_theme, geometries_of, title_of
from cms.content.assets import AssetStore
from cms.content.models import ProofAsset
from cms.places.models import Cluster, Province
from cms.plugin_api.types import Geometry, Layer, Scene
from renderers.errors import RenderError

SALT = "approval.theme"
LOOKED_AT_S = 8 * 3600
"""How long pictures that were shown may be approved, in seconds: a working day."""


def _administrators_only(request: HttpRequest) -> None:
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied


def codes() -> list[str]:
    """Codes of the themes in use."""
    return list(Province.objects.filter(active=True).values_list("theme", flat=True).distinct().order_by("theme"))


def themes(request: HttpRequest) -> HttpResponse:
    """Themes in use: the picture in force on each cluster's faces, and the clusters that wait for one."""
    _administrators_only(request)
    rows = []
    for code in codes():
        known = approved_scenes(code)
        places = [
            _place(geometry, clusters, known.get(key)) for key, (geometry, clusters) in geometries_of(code).items()
        ]
        rows.append(
            {"code": code, "name": title_of(code).vi, "places": places, "complete": all(one["faces"] for one in places)}
        )
    return render(request, "approval/themes.html", {"rows": rows})


def theme(request: HttpRequest, code: str) -> HttpResponse:
    """The pictures of a theme as they would stand on every cluster's faces; approving means exactly the ones shown."""
    _administrators_only(request)
    if code not in codes():
        raise Http404
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _approve(request, code, form.cleaned_data["shown"])
        return redirect("approval:themes")
    try:
        drawn = draw_theme(code)
    except RenderError as error:
        messages.error(request, error.message(get_language() or "vi"))
        return redirect("approval:themes")
    fresh = {one.geometry.id: one.scene.to_json() for one in drawn if not one.approved}
    # What was shown travels with the form, signed: a theme that is changed meanwhile cannot slip in unseen.
    shown = signing.dumps([code, request.user.pk, fresh], salt=SALT, compress=True)
    places = [{**_place(one.geometry, one.clusters, one.scene), "approved": one.approved} for one in drawn]
    context = {"name": title_of(code).vi, "places": places, "fresh": fresh, "form": form, "shown": shown}
    return render(request, "approval/theme.html", context)


def _approve(request: HttpRequest, code: str, shown: str) -> None:
    try:
        of, person, scenes = signing.loads(shown, salt=SALT, max_age=LOOKED_AT_S)
    except signing.BadSignature:
        of, person, scenes = "", None, {}
    if of != code or person != request.user.pk or not scenes:
        messages.error(request, _("It is too long since you opened this page. Look at the pictures again."))
        return
    try:
        approve_scenes(code, {key: Scene.from_json(scene) for key, scene in scenes.items()}, by=request.user)
    except PermissionDenied as refused:
        messages.error(request, str(refused))
        return
    messages.success(request, _("Theme approved: %(theme)s.") % {"theme": title_of(code).vi})


def _place(geometry: Geometry, clusters: Any, scene: Scene | None) -> dict[str, Any]:
    """Clusters of equal geometry and their pictures, each with the letters of the faces that show it."""
    groups: dict[tuple[Layer, ...], list[str]] = {}
    for letter, layers in sorted((scene.faces if scene else {}).items()):
        groups.setdefault(tuple(layers), []).append(letter.upper())
    sizes = dict.fromkeys(f"{face.width} × {face.height}" for face in geometry.faces)
    names: list[Cluster] = list(clusters)
    return {
        "clusters": ", ".join(one.name for one in names),
        "sizes": " · ".join(sizes),
        "faces": [{"letters": ", ".join(letters), "layer": layers[0]} for layers, letters in groups.items() if layers],
    }


@require_GET
def picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A picture of a theme, byte for byte as the screens would get it."""
    _administrators_only(request)
    asset = get_object_or_404(ProofAsset, pk=sha256, type__startswith="image/")
    if not AssetStore().has([asset.sha256]):
        raise Http404
    return FileResponse(
        AssetStore().path(asset.sha256).open("rb"),
        content_type=asset.type,
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )
