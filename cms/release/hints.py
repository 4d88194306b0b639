"""Hints: whoever listens hears that a cluster's public tree has changed, and asks for it then. Nothing depends on them: a hint that is lost
costs the seconds until the next poll."""

from __future__ import annotations

import json
import logging

import django_rq

from cms.release.repository import ClusterRepository

log = logging.getLogger(__name__)

CHANNEL = "bangtin:hints"
"""Messages are JSON: {"cluster": slug, "version": version of the timestamp metadata}."""


def publish_hint(repository: ClusterRepository) -> bool:
    """Tell every web process that this cluster has a newer timestamp; says whether it was told. Never raises: what is signed is
    published, with or without a Redis."""
    try:
        signed = json.loads((repository.metadata / "timestamp.json").read_bytes())["signed"]
        message = json.dumps({"cluster": repository.cluster, "version": int(signed["version"])})
        django_rq.get_connection("sign").publish(CHANNEL, message)
    except Exception:
        log.warning("%s: no hint; players hear of it at their next poll", repository.cluster, exc_info=True)
        return False
    return True
