"""What the `render` queue runs: the making of proofs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import timedelta

import django_rq
from django.db.models import F, Q
from django.utils import timezone
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job

from cms.content.assets import AssetStore
from cms.content.cards import content_hash
from cms.content.models import ItemPage, Proof, ProofJob, ProvincePage
from cms.content.proofs import inputs_hash, request_proofs, targets
from cms.content.services import item_translation, untranslated
from cms.places.models import Province
from cms.plugin_api.types import RenderRequest
from cms.plugin_host.host import get_host
from renderers.errors import RenderError

log = logging.getLogger("bangtin.proofs")
MAX_ATTEMPTS = 3
SILENT = timedelta(minutes=10)
GRACE = timedelta(seconds=30)


class Superseded(Exception):
    """A newer revision was saved while this one was being drawn."""


def rq_id(job: ProofJob) -> str:
    return f"proof-{job.pk}-{job.attempts}-{job.inputs[:12]}"


def enqueue(job_id: int) -> None:
    """Put a waiting job on the queue. Without Redis it stays waiting, and `find_stuck` brings it back."""
    job = ProofJob.objects.filter(pk=job_id, status=ProofJob.Status.QUEUED).first()
    if job is None:
        return
    try:
        django_rq.get_queue("render").enqueue(make_proof, job.pk, job_id=rq_id(job), result_ttl=60, failure_ttl=3600)
    except RedisError as error:
        log.info("the proof %s waits for Redis: %s", job.pk, error)


def enqueue_all(job_ids: Iterable[int]) -> None:
    for job_id in job_ids:
        enqueue(job_id)


def make_proof(job_id: int) -> None:
    """Draw one proof and store it by hash. Safe to run twice: a job that is done, running or gone is left alone."""
    claimed = ProofJob.objects.filter(pk=job_id, status=ProofJob.Status.QUEUED).update(
        status=ProofJob.Status.RUNNING, attempts=F("attempts") + 1, progress=0, updated_at=timezone.now()
    )
    if not claimed:
        return
    job = ProofJob.objects.select_related("page", "revision", "cluster").get(pk=job_id)
    try:
        job.done(_draw(job))
    except Superseded:
        job.delete()
        return
    except RenderError as error:
        job.fail(error)
    except Exception:
        log.exception("proof job %s", job_id)
        job.fail(
            RenderError(
                "crashed",
                "Máy chủ gặp lỗi khi vẽ bản duyệt này. Hãy bấm «Vẽ lại»; nếu vẫn lỗi, báo quản trị viên.",
                "The server failed while drawing this proof. Press “Draw again”; if it fails again, tell the administrator.",
            )
        )
    if ProofJob.objects.filter(pk=job_id, status=ProofJob.Status.RUNNING).exists():
        job.save()  # otherwise it was asked for anew in the meantime, with other content


def _draw(job: ProofJob) -> Proof:
    draft = job.revision.as_object()
    key = (job.geometry, job.theme, job.span)
    target = next((one for one in targets(draft) if one.key == key), None)
    if target is None:
        raise Superseded
    item = item_translation(draft)
    job.content, job.inputs = content_hash(item), inputs_hash(item, target)
    host = get_host()
    request = RenderRequest(
        geometry=target.geometry,
        item=item,
        theme=host.theme(target.theme),
        sink=AssetStore(),
        span=target.span,
        progress=_Reporter(job),
        templates=host.card_templates(),
    )
    made = host.renderer(len(target.geometry.faces)).render(request)
    return Proof.objects.get_or_create(id=made.id, defaults={"document": made.to_json()})[0]


class _Reporter:
    """Writes progress at most twice a second, and stops the work when a newer revision makes it useless."""

    def __init__(self, job: ProofJob) -> None:
        self.job, self.last = job, time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last < 0.5:
            return
        self.last = time.monotonic()
        share = min(1.0, max(0.0, share))
        alive = ProofJob.objects.filter(pk=self.job.pk).update(progress=share, updated_at=timezone.now())
        latest = type(self.job.page).objects.filter(pk=self.job.page_id, latest_revision=self.job.revision_id).exists()
        if not (alive and latest):
            raise Superseded


def refresh_later(cluster_ids: Iterable[int]) -> None:
    """Have `refresh_proofs` run soon; without Redis, opening an item and pressing "Draw again" does the same."""
    try:
        django_rq.get_queue("default").enqueue(refresh_proofs, sorted(cluster_ids), result_ttl=60)
    except RedisError as error:
        log.info("proofs for changed clusters wait for Redis: %s", error)


def refresh_proofs(cluster_ids: list[int]) -> int:
    """Ask for the proofs that changed or new faces need, of every item's latest draft; returns how many items. Approvals
    stay as they are: new pixels need a new approval."""
    provinces = Province.objects.filter(Q(clusters__in=cluster_ids) | Q(national=True)).distinct()
    asked = 0
    for shelf in ProvincePage.objects.filter(province__in=provinces):
        for page in ItemPage.objects.child_of(shelf).filter(alias_of=None).select_related("latest_revision"):
            if page.latest_revision is not None and not untranslated(page):
                request_proofs(page, page.latest_revision)
                asked += 1
    return asked


def find_stuck() -> int:
    """Bring back what a lost worker or a lost queue left behind; returns how many jobs. What failed to finish
    three times is marked as failed. Cheap; run it every minute."""
    now = timezone.now()
    brought = 0
    for job in ProofJob.objects.filter(
        status__in=[ProofJob.Status.QUEUED, ProofJob.Status.RUNNING], updated_at__lt=now - GRACE
    ):
        if job.updated_at > now - SILENT and _is_alive(job):
            continue
        if job.attempts >= MAX_ATTEMPTS:
            job.fail(
                RenderError(
                    "stuck",
                    "Đã thử vẽ ba lần nhưng không xong. Hãy thử tệp nhẹ hơn, hoặc báo quản trị viên.",
                    "Drawing was tried three times and never finished. Try a lighter file, or tell the administrator.",
                )
            )
            job.save()
            continue
        job.reset()
        job.save()
        enqueue(job.pk)
        brought += 1
    return brought


def _is_alive(job: ProofJob) -> bool:
    started = job.attempts - 1 if job.status == ProofJob.Status.RUNNING else job.attempts
    try:
        found = Job.fetch(f"proof-{job.pk}-{started}-{job.inputs[:12]}", connection=django_rq.get_connection("render"))
    except NoSuchJobError:
        return False
    except RedisError:
        return True
    return bool(found.get_status() in ("queued", "started", "deferred", "scheduled"))
