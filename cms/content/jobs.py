"""What the `render` queue runs: the making of proofs, which people can stop and ask for again."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import django_rq
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job

from cms.content.assets import AssetStore
from cms.content.cards import content_hash
from cms.content.drawing import drawing_of, inputs_hash
from cms.content.drawn import Drawings
from cms.content.models import ItemPage, Proof, ProofJob, ProvincePage
from cms.content.overspec import notes_on
from cms.content.proofs import request_proofs, targets
from cms.content.services import item_translation, untranslated
from cms.places.models import Province
from cms.plugin_api.types import JSON, RenderRequest
from cms.plugin_host.host import get_host
from renderers.errors import RenderError

log = logging.getLogger("bangtin.proofs")
MAX_ATTEMPTS = 3
QUIET, SILENT = timedelta(minutes=2), timedelta(minutes=10)
GRACE = timedelta(seconds=30)


class Superseded(Exception):
    """A newer revision was saved while this one was being drawn."""


class Stopped(Exception):
    """Someone stopped this drawing, or asked for it anew."""


def rq_id(job: ProofJob) -> str:
    """The queue's name of a job: another one whenever it is asked for anew. A running job was put on the queue one attempt
    before."""
    attempt = job.attempts - (job.status == ProofJob.Status.RUNNING)
    return f"proof-{job.pk}-{int(job.queued_at.timestamp() * 1000)}-{attempt}-{job.inputs[:12]}"


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
    """Draw one proof and store it by hash. Safe to run twice: a job that is done, running, stopped or gone is left alone."""
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
    except Stopped:
        return  # whoever stopped it wrote down what became of it
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
    if _mine(job).exists():
        job.save()  # otherwise it was stopped or asked for anew in the meantime


def _mine(job: ProofJob) -> Any:
    """The job's row, as long as it is this very run's."""
    return ProofJob.objects.filter(
        pk=job.pk, status=ProofJob.Status.RUNNING, attempts=job.attempts, queued_at=job.queued_at
    )


def _draw(job: ProofJob) -> Proof:
    draft = job.revision.as_object()
    key = (job.geometry, job.theme, job.span)
    target = next((one for one in targets(draft) if one.key == key), None)
    if target is None:
        raise Superseded
    item = item_translation(draft)
    job.content, job.inputs, job.drawing = content_hash(item), inputs_hash(item, target), drawing_of(item, target)
    host, store, reporter = get_host(), AssetStore(), _Reporter(job)
    legibility: list[JSON] = []
    request = RenderRequest(
        geometry=target.geometry,
        item=item,
        theme=host.theme(target.theme),
        sink=store,
        span=target.span,
        progress=reporter,
        templates=host.card_templates(),
        cache=Drawings(store, waiting=reporter.beat),
        judge=lambda one: legibility.append(one.to_json()),
    )
    made = host.renderer(len(target.geometry.faces)).render(request)
    job.legibility, job.notes = legibility, notes_on(item, target.geometry, request.cache)
    return Proof.objects.get_or_create(id=made.id, defaults={"document": made.to_json()})[0]


class _Reporter:
    """Writes progress at most twice a second, and ends the work when it was stopped or a newer revision makes it useless."""

    def __init__(self, job: ProofJob) -> None:
        self.job, self.last, self.share = job, time.monotonic(), 0.0

    def __call__(self, share: float) -> None:
        self.share = min(1.0, max(0.0, share))
        if time.monotonic() - self.last >= 0.5:
            self.beat()

    def beat(self) -> None:
        """A sign of life. Raises `Stopped` and `Superseded`."""
        self.last = time.monotonic()
        if not _mine(self.job).update(progress=self.share, updated_at=timezone.now()):
            raise Stopped
        if not ItemPage.objects.filter(pk=self.job.page_id, latest_revision=self.job.revision_id).exists():
            raise Superseded


def stop(job: ProofJob, *, by: Any) -> bool:
    """End a job that waits or runs; no proof comes of it, and what was half made is removed by its worker within a second.
    False when there was nothing to stop any more."""
    who = by.get_full_name() or by.get_username()
    now = timezone.now()
    return bool(
        ProofJob.objects.filter(
            pk=job.pk, status__in=[ProofJob.Status.QUEUED, ProofJob.Status.RUNNING]
        ).update(
            status=ProofJob.Status.STOPPED,
            error=f"{who} đã dừng việc vẽ; không có bản duyệt nào được tạo. Bấm «Vẽ lại» khi cần.",
            error_en=f"{who} stopped the drawing; no proof was made. Press “Draw again” when it is wanted.",
            progress=0,
            finished_at=now,
            updated_at=now,
        )
    )  # fmt: skip


def again(job: ProofJob) -> bool:
    """Draw a job that failed, was stopped or is stuck once more, from the start; False for any other, and for one whose item
    has a newer draft."""
    with transaction.atomic():
        job = ProofJob.objects.select_for_update(of=("self",)).select_related("page__latest_revision").get(pk=job.pk)
        if job.page.latest_revision_id != job.revision_id:
            return False
        if job.status not in (ProofJob.Status.FAILED, ProofJob.Status.STOPPED) and not is_stuck(job):
            return False
        job.attempts, job.queued_at = 0, timezone.now()
        if job.inputs:
            job.reset()
            job.save()
            transaction.on_commit(lambda: enqueue(job.pk))
        else:  # it could not even be asked for: perhaps it can now
            request_proofs(job.page, job.revision)
    return True


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


def is_stuck(job: ProofJob, now: datetime | None = None) -> bool:
    """Whether a running job gives no sign of life any more; one that works gives two a second."""
    return job.status == ProofJob.Status.RUNNING and job.updated_at <= (now or timezone.now()) - QUIET


def find_stuck() -> int:
    """Bring back what a lost worker or a lost queue left behind; returns how many jobs. What failed to finish
    three times is marked as failed. Cheap; run it every minute."""
    now = timezone.now()
    brought = 0
    for job in ProofJob.objects.filter(
        status__in=[ProofJob.Status.QUEUED, ProofJob.Status.RUNNING], updated_at__lt=now - GRACE
    ):
        silent = job.status == ProofJob.Status.RUNNING and job.updated_at <= now - SILENT
        if not silent and _is_alive(job):
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
    try:
        found = Job.fetch(rq_id(job), connection=django_rq.get_connection("render"))
    except NoSuchJobError:
        return False
    except RedisError:
        return True
    return bool(found.get_status() in ("queued", "started", "deferred", "scheduled"))
