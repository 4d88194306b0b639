"""What the `draft` queue runs for a draft: the same renderer as for proofs, into files that nobody's record names."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable

from django.core.cache import cache

from cms.content import drafts
from cms.content.drafts_store import DraftStore
from cms.content.models import ItemPage
from cms.content.overspec import notes_on
from cms.content.proofs import ProofTarget
from cms.places.models import Cluster, Province
from cms.plugin_api.types import JSON, Card, ItemTranslation, RenderRequest
from cms.plugin_host.host import get_host
from renderers.errors import RenderError

log = logging.getLogger("bangtin.drafts")
SWEEP_S = 3600
LOOK_S = 0.25
WARMED = 12


class Superseded(Exception):
    """A newer draft of the same person and page came in."""


def draw_draft(token: str) -> None:
    """Draw one draft, if it is still the newest. Safe to run twice."""
    order = drafts.taken(token)
    if order is None:
        return
    try:
        if drafts.is_newest(order):
            _draw(order)
    finally:
        drafts.ready(order)


def _draw(order: drafts.Order) -> None:
    store, province = DraftStore(), Province.objects.get(pk=order.province)
    cluster = Cluster.objects.select_related("province").get(pk=order.cluster)
    try:
        item = drafts.translation(order, ItemPage.body.field.to_python(order.body))
        target = drafts.target(province, cluster)
        made = draw(drafts.without_clips(item), target, store, _Watch(order))
        made["notes"] = notes_on(item, target.geometry, store)
    except Superseded:
        return
    except RenderError as error:
        made = {"proof": None, "legibility": [], "notes": [], "error": {"vi": error.vi, "en": error.en}}
    except Exception:
        log.exception("a draft cannot be drawn")
        drafts.failed(order)
        return
    store.write("made", order.inputs, made)
    if cache.add("bangtin.drafts.swept", True, SWEEP_S):
        store.sweep()


def draw(item: ItemTranslation, target: ProofTarget, store: DraftStore, progress: _Watch | None = None) -> JSON:
    """`{"proof", "legibility", "notes", "error": None}`, as a `ProofJob` keeps them. Raises `RenderError`."""
    host = get_host()
    legibility: list[JSON] = []
    request = RenderRequest(
        geometry=target.geometry,
        item=item,
        theme=host.theme(target.theme),
        sink=store,
        span=target.span,
        progress=progress or (lambda share: None),
        templates=host.card_templates(),
        cache=store,
        judge=lambda one: legibility.append(one.to_json()),
    )
    proof = host.renderer(len(target.geometry.faces)).render(request)
    return {"proof": proof.to_json(), "legibility": legibility, "notes": [], "error": None}


def warm_up() -> None:
    """Draw a few words for the clusters there are, and keep nothing but what the process remembers: fonts, themes, grounds."""
    clusters = Cluster.objects.filter(active=True).exclude(faces=None).select_related("province")[:WARMED]
    for cluster in clusters:
        words = Card("title", kicker="Thông báo", title="Giờ mở cửa"), Card("text", text="Từ 7 giờ đến 18 giờ.")
        item = ItemTranslation("draft", "vi", words, cluster.province.name)
        draw(item, drafts.target(cluster.province, cluster), _Nowhere())


class _Nowhere(DraftStore):
    """Keeps nothing and knows nothing."""

    def put(self, data: bytes, type: str) -> str:
        return hashlib.sha256(data).hexdigest()

    def once(self, key: str, make: Callable[[], JSON]) -> JSON:
        return make()


class _Watch:
    """Ends the work when a newer draft makes it useless."""

    def __init__(self, order: drafts.Order) -> None:
        self.order, self.last = order, time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last >= LOOK_S:
            self.last = time.monotonic()
            if not drafts.is_newest(self.order):
                raise Superseded
