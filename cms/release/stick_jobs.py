"""Bundles made by the queues: the signer signs the timestamp (`sign`), a worker packs the .zip (`default`). What became of
it stands with the jobs for an hour; a .zip stays for a day."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import django_rq
from django.conf import settings
from redis.exceptions import RedisError
from rq import get_current_job
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus

from cms.accounts.models import User
from cms.places.models import Cluster
from cms.release.bundle import BundleRefused, gather, sign
from cms.release.files import StorageFull
from cms.release.stick_files import write_zip

log = logging.getLogger(__name__)

Kind = Literal["zip", "folder"]
KEPT_S = 3600
ZIP_KEPT_S = 86_400
PATIENCE_S = 60
ENDED = {JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED}


@dataclass(frozen=True, slots=True)
class Made:
    """How far a bundle is: `share` of 1, `error` in both languages, or ready with its `timestamp` (and its .zip, if asked)."""

    share: float = 0.0
    error: tuple[str, str] | None = None
    timestamp: bytes = b""
    path: Path | None = None

    @property
    def ready(self) -> bool:
        return bool(self.timestamp)


UNREACHABLE = BundleRefused(
    "signer",
    "Chưa liên lạc được với bộ phận ký của máy chủ. Hãy thử lại sau một phút; nếu vẫn không được, báo quản trị viên.",
    "The signer cannot be reached. Try again in a minute; if that does not help, tell the administrator.",
)
FAILED = BundleRefused(
    "signer",
    "Máy chủ gặp lỗi khi chuẩn bị. Hãy thử lại; nếu vẫn lỗi, báo quản trị viên.",
    "The server failed while preparing it. Try again; if that does not help, tell the administrator.",
)


def start(cluster: Cluster, kind: Kind, user: Any) -> str:
    """Have a bundle made; returns the token to ask with. Raises BundleRefused when the queues cannot be reached."""
    token = secrets.token_hex(12)
    try:
        django_rq.get_queue("sign", commit_mode="auto").enqueue(
            sign_stick, cluster.pk, token, kind, user.pk, job_id=_id("sign", cluster, token), result_ttl=KEPT_S
        )
    except RedisError as error:
        raise UNREACHABLE from error
    return token


def state(cluster: Cluster, kind: Kind, token: str) -> Made:
    """How far a bundle is that `start` asked for. Raises LookupError for another's token or an old one."""
    try:
        signing = _job("sign", cluster, token)
        if signing is None:
            raise LookupError(token)
        made = _outcome(signing)
        if kind == "folder" or made.error or not made.ready:
            return made
        packing = _job("pack", cluster, token)
        path = zip_path(cluster, token)
        if packing is None:
            return Made(share=0.02)
        packed = _outcome(packing)
        if packed.error:
            return packed
        if packing.get_status() == JobStatus.FINISHED and path.is_file():
            return Made(1.0, timestamp=made.timestamp, path=path)
        return Made(share=0.02 + 0.97 * float(packing.get_meta().get("share", 0)))
    except RedisError:
        return Made(error=(UNREACHABLE.vi, UNREACHABLE.en))


def _outcome(job: Job) -> Made:
    if job.get_status() in ENDED:
        return Made(error=(FAILED.vi, FAILED.en))
    result = job.return_value() or {}
    if result.get("error"):
        return Made(error=tuple(result["error"]))
    return Made(share=0.01, timestamp=result.get("timestamp", "").encode())


def _id(step: str, cluster: Cluster, token: str) -> str:
    return f"stick-{step}-{cluster.pk}-{token}"


def _job(step: str, cluster: Cluster, token: str) -> Job | None:
    queue = django_rq.get_queue("sign" if step == "sign" else "default")
    try:
        return Job.fetch(_id(step, cluster, token), connection=queue.connection)
    except NoSuchJobError:
        return None


def zip_path(cluster: Cluster, token: str) -> Path:
    return Path(settings.DATA) / "sticks" / cluster.slug / f"{token}.zip"


# --- what the queues run ----------------------------------------------------------------------------------------------------


def sign_stick(cluster_id: int, token: str, kind: Kind, user_id: int | None) -> dict[str, Any]:
    """Queue `sign`: the timestamp, and then the packing."""
    cluster = Cluster.objects.select_related("province").get(pk=cluster_id)
    try:
        timestamp = sign(cluster, user=User.objects.filter(pk=user_id).first() if user_id else None)
    except BundleRefused as refused:
        return {"error": [refused.vi, refused.en]}
    except StorageFull as full:
        return {"error": [str(full), str(full)]}
    text = timestamp.decode()
    if kind == "zip":
        django_rq.get_queue("default", commit_mode="auto").enqueue(
            pack, cluster.pk, token, text, job_id=_id("pack", cluster, token), result_ttl=KEPT_S, job_timeout=3600
        )
    return {"timestamp": text}


def pack(cluster_id: int, token: str, timestamp: str) -> dict[str, Any]:
    """Queue `default`: the .zip. The cluster's earlier ones go."""
    cluster = Cluster.objects.select_related("province").get(pk=cluster_id)
    path = zip_path(cluster, token)
    job, told = get_current_job(), [0.0]

    def progress(done: int, all_: int) -> None:
        if job is not None and time.monotonic() - told[0] > 0.3:
            told[0] = time.monotonic()
            job.meta["share"] = done / max(1, all_)
            job.save_meta()  # type: ignore[no-untyped-call]

    try:
        bundle = gather(cluster, timestamp.encode())
        sweep()
        write_zip(bundle, path, progress=progress)
    except BundleRefused as refused:
        log.error("%s: no bundle: %s", cluster.slug, refused.en)
        return {"error": [refused.vi, refused.en]}
    return {"files": len(bundle), "bytes": bundle.size}


def sweep() -> None:
    """Remove .zips of yesterday, and what a killed job left of one."""
    oldest = time.time() - ZIP_KEPT_S
    for path in (Path(settings.DATA) / "sticks").glob("*/*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


# --- from the command line --------------------------------------------------------------------------------------------------


def timestamp_of(cluster: Cluster) -> bytes:
    """Signed here where the online keys can be read, else by the process that can. Raises BundleRefused, StorageFull."""
    try:
        return sign(cluster)
    except BundleRefused as refused:
        if refused.code != "keys":
            raise
    except PermissionError as error:
        log.info("The keys are another user's (%s); the signer is asked", error)
    token = secrets.token_hex(12)
    try:
        queue = django_rq.get_queue("sign", commit_mode="auto")
        job = queue.enqueue(sign_stick, cluster.pk, token, "folder", None, job_id=_id("sign", cluster, token))
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            result = job.latest_result(timeout=int(max(1, min(5, until - time.monotonic()))))
            if result is not None:
                made = _outcome(job)
                if made.error:
                    raise BundleRefused("signer", *made.error)
                return made.timestamp
    except RedisError as error:
        raise UNREACHABLE from error
    raise UNREACHABLE
