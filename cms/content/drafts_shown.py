"""What the preview beside the form is told: clusters to scale, the layers of a drawn draft, how legible it is, other languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.content.board import scenes_of
from cms.content.models import ItemPage, ProofJob
from cms.content.readable import readable_of, sentences
from cms.content.states import State, states_of
from cms.places.models import Cluster, DisplayMode, Province
from cms.places.services import geometry_of
from cms.plugin_api.types import JSON, Layer, Proof


def clusters_of(province: Province) -> list[Cluster]:
    """The clusters in operation, with faces, on which an item of the province can be shown: a national one on all there are."""
    clusters = Cluster.objects.filter(active=True).exclude(faces=None).select_related("province").distinct()
    if not province.national:
        clusters = clusters.filter(province=province)
    return list(clusters.prefetch_related("faces"))


def to_scale(clusters: Iterable[Cluster]) -> list[JSON]:
    """Each cluster with its faces in order: pixels, `pitch` and `gap` to the next face in mm, viewing `distance` in m."""
    return [_to_scale(one) for one in clusters]


def _to_scale(cluster: Cluster) -> JSON:
    geometry = geometry_of(cluster)
    gaps = [*geometry.gaps_mm[: len(geometry.faces) - 1], *[0.0] * len(geometry.faces)]
    return {
        "id": cluster.pk,
        "name": cluster.name,
        "span": cluster.mode == DisplayMode.SPAN,
        "faces": [
            {
                "letter": face.id, "width": face.width, "height": face.height, "pitch": face.pitch_mm,
                "distance": face.distance_m, "gap": gap,
            }
            for face, gap in zip(geometry.faces, gaps, strict=False)
        ],
    }  # fmt: skip


def made_json(request: HttpRequest, token: str, made: JSON) -> dict[str, Any]:
    """A drawn draft: scenes with their layers by face and addresses, and in words how legible it is."""
    proof, found = Proof.from_json(made["proof"]), readable_of(made["legibility"])
    scores = (
        found.scenes if found is not None and len(found.scenes) == len(proof.scenes) else (None,) * len(proof.scenes)
    )
    total = sum(scene.duration_ms for scene in proof.scenes)
    facts = {
        "readable": found,
        "notes": sentences(made["notes"]),
        "pages": len(proof.scenes),
        "seconds": total / 1000,
    }
    return {
        "scenes": [
            {
                "ms": scene.duration_ms,
                "transition": scene.transition.to_json(),
                "score": score and {"value": score.value, "word": score.word, "shape": score.shape, "code": score.code},
                "faces": {
                    letter: [_layer(layer, token, number, letter, place) for place, layer in enumerate(layers)]
                    for letter, layers in scene.faces.items()
                },
            }
            for number, (scene, score) in enumerate(zip(proof.scenes, scores, strict=True))
        ],
        "facts": render_to_string("content/_preview_facts.html", facts, request),
    }


def _layer(layer: Layer, token: str, scene: int, face: str, place: int) -> JSON:
    """A layer as the script draws it: a picture at a rectangle, moving when it has a `strip`."""
    address = (
        reverse("content:draft_still", args=(token, scene, face, place))
        if layer.kind == "glyphs"
        else reverse("content:draft_asset", args=(token, layer.asset))
    )
    return {"url": address, "rect": layer.rect.as_list(), "strip": layer.strip.to_json() if layer.strip else None}


def languages_beside(page: ItemPage) -> list[tuple[ItemPage, State]]:
    """The item's versions in other languages that have been drawn, with their state."""
    others = ItemPage.objects.filter(
        translation_key=page.translation_key, alias_of=None, proof_jobs__status=ProofJob.Status.DONE
    ).exclude(pk=page.pk)
    found = list(others.select_related("locale").distinct().order_by("pk"))
    states = states_of(found)
    return [(one, states[one.pk]) for one in found]


def beside(page: ItemPage, cluster: Cluster | None) -> list[JSON]:
    """The pictures of an item's newest proof for a cluster, scene by scene: `{"seconds", "faces": {letter: address}}`; none
    when it has none."""
    if cluster is None:
        return []
    jobs = ProofJob.objects.filter(page=page, status=ProofJob.Status.DONE, geometry=geometry_of(cluster).id)
    job = jobs.select_related("proof").order_by("span", "-revision_id", "-pk").first()
    if job is None or job.proof is None:
        return []
    return [
        {
            "seconds": scene.seconds,
            "faces": {
                letter.strip().lower(): face.url for face in scene.faces for letter in face.letters.split(",")
            },
        }
        for scene in scenes_of(job.proof, job.pk)
    ]  # fmt: skip


def preview_of(page: ItemPage, province: Province, shelf_id: int) -> dict[str, Any]:
    """The panel's own context: where the draft goes, the clusters, the first one to show, the other languages."""
    clusters = to_scale(clusters_of(province))
    chosen = {one.pk for one in page.destinations.all()}
    first = next((one["id"] for one in clusters if one["id"] in chosen), clusters[0]["id"] if clusters else None)
    ask = reverse("content:draft_page", args=(page.pk,)) if page.pk else reverse("content:draft_new", args=(shelf_id,))
    return {
        "ask": ask,
        "clusters": clusters,
        "first": first,
        "language": page.locale.get_display_name(),
        "beside": languages_beside(page) if page.pk else [],
        "state_url": reverse("content:draft_state", args=("TOKEN",)),
        "data": {"ask": ask, "clusters": clusters, "words": _words()},
    }


def _words() -> dict[str, str]:
    """What the script says by itself."""
    return {
        "drawing": _("Being drawn …"),
        "fresh": _("This is how it looks now, not saved yet."),
        "errors": _("Mend what is marked on the form; then it is drawn."),
        "empty": _("Add a card: its picture appears here while you write."),
        "nowhere": _("There is no cluster with faces to show this on."),
        "superseded": _("You are writing this item in another window; its newest draft is drawn there."),
        "offline": _(
            "The server does not answer. Your words stay on the form; it is asked again when you go on writing."
        ),
        "play": _("Play"),
        "pause": _("Pause"),
        "page": _("Page %(number)s of %(count)s"),
        "seconds": _("%(seconds)s s"),
        "face": _("Face %(letter)s, page %(number)s"),
        "far": _("From %(metres)s m a pixel of %(pitch)s mm fills %(arc)s minutes of arc; the eye parts about one."),
        "inset": _("The small picture is as large as it looks from there, 70 cm from your screen."),
        "all": _("All"),
        "nothing": _("Not drawn for this cluster."),
        "samples": _("Sample words to replace before submitting: %(words)s"),
    }
