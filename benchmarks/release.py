"""A one-item change on a cluster of 200 assets: job time, and what a player fetches.

    python -m benchmarks.release

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

ITEMS = 200
ASSET_BYTES = 40_000


def report(metric: str, value: float, unit: str, goal: float, *, name: str = "release") -> None:
    line = {"name": f"{name}.{metric}", "value": round(value, 3), "unit": unit, "goal": goal, "holds": value <= goal}
    print(json.dumps(line), flush=True)


def prepare(folder: Path) -> None:
    """A fresh instance with an in-memory database; the queues lead nowhere, the jobs are called by hand."""
    os.environ["BANGTIN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.testing"
    os.environ["BANGTIN_LOG_LEVEL"] = "CRITICAL"
    import django
    from django.conf import settings
    from django.db import connection

    django.setup()
    settings.RQ_QUEUES = {name: {"URL": f"unix://{folder}/none.sock"} for name in settings.RQ_QUEUES}
    connection.settings_dict["TEST"]["MIGRATE"] = False
    connection.creation.create_test_db(verbosity=0, serialize=False)


def build() -> Any:
    """One cluster of two faces with 200 approved items in one programme."""
    from wagtail.models import Locale, Page

    from cms.accounts.models import User
    from cms.approval.models import ThemeApproval
    from cms.content.models import ProvincePage
    from cms.places.models import Cluster, Controller, Face, OperatingHours, OperatingWindow, Placement, Province
    from cms.places.services import geometry_of
    from cms.programmes.models import Programme, Slot

    province = Province.objects.create(code="an_giang", name="An Giang", languages=["vi"], theme="national")
    cluster = Cluster.objects.create(slug="tinh-bien", province=province, name="Tịnh Biên", gaps_mm=[200])
    controller = Controller.objects.create(cluster=cluster, slug="tinh-bien-1", canvas_width=512, canvas_height=192)
    for number, letter in enumerate("ab"):
        face = Face.objects.create(
            cluster=cluster, letter=letter, width=256, height=192, pitch_mm=5, distance_m=15, languages=["vi"]
        )
        Placement.objects.create(controller=controller, face=face, x=256 * number)
    hours = OperatingHours.objects.create(cluster=cluster, valid_from=date(2021, 4, 26))
    for day in range(7):
        OperatingWindow.objects.create(hours=hours, day=day, start="07:00", end="18:00")
    user = User.objects.create(username="bench")
    neutral = scene(asset())
    ThemeApproval.objects.create(
        theme="national",
        geometry=geometry_of(cluster).id,
        scene=neutral.to_json(),
        assets=sorted(neutral.assets()),
        approved_by=user,
        approved_at="2026-01-01T00:00:00Z",
    )
    locale, _ = Locale.objects.get_or_create(language_code="vi")
    root = Page.add_root(title="Root", locale=locale)
    shelf = root.add_child(instance=ProvincePage(title="An Giang", slug="an-giang", province=province, locale=locale))
    programme = Programme.objects.create(province=province, title="Hằng ngày")
    slot = Slot.objects.create(programme=programme, title="Cả ngày", date_from=date(2020, 1, 1))
    slot.clusters.set([cluster])
    slot.save()
    for number in range(ITEMS):
        add_item(shelf, programme, cluster, user, f"Tin {number}")
    return cluster, shelf, programme, user


def asset() -> str:
    from cms.content.assets import AssetStore

    return AssetStore().put(os.urandom(ASSET_BYTES), "image/png")


def scene(digest: str) -> Any:
    from cms.plugin_api.types import Layer, Rect, Scene

    layers = (Layer("image", digest, Rect(0, 0, 256, 192)),)
    return Scene(8000, {"a": layers, "b": layers})


def add_item(shelf: Any, programme: Any, cluster: Any, user: Any, title: str) -> None:
    """An item with its approval, as the approval task leaves it, at the end of the programme."""
    from cms import clock
    from cms.approval.models import Approval, ApprovedProof
    from cms.content.models import ItemPage, Proof
    from cms.places.services import geometry_of
    from cms.plugin_api import types
    from cms.programmes.models import ProgrammeEntry

    page = shelf.add_child(instance=ItemPage(title=title, slug=str(uuid4()), locale=shelf.locale, body=[]))
    proof = types.Proof((scene(asset()),))
    approval = Approval.objects.create(
        page=page,
        item=page.item_id,
        item_key=page.translation_key,
        title=title,
        language="vi",
        revision=1,
        province=cluster.province,
        approved_by=user,
        approved_at=clock.now(),
    )
    stored = Proof.objects.create(id=proof.id, document=proof.to_json())
    ApprovedProof.objects.create(
        approval=approval, proof=stored, geometry=geometry_of(cluster).id, theme="national", span=False
    )
    ProgrammeEntry.objects.create(programme=programme, item=page, sort_order=page.pk)


def publish(cluster: Any) -> float:
    """Both jobs of a release; seconds of job time."""
    from cms.release import jobs

    started = time.perf_counter()
    release_id = jobs.publish_schedule(cluster.pk)
    outcome = jobs.sign(release_id) if release_id is not None else "nothing new"
    if outcome != "published":
        raise SystemExit(f"the release was not published but {outcome}")
    return time.perf_counter() - started


def fetched(cluster: Any) -> int:
    """Bytes a player fetches for the newest schedule, beside new assets, from the CMS itself: what travels, compressed or not."""
    from django.test import Client

    from cms.release.repository import ClusterRepository

    repository, client = (
        ClusterRepository(cluster.slug, "an_giang"),
        Client(headers={"accept-encoding": "gzip, deflate"}),
    )
    top = repository.root.parent.parent
    answers = [client.get(f"/{file.relative_to(top).as_posix()}") for file in repository.named_files()]
    wrong = [answer.status_code for answer in answers if answer.status_code != 200]
    if wrong or len(answers) != 4:
        raise SystemExit(f"the CMS does not serve its release: {wrong}")
    return sum(len(answer.content) for answer in answers)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        prepare(Path(folder))
        cluster, shelf, programme, user = build()
        publish(cluster)
        times = []
        for number in range(5):
            add_item(shelf, programme, cluster, user, f"Tin mới {number}")
            times.append(publish(cluster))
        report("one_change_of_200_assets", sorted(times)[2], "s", 1.0)
        report("player_fetches", fetched(cluster) / 1000, "kB", 40)


if __name__ == "__main__":
    main()
