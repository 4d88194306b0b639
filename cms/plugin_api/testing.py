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
    Face,
    Geometry,
    Holiday,
    ItemTranslation,
    LayoutRenderer,
    Obligation,
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
    themes: Sequence[ThemeSource] | None
    holidays: Sequence[Holiday] | None
    obligations: Sequence[Obligation] | None


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
        themes=next(iter(call.bangtin_themes()), None),
        holidays=next(iter(call.bangtin_holidays(province=code, year=year)), None),
        obligations=next(iter(call.bangtin_obligations(province=code)), None),
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
