"""Signing a cluster anew after its keys changed. Nothing is taken over from the public files, which a former key may have signed:
what was published last stands in the records, and is checked again like a new release."""

from __future__ import annotations

import logging

from cms.places.models import Cluster
from cms.release import player_target
from cms.release.checks import Refused
from cms.release.documents import read_document
from cms.release.keys import KeysMissing
from cms.release.models import Release, Target
from cms.release.repository import ClusterRepository, Damaged

log = logging.getLogger(__name__)


def is_due(repository: ClusterRepository) -> bool:
    """Whether the public files of a cluster lack a root of its province, or do not verify under the newest."""
    try:
        repository.state()
    except Damaged:
        return True
    except KeysMissing:
        return False
    return not repository.has_roots()


def sign_anew(cluster: Cluster, repository: ClusterRepository) -> bool:
    """Bring a cluster's public files under the province's newest root; returns whether anything was signed. What the records no
    longer allow is left out; the next release brings the rest. Raises KeysMissing, StorageFull."""
    with repository.locked():
        try:
            repository.state()
        except Damaged as damage:
            repository.offer(_published(cluster))
            log.warning("%s; signed anew", damage)
            return True
        if not repository.has_roots():
            repository.publish_roots()
        return False


def _published(cluster: Cluster) -> dict[str, tuple[bytes, int | None]]:
    """What was published last and still passes the signer's checks, by target."""
    from cms.release.signer import checked

    found: dict[str, tuple[bytes, int | None]] = {}
    for target in Target:
        release = Release.objects.filter(cluster=cluster, target=target, status=Release.Status.PUBLISHED).first()
        data = read_document(cluster.slug, target, release.sha256) if release else None
        if release is None or data is None:
            continue
        try:
            checked(release, data)
        except Refused as refusal:
            log.error("%s %s is not signed anew: %s", cluster.slug, target, refusal)
            continue
        found[target.value] = (data, release.version)
    made = player_target.shell()
    if made is not None and Target.SCHEDULE in found:
        found[player_target.NAME] = (made.document(), None)
    return found
