"""Items to start from: what the plugins of a province bring, and the province's own items. Nothing is saved by choosing one."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django_rq
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job

from cms.content.cards import cards_of
from cms.content.drafts import target, without_clips
from cms.content.drafts_jobs import draw
from cms.content.drafts_shown import clusters_of
from cms.content.drafts_store import DraftStore
from cms.content.drawing import inputs_hash
from cms.content.models import ItemPage, ProvincePage
from cms.content.previews import face_size
from cms.content.proofs import ProofTarget
from cms.content.services import name_in
from cms.places.models import Province
from cms.plugin_api.types import JSON, ItemTemplate, ItemTranslation, Proof
from cms.plugin_host.host import Problem, get_host
from renderers.draw import draw as draw_face
from renderers.errors import RenderError

FAILED_S = 600


@dataclass(frozen=True, slots=True)
class Start:
    """An item to start from, in the reader's language; `body` holds its cards as stored."""

    code: str
    name: str
    summary: str
    kind: str
    body: JSON
    tags: tuple[str, ...]


def starts_of(province: Province) -> list[Start]:
    """What the province's plugins offer. Cards of kinds that are not installed are left out; so is what then has none, and what no
    form can hold, which is kept as a problem of its plugin."""
    known = get_host().card_templates()
    found = [_start(one, known) for one in get_host().item_templates(province.code).values()]
    return [one for one in found if one.body and _fits(one)]


def _fits(start: Start) -> bool:
    """Whether its cards become cards."""
    try:
        cards_of(ItemPage.body.field.to_python(start.body))
    except Exception as error:  # values of a plugin may be anything
        get_host().keep(Problem(start.code, "bangtin_item_templates", f"{type(error).__name__}: {error}"), error)
        return False
    return True


def _start(template: ItemTemplate, known: Any) -> Start:
    vietnamese = (get_language() or "vi").startswith("vi")
    body = [{"type": kind, "value": dict(value)} for kind, value in template.cards if kind in known]
    name, summary = template.name, template.summary
    return Start(
        template.code,
        name.vi if vietnamese else name.en,
        summary.vi if vietnamese else summary.en,
        template.kind if template.kind in ItemPage.Kind.values else ItemPage.Kind.GRASSROOTS,
        body,
        template.tags,
    )


def fill_from(page: ItemPage, start: Start) -> None:
    """Put what a template holds on a new item's form."""
    page.title = page.draft_title = start.name
    page.kind = start.kind
    page.body = ItemPage.body.field.to_python(start.body)
    page.tags.add(*start.tags)


def fill_like(page: ItemPage, source: ItemPage) -> None:
    """Put a copy of an item's latest draft on a new item's form; its dates stay behind."""
    draft = source.get_latest_revision_as_object()
    page.title = page.draft_title = _("%(title)s (copy)") % {"title": draft.title}
    page.kind, page.supplier = draft.kind, draft.supplier
    cards = [{name: one[name] for name in ("type", "value")} for one in draft.body.get_prep_value()]
    page.body = ItemPage.body.field.to_python(cards)  # cards of its own: their ids are the source's
    page.destinations = list(draft.destinations.all())
    page.tags.add(*draft.tags.names())


# --- the small picture of a template, drawn once -----------------------------------------------------------------


def picture_of(shelf: ProvincePage, start: Start) -> Path | None:
    """Where the picture of a template's first face lies; None while it is not drawn, which the render queue is then asked for.
    Raises LookupError where it cannot be drawn."""
    item, wanted = _wanted(shelf, start)
    path = _path(shelf, start, inputs_hash(item, wanted))
    if path.is_file():
        return path
    if cache.get(f"bangtin.start.failed.{path.name}"):
        raise LookupError(start.code)
    _ask_once(shelf, start, path.stem[-24:])
    return None


def draw_start(shelf_id: int, code: str) -> None:
    """Draw the picture of a template (on the `render` queue). The one of an earlier version goes."""
    shelf = ProvincePage.objects.select_related("province", "locale").get(pk=shelf_id)
    start = next((one for one in starts_of(shelf.province) if one.code == code), None)
    if start is None:
        return
    item, wanted = _wanted(shelf, start)
    path, store = _path(shelf, start, inputs_hash(item, wanted)), DraftStore()
    try:
        proof = Proof.from_json(draw(item, wanted, store)["proof"])
    except RenderError:
        cache.set(f"bangtin.start.failed.{path.name}", True, FAILED_S)
        return
    scene = proof.scenes[0]
    layers = scene.faces[wanted.geometry.faces[0].id]
    picture = draw_face(*face_size(layers), layers, scene.duration_ms // 2, asset_path=store.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".png", delete=False) as file:
        picture.save(file, "PNG")
    os.replace(file.name, path)
    for old in path.parent.glob(f"{shelf.pk}-{start.code}-*.png"):
        if old != path:
            old.unlink(missing_ok=True)


def _wanted(shelf: ProvincePage, start: Start) -> tuple[ItemTranslation, ProofTarget]:
    """What is drawn, and for which faces. Raises LookupError when the province has no faces yet."""
    cluster = next(iter(clusters_of(shelf.province)), None)
    if cluster is None:
        raise LookupError("no faces")
    language, body = shelf.locale.language_code, ItemPage.body.field.to_python(start.body)
    item = ItemTranslation("start", language, cards_of(body), name_in(shelf.province, language))
    return without_clips(item), target(shelf.province, cluster)


def _path(shelf: ProvincePage, start: Start, inputs: str) -> Path:
    return Path(settings.ASSETS_ROOT).parent / "previews" / "starting" / f"{shelf.pk}-{start.code}-{inputs}.png"


def _ask_once(shelf: ProvincePage, start: Start, name: str) -> None:
    queue = django_rq.get_queue("render", commit_mode="auto")
    try:
        try:
            if Job.fetch(f"start-{name}", connection=queue.connection).get_status() in ("queued", "started"):
                return
        except NoSuchJobError:
            pass
        queue.enqueue(draw_start, shelf.pk, start.code, job_id=f"start-{name}", result_ttl=0, failure_ttl=60)
    except RedisError:
        return  # the next look at the page asks again
