"""What the queues run. Every job can run twice, or again after it was killed; what is due is derived from the database."""

from __future__ import annotations

import dataclasses
import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from cms import clock
from cms.approval.models import ThemeApproval
from cms.places.models import Cluster
from cms.places.services import geometry_of
from cms.plugin_api.types import sha256
from cms.programmes.inputs import gather
from cms.release import anew, due, notices, requests
from cms.release.documents import keep_document, read_document
from cms.release.files import StorageFull
from cms.release.keys import KeysMissing, ceremony
from cms.release.models import Release, ReleaseRequest, Target
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.timing import lead_ms, stamp, unstamped
from cms.schedule.compile import compile_schedule
from cms.schedule.fingerprint import fingerprint as inputs_fingerprint
from cms.schedule.format import HORIZON_DAYS
from cms.schedule.incremental import reproof, shape
from cms.schedule.inputs import ScheduleInputs

log = logging.getLogger(__name__)

SET_BACK = timedelta(minutes=10)


class NotReady(Exception):
    """A cluster lacks what every schedule needs; the message says who does what. Asking again changes nothing by itself."""


def publish_schedule(cluster_id: int) -> int | None:
    """Compile a cluster's schedule and hand it to the signer; returns the release's id, or None when nothing changed."""
    cluster, request = _begin(cluster_id, Target.SCHEDULE)
    made_at = clock.now()
    try:
        release = _compile(cluster, request, made_at)
    except NotReady as error:
        log.info("%s: %s", cluster.slug, error)
        _done(request, made_at, error=str(error))
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
    """Check, sign and publish a compiled release (queue `sign`); returns what became of it: an outcome of the signer, or
    `waiting` when it lacks its keys or room on the disk."""
    release = Release.objects.select_related("cluster__province").get(pk=release_id)
    try:
        return sign_release(release)
    except (KeysMissing, StorageFull) as error:  # it waits until somebody does what the message says
        Release.objects.filter(pk=release_id).update(error=str(error))
        log.error("%s %s cannot be signed: %s", release.cluster.slug, release.target, error)
        return "waiting"
    except Exception as error:
        Release.objects.filter(pk=release_id).update(error=str(error))
        raise


def resign(cluster_id: int) -> bool:
    """Renew a cluster's metadata that end soon, or sign them anew when its keys changed (queue `sign`); returns whether anything
    was signed."""
    cluster = Cluster.objects.select_related("province").get(pk=cluster_id)
    repository = ClusterRepository(cluster.slug, cluster.province.code)
    try:
        return anew.sign_anew(cluster, repository) or repository.resign()
    except (KeysMissing, StorageFull) as error:
        log.error("%s: signatures cannot be renewed: %s", cluster.slug, error)
        return False


def resign_due() -> int:
    """Ask the signer to renew metadata that end soon or were signed by former keys; returns how many clusters' it asked for.
    Reads public files only, of some clusters at a time: they are renewed days before they end."""
    clusters = due.in_turn(clock.now())
    ending = [one.pk for one in clusters if ClusterRepository(one.slug, one.province.code).due_for_resigning()]
    requests.enqueue_resigning(ending)
    for path in ceremony.tidy_done():
        log.warning("%s: no root names this key any more; it was deleted", path)
    return len(ending)


def extend_due() -> int:
    """Find everything that should be published and is not, and put it in the queue: first releases, a horizon that begins
    before today, requests and signatures that a lost queue forgot, a public tree that does not offer what was published.
    Returns how many jobs it asked for. Meant to run every half minute; costs nothing when all is well."""
    now = clock.now()
    signing = requests.queued("sign")
    signatures = [one for one in due.unsigned(now) if (requests.SIGNING, one.pk) not in signing]
    requests.enqueue_signing(signatures)
    waiting = requests.queued("release")
    room = max(0, due.AT_ONCE - len(waiting))
    wanted = {
        *due.lagging(now),
        *due.never_asked(),
        *due.unmade(now),
        *due.missing_in_public(due.in_turn(now)),
        *due.outdated(now, room),
    } - waiting  # what a long queue holds is not lost
    for target in Target:
        requests.ask((key for kind, key in wanted if kind == target), target, again=True)
    return len(signatures) + len(wanted)


def _begin(cluster_id: int, target: Target) -> tuple[Cluster, ReleaseRequest]:
    """From here on a change asks for another job. What was asked before is seen by this one."""
    cluster = Cluster.objects.select_related("province").get(pk=cluster_id)
    ReleaseRequest.objects.get_or_create(cluster=cluster, target=target)
    ReleaseRequest.objects.filter(cluster=cluster, target=target).update(enqueued=False)
    return cluster, ReleaseRequest.objects.get(cluster=cluster, target=target)


def _done(request: ReleaseRequest, made_at: datetime, *, error: str = "") -> None:
    """`made_at`: when the job began to look, so that what it saw was of that day."""
    ReleaseRequest.objects.filter(pk=request.pk).update(checked_at=made_at, error=error)
    ReleaseRequest.objects.filter(pk=request.pk, handled__lt=request.requested).update(handled=request.requested)


def _failed(request: ReleaseRequest, error: Exception) -> None:
    ReleaseRequest.objects.filter(pk=request.pk).update(error=str(error), requested_at=clock.now())


def _compile(cluster: Cluster, request: ReleaseRequest, made_at: datetime) -> Release | None:
    """Gather, and compile unless the last release was made of the same: nobody changed anything, and it is the same day.
    Where only pictures changed, they are put into the last document."""
    _must_be_ready(cluster)
    first_day = made_at.astimezone(ZoneInfo(cluster.timezone)).date()
    inputs = gather(cluster, first_day=first_day, days=HORIZON_DAYS, valid_from_ms=clock.now_ms())
    name = inputs_fingerprint(inputs)
    last = _standing(request)
    if last is not None and last.inputs == name and _stands(last, cluster, _instant(clock.now_ms() + lead_ms())):
        _done(request, made_at)
        return None
    form = shape(inputs)
    document, remarks = _document(inputs, last if last is not None and last.shape == form else None)
    valid_from = clock.now_ms() + lead_ms()
    return _keep(
        cluster,
        request,
        stamp(document, valid_from),
        fingerprint=fingerprint(document),
        inputs=name,
        shape=form,
        made_at=made_at,
        valid_from=_instant(valid_from),
        diagnostics=remarks,
    )


def _document(inputs: ScheduleInputs, alike: Release | None) -> tuple[bytes, list[dict[str, object]]]:
    """The compiler's document and its remarks. `alike`: a release of inputs of the same shape, whose document needs but other
    pictures."""
    old = read_document(inputs.cluster.id, Target.SCHEDULE, alike.sha256) if alike else None
    new = reproof(old, inputs) if old else None
    if alike is not None and new is not None:
        return new, alike.diagnostics
    compiled = compile_schedule(inputs)
    return compiled.document, [{**dataclasses.asdict(one), "params": dict(one.params)} for one in compiled.diagnostics]


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


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


def _standing(request: ReleaseRequest) -> Release | None:
    """The last release of a document that is offered to players, or will be."""
    good = [Release.Status.COMPILED, Release.Status.PUBLISHED]
    return Release.objects.filter(cluster=request.cluster_id, target=request.target, status__in=good).first()


def _keep(
    cluster: Cluster,
    request: ReleaseRequest,
    data: bytes,
    *,
    fingerprint: str,
    made_at: datetime,
    inputs: str = "",
    shape: str = "",
    valid_from: datetime | None = None,
    diagnostics: list[dict[str, object]] | None = None,
) -> Release | None:
    """Store a document as a release that waits for its signature, unless it is what players are offered, or will be, or a
    job that began later has been faster: what this one gathered may be older than a withdrawal that the other saw."""
    last = _standing(request)
    same = last if last and last.fingerprint == fingerprint and _stands(last, cluster, valid_from) else None
    digest = "" if same else keep_document(cluster.slug, request.target, data)
    release = None
    with transaction.atomic():
        if ReleaseRequest.objects.select_for_update().get(pk=request.pk).handled > request.requested:
            return None
        if same is not None and _standing(request) != same:
            # Another job was faster since: what it made may be older than a blackout that this one saw.
            same, digest = None, keep_document(cluster.slug, request.target, data)
        if same is not None and inputs:
            # Other inputs, the same document: the next job finds that it need not compile these either.
            Release.objects.filter(pk=same.pk).update(inputs=inputs, shape=shape, diagnostics=diagnostics or [])
        elif same is None:
            release = Release.objects.create(
                cluster=cluster,
                target=request.target,
                sha256=digest,
                bytes=len(data),
                fingerprint=fingerprint,
                inputs=inputs,
                shape=shape,
                valid_from=valid_from,
                made_at=made_at,
                diagnostics=diagnostics or [],
            )
        _done(request, made_at)
    if release is not None:
        requests.enqueue_signing([release])
    return release


def _stands(last: Release, cluster: Cluster, valid_from: datetime | None) -> bool:
    if last.status == Release.Status.COMPILED:
        return timedelta() <= clock.now() - last.made_at < due.STUCK
    if valid_from and last.valid_from and last.valid_from > valid_from + SET_BACK:
        return False  # the clock was set back (a demo begins again): what was published lies in the future
    return ClusterRepository(cluster.slug, cluster.province.code).current(last.target) == last.sha256
