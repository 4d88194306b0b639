"""Black out: darken faces at once, whatever is planned, until somebody lifts it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts import audit
from cms.accounts.models import Role
from cms.accounts.services import has_role
from cms.alerts.models import Blackout
from cms.places.confinement import may_use_cluster
from cms.places.models import Cluster
from cms.release.services import request_notices

UNTIL_LIFTED = 253_402_300_799_000  # the end of the year 9999, in UTC milliseconds


class BlackoutRefused(Exception):
    """Why faces were not darkened or lit again; `code` for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def may_black_out(user: Any, cluster: Cluster) -> bool:
    """Operators and approvers of the cluster's province, and administrators."""
    return has_role(user, cluster.province.code, Role.OPERATOR, Role.APPROVER) and may_use_cluster(user, cluster.pk)


@transaction.atomic
def black_out(cluster: Cluster, *, faces: Iterable[str], by: Any, reason: str) -> Blackout:
    """Darken these faces (none named: all) within seconds, until `lift`. Source: the emergency switch of AG 8.2.

    Raises `BlackoutRefused` `forbidden`, `reason` or `faces`."""
    if not may_black_out(by, cluster):
        raise BlackoutRefused(
            "forbidden", _("Only an operator or approver of this province may black out its screens.")
        )
    if not reason.strip():
        raise BlackoutRefused("reason", _("Say why the screens go dark."))
    there, wanted = {face.letter for face in cluster.faces.all()}, set(faces)
    if not there:
        raise BlackoutRefused("faces", _("This cluster has no faces."))
    if not wanted <= there:
        raise BlackoutRefused("faces", _("This cluster has no such face."))
    named = [] if wanted == there else sorted(wanted)
    made = Blackout.objects.create(cluster=cluster, faces=named, since=clock.now(), by=by, reason=reason.strip())
    _tell(made, "alerts.black_out", by, reason.strip())
    return made


@transaction.atomic
def lift(blackout: Blackout, by: Any) -> None:
    """Let the faces show their programme again; those that another blackout holds stay dark. Lifting twice is once.

    Raises `BlackoutRefused` `forbidden`."""
    if not may_black_out(by, blackout.cluster):
        raise BlackoutRefused(
            "forbidden", _("Only an operator or approver of this province may light its screens again.")
        )
    lifted = Blackout.objects.filter(pk=blackout.pk, lifted_at__isnull=True).update(lifted_at=clock.now(), lifted_by=by)
    blackout.refresh_from_db()
    if lifted:
        _tell(blackout, "alerts.lift", by, "")


def dark_faces(cluster: Cluster) -> set[str]:
    """The faces that are blacked out at present."""
    return {letter for one in active(cluster) for letter in one.letters}


def active(cluster: Cluster) -> list[Blackout]:
    """Blackouts of a cluster that nobody has lifted, oldest first."""
    found = Blackout.objects.filter(cluster=cluster, lifted_at__isnull=True).order_by("since", "pk")
    return list(found.select_related("cluster").prefetch_related("cluster__faces"))


def notices(cluster: Cluster, now_ms: int) -> dict[str, Any]:
    """The cluster's part of `now.json`: every blackout in force, from when it was ordered."""
    return {
        "blackout": [
            {"faces": one.letters, "from": round(one.since.timestamp() * 1000), "until": UNTIL_LIFTED}
            for one in active(cluster)
        ]
    }


def _tell(blackout: Blackout, action: str, by: Any, reason: str) -> None:
    """Into the audit log, and, once this is committed, to the players."""
    cluster = blackout.cluster
    audit.record(
        action,
        blackout,
        user=by,
        province=cluster.province.code,
        reason=reason,
        cluster=cluster.slug,
        faces=blackout.letters,
    )
    request_notices([cluster.pk])
