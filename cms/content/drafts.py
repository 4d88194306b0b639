"""Drawing a draft that nobody saved: what is asked for, by whom, and that only a person's newest draft of a page is drawn.

An order lies in the cache for two hours under a name nobody guesses, and answers its own person only. Nothing of it enters
the database: no revision, no proof.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import django_rq
from django.core.cache import cache
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job

from cms.content.assets import file_sha256
from cms.content.cards import cards_of
from cms.content.drafts_store import DraftStore
from cms.content.drawing import inputs_hash
from cms.content.models import Clip, ItemPage
from cms.content.proofs import ProofTarget
from cms.content.services import name_in
from cms.places.models import Cluster, DisplayMode, Province
from cms.places.services import geometry_of
from cms.plugin_api.types import JSON, Card, ItemTranslation

log = logging.getLogger("bangtin.drafts")
KEPT_S = 2 * 3600
WAIT_S = 1.5
"""So long an answer about a draft waits for its drawing, which is mostly done before; then the browser asks again."""


@dataclass(frozen=True, slots=True)
class Order:
    """A draft to draw: the cards as stored (`body`), their language, the province that speaks, the cluster whose faces show it.
    `place` is the page it is written on, or the shelf of a new one; `user` a primary key; `inputs` the hash of all
    that decides the pixels."""

    token: str
    user: int
    place: str
    body: JSON
    language: str
    province: int
    cluster: int
    inputs: str = ""

    @property
    def newest(self) -> str:
        """Where the name of the person's newest draft of this page lies."""
        return f"bangtin.draft.newest.{self.user}.{self.place}"


def order(*, user: Any, place: str, draft: ItemPage, province: Province, cluster: Cluster) -> Order:
    """Have a draft drawn, unless the very same was within the day; an older one of this person and page is dropped. Raises
    `RenderError` when a picture or clip is gone, `NoRenderer` when no plugin draws so many faces."""
    body = draft.body.get_prep_value()
    language = draft.locale.language_code
    made = Order(secrets.token_urlsafe(18), user.pk, place, body, language, province.pk, cluster.pk)
    item = without_clips(translation(made, draft.body))
    made = replace(made, inputs=inputs_hash(item, target(province, cluster)))
    cache.set(_name(made.token), made, KEPT_S)
    earlier = cache.get(made.newest)
    cache.set(made.newest, made.token, KEPT_S)
    _drop(earlier)
    if not drawn(made):
        _enqueue(made)
    return made


def find(token: str, user: Any) -> Order | None:
    """A person's order; None for anybody else's and for what was forgotten."""
    found = cache.get(_name(token))
    return found if isinstance(found, Order) and found.user == user.pk else None


def taken(token: str) -> Order | None:
    """An order as its worker takes it up."""
    found = cache.get(_name(token))
    return found if isinstance(found, Order) else None


def is_newest(order: Order) -> bool:
    """Whether no newer draft of the same person and page was sent."""
    return bool(cache.get(order.newest) == order.token)


def drawn(order: Order) -> bool:
    """Whether it is there already, and well."""
    found = DraftStore().read("made", order.inputs)
    return found is not None and not found["error"]


def failed(order: Order) -> None:
    """Remember for its person that the server failed at it."""
    cache.set(_name(order.token) + ".failed", True, KEPT_S)


def ready(order: Order) -> None:
    """Wake whoever waits for a draft: it is drawn, failed or no longer wanted."""
    try:
        with django_rq.get_connection("draft").pipeline() as redis:
            redis.rpush(_name(order.token) + ".ready", 1)
            redis.expire(_name(order.token) + ".ready", KEPT_S)
            redis.execute()
    except RedisError:
        log.info("nobody can be told that a draft is ready")


def wait(order: Order) -> None:
    """Until a draft is ready, `WAIT_S` at most."""
    try:
        name = _name(order.token) + ".ready"
        if django_rq.get_connection("draft").blpop([name], timeout=WAIT_S):
            ready(order)  # for the next who asks
    except RedisError:
        return


def has_failed(order: Order) -> bool:
    return bool(cache.get(_name(order.token) + ".failed"))


def translation(order: Order, body: Any) -> ItemTranslation:
    """The draft as renderers and remarks see it. Raises `RenderError` when a picture or clip is gone."""
    province = Province.objects.get(pk=order.province)
    return ItemTranslation("draft", order.language, cards_of(body), name_in(province, order.language))


def without_clips(item: ItemTranslation) -> ItemTranslation:
    """A clip takes minutes to draw, so that is done when the item is saved; until then its poster stands for it, as long."""
    return replace(item, cards=tuple(_still(card) for card in item.cards))


def target(province: Province, cluster: Cluster) -> ProofTarget:
    """The picture that a cluster shows in its usual mode."""
    geometry = geometry_of(cluster)
    span = cluster.mode == DisplayMode.SPAN and len(geometry.faces) > 1
    return ProofTarget(geometry, province.theme, (cluster,), span)


def _still(card: Card) -> Card:
    if card.kind != "video":
        return card
    clip = Clip.objects.filter(sha256=card.media_sha256).first()
    ms = round(1000 * clip.duration) if clip is not None and clip.duration else None
    if clip is None or not clip.thumbnail or not Path(clip.thumbnail.path).is_file():
        return Card("title", title=card.caption or (clip.title if clip else "Clip"), duration_ms=ms)
    path = Path(clip.thumbnail.path)
    return Card("picture", media=path, media_sha256=file_sha256(path), caption=card.caption, duration_ms=ms)


def _name(token: str) -> str:
    return f"bangtin.draft.{token}"


def _enqueue(order: Order) -> None:
    """On a queue of its own, before which no proof stands: somebody looks at the screen and waits."""
    from cms.content.drafts_jobs import draw_draft

    try:
        queue = django_rq.get_queue("draft", commit_mode="auto")  # nothing of it waits for the database
        queue.enqueue(draw_draft, order.token, job_id=f"draft-{order.token}", result_ttl=0, failure_ttl=60)
    except RedisError as error:
        log.info("a draft cannot be drawn without Redis: %s", error)
        failed(order)


def _drop(token: str | None) -> None:
    """Take a draft that still waits off the queue; one that is being drawn ends by itself."""
    if not token:
        return
    try:
        job = Job.fetch(f"draft-{token}", connection=django_rq.get_connection("draft"))
        if job.get_status() == "queued":
            job.delete()
    except (NoSuchJobError, RedisError):
        pass
