"""The signer: the one place that turns a compiled document into a signed release. Runs in the process of the `sign` queue,
which alone can read the online keys; checks against the records of approvals before it signs."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Literal

from cms import clock
from cms.accounts.audit import record
from cms.release.checks import Reason, Refused, check_notices, check_schedule, parse
from cms.release.documents import read_document
from cms.release.models import Release, ReleaseRequest, Target
from cms.release.repository import ClusterRepository
from cms.release.services import ensure_province_keys
from cms.release.store import AssetDamaged, ContentStore
from cms.release.timing import notice_ms
from cms.schedule import format as fmt

log = logging.getLogger(__name__)

Outcome = Literal["published", "refused", "superseded", "late", "nothing"]


def sign_release(release: Release) -> Outcome:
    """Check, store the chunks, sign and publish one compiled release. Doing it twice does nothing the second time.

    `late`: its `valid_from` is too near to reach every player before it; the caller has it compiled anew. Raises StorageFull and
    KeysMissing with the release still waiting, so that it can be tried again."""
    cluster = release.cluster
    ensure_province_keys(cluster.province)
    repository = ClusterRepository(cluster.slug, cluster.province.code)
    with repository.locked():
        release.refresh_from_db()
        if release.status != Release.Status.COMPILED:
            return "nothing"
        if _overtaken(release):
            _finish(release, Release.Status.SUPERSEDED)
            return "superseded"
        try:
            data = read_document(cluster.slug, release.target, release.sha256)
            if data is None:
                raise Refused([Reason("changed", release.sha256)])
            document = _checked(release, data)
            stored_in = _store_assets(document, known=_signed_manifests(repository))
        except Refused as refusal:
            _refuse(release, refusal)
            return "refused"
        if isinstance(document, fmt.Schedule) and document.valid_from - clock.now_ms() < notice_ms():
            _finish(release, Release.Status.SUPERSEDED)
            return "late"
        release.version = repository.publish(release.target, data)
        release.published_at = clock.now()
        _finish(release, Release.Status.PUBLISHED)
    _note_cost(release, without_ms=stored_in)
    log.info("%s %s: version %s published", cluster.slug, release.target, release.version)
    return "published"


def _checked(release: Release, data: bytes) -> fmt.Schedule | fmt.Notices:
    if release.target == Target.SCHEDULE:
        schedule = parse(fmt.Schedule, data, release.cluster)
        check_schedule(release.cluster, schedule)
        return schedule
    notices = parse(fmt.Notices, data, release.cluster)
    check_notices(release.cluster, notices)
    return notices


def _store_assets(document: fmt.Schedule | fmt.Notices, *, known: dict[str, str]) -> int:
    """Bring every asset into the public store, hashing what is new; returns the milliseconds it took. `known`: manifests by
    an earlier signed document."""
    store, started = ContentStore(), monotonic()
    for digest, asset in document.assets.items():
        manifest = asset.manifest if asset.manifest and known.get(digest) == asset.manifest else None
        try:
            made = store.add_asset(digest, known=manifest)
        except AssetDamaged as damage:
            raise Refused([Reason("asset_damaged", digest)]) from damage
        if made != asset.manifest:
            raise Refused([Reason("manifest", digest)])
    return int((monotonic() - started) * 1000)


def _signed_manifests(repository: ClusterRepository) -> dict[str, str]:
    """Manifests of long assets by the schedule signed last; read through its signature, not from the database."""
    data = repository.read_target(Target.SCHEDULE)
    if data is None:
        return {}
    schedule = fmt.Schedule.model_validate_json(data)
    return {digest: asset.manifest for digest, asset in schedule.assets.items() if asset.manifest}


def _overtaken(release: Release) -> bool:
    return Release.objects.filter(
        cluster=release.cluster_id,
        target=release.target,
        id__gt=release.id,
        status__in=[Release.Status.COMPILED, Release.Status.PUBLISHED],
    ).exists()


def _refuse(release: Release, refusal: Refused) -> None:
    from cms.release.reasons import words

    entries = [reason.to_json() for reason in refusal.reasons]
    release.diagnostics = [*release.diagnostics, *entries]
    release.error = "\n".join(words(entry) for entry in entries)
    _finish(release, Release.Status.REFUSED)
    record(
        "release.refused",
        release.cluster.slug,
        province=release.cluster.province.code,
        reason=release.error,
        release=release.pk,
        target=release.target,
        sha256=release.sha256,
        reasons=entries,
    )
    log.error("%s %s refused: %s", release.cluster.slug, release.target, refusal)


def _finish(release: Release, status: Release.Status) -> None:
    release.status = status
    if status == Release.Status.PUBLISHED:
        release.error = ""
    release.save(update_fields=["status", "version", "published_at", "diagnostics", "error"])


def _note_cost(release: Release, *, without_ms: int) -> None:
    """Remember how long the way from the first query to the publication took, but for the assets that were new; the next
    release allows for it."""
    took = int((clock.now() - release.made_at).total_seconds() * 1000) - without_ms
    ReleaseRequest.objects.filter(cluster=release.cluster_id, target=release.target).update(
        cost_ms=max(0, min(took, 60_000))
    )
