"""The page of a cluster's test patterns, with a picture of each."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from PIL import Image

from cms.alerts import patterns, services
from cms.alerts.models import PatternRun
from cms.alerts.views import seen_clusters
from cms.places.models import Cluster
from cms.places.services import geometry_of
from cms.plugin_api.types import Geometry, Text
from cms.release.patterns import PATTERNS
from renderers.draw import draw
from renderers.patterns import VERSION, scene_of
from renderers.shelf import Shelf

PREVIEW_MS = 1500  # where lines have moved away from the edge
PREVIEW_PX = 400


class PatternForm(forms.Form):
    """Which pattern, on which faces, for how long."""

    pattern = forms.ChoiceField(label=gettext_lazy("Test pattern"), choices=())
    faces = forms.MultipleChoiceField(
        label=gettext_lazy("Faces"), widget=forms.CheckboxSelectMultiple, choices=(), required=True
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=patterns.MOST_MINUTES, initial=patterns.MINUTES
    )

    def __init__(self, cluster: Cluster, data: QueryDict | None = None) -> None:
        letters = [face.letter for face in cluster.faces.all()]
        super().__init__(data, initial={"faces": letters, "minutes": patterns.MINUTES, "pattern": next(iter(PATTERNS))})
        for name, choices in (
            ("pattern", [(one.name, said(one.text)) for one in PATTERNS.values()]),
            ("faces", [(one, one.upper()) for one in letters]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = choices


def said(text: Text) -> str:
    """A text in the reader's language."""
    return text.vi if (get_language() or "vi").startswith("vi") else text.en


def _cluster(request: HttpRequest, slug: str) -> Cluster:
    cluster: Cluster = get_object_or_404(seen_clusters(request.user), slug=slug)
    if not services.may_black_out(request.user, cluster):
        raise PermissionDenied
    return cluster


@require_http_methods(["GET", "HEAD", "POST"])
def choose_pattern(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a pattern and show it; what runs can be stopped."""
    cluster = _cluster(request, slug)
    form = PatternForm(cluster, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            patterns.start(
                cluster, chosen["pattern"], faces=chosen["faces"], minutes=chosen["minutes"], by=request.user
            )
        except patterns.PatternRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request,
                _("“%(pattern)s” is coming up on faces %(faces)s and ends by itself after %(minutes)s minutes.")
                % {
                    "pattern": said(PATTERNS[chosen["pattern"]].text),
                    "faces": ", ".join(one.upper() for one in chosen["faces"]),
                    "minutes": chosen["minutes"],
                },
            )
        return redirect("patterns:cluster", slug)
    running = patterns.running(cluster)
    dark = services.dark_faces(cluster)
    context = {
        "cluster": cluster,
        "form": form,
        "patterns": [(one.name, said(one.text), said(one.proves)) for one in PATTERNS.values()],
        "chosen": form["pattern"].value(),
        "running": [
            (run, said(PATTERNS[run.pattern].text) if run.pattern in PATTERNS else run.pattern) for run in running
        ],
        "dark": ", ".join(sorted(dark)).upper(),
        "mark": f"{geometry_of(cluster).id[:12]}-{VERSION}",
    }
    return render(request, "alerts/test_patterns.html", context)


@require_POST
def stop_pattern(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pattern now."""
    found = PatternRun.objects.select_related("cluster__province").filter(cluster__in=seen_clusters(request.user))
    run = get_object_or_404(found, pk=pk)
    try:
        patterns.stop(run, request.user)
    except patterns.PatternRefused as refused:
        raise PermissionDenied(str(refused)) from refused
    messages.success(request, _("Stopped. The screens show what is planned again within 10 seconds."))
    return redirect("patterns:cluster", run.cluster.slug)


@require_GET
def preview(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A pattern on the cluster's first face, small."""
    cluster = _cluster(request, slug)
    geometry = geometry_of(cluster)
    if name not in PATTERNS or not geometry.faces:
        raise Http404
    response = HttpResponse(_small(name, geometry), content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400"
    return response


@lru_cache(maxsize=128)
def _small(name: str, geometry: Geometry) -> bytes:
    first = geometry.faces[0]
    with TemporaryDirectory() as folder:
        sink = Shelf(Path(folder))
        scene = scene_of(name, Geometry((first,)), sink)
        image = draw(first.width, first.height, scene.faces[first.id], PREVIEW_MS, asset_path=sink.path)
    if name == "walk":  # single pixels, which would be lost
        high = max(1, PREVIEW_PX // 4 * first.height // first.width)
        image = image.crop((0, 0, PREVIEW_PX // 4, high)).resize((PREVIEW_PX, 4 * high), Image.Resampling.NEAREST)
    image.thumbnail((PREVIEW_PX, PREVIEW_PX))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
