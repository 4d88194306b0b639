"""The signer: the one place that turns a compiled document into a signed release. Runs in the process of the `sign` queue,
which alone can read the online keys; checks against the records of approvals before it signs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Literal

from cms import clock
from cms.accounts.audit import record
from cms.release.anew import sign_anew
from cms.release.checks import Reason, Refused, check_notices, check_schedule, parse
from cms.release.documents import keep_document, read_document
from cms.release.hints import publish_hint
from cms.release.models import Release, Target
from cms.release.repository import ClusterRepository
from cms.release.services import ensure_province_keys
from cms.release.store import AssetDamaged, ContentStore
from cms.release.timing import PUBLISHING_MS, notice_ms, stamp
from cms.schedule import format as fmt

log = logging.getLogger(__name__)

Outcome = Literal["published", "refused", "superseded", "nothing"]


def sign_release(release: Release) -> Outcome:
    """Check, store the chunks, sign and publish one compiled release. Doing it twice does nothing the second time.

    A schedule whose `valid_from` has come too near to reach every player before it is stamped with a later one. Raises
    StorageFull and KeysMissing with the release still waiting, so that it can be tried again."""
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
        sign_anew(cluster, repository)  # else what is offered beside this document would be lost
        try:
            data = read_document(cluster.slug, release.target, release.sha256)
            if data is None:
                raise Refused([Reason("changed", release.sha256)])
            document = checked(release, data)
            _store_assets(document, known=_signed_manifests(repository))
        except Refused as refusal:
            _refuse(release, refusal)
            return "refused"
        if isinstance(document, fmt.Schedule) and document.valid_from - clock.now_ms() < notice_ms():
            data = _postpone(release, data)
        release.version = repository.publish(release.target, data)
        release.published_at = clock.now()
        _finish(release, Release.Status.PUBLISHED)
    publish_hint(repository)
    log.info("%s %s: version %s published", cluster.slug, release.target, release.version)
    return "published"


def checked(release: Release, data: bytes) -> fmt.Schedule | fmt.Notices:
    """A document, parsed, once everything in it is approved. Raises Refused."""
    if release.target == Target.SCHEDULE:
        schedule = parse(fmt.Schedule, data, release.cluster)
        check_schedule(release.cluster, schedule)
        return schedule
    notices = parse(fmt.Notices, data, release.cluster)
    check_notices(release.cluster, notices)
    return notices


def _store_assets(document: fmt.Schedule | fmt.Notices, *, known: dict[str, str]) -> None:
    """Bring every asset into the public store, hashing what is new. `known`: manifests by an earlier signed document."""
    store = ContentStore()
    for digest, asset in document.assets.items():
        manifest = asset.manifest if asset.manifest and known.get(digest) == asset.manifest else None
        try:
            made = store.add_asset(digest, known=manifest)
        except AssetDamaged as damage:
            raise Refused([Reason("asset_damaged", digest)]) from damage
        if made != asset.manifest:
            raise Refused([Reason("manifest", digest)])


def _postpone(release: Release, data: bytes) -> bytes:
    """The same schedule, in force as soon as every player can have heard of it."""
    valid_from = clock.now_ms() + notice_ms() + PUBLISHING_MS
    later = stamp(data, valid_from)
    release.sha256, release.bytes = keep_document(release.cluster.slug, release.target, later), len(later)
    release.valid_from = datetime.fromtimestamp(valid_from / 1000, tz=UTC)
    return later


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
    release.save(
        update_fields=["status", "version", "published_at", "diagnostics", "error", "sha256", "bytes", "valid_from"]
    )
