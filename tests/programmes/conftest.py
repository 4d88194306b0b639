"""A province's approved items and a programme, made of real proofs with real pixels."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw

from cms.plugin_api.types import Layer, Rect, Scene
from cms.plugin_api.types import Proof as ProofValue
from tests.programmes.sources import Source, rates, serving


@pytest.fixture(autouse=True)
def _assets(settings: Any, tmp_path: Path) -> None:
    settings.ASSETS_ROOT = tmp_path / "assets"
    settings.DATA = tmp_path
    from cms.programmes import views

    views._compiled.clear()


def scene_of(cluster: Any, name: str, ms: int = 8000) -> Scene:
    """A scene with a picture of its own for each face, stored as an asset."""
    from cms.content.assets import AssetStore
    from cms.places.services import geometry_of

    faces = {}
    for face in geometry_of(cluster).faces:
        image = Image.new("RGB", (face.width, face.height), (20, 90, 60))
        ImageDraw.Draw(image).text((10, 10), f"{name} {face.id}", fill=(240, 240, 230))
        out = io.BytesIO()
        image.save(out, "PNG")
        asset = AssetStore().put(out.getvalue(), "image/png")
        faces[face.id] = (Layer("image", asset, Rect(0, 0, face.width, face.height)),)
    return Scene(ms, faces)


@pytest.fixture
def approved(cluster: Any, approver: Any) -> Callable[..., Any]:
    """`approved(page, *languages)`: approvals in force with a proof for the cluster's geometry, as the approver gave them."""
    from cms.approval.models import Approval, ApprovedProof
    from cms.content.models import Proof
    from cms.places.services import geometry_of

    def approve(page: Any, *languages: str, revoked: bool = False) -> None:
        revision = page.latest_revision or page.save_revision()
        for language in languages or ("vi",):
            item = f"{page.translation_key}:{language}"
            value = ProofValue((scene_of(cluster, item),))
            proof, _ = Proof.objects.get_or_create(id=value.id, defaults={"document": value.to_json()})
            approval = Approval.objects.create(
                page=page if language == "vi" else None, item=item, item_key=page.translation_key, title=page.title,
                language=language, revision=revision.pk, province=cluster.province, approved_by=approver,
                approved_at=timezone.now(), revoked_at=timezone.now() if revoked else None,
            )  # fmt: skip
            ApprovedProof.objects.create(
                approval=approval, proof=proof, geometry=geometry_of(cluster).id, theme="national"
            )

    return approve


@pytest.fixture
def theme_approval(cluster: Any, administrator: Any) -> Any:
    from cms.approval.models import ThemeApproval
    from cms.places.services import geometry_of

    scene = scene_of(cluster, "theme", 10_000)
    return ThemeApproval.objects.create(
        theme="national", geometry=geometry_of(cluster).id, scene=scene.to_json(), assets=sorted(scene.assets()),
        approved_by=administrator, approved_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def write(province: Any) -> Callable[..., Any]:
    """`write(title)`: an item on the province's Vietnamese shelf, as a draft."""
    from cms.content.models import ItemPage
    from cms.content.services import ensure_tree

    def one(title: str, of: Any = None, **more: Any) -> Any:
        shelf = ensure_tree(of or province)["vi"]
        return shelf.add_child(instance=ItemPage(title=title, body=[], live=False, locale=shelf.locale, **more))

    return one


@pytest.fixture
def programme(province: Any, write: Any, approved: Any) -> Any:
    """Two items, approved in Vietnamese and English."""
    return make_programme(province, [write("Giờ mở cửa khẩu"), write("Chợ nổi")], approved)


def make_programme(province: Any, pages: list[Any], approved: Any = None, title: str = "Bản tin ngày") -> Any:
    from cms.programmes.models import Programme, ProgrammeEntry

    for page in pages if approved else []:
        approved(page, "vi", "en")
    made = Programme.objects.create(province=province, title=title)
    for place, page in enumerate(pages):
        ProgrammeEntry.objects.create(programme=made, item=page, sort_order=place)
    return made


@pytest.fixture
def slot(cluster: Any, programme: Any) -> Any:
    from cms.programmes.models import Slot

    made = Slot(programme=programme, title="Cả ngày", date_from=date(2026, 1, 1))
    made.clusters = [cluster]
    made.save()
    return made


@pytest.fixture
def source(settings: Any) -> Iterator[Source]:
    """A source of feeds on this machine, which an administrator allowed."""
    settings.BANGTIN_FEED_HOSTS = ["127.0.0.1"]
    with serving() as one:
        one.pages["/rates"] = rates()
        yield one
