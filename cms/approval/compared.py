"""Which pixels of a proof differ from those approved before: worked out once by the `render` queue, and kept with the drawings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import django_rq
import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models.signals import post_save
from PIL import Image
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus

from cms.approval.models import ApprovedProof
from cms.content.assets import AssetStore
from cms.content.drawn import Drawings
from cms.content.models import Drawn, Proof, ProofJob
from cms.content.previews import STILL_MS, face_size
from cms.plugin_api.types import JSON, Layer, Scene, canonical, sha256
from renderers.draw import draw

log = logging.getLogger("bangtin.proofs")
VERSION = 1
"""Of the way of comparing; a new one compares anew."""
CELL_PX, MOST_BOXES = 8, 6
UNDER_WAY = frozenset({JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED})
Pair = tuple[str, str]
"""Ids of the proof approved before and of the one that is looked at."""


def key_of(pair: Pair) -> str:
    """The name under which a comparison is kept."""
    return sha256(canonical(["compare", VERSION, *pair]))


def known(pairs: Iterable[Pair]) -> dict[Pair, JSON]:
    """What was compared already, in one query; as `compared` gives it."""
    keys = {key_of(pair): pair for pair in pairs}
    return {keys[one.key]: one.value for one in Drawn.objects.filter(pk__in=keys)} if keys else {}


def ask(pair: Pair) -> bool:
    """Have two proofs compared soon, once however often it is asked; False when that failed within the last hour. Without Redis it
    waits until somebody asks again."""
    job_id = f"compare-{key_of(pair)}"
    try:
        queue = django_rq.get_queue("render", commit_mode="auto")
        try:
            status = Job.fetch(job_id, connection=queue.connection).get_status()
        except NoSuchJobError:
            status = None
        if status == JobStatus.FAILED:
            return False
        if status not in UNDER_WAY:
            queue.enqueue(compare, *pair, job_id=job_id, result_ttl=60, failure_ttl=3600)
    except RedisError as error:
        log.info("the comparison %s waits for Redis: %s", job_id, error)
    return True


def compare(before: str, after: str) -> JSON:
    """What the queue runs. Raises Proof.DoesNotExist, and OSError when an asset is missing."""
    return Drawings().once(key_of((before, after)), lambda: _made(before, after))


def _made(before: str, after: str) -> JSON:
    proofs = Proof.objects.in_bulk([before, after])
    if len(proofs) < len({before, after}):
        raise Proof.DoesNotExist(f"{before} or {after} is gone")
    instant = round(proofs[after].created_at.timestamp() * 1000)  # what clocks tell, in both
    return compared(proofs[before].value.scenes, proofs[after].value.scenes, instant, AssetStore().path)


def compared(
    before: tuple[Scene, ...], after: tuple[Scene, ...], instant_ms: int, asset_path: Callable[[str], Path]
) -> list[JSON]:
    """Scenes in the order in which they are read, each `{"before": i|null, "after": j|null, "ms": [before, after], "faces":
    [{"letters": […], "size": [w, h], "kind": "same"|"moving"|"changed"|"added"|"removed", "boxes": [[x, y, w, h] …], "share":
    0…1}]}`. `moving`: the still pictures are equal, what moves in them is not. Raises OSError when an asset is missing."""
    old_keys, new_keys = ([canonical(scene.to_json()["faces"]) for scene in scenes] for scenes in (before, after))
    found: list[JSON] = []
    for _tag, i, j, k, m in SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_opcodes():
        for step in range(max(j - i, m - k)):
            old = i + step if i + step < j else None
            new = k + step if k + step < m else None
            found.append(_scene(before, after, old, new, instant_ms, asset_path))
    return found


def _scene(
    before: tuple[Scene, ...], after: tuple[Scene, ...], old: int | None, new: int | None, instant_ms: int, path: Any
) -> JSON:
    one = before[old] if old is not None else None
    other = after[new] if new is not None else None
    groups: dict[tuple[tuple[Layer, ...], tuple[Layer, ...]], list[str]] = {}
    for letter in sorted({*(one.faces if one else ()), *(other.faces if other else ())}):
        layers = (one.faces.get(letter, ()) if one else ()), (other.faces.get(letter, ()) if other else ())
        if any(layers):
            groups.setdefault(layers, []).append(letter)
    offset = min(STILL_MS, *(scene.duration_ms // 2 for scene in (one, other) if scene))
    return {
        "before": old,
        "after": new,
        "ms": [scene.duration_ms if scene else None for scene in (one, other)],
        "faces": [_face(*pair, letters, offset, instant_ms, path) for pair, letters in groups.items()],
    }


def _face(
    before: tuple[Layer, ...], after: tuple[Layer, ...], letters: list[str], offset: int, instant_ms: int, path: Any
) -> JSON:
    size = face_size(after or before)
    face: dict[str, JSON] = {"letters": letters, "size": list(size), "boxes": [], "share": 0.0}
    if not before or not after:
        return {**face, "kind": "added" if after else "removed", "share": 1.0}
    if before == after:
        return {**face, "kind": "same"}
    pictures = [draw(*size, layers, offset, instant_ms=instant_ms, asset_path=path) for layers in (before, after)]
    boxes, share = changed_boxes(*pictures)
    return {**face, "kind": "changed" if boxes else "moving", "boxes": boxes, "share": share}


def changed_boxes(before: Image.Image, after: Image.Image) -> tuple[list[list[int]], float]:
    """At most `MOST_BOXES` rectangles `[x, y, width, height]` in pixels around all that differs between two pictures of one size,
    and the share of pixels that do. Every difference counts, however faint: a picture is the same or it is not."""
    differs: npt.NDArray[np.bool_] = np.any(np.asarray(before) != np.asarray(after), axis=2)
    if not differs.any():
        return [], 0.0
    cell = CELL_PX
    while len(boxes := _boxes(differs, cell)) > MOST_BOXES:
        cell *= 2
    return boxes, round(float(differs.mean()), 4)


def _boxes(differs: npt.NDArray[np.bool_], cell: int) -> list[list[int]]:
    """Exact rectangles around groups of touching cells (`cell` × `cell` pixels) in which something differs."""
    height, width = differs.shape
    padded = np.pad(differs, ((0, -height % cell), (0, -width % cell)))
    grid = padded.reshape(padded.shape[0] // cell, cell, padded.shape[1] // cell, cell).any(axis=(1, 3))
    left = {(int(y), int(x)) for y, x in np.argwhere(grid)}
    found = []
    while left:
        group, edge = [], [min(left)]
        left.discard(edge[0])
        while edge:
            y, x = edge.pop()
            group.append((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        found.append(_exact(differs, group, cell))
    return found


def _exact(differs: npt.NDArray[np.bool_], group: list[tuple[int, int]], cell: int) -> list[int]:
    top, side = min(y for y, _x in group) * cell, min(x for _y, x in group) * cell
    part = differs[top : (max(y for y, _x in group) + 1) * cell, side : (max(x for _y, x in group) + 1) * cell]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    y, x = int(rows[0]), int(columns[0])
    return [side + x, top + y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1]


def partner_of(job: ProofJob, approved: Iterable[ApprovedProof]) -> ApprovedProof | None:
    """The approved proof for the same geometry, flat or across the faces alike; one in another theme where there is no other."""
    same = [one for one in approved if (one.geometry, one.span) == (job.geometry, job.span)]
    return min(same, key=lambda one: one.theme != job.theme, default=None)


def connect() -> None:
    post_save.connect(_drawn, sender=ProofJob, dispatch_uid="approval.compare_proofs")


def _drawn(instance: ProofJob, raw: bool = False, **kwargs: Any) -> None:
    """A proof that is drawn is compared at once, before anybody looks."""
    if not raw and instance.status == ProofJob.Status.DONE and instance.proof_id:
        transaction.on_commit(lambda: _compare_with_last(instance))


def _compare_with_last(job: ProofJob) -> None:
    from cms.approval.differences import last_approved

    given = last_approved(job.page)
    partner = partner_of(job, given.approved_proofs.all()) if given is not None else None
    if partner is not None and partner.proof_id != job.proof_id:
        ask((partner.proof_id, str(job.proof_id)))
