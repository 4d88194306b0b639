"""What the queues run. Every job can run twice, or again after it was killed; what is due is derived from the database."""

from __future__ import annotations

import dataclasses
import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import django_rq
from django.db import transaction
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from cms import clock
from cms.approval.models import ThemeApproval
from cms.places.models import Cluster
from cms.places.services import geometry_of
from cms.plugin_api.types import sha256
from cms.programmes.inputs import gather
from cms.release import notices, services
from cms.release.documents import keep_document
from cms.release.models import Release, ReleaseRequest, Target
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.timing import lead_ms, stamp, unstamped
from cms.schedule.compile import compile_schedule
from cms.schedule.format import HORIZON_DAYS

log = logging.getLogger(__name__)

STUCK = timedelta(seconds=20)
AFTER_ERROR = timedelta(minutes=5)
RECHECK = timedelta(minutes=10)  # for what nobody asked for: a process killed between a change and its request
SET_BACK = timedelta(minutes=10)


class NotReady(Exception):
    """A cluster lacks what every schedule needs; the message says who does what. Asking again changes nothing by itself."""


def publish_schedule(cluster_id: int) -> int | None:
    """Compile a cluster's schedule and hand it to the signer; returns the release's id, or None when nothing changed."""
    cluster, request = _begin(cluster_id, Target.SCHEDULE)
    try:
        release = _compile(cluster, request)
    except NotReady as error:
        log.info("%s: %s", cluster.slug, error)
        _done(request, error=str(error))
        return None
    except Exception as error:
        _failed(request, error)
        raise
    return release.pk if release else None


def publish_notices(cluster_id: int) -> int | None:
    """Gather a cluster's notices and hand them to the signer; returns the release's id, or None when nothing changed."""
    cluster, request = _begin(cluster_id, Target.NOW)
    made_at = clock.now()
    try:
        data = notices.compile_notices(cluster, clock.now_ms())
        release = _keep(cluster, request, data, fingerprint=sha256(data), made_at=made_at)
    except Exception as error:
        _failed(request, error)
        raise
    return release.pk if release else None


def sign(release_id: int) -> str:
    """Check, sign and publish a compiled release (queue `sign`); returns what became of it."""
    release = Release.objects.select_related("cluster__province").get(pk=release_id)
    try:
        return sign_release(release)
    except Exception as error:
        Release.objects.filter(pk=release_id).update(error=str(error))
        raise


def resign(cluster_id: int) -> bool:
    """Renew a cluster's metadata that end soon (queue `sign`); returns whether anything was renewed."""
    cluster = Cluster.objects.select_related("province").get(pk=cluster_id)
    return ClusterRepository(cluster.slug, cluster.province.code).resign()


def resign_due() -> int:
    """Ask the signer to renew every cluster's metadata that end soon; returns how many. Reads public files only."""
    due = [one.pk for one in _clusters() if ClusterRepository(one.slug, one.province.code).due_for_resigning()]
    for cluster_id in due:
        try:
            django_rq.get_queue("sign", commit_mode="auto").enqueue(resign, cluster_id)
        except RedisError as error:
            log.warning("The queue sign cannot be reached (%s); signatures are renewed later", error)
    return len(due)


def extend_due() -> int:
    """Find everything that should be published and is not, and put it in the queue: first releases, a horizon that begins
    before today, requests and signatures that a lost queue forgot, a public tree that does not offer what was published.
    Returns how many jobs it asked for. Meant to run every minute; costs nothing when all is well."""
    asked = 0
    now = clock.now()
    for release in Release.objects.filter(status=Release.Status.COMPILED).exclude(made_at__range=(now - STUCK, now)):
        services.enqueue_signing(release)
        asked += 1
    for cluster in _clusters():
        repository = ClusterRepository(cluster.slug, cluster.province.code)
        for target in (Target.NOW, Target.SCHEDULE):
            if _is_due(cluster, target, repository, now):
                ReleaseRequest.objects.filter(cluster=cluster, target=target).update(enqueued=False)
                (services.request_notices if target == Target.NOW else services.request_schedule)([cluster.pk])
                asked += 1
    return asked


def _clusters() -> list[Cluster]:
    return list(Cluster.objects.filter(active=True, faces__isnull=False).select_related("province").distinct())


def _is_due(cluster: Cluster, target: Target, repository: ClusterRepository, now: datetime) -> bool:
    request = ReleaseRequest.objects.filter(cluster=cluster, target=target).first()
    if request and request.requested > request.handled:
        waiting = now - request.requested_at if request.requested_at else AFTER_ERROR
        patience = (
            AFTER_ERROR if request.error and target != Target.NOW else STUCK
        )  # a withdrawal is tried all the time
        return not timedelta() <= waiting < patience
    newest = Release.objects.filter(cluster=cluster, target=target).first()
    if newest is not None and newest.status in (Release.Status.COMPILED, Release.Status.SUPERSEDED):
        return newest.status == Release.Status.SUPERSEDED  # given up for one that was never made
    checked = request.checked_at if request else None
    if checked is None or not timedelta() <= now - checked < RECHECK:
        return True
    last = services.current(cluster, target)
    if last is None:
        return False
    if repository.current(target) != last.sha256:
        return True
    if target == Target.NOW or last.valid_from is None:
        return False
    zone = ZoneInfo(cluster.timezone)
    return last.valid_from.astimezone(zone).date() < now.astimezone(zone).date()


def _begin(cluster_id: int, target: Target) -> tuple[Cluster, ReleaseRequest]:
    """From here on a change asks for another job. What was asked before is seen by this one."""
    cluster = Cluster.objects.select_related("province").get(pk=cluster_id)
    ReleaseRequest.objects.get_or_create(cluster=cluster, target=target)
    ReleaseRequest.objects.filter(cluster=cluster, target=target).update(enqueued=False)
    return cluster, ReleaseRequest.objects.get(cluster=cluster, target=target)


def _done(request: ReleaseRequest, *, error: str = "") -> None:
    ReleaseRequest.objects.filter(pk=request.pk).update(checked_at=clock.now(), error=error)
    ReleaseRequest.objects.filter(pk=request.pk, handled__lt=request.requested).update(handled=request.requested)


def _failed(request: ReleaseRequest, error: Exception) -> None:
    ReleaseRequest.objects.filter(pk=request.pk).update(error=str(error), requested_at=clock.now())


def _compile(cluster: Cluster, request: ReleaseRequest) -> Release | None:
    _must_be_ready(cluster)
    made_at = clock.now()
    first_day = made_at.astimezone(ZoneInfo(cluster.timezone)).date()
    inputs = gather(cluster, first_day=first_day, days=HORIZON_DAYS, valid_from_ms=clock.now_ms())
    compiled = compile_schedule(inputs)
    valid_from = clock.now_ms() + lead_ms()
    return _keep(
        cluster,
        request,
        stamp(compiled.document, valid_from),
        fingerprint=fingerprint(compiled.document),
        made_at=made_at,
        valid_from=datetime.fromtimestamp(valid_from / 1000, tz=UTC),
        diagnostics=[{**dataclasses.asdict(one), "params": dict(one.params)} for one in compiled.diagnostics],
    )


def _must_be_ready(cluster: Cluster) -> None:
    geometry = geometry_of(cluster)
    if not geometry.faces:
        raise NotReady(_("The cluster has no faces yet. An administrator adds them under Places."))
    themes = {cluster.province.theme, "national"}
    if not ThemeApproval.objects.filter(theme__in=themes, geometry=geometry.id).exists():
        raise NotReady(
            _(
                "Theme %(theme)s is not approved for this cluster. An administrator allows it under “Themes on the screens”."
            )
            % {"theme": cluster.province.theme}
        )


def fingerprint(document: bytes) -> str:
    """Hash of a schedule without `valid_from`: equal fingerprints show the same things at the same times."""
    return sha256(unstamped(document))


def _keep(
    cluster: Cluster,
    request: ReleaseRequest,
    data: bytes,
    *,
    fingerprint: str,
    made_at: datetime,
    valid_from: datetime | None = None,
    diagnostics: list[dict[str, object]] | None = None,
) -> Release | None:
    """Store a document as a release that waits for its signature, unless it is what players are offered, or will be, or a
    job that began later has been faster: what this one gathered may be older than a withdrawal that the other saw."""
    last = (
        Release.objects.filter(cluster=cluster, target=request.target)
        .filter(status__in=[Release.Status.COMPILED, Release.Status.PUBLISHED])
        .first()
    )
    same = last is not None and last.fingerprint == fingerprint and _stands(last, cluster, valid_from)
    digest = "" if same else keep_document(cluster.slug, request.target, data)
    release = None
    with transaction.atomic():
        if ReleaseRequest.objects.select_for_update().get(pk=request.pk).handled > request.requested:
            return None
        if not same:
            release = Release.objects.create(
                cluster=cluster,
                target=request.target,
                sha256=digest,
                bytes=len(data),
                fingerprint=fingerprint,
                valid_from=valid_from,
                made_at=made_at,
                diagnostics=diagnostics or [],
            )
        _done(request)
    if release is not None:
        services.enqueue_signing(release)
    return release


def _stands(last: Release, cluster: Cluster, valid_from: datetime | None) -> bool:
    if last.status == Release.Status.COMPILED:
        return timedelta() <= clock.now() - last.made_at < STUCK
    if valid_from and last.valid_from and last.valid_from > valid_from + SET_BACK:
        return False  # the clock was set back (a demo begins again): what was published lies in the future
    return ClusterRepository(cluster.slug, cluster.province.code).current(last.target) == last.sha256
