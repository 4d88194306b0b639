"""Which proofs a revision needs, and whether they are there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from wagtail.models import Revision

from cms.content.assets import AssetStore
from cms.content.cards import content_hash
from cms.content.drawing import inputs_hash
from cms.content.models import ItemPage, ProofJob
from cms.content.services import item_translation
from cms.places.models import Cluster, DisplayMode, Province
from cms.places.services import geometry_of
from cms.plugin_api.types import Geometry
from renderers.errors import RenderError

log = logging.getLogger("bangtin.proofs")

SpanRequest = Callable[[], Iterable[int]]
_span_requests: list[SpanRequest] = []


def register_span_request(request: SpanRequest) -> None:
    """Let a higher app ask for pictures across the faces of clusters that show each face by itself otherwise: `request()`
    returns the ids of these clusters."""
    if request not in _span_requests:
        _span_requests.append(request)


def _asked_to_span() -> set[int]:
    return {cluster for request in _span_requests for cluster in request()}


@dataclass(frozen=True, slots=True)
class ProofTarget:
    """One picture that has to be drawn: for clusters of equal geometry, in a theme, flat or across the faces."""

    geometry: Geometry
    theme: str
    clusters: tuple[Cluster, ...]
    span: bool = False

    @property
    def key(self) -> tuple[str, str, bool]:
        return self.geometry.id, self.theme, self.span


def destination_clusters(page: ItemPage, province: Province | None = None) -> list[Cluster]:
    """Active clusters the item is meant for: those chosen, else all of its province (a national item: all there are).
    `province` keeps only that province's."""
    home = page.province
    chosen = list(page.destinations.all())
    clusters = Cluster.objects.filter(active=True).select_related("province").prefetch_related("faces").order_by("pk")
    if chosen:
        clusters = clusters.filter(pk__in=[one.pk for one in chosen])
    elif not home.national:
        clusters = clusters.filter(province=home)
    if province is not None:
        clusters = clusters.filter(province=province)
    return list(clusters)


def targets(page: ItemPage, province: Province | None = None) -> list[ProofTarget]:
    """The distinct (geometry, theme, flat or span) of the item's destinations. Clusters without faces ask for none."""
    return targets_on(destination_clusters(page, province), page.province.theme)


def targets_on(clusters: Iterable[Cluster], theme: str) -> list[ProofTarget]:
    """The same of these clusters; one query for each whose faces are not prefetched."""
    wanted: dict[tuple[str, str, bool], list[Any]] = {}
    asked = _asked_to_span()
    for cluster in clusters:
        geometry = geometry_of(cluster)
        if not geometry.faces:
            continue
        wide = cluster.mode == DisplayMode.SPAN or cluster.pk in asked
        for span in (False, True) if wide and len(geometry.faces) > 1 else (False,):
            wanted.setdefault((geometry.id, theme, span), [geometry, []])[1].append(cluster)
    return [ProofTarget(geometry, key[1], tuple(places), key[2]) for key, (geometry, places) in wanted.items()]


def request_proofs(page: ItemPage, revision: Revision) -> list[ProofJob]:
    """Have every missing proof of a revision drawn, on the `render` queue once this transaction commits. Idempotent: what is
    drawn, being drawn or known to fail for the same content stays; equal inputs of another revision are taken over
    without drawing. Waiting jobs of the page's other revisions are dropped: only the latest matters."""
    from cms.content import jobs

    draft = revision.as_object()
    needed = targets(draft)
    with transaction.atomic():
        ProofJob.objects.filter(page_id=page.pk, status=ProofJob.Status.QUEUED).exclude(revision=revision).delete()
        keys = {target.key for target in needed}
        for stale in ProofJob.objects.filter(revision=revision):
            if (stale.geometry, stale.theme, stale.span) not in keys:
                stale.delete()
        if not draft.body:
            return []
        found = [_request(page, revision, draft, target) for target in needed]
        waiting = [job.pk for job in found if job.status == ProofJob.Status.QUEUED]
        transaction.on_commit(lambda: jobs.enqueue_all(waiting))
    return found


def _request(page: ItemPage, revision: Revision, draft: ItemPage, target: ProofTarget) -> ProofJob:
    error: RenderError | None = None
    content = inputs = ""
    try:
        item = item_translation(draft)
        content = content_hash(item)
        inputs = inputs_hash(item, target)
    except RenderError as problem:
        error = problem
    except Exception as problem:  # no renderer, a theme that cannot be read: said beside the form, not a crash
        log.exception("the proofs of %s cannot be asked for", page)
        error = RenderError("no_renderer", f"Chưa vẽ được: {problem}", f"It cannot be drawn: {problem}")
    job, made = ProofJob.objects.select_for_update().get_or_create(
        revision=revision,
        geometry=target.geometry.id,
        theme=target.theme,
        span=target.span,
        defaults={"page": page, "cluster": target.clusters[0]},
    )
    # A finished proof of this very content stays, even when it would be drawn otherwise by now.
    if not made and error is None and (job.inputs == inputs or (_is_done(job) and job.content == content)):
        return job
    job.page, job.cluster, job.content, job.inputs = page, target.clusters[0], content, inputs
    job.attempts = 0
    job.reset()
    if error:
        job.fail(error)
    if error is None:
        twin = (
            ProofJob.objects.filter(inputs=inputs, status=ProofJob.Status.DONE, proof__isnull=False)
            .exclude(pk=job.pk)
            .select_related("proof")
            .first()
        )
        if twin is not None and twin.proof is not None and AssetStore().has(twin.proof.value.assets()):
            job.follow(twin)
    job.save()
    return job


def _is_done(job: ProofJob) -> bool:
    return job.status == ProofJob.Status.DONE and job.proof_id is not None


def jobs_for(page: ItemPage, revision: Revision) -> list[ProofJob]:
    """The jobs of a revision, in the order they were asked for."""
    return list(
        ProofJob.objects.filter(page_id=page.pk, revision=revision).select_related("cluster", "proof").order_by("pk")
    )


def ready_jobs(page: ItemPage, revision: Revision, province: Province | None = None) -> list[ProofJob] | None:
    """One finished job for every present target (of one province), of exactly this revision's content; None while any is
    missing, failed or stale."""
    draft = revision.as_object()
    try:
        content = content_hash(item_translation(draft))
    except RenderError:
        return None
    jobs = {(job.geometry, job.theme, job.span): job for job in jobs_for(page, revision)}
    found = [jobs.get(target.key) for target in targets(draft, province)]
    sound = [
        job for job in found if job and job.status == ProofJob.Status.DONE and job.proof and job.content == content
    ]
    return sound if sound and len(sound) == len(found) else None


def ready(page: ItemPage, revision: Revision) -> bool:
    """Whether every proof of this revision is drawn."""
    return ready_jobs(page, revision) is not None


def missing(page: ItemPage, revision: Revision, province: Province | None = None) -> list[ProofTarget]:
    """Targets whose proof is not drawn yet, or drawn from other content."""
    draft = revision.as_object()
    try:
        content = content_hash(item_translation(draft))
    except RenderError:
        return targets(draft, province)
    done = {
        (job.geometry, job.theme, job.span)
        for job in jobs_for(page, revision)
        if job.status == ProofJob.Status.DONE and job.content == content
    }
    return [target for target in targets(draft, province) if target.key not in done]
