"""`bangtin doctor`: one finding a line, each with what to do. Every check stands by itself, so one that breaks hides no other."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from cms import clock
from cms.plugin_api.types import Text
from cms.runtime import health

LOW_DISK = 2 * 1024**3
STUCK = timedelta(minutes=10)
SOON = timedelta(days=2)
LONG_QUEUE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` of the check; `trouble` None when all is well, else what is wrong and what to do. `fact` is a short figure."""

    name: str
    trouble: Text | None = None
    fact: str = ""


def examine() -> Iterator[Finding]:
    """Run every check."""
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            found = list(check())
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            found = [Finding(name, Text(f"không kiểm tra được: {message}", f"could not be checked: {message}"))]
        yield from found or [Finding(name)]


def database() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Finding(
            "database",
            Text(
                f"còn {len(pending)} bước chưa cập nhật; chạy: bangtin migrate",
                f"{len(pending)} migrations are pending; run: bangtin migrate",
            ),
        )


def redis() -> Iterator[Finding]:
    if not health.redis_answers(settings.REDIS_URL):
        yield Finding(
            "redis",
            Text(
                "không trả lời; chạy: bangtin up (hoặc kiểm tra BANGTIN_REDIS_URL)",
                "does not answer; run: bangtin up (or check BANGTIN_REDIS_URL)",
            ),
        )


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.DATA).free
    trouble = None
    if free < LOW_DISK:
        trouble = Text(
            f"chỉ còn {free / 1e9:.1f} GB; dọn ổ đĩa hoặc chuyển BANGTIN_DATA",
            f"only {free / 1e9:.1f} GB are free; tidy up or move BANGTIN_DATA",
        )
    yield Finding("disk", trouble, f"{free / 1e9:.0f} GB")


def shaping() -> Iterator[Finding]:
    from PIL import features

    missing = [name for name in ("raqm", "fribidi", "harfbuzz") if not features.check(name)]
    if missing:
        yield Finding(
            "shaping",
            Text(
                f"thiếu {', '.join(missing)}: chữ Khmer, Lào sẽ sai; chạy: apt-get install libfribidi0",
                f"{', '.join(missing)} is missing: Khmer and Lao come out wrong; run: apt-get install libfribidi0",
            ),
        )


def ffmpeg() -> Iterator[Finding]:
    import imageio_ffmpeg

    yield Finding("ffmpeg", fact=imageio_ffmpeg.get_ffmpeg_version())


def time_of_day() -> Iterator[Finding]:
    """A clock far off makes players refuse everything; the newest file of the instance cannot be from the future."""
    offset = clock.offset_ms()
    if offset:
        yield Finding("clock", fact=f"trình diễn / demo {clock.now():%Y-%m-%d %H:%M}Z")
        return
    wrong = None
    database: dict[str, Any] = settings.DATABASES["default"]
    newest = Path(database["NAME"])
    if newest.exists() and newest.stat().st_mtime > time.time() + 60:
        wrong = Text(
            "giờ máy chủ chạy lùi; bật đồng bộ: timedatectl set-ntp true",
            "the server's time has gone back; switch on: timedatectl set-ntp true",
        )
    yield Finding("clock", wrong)


def queues() -> Iterator[Finding]:
    import django_rq
    from rq import Worker

    served: set[str] = set()
    for worker in Worker.all(connection=django_rq.get_connection("default")):
        served |= set(worker.queue_names())
    for name in settings.RQ_QUEUES:
        waiting = django_rq.get_queue(name).count
        trouble = None
        if name not in served:
            trouble = Text("không có tiến trình xử lý; chạy: bangtin up", "no worker serves it; run: bangtin up")
        elif waiting > LONG_QUEUE:
            trouble = Text(
                f"{waiting} việc đang chờ; thêm tiến trình: bangtin worker {name}",
                f"{waiting} jobs wait; add a worker: bangtin worker {name}",
            )
        yield Finding(f"queue {name}", trouble, f"{waiting}")


def stuck_jobs() -> Iterator[Finding]:
    from django.apps import apps
    from django.utils import timezone

    jobs = apps.get_model("content", "ProofJob").objects
    # `updated_at` is the machine's time, so the demo clock has no say here.
    stuck = jobs.filter(status="running", updated_at__lt=timezone.now() - STUCK).count()
    failed = jobs.filter(status="failed").count()
    trouble = None
    if stuck:
        trouble = Text(
            f"{stuck} bản duyệt đang vẽ đã dừng quá lâu; chúng được làm lại khi bangtin up chạy",
            f"{stuck} proofs have stood still too long; they are made again while bangtin up runs",
        )
    yield Finding("proofs", trouble, f"{failed} lỗi / failed" if failed else "")


def keys() -> Iterator[Finding]:
    root = Path(settings.KEYS_ROOT)
    private = [root / "secret_key", *(path for kind in ("online", "offline") for path in (root / kind).glob("**/*"))]
    closed_to = dict.fromkeys([root / "online", root / "offline", *private], "go")
    closed_to[root] = "o"  # where the signer is a user of its own, its group looks for the public roots
    mask = {"o": 0o007, "go": 0o077}
    bad = [path for path, who in closed_to.items() if path.exists() and path.stat().st_mode & mask[who]]
    if bad:
        mend = f"chmod -R {closed_to[bad[0]]}-rwx {bad[0]}"
        yield Finding(
            "keys", Text(f"người khác đọc được {bad[0]}; chạy: {mend}", f"others can read {bad[0]}; run: {mend}")
        )


def roots() -> Iterator[Finding]:
    """Who holds a province's keys, and whether something is to be done for them."""
    from cms.release.keys.status import day, overviews

    for one in overviews():
        wrong = [step for step in one.steps if step.wrong]
        for step in wrong:
            vi, en = step.text.lines()
            command = f" → {step.command}" if step.command else ""
            yield Finding(f"root {one.province.code}", Text(f"{vi}{command}", en))
        if not wrong and one.expires:
            where = "trên máy chủ / on this server" if one.embedded else f"{one.threshold}/{len(one.holders)}"
            yield Finding(f"root {one.province.code}", fact=f"{where} → {day(one.expires)}")


def plugins() -> Iterator[Finding]:
    from cms.plugin_host.host import get_host
    from cms.runtime.plugins import switched_off

    host = get_host()
    for problem in host.problems():
        yield Finding(f"plugin {problem.code}", problem.text)
    for code in switched_off():
        yield Finding(
            f"plugin {code}",
            Text(f"đang tắt vì lỗi; chạy: bangtin plugin check {code}", f"is off; run: bangtin plugin check {code}"),
        )
    if not host.problems():
        yield Finding("plugins", fact=", ".join(host.provinces()))


def releases() -> Iterator[Finding]:
    """Timestamps that end soon block every update of the players."""
    from django.apps import apps
    from tuf.api.metadata import Metadata

    for cluster in apps.get_model("places", "Cluster").objects.filter(active=True, faces__isnull=False).distinct():
        path = Path(settings.PUBLIC_ROOT) / "releases" / cluster.slug / "metadata" / "timestamp.json"
        if not path.exists():
            yield Finding(
                f"release {cluster.slug}",
                Text(
                    "chưa có bản phát hành; phê duyệt giao diện và nội dung trước",
                    "nothing is released yet; approve its theme and some content first",
                ),
            )
            continue
        expires = Metadata.from_file(str(path)).signed.expires
        trouble = None
        if expires - clock.now() < SOON:
            trouble = Text(
                f"chữ ký hết hạn {expires:%d/%m/%Y %H:%M}Z; chạy: bangtin up và xem tiến trình sign",
                f"its signature ends {expires:%Y-%m-%d %H:%M}Z; run: bangtin up and watch the sign process",
            )
        yield Finding(f"release {cluster.slug}", trouble, f"→ {expires:%Y-%m-%d}")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    database,
    redis,
    disk,
    shaping,
    ffmpeg,
    time_of_day,
    queues,
    stuck_jobs,
    keys,
    roots,
    plugins,
    releases,
)
