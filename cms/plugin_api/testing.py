"""What a plugin's own tests need, without an instance, a database or a network. The host's checks of the same plugin are
those of `bangtin plugin check`.

    import my_province
    from cms.plugin_api.testing import ask

    def test_my_gate_has_two_faces():
        assert len(ask(my_province).province.clusters[0].faces) == 2
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from cms.plugin_api import hookspecs
from cms.plugin_api.types import (
    Card,
    CardField,
    CardTemplate,
    Face,
    Feed,
    Geometry,
    Holiday,
    ItemTranslation,
    LayoutRenderer,
    Live,
    Obligation,
    Picture,
    Plugin,
    ProvinceSpec,
    ThemeSource,
)


@dataclass(slots=True)
class MemorySink:
    """An `AssetSink` that keeps what a renderer makes: SHA-256 → (bytes, media type)."""

    assets: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def put(self, data: bytes, type: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.assets[digest] = (data, type)
        return digest

    def put_file(self, path: Path, type: str) -> str:
        return self.put(path.read_bytes(), type)


@dataclass(slots=True)
class FolderSink:
    """An `AssetSink` that writes `<folder>/<sha256>`, for media too large for memory."""

    folder: Path
    types: dict[str, str] = field(default_factory=dict)

    def put(self, data: bytes, type: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        self.types[digest] = type
        return digest

    def put_file(self, path: Path, type: str) -> str:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        shutil.copyfile(path, self.folder / digest)
        self.types[digest] = type
        return digest


@dataclass(frozen=True, slots=True)
class Answers:
    """What a plugin's hooks return, each called once by itself. None: the plugin has no such hook or returned None."""

    plugin: Plugin
    province: ProvinceSpec | None
    renderers: Sequence[LayoutRenderer] | None
    card_templates: Sequence[CardTemplate] | None
    themes: Sequence[ThemeSource] | None
    holidays: Sequence[Holiday] | None
    obligations: Sequence[Obligation] | None
    feeds: Sequence[Feed] | None


def ask(module: ModuleType, *, province: str = "", year: int = 2027) -> Answers:
    """Call every hook of one plugin's module as the host would, without its checks. `province` defaults to the plugin's
    own. Raises what the plugin raises, and `pluggy.PluginValidationError` for an unknown hook or a wrong signature."""
    manager = pluggy.PluginManager("bangtin")
    manager.add_hookspecs(hookspecs)
    manager.register(module)
    manager.check_pending()
    call = manager.hook
    spec: Any = next(iter(call.bangtin_province()), None)
    code = province or (spec.code if spec else "")
    return Answers(
        plugin=module.BANGTIN_PLUGIN,
        province=spec,
        renderers=next(iter(call.bangtin_renderers()), None),
        card_templates=next(iter(call.bangtin_card_templates()), None),
        themes=next(iter(call.bangtin_themes()), None),
        holidays=next(iter(call.bangtin_holidays(province=code, year=year)), None),
        obligations=next(iter(call.bangtin_obligations(province=code)), None),
        feeds=next(iter(call.bangtin_feeds(province=code)), None),
    )


def sample_geometry(faces: int) -> Geometry:
    """A cluster of so many faces, 384 × 192 px at 10 mm, read from 15 m."""
    return Geometry(
        faces=tuple(Face(id=letter, width=384, height=192, pitch_mm=10, distance_m=15) for letter in "abcd"[:faces]),
        gaps_mm=(200.0,) * (faces - 1),
    )


def sample_item(language: str = "vi") -> ItemTranslation:
    """A short item of two cards, as an editor would write it."""
    return ItemTranslation(
        item="sample",
        language=language,
        cards=(
            Card(kind="title", title="Cửa khẩu mở cửa", kicker="Thông báo"),
            Card(kind="text", title="Giờ làm việc", text="Sáng 07:00 đến 11:00. Chiều 14:00 đến 18:00."),
        ),
        source="Sở Văn hóa và Thể thao",
    )


def sample_picture(folder: Path) -> Picture:
    """A small landscape, written into a folder."""
    from PIL import Image, ImageDraw

    path = folder / "sample.png"
    image = Image.new("RGB", (640, 400), "#1d4a5f")
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 400), (220, 150), (420, 400)], fill="#0d2b2f")
    pen.polygon([(240, 400), (460, 210), (640, 400)], fill="#123a35")
    image.save(path)
    return Picture(path, hashlib.sha256(path.read_bytes()).hexdigest(), (0.5, 0.5, 0.2, 0.2), "Núi")


def sample_card(template: CardTemplate, folder: Path) -> Card:
    """A card of a kind with something short in each of its fields; pictures are written into `folder`. Raises
    `LookupError` for a kind that needs a clip, of which there is no sample."""
    known: dict[str, Any] = {}
    others: list[tuple[str, str]] = []
    for one in template.fields:
        if one.kind == "clip":
            if one.required:
                raise LookupError(f"There is no sample of a clip for {one.name}.")
        elif one.kind == "picture" and one.name == "media":
            made = sample_picture(folder)
            known |= {"media": made.path, "media_sha256": made.sha256, "focal": made.focal}
        elif one.kind == "pictures":
            known["pictures"] = (sample_picture(folder),) * 2
        elif one.kind == "table":
            known |= {"rows": (("Ngày", "Giờ"), ("Thứ Hai", "07:00"), ("Thứ Ba", "07:00")), "head": True}
        elif one.kind == "live":
            known["live"] = (Live("clock", "Giờ"),)
        elif one.name in ("title", "text", "kicker", "caption"):
            known[one.name] = _sample_text(one)
        else:
            others.append((one.name, _sample_text(one)))
    return Card(template.kind, fields=tuple(others), **known)


def _sample_text(field: CardField) -> str:
    texts = {
        "line": "Cửa khẩu mở cửa",
        "text": "Sáng 07:00 đến 11:00. Chiều 14:00 đến 18:00.",
        "url": "https://example.vn/cua-khau",
        "stream": "https://live.example.vn/cua-khau.m3u8",
        "number": "60",
        "date": "2027-01-04",
        "moment": "2027-01-04T08:00:00+07:00",
        "choice": field.choices[0][0] if field.choices else "",
    }
    said = field.default or texts.get(field.kind, "")
    return said[: field.max_length] if field.max_length else said
