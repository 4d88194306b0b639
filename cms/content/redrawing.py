"""Proofs drawn in an older way: found by province, and drawn anew as drafts. What is approved stays approved and on the
screens until someone approves the new pixels."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import django_rq
from django.db.models import F
from redis.exceptions import RedisError

from cms.accounts.models import User
from cms.content.drawing import is_outdated
from cms.content.models import ItemPage, ProofJob, ProvincePage
from cms.content.services import untranslated
from cms.places.models import Province
from cms.plugin_api.types import canonical

log = logging.getLogger("bangtin.proofs")


def outdated(provinces: Iterable[Province]) -> dict[str, list[int]]:
    """Ids of items whose newest proofs would be drawn otherwise now, by province, in two queries."""
    by_path = {one.path: one.province.code for one in shelves(provinces)}
    found: dict[str, list[int]] = {code: [] for code in by_path.values()}
    if not by_path:
        return found
    jobs = ProofJob.objects.filter(
        status=ProofJob.Status.DONE,
        revision=F("page__latest_revision"),
        page__alias_of=None,
        page__path__regex=under(by_path),
    )
    known: dict[bytes, bool] = {}
    seen: set[int] = set()
    for page, path, theme, drawing in jobs.order_by("page").values_list("page", "page__path", "theme", "drawing"):
        if page in seen:
            continue
        key = canonical([theme, drawing])
        if key not in known:
            known[key] = _is_outdated(theme, drawing)
        if known[key]:
            seen.add(page)
            found[by_path[path[: -ItemPage.steplen]]].append(page)
    return found


def shelves(provinces: Iterable[Province]) -> Any:
    """The shelves of provinces."""
    return ProvincePage.objects.filter(province__in=[one.pk for one in provinces]).select_related("province")


def under(paths: Iterable[str]) -> str:
    """A pattern of the paths of pages on these shelves."""
    return "^(" + "|".join(paths) + ")[0-9A-Z]{4}$"


def _is_outdated(theme: str, drawing: Any) -> bool:
    try:
        return is_outdated(theme, drawing)
    except LookupError:  # nobody draws this number of faces at present
        return False


def redraw_later(province: Province, *, by: Any) -> None:
    """Have `redraw` run soon; without Redis, here and now."""
    try:
        django_rq.get_queue("default").enqueue(redraw, province.code, by.pk, result_ttl=60)
    except RedisError:
        redraw(province.code, by.pk)


def redraw(province_code: str, user_id: int) -> int:
    """Save a new draft, in the same words, of every item of a province whose proofs are outdated; its proofs are then drawn.
    Items that are being appraised or translated are left for later. Returns how many drafts were made."""
    province, user = Province.objects.get(code=province_code), User.objects.get(pk=user_id)
    made = 0
    for page in ItemPage.objects.filter(pk__in=outdated([province])[province_code]).order_by("pk"):
        lock = page.get_lock()
        if page.workflow_in_progress or (lock is not None and lock.for_user(user)) or untranslated(page):
            continue
        # The words are whose they were: who only has them drawn anew is not their editor, and the editor may not decide on them.
        page.get_latest_revision_as_object().save_revision(user=page.latest_revision.user, changed=False)
        made += 1
    log.info("%s: %d items are drawn anew", province_code, made)
    return made
