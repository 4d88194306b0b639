"""What tests of content and approval share: shelves, real pictures and clips, items, and a way to run the render queue."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.images import ImageFile
from PIL import Image, ImageDraw

__all__ = [
    "clip_file",
    "draw_waiting",
    "every_card",
    "every_kind",
    "item_post",
    "make_item",
    "picture_bytes",
    "picture_record",
    "private_assets",
    "save_draft",
    "shelves",
]


@pytest.fixture(autouse=True)
def private_assets(settings, tmp_path) -> Path:
    """Every test draws into its own folder."""
    settings.ASSETS_ROOT = tmp_path / "assets"
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture
def shelves(province) -> dict[str, Any]:
    """An Giang's trees in Vietnamese, English and Khmer, on the way of appraisal and approval."""
    from cms.approval.services import ensure_workflow
    from cms.content.services import ensure_tree

    trees = ensure_tree(province)
    ensure_workflow(province)
    return trees


def picture_bytes(kind: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small landscape: sky, hill, sun."""
    image = Image.new("RGB", size, "#2d6a8a")
    pen = ImageDraw.Draw(image)
    pen.ellipse((size[0] * 0.6, 30, size[0] * 0.8, 30 + size[0] * 0.2), fill="#e8c35a")
    pen.polygon([(0, size[1]), (size[0] // 2, size[1] // 2), (size[0], size[1])], fill="#124a2f")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="session")
def clip_file(tmp_path_factory) -> Path:
    """A real MP4 of one second."""
    from imageio_ffmpeg import get_ffmpeg_exe

    path = tmp_path_factory.mktemp("clips") / "boats.mp4"
    source = "testsrc2=size=320x240:rate=25:duration=1"
    subprocess.run(
        [get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", str(path)], check=True
    )
    return path


@pytest.fixture
def picture_record(db) -> Any:
    """A picture in the library with a focal point."""
    from cms.content.models import Picture

    made = Picture(title="Núi Cấm", file=ImageFile(io.BytesIO(picture_bytes()), "nui-cam.jpg"))
    made.focal_point_x, made.focal_point_y = 448, 94
    made.focal_point_width, made.focal_point_height = 128, 128
    made.save()
    return made


@pytest.fixture
def make_item(shelves) -> Callable[..., Any]:
    """`make_item("Tiêu đề", by=contributor)`: an item with a headline and a text, saved as a draft."""
    from cms.content.models import ItemPage

    def make(
        title: str = "Giờ mở cửa", *, by: Any = None, language: str = "vi", cards: Any = None, **fields: Any
    ) -> Any:
        shelf = shelves[language]
        page = ItemPage(title=title, locale=shelf.locale, live=False, owner=by, **fields)
        page.body = ItemPage.body.field.to_python(
            cards
            if cards is not None
            else [
                {"type": "title", "value": {"kicker": "Thông báo", "title": title}},
                {"type": "text", "value": {"title": "", "text": "Cửa khẩu mở cửa từ 7 giờ đến 18 giờ hằng ngày."}},
            ]
        )
        shelf.add_child(instance=page)
        page.save_revision(user=by)
        page.refresh_from_db()
        return page

    return make


@pytest.fixture
def draw_waiting() -> Callable[..., list[Any]]:
    """Ask for an item's proofs and draw them here and now, by the queue's own job."""
    from cms.content.jobs import make_proof
    from cms.content.proofs import jobs_for, request_proofs

    def draw(page: Any) -> list[Any]:
        page.refresh_from_db()
        for job in request_proofs(page, page.latest_revision):
            make_proof(job.pk)
        return jobs_for(page, page.latest_revision)

    return draw


def item_post(title: str, cards: list[tuple[str, dict[str, str]]], **fields: str) -> dict[str, str]:
    """What a browser sends when the item's form is saved."""
    data = {
        "title": title,
        "slug": "",
        "kind": "grassroots",
        "supplier": "",
        "valid_from": "",
        "valid_until": "",
        "body-count": str(len(cards)),
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }
    for place, (kind, values) in enumerate(cards):
        data |= {
            f"body-{place}-deleted": "",
            f"body-{place}-order": str(place),
            f"body-{place}-type": kind,
            f"body-{place}-id": "",
        }
        data |= {f"body-{place}-value-{name}": value for name, value in values.items()}
    return data | fields


@pytest.fixture
def save_draft(shelves) -> Callable[..., Any]:
    """`save_draft(client, "Tiêu đề", cards, **fields)`: fill in Wagtail's own form for a new item; returns the response."""

    def save(client: Any, title: str, cards: Any, *, language: str = "vi", **fields: str) -> Any:
        return client.post(
            f"/admin/pages/add/content/itempage/{shelves[language].pk}/", item_post(title, cards, **fields)
        )

    return save


@pytest.fixture
def every_kind(monkeypatch) -> Any:
    """Switches a plugin on whose card has a field of every kind; returns its template."""
    from importlib.metadata import EntryPoint

    from cms.plugin_host import host
    from cms.plugin_host.load import GROUP, installed
    from tests.content import every_plugin

    monkeypatch.setattr(every_plugin, "CARD", every_plugin.Every())
    entries = [*installed(), EntryPoint("every", "tests.content.every_plugin", GROUP)]
    monkeypatch.setattr(host, "_host", host.Host(entries))
    return every_plugin.CARD


@pytest.fixture
def every_card(picture_record) -> dict[str, Any]:
    """The stored value of a card of that kind, with something in every field."""
    return {
        "title": "Giờ mở cửa",
        "text": "Cửa khẩu mở cửa.\nXin mời.",
        "code": "A-1",
        "picture": picture_record.pk,
        "pictures": [
            {"type": "item", "id": f"0000000{n}-0000-4000-8000-000000000000", "value": value}
            for n, value in enumerate(
                [{"picture": picture_record.pk, "caption": "Núi"}, {"picture": picture_record.pk, "caption": "Sông"}]
            )
        ],
        "rows": "Ngày\tGiờ\nThứ Hai\t07:00\nThứ Ba\t07:00",
        "url": "https://angiang.gov.vn/cua-khau",
        "price": "12.50",
        "day": "2027-02-03",
        "at": "2027-02-03T09:30:00+07:00",
        "side": "r",
        "live": [
            {
                "type": "item",
                "id": "00000009-0000-4000-8000-000000000000",
                "value": {"of": "countdown", "label": "Còn lại", "until": "2027-02-06T00:00:00+07:00", "unit": "ngày"},
            }
        ],
        "author": "Nguyễn Văn A",
        "seconds": 12,
        "transition": "wipe",
    }
