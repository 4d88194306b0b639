"""What players say they play is not tidied away, however old it is."""

from __future__ import annotations

import re

from cms.players.models import Player
from cms.release.named import Kept

SHA256 = re.compile(r"[0-9a-f]{64}")


def schedules_in_use() -> Kept:
    """The schedules that paired players last said they have in force; one query."""
    paired = Player.objects.filter(revoked_at=None)
    said = paired.values_list("controller__cluster__slug", "status__release__schedule_sha256")
    return Kept(documents={(slug, "schedule", digest) for slug, digest in said if SHA256.fullmatch(str(digest))})
