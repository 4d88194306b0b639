"""Records and documents as the parts to the left make them."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from cms import clock
from cms.plugin_api.types import Layer, Proof, Rect, Scene, canonical

HOUR = 3_600_000
"""In milliseconds, for `BANGTIN_CLOCK_OFFSET_MS`."""


def put_asset(data: bytes, type: str = "image/png") -> str:
    """An asset as content stores it: file and row."""
    from cms.content.models import ProofAsset
    from cms.release.store import asset_path

    digest = hashlib.sha256(data).hexdigest()
    path = asset_path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    ProofAsset.objects.get_or_create(sha256=digest, defaults={"bytes": len(data), "type": type})
    return digest


def scene_of(asset: str, *, kind: str = "image", width: int = 256, height: int = 192, duration_ms: int = 8000) -> Scene:
    layer = Layer(kind=kind, asset=asset, rect=Rect(0, 0, width, height))
    return Scene(duration_ms=duration_ms, faces={"a": (layer,), "b": (layer,)})


def approve(province, cluster, user, *scenes: Scene, language: str = "vi", item_key=None):
    """An approval in force with one flat proof, as the approval task makes it; returns (approval, proof)."""
    from cms.approval.models import Approval, ApprovedProof
    from cms.content.models import Proof as StoredProof
    from cms.places.services import geometry_of

    proof = Proof(scenes=tuple(scenes))
    stored, _ = StoredProof.objects.get_or_create(id=proof.id, defaults={"document": proof.to_json()})
    key = item_key or uuid4()
    approval = Approval.objects.create(
        item=f"{key}:{language}",
        item_key=key,
        title="Giờ mở cửa",
        language=language,
        revision=1,
        province=province,
        approved_by=user,
        approved_at=clock.now(),
    )
    ApprovedProof.objects.create(
        approval=approval, proof=stored, geometry=geometry_of(cluster).id, theme="national", span=False
    )
    return approval, proof


def approve_theme(cluster, user, asset: str) -> Scene:
    from cms.approval.models import ThemeApproval
    from cms.places.services import geometry_of

    scene = scene_of(asset, duration_ms=30_000)
    ThemeApproval.objects.create(
        theme="national",
        geometry=geometry_of(cluster).id,
        scene=scene.to_json(),
        assets=[asset],
        approved_by=user,
        approved_at=clock.now(),
    )
    return scene


def show(province, clusters, title: str = "Giờ mở cửa"):
    """An item in a programme of its own with a slot on these clusters, all day and every day; nothing of it is approved."""
    from wagtail.models import Locale, Page

    from cms.content.models import ItemPage, ProvincePage
    from cms.programmes.models import Programme, ProgrammeEntry, Slot

    locale, _ = Locale.objects.get_or_create(language_code="vi")
    root = Page.get_first_root_node() or Page.add_root(title="Root", locale=locale)
    shelf = ProvincePage.objects.filter(province=province).first() or root.add_child(
        instance=ProvincePage(title=province.name, slug=province.code, province=province, locale=locale)
    )
    page = shelf.add_child(instance=ItemPage(title=title, slug=str(uuid4()), locale=locale, body=[]))
    programme = Programme.objects.create(province=province, title=title)
    ProgrammeEntry.objects.create(programme=programme, item=page)
    slot = Slot.objects.create(programme=programme, title="Cả ngày", date_from=date(2020, 1, 1))
    slot.clusters.set(clusters)
    slot.save()
    return page


def make_clusters(province, number: int) -> list[int]:
    """So many clusters without faces, as rows and no more; their keys."""
    from cms.places.models import Cluster

    first = Cluster.objects.count()
    made = [
        Cluster(slug=f"cum-{first + one}", province=province, name=f"Cụm {first + one}", gaps_mm=[])
        for one in range(number)
    ]
    Cluster.objects.bulk_create(made)
    return sorted(Cluster.objects.filter(slug__in=[one.slug for one in made]).values_list("pk", flat=True))


def offered(cluster, target: str = "schedule") -> dict[str, Any] | None:
    """The document that players of a cluster are offered, verified."""
    from cms.release.repository import ClusterRepository

    data = ClusterRepository(cluster.slug, cluster.province.code).read_target(target)
    return json.loads(data) if data else None


@dataclass
class Desk:
    """Makes schedule documents by hand, as the compiler would for one item and the theme."""

    cluster: Any
    fallback: Scene
    shown: list[tuple[Any, Proof]] = field(default_factory=list)

    def document(self, valid_from: int, **changes: Any) -> dict[str, Any]:
        from cms.content.models import ProofAsset
        from cms.release.store import asset_path, cut
        from cms.schedule.format import CHUNK_BYTES

        scenes = {
            "theme:national#0@theme": {
                "item": "theme:national",
                "language": "vi",
                "proof": "theme",
                **self.fallback.to_json(),
            }
        }
        assets = set(self.fallback.assets())
        for approval, proof in self.shown:
            assets |= proof.assets()
            for index, scene in enumerate(proof.scenes):
                name = f"{approval.item}#{index}@{proof.id[:12]}"
                scenes[name] = {"item": approval.item, "language": "vi", "proof": proof.id, **scene.to_json()}
        turns = [[name, scene["duration"]] for name, scene in scenes.items() if scene["proof"] != "theme"]
        listed = {}
        for row in ProofAsset.objects.filter(sha256__in=assets):
            listed[row.sha256] = {"bytes": row.bytes, "type": row.type}
            if row.bytes > CHUNK_BYTES:
                listed[row.sha256]["manifest"] = cut(asset_path(row.sha256), row.sha256).id
        day = valid_from // 86_400_000 * 86_400_000
        span = {"from": day, "until": day + 35 * 86_400_000}
        segment = (
            {**span, "kind": "programme", "loop": "all"} if turns else {**span, "kind": "fallback", "loop": "fallback"}
        )
        return {
            "format": 1,
            "cluster": self.cluster.slug,
            "valid_from": valid_from,
            "valid_until": span["until"],
            "timezone": "Asia/Ho_Chi_Minh",
            "controllers": {},
            "assets": listed,
            "scenes": scenes,
            "turns": [*turns, ["theme:national#0@theme", 30_000]],
            "loops": {"fallback": [len(turns)], **({"all": list(range(len(turns)))} if turns else {})},
            "faces": {face: {"segments": [segment]} for face in "ab"},
            "power": {face: [{**span, "on": True, "brightness": 80, "volume": 40}] for face in "ab"},
            "standby": [],
            "fallback": "theme:national#0@theme",
            **changes,
        }

    def release(self, **changes: Any):
        """A compiled release that waits for its signature."""
        from cms.release.documents import keep_document
        from cms.release.jobs import fingerprint
        from cms.release.models import Release

        valid_from = changes.pop("valid_from", clock.now_ms() + 60_000)
        data = canonical(self.document(valid_from, **changes))
        return Release.objects.create(
            cluster=self.cluster,
            target="schedule",
            sha256=keep_document(self.cluster.slug, "schedule", data),
            bytes=len(data),
            fingerprint=fingerprint(data),
            made_at=clock.now(),
        )


def killed_at_sync(number: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process of its own that is killed (SIGKILL) before its `number`th fsync; whether it was."""
    child = os.fork()
    if child == 0:
        real, left = os.fsync, [number]

        def fsync(descriptor: int) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            real(descriptor)

        os.fsync = fsync
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
