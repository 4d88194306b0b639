"""Ten thousand publishes killed at random steps, as a player sees them; and what an hour later is left that nothing names.

    python -m benchmarks.publishes

A publish is all of it: a new asset into the store, the document, its record, the signed metadata. One JSON line per result: name,
value, unit, goal, holds.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.release import prepare, report

if TYPE_CHECKING:
    from cms.places.models import Cluster

PUBLISHES, ROUND = 10_000, 250
HOURS_S = 2 * 3600


class Killed(Exception):
    """The process ends here; what it wrote stays as it is."""


class Trial:
    """A cluster whose publisher is killed most of the time. `mixed` and `orphans` hold what must never be seen."""

    STEPS = ("chunk", "document", "row", "versions", "target", "targets", "snapshot", "root", "timestamp", "")
    """The last step of a publish; the empty one: it was not killed."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        from cms.release.keys import ensure_province_keys

        ensure_province_keys(cluster.province)
        self.cluster = cluster
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.steps: Counter[str] = Counter()
        self.last: bytes | None = None
        self.killed = self.removed = 0
        self.mixed: list[str] = []
        self.orphans: list[str] = []

    def publish(self, content: bytes) -> None:
        """Publish one asset in one document, perhaps not to the end, and look at it as a player does."""
        step = self.chance.choice(self.STEPS)
        self.steps[step] += 1
        new = self._document(content)
        with suppress(Killed):
            self._work(content, new, step)
        self.killed += bool(step)
        self._look(new)

    def _document(self, content: bytes) -> bytes:
        from cms.plugin_api.types import canonical, sha256

        return canonical({"assets": {sha256(content): {"bytes": len(content), "type": "image/png"}}})

    def _work(self, content: bytes, new: bytes, step: str) -> None:
        from cms import clock
        from cms.content.assets import AssetStore
        from cms.release.documents import keep_document
        from cms.release.models import Release
        from cms.release.repository import ClusterRepository
        from cms.release.store import ContentStore

        def done(passed: str) -> None:
            if passed == step:
                raise Killed

        ContentStore().add_asset(AssetStore().put(content, "image/png"))
        done("chunk")
        digest = keep_document(self.cluster.slug, "schedule", new)
        done("document")
        waiting = Release.objects.filter(cluster=self.cluster, status=Release.Status.COMPILED)
        waiting.update(status=Release.Status.SUPERSEDED)
        release = Release.objects.create(
            cluster=self.cluster, target="schedule", sha256=digest, bytes=len(new), made_at=clock.now()
        )
        done("row")
        repository = ClusterRepository(self.cluster.slug, self.cluster.province.code, on_step=done)
        release.version = repository.publish("schedule", new)
        release.status, release.valid_from = Release.Status.PUBLISHED, clock.now()
        release.save()

    def _look(self, new: bytes) -> None:
        """A player that refreshes now gets the old release or the new one, whole."""
        found = self._read()
        if found not in (self.last, new):
            self.mixed.append(f"neither the old nor the new: {found!r}")
        self.last = found

    def _read(self) -> bytes | None:
        from cms.release.repository import ClusterRepository
        from cms.release.store import ContentStore

        found = ClusterRepository(self.cluster.slug, self.cluster.province.code).read_target("schedule")
        if found is not None:
            self.mixed += [one for one in json.loads(found)["assets"] if not ContentStore().sound(one)]
        return found

    def tidy(self) -> None:
        """Two hours pass and the last five weeks' releases but the newest few end; tidy up, and look for what nothing names."""
        from datetime import timedelta

        from django.conf import settings

        from cms import clock
        from cms.release import named, prune
        from cms.release.models import Release

        Release.objects.update(
            valid_from=clock.now() - named.REMEMBERED - timedelta(days=1),
            made_at=clock.now() - named.REMEMBERED - timedelta(days=1),
        )
        for path in Path(settings.DATA).rglob("*"):
            if path.is_file():
                written = path.stat().st_mtime - HOURS_S
                os.utime(path, (written, written))
        freed = prune.run()
        self.removed += freed.counts["chunks"]
        self.orphans += sorted(self._files() - self._expected())
        self.mixed += sorted(self._expected() - self._files())
        if self._read() != self.last:
            self.mixed.append("tidying changed what is offered")

    def _files(self) -> set[str]:
        """Every public file, and every document, by name."""
        from django.conf import settings

        data, public = Path(settings.DATA), Path(settings.PUBLIC_ROOT)
        found = [*public.rglob("*"), *(data / "releases").glob("*/*.json")]
        names = {one.name for one in found if one.is_file() and not one.name.endswith((".lock", ".root.json"))}
        return names - {"versions.json", "read_until.json"}

    def _expected(self) -> set[str]:
        """By the records alone: the last releases' documents and chunks, one that waits, and the newest metadata."""
        from cms.release import named
        from cms.release.documents import read_document
        from cms.release.models import Release
        from cms.release.repository import ClusterRepository

        of_cluster = Release.objects.filter(cluster=self.cluster, target="schedule")
        published = of_cluster.filter(status=Release.Status.PUBLISHED).order_by("-pk")[: named.LAST]
        waiting = of_cluster.filter(status=Release.Status.COMPILED)
        names = {one.name for one in ClusterRepository(self.cluster.slug, "").named_files()}
        documents = [one.sha256 for one in published]
        if self.last is not None:
            documents.append(next(name for name in names if name.endswith("schedule.json")).split(".")[0])
        names |= {f"{one}.schedule.json" for one in documents}
        for digest in {*documents, *(one.sha256 for one in waiting)}:
            document = read_document(self.cluster.slug, "schedule", digest)
            names |= set(json.loads(document or b'{"assets":{}}')["assets"])
            names.add(f"{digest}.schedule.json")
        return names


def a_cluster() -> Any:
    from cms.places.models import Cluster, Province

    province = Province.objects.create(code="an_giang", name="An Giang", languages=["vi"], theme="national")
    return Cluster.objects.create(slug="tinh-bien", province=province, name="Tịnh Biên", gaps_mm=[])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        prepare(Path(folder))
        trial = Trial(a_cluster(), seed=2027)
        for number in range(1, PUBLISHES + 1):
            trial.publish(b"content %d" % number)
            if number % ROUND == 0:
                trial.tidy()
        report("killed", trial.killed, f"of {PUBLISHES}", PUBLISHES, name="publishes")
        report("mixed_states", len(trial.mixed), f"of {PUBLISHES}", 0, name="publishes")
        report("orphans_after_an_hour", len(trial.orphans), "files", 0, name="publishes")


if __name__ == "__main__":
    main()
