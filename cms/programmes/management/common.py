"""What the commands `compile`, `frame` and `explain` share."""

from __future__ import annotations

from datetime import datetime

from django.core.management.base import CommandError

from cms import clock
from cms.places.models import Cluster
from cms.programmes.previews import parse_instant


def find_cluster(code: str) -> Cluster:
    """The cluster of this code, with its province and faces. Raises CommandError that names the known ones."""
    try:
        return Cluster.objects.select_related("province").prefetch_related("faces").get(slug=code)
    except Cluster.DoesNotExist:
        known = ", ".join(Cluster.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no cluster {code!r}. Known clusters: {known}.") from None


def check_face(cluster: Cluster, letter: str) -> str:
    """The face's letter in lower case. Raises CommandError that names the cluster's faces."""
    letters = sorted(face.letter for face in cluster.faces.all())
    if letter.lower() not in letters:
        raise CommandError(f"{cluster.slug} has no face {letter!r}. Its faces: {', '.join(letters) or 'none'}.")
    return letter.lower()


def instant(text: str | None, cluster: Cluster) -> datetime:
    """The instant asked for; none: now. Raises CommandError."""
    if not text:
        return clock.now()
    try:
        return parse_instant(text, cluster)
    except ValueError:
        raise CommandError(f"--at {text!r} is no time. Write for example 2027-01-04T08:00:00+07:00.") from None
