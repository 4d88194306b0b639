"""A release as a folder that travels: everything a player of the cluster needs, for a stick where there is no network.

```
bangtin-<cluster>/bangtin.json                   words for people and first checks; unsigned, written last
                 /metadata/ /targets/<cluster>/  TUF metadata and documents, as in the public tree
                 /store/<ab>/<sha256>            chunks
                 /player/                        the player's own files
                 /DOC-TRUOC.txt                  how it is used
```
What is in it is read back along its own timestamp and verified on the way, so a newer publication meanwhile does not mix in.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from cms import clock
from cms.accounts.audit import record
from cms.places.models import Cluster
from cms.plugin_api.types import sha256
from cms.release.keys import KeysMissing, root_versions
from cms.release.repository import ClusterRepository, Damaged
from cms.release.store import ContentStore
from cms.schedule.format import CHUNK_BYTES
from renderers.errors import Bilingual

FORMAT = 1
MARKER = "bangtin.json"
README = "DOC-TRUOC.txt"


class BundleRefused(Bilingual):
    """Why there is no bundle. Codes: `nothing`, `ended`, `keys`, `damaged`, `folder`, `full`, `signer`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a bundle by its path inside the folder: `source` on this machine, or its bytes themselves. `url` is where
    the same bytes stand in the public tree, if they do."""

    path: str
    size: int
    sha256: str
    source: Path | None = None
    data: bytes = b""
    url: str = ""

    def read(self) -> bytes:
        """The bytes, checked. Raises OSError, BundleRefused."""
        data = self.data if self.source is None else self.source.read_bytes()
        if sha256(data) != self.sha256:
            raise BundleRefused(
                "damaged",
                f"Tệp {self.path} trên máy chủ đã thay đổi. Hãy báo quản trị viên, phát hành lại rồi xuất lại.",
                f"The server's copy of {self.path} has changed. Tell the administrator, publish again, then export again.",
            )
        return data


@dataclass(frozen=True, slots=True)
class Bundle:
    """`parts` are immutable under their names; `ends` come after them, in this order, and make the folder valid."""

    cluster: str
    name: str
    parts: tuple[Part, ...]
    ends: tuple[Part, ...]
    schedule: dict[str, Any]

    @property
    def folder(self) -> str:
        return f"bangtin-{self.cluster}"

    @property
    def size(self) -> int:
        return sum(one.size for one in (*self.parts, *self.ends))

    def __len__(self) -> int:
        return len(self.parts) + len(self.ends)


def sign(cluster: Cluster, *, user: Any = None) -> bytes:
    """The timestamp of a bundle, which ends with the schedule that is offered now. Only who can read the online keys calls
    this. Raises BundleRefused, StorageFull."""
    repository = ClusterRepository(cluster.slug, cluster.province.code)
    with repository.locked():
        data = repository.read_target("schedule")
        if data is None:
            raise nothing(cluster)
        until = datetime.fromtimestamp(json.loads(data)["valid_until"] // 1000, tz=UTC)
        if until <= clock.now():
            raise BundleRefused(
                "ended",
                f"Lịch phát của {cluster.name} đã hết hạn. Hãy chờ bản phát hành mới rồi xuất lại.",
                f"The schedule of {cluster.slug} has ended. Wait for a new release, then export again.",
            )
        try:
            timestamp = repository.stick_timestamp(until)
        except KeysMissing as error:
            raise BundleRefused(
                "keys", f"Không ký được: {error}", f"The signing keys cannot be read here: {error}"
            ) from error
        except (Damaged, LookupError) as error:
            raise nothing(cluster) from error
    record("release.stick", cluster.slug, user=user, province=cluster.province.code, until=until.isoformat())
    return timestamp


def nothing(cluster: Cluster) -> BundleRefused:
    return BundleRefused(
        "nothing",
        f"{cluster.name} chưa có bản phát hành nào đã ký. Hãy chờ vài phút; lý do ghi ở mục “Bản phát hành”.",
        f"{cluster.slug} has no signed release yet. Wait some minutes; the reason stands under “Releases”.",
    )


def gather(cluster: Cluster, timestamp: bytes) -> Bundle:
    """Everything that `timestamp` leads to. Raises BundleRefused when something of it is missing or changed."""
    try:
        return _Gathering(cluster, timestamp).bundle()
    except (OSError, RepositoryError, DeserializationError, KeyError, ValueError) as error:
        raise BundleRefused(
            "damaged",
            f"Tệp của bản phát hành {cluster.name} bị thiếu hoặc hỏng ({error}). Hãy phát hành lại rồi xuất lại.",
            f"A file of the release of {cluster.slug} is missing or damaged ({error}). Publish again, then export again.",
        ) from error


class _Gathering:
    """Walks from a timestamp to the last chunk."""

    def __init__(self, cluster: Cluster, timestamp: bytes) -> None:
        self.cluster, self.timestamp = cluster, timestamp
        self.public = Path(settings.PUBLIC_ROOT) / "releases" / cluster.slug
        self.store = ContentStore()
        self.parts: dict[str, Part] = {}

    def bundle(self) -> Bundle:
        for version, data in root_versions(self.cluster.province):
            self._add(f"metadata/{version}.root.json", data=data)
        first = Metadata[Timestamp].from_bytes(self.timestamp).signed
        name = f"{first.snapshot_meta.version}.snapshot.json"
        data = self._metadata(name)
        first.snapshot_meta.verify_length_and_hashes(data)
        meta = Metadata[Snapshot].from_bytes(data).signed.meta["targets.json"]
        data = self._metadata(f"{meta.version}.targets.json")
        meta.verify_length_and_hashes(data)
        targets = Metadata[Targets].from_bytes(data).signed.targets
        documents = {path.partition("/")[2]: self._document(path, one) for path, one in targets.items()}
        schedule = documents["schedule.json"]
        for document in (schedule, documents.get("now.json", {})):
            for digest, asset in document.get("assets", {}).items():
                self._asset(digest, asset)
        self._player(documents.get("player.json", {}))
        self._add(README, data=_explained(self.cluster, schedule))
        offered = targets[f"{self.cluster.slug}/schedule.json"]
        about = {
            "version": offered.custom.get("version") if isinstance(offered.custom, dict) else None,
            "sha256": offered.hashes["sha256"],
            "valid_from": schedule["valid_from"],
            "valid_until": schedule["valid_until"],
        }
        return self._ended(schedule, about)

    def _ended(self, schedule: dict[str, Any], about: dict[str, Any]) -> Bundle:
        parts = tuple(self.parts.values())
        timestamp = _made("metadata/timestamp.json", self.timestamp)
        document = {
            "format": FORMAT,
            "cluster": self.cluster.slug,
            "name": self.cluster.name,
            "controllers": sorted(schedule["controllers"]),
            "made_at": clock.now_ms(),
            "schedule": about,
            "files": len(parts) + 2,
            "bytes": sum(one.size for one in parts) + timestamp.size,
        }
        marker = _made(MARKER, json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
        return Bundle(self.cluster.slug, self.cluster.name, parts, (timestamp, marker), about)

    def _add(self, path: str, *, source: Path | None = None, data: bytes = b"", size: int = -1, url: str = "") -> None:
        if path not in self.parts:
            digest = path.rpartition("/")[2] if path.startswith("store/") else sha256(data)
            size = len(data) if size < 0 else size
            self.parts[path] = Part(path, size, digest, source, b"" if source else data, url)

    def _metadata(self, name: str) -> bytes:
        data = (self.public / "metadata" / name).read_bytes()
        self._add(f"metadata/{name}", data=data)
        return data

    def _document(self, path: str, target: TargetFile) -> dict[str, Any]:
        folder, _slash, name = path.partition("/")
        hashed = f"targets/{folder}/{target.hashes['sha256']}.{name}"
        data = (self.public / hashed).read_bytes()
        target.verify_length_and_hashes(data)
        self._add(hashed, data=data)
        document: dict[str, Any] = json.loads(data)
        return document

    def _asset(self, digest: str, asset: dict[str, Any]) -> None:
        if not asset.get("manifest"):
            return self._chunk(digest, asset["bytes"])
        manifest = self.store.path(asset["manifest"]).read_bytes()
        if sha256(manifest) != asset["manifest"]:
            raise ValueError(f"manifest {asset['manifest'][:12]}")
        self._chunk(asset["manifest"], len(manifest))
        left = int(asset["bytes"])
        for chunk in json.loads(manifest)["chunks"]:
            self._chunk(chunk, min(CHUNK_BYTES, left))
            left -= CHUNK_BYTES
        return None

    def _chunk(self, digest: str, size: int) -> None:
        path = self.store.path(digest)
        if path.stat().st_size != size:
            raise ValueError(f"chunk {digest[:12]}: {path.stat().st_size} bytes instead of {size}")
        name = f"store/{digest[:2]}/{digest}"
        self._add(name, source=path, size=size, url=f"/{name}")

    def _player(self, document: dict[str, Any]) -> None:
        """The player's own files, under their names and as the chunks that the signed list names."""
        for name, file in document.get("files", {}).items():
            self._asset(file["sha256"], file)
            if not file.get("manifest"):
                self._add(f"player/{name}", data=self.store.path(file["sha256"]).read_bytes())


def _made(path: str, data: bytes) -> Part:
    return Part(path, len(data), sha256(data), data=data)


def listing(bundle: Bundle) -> dict[str, Any]:
    """A bundle for a browser that writes it onto a stick by itself: bytes in base64 where they stand nowhere in public."""

    def entry(one: Part) -> dict[str, Any]:
        found: dict[str, Any] = {"path": one.path, "bytes": one.size, "sha256": one.sha256}
        return found | ({"url": one.url} if one.url else {"data": base64.b64encode(one.read()).decode("ascii")})

    return {
        "folder": bundle.folder,
        "bytes": bundle.size,
        "parts": [entry(one) for one in bundle.parts],
        "ends": [entry(one) for one in bundle.ends],
    }


def _explained(cluster: Cluster, schedule: dict[str, Any]) -> bytes:
    """What the folder is and how it is used, for Windows' editor too (a mark of UTF-8, CR LF)."""
    zone = ZoneInfo(cluster.timezone)
    until = datetime.fromtimestamp(schedule["valid_until"] / 1000, tz=zone)
    made = clock.now().astimezone(zone)
    text = f"""BẢNG TIN – NỘI DUNG CHO {cluster.name.upper()} ({cluster.slug})
Xuất lúc {made:%H:%M ngày %d/%m/%Y}. Dùng được đến {until:%H:%M ngày %d/%m/%Y}.

CÁCH DÙNG
1. Chép nguyên thư mục bangtin-{cluster.slug} lên USB, không đổi tên, không sửa tệp nào. Rút USB an toàn.
2. Cắm USB vào máy điều khiển của màn hình. Chương trình đang chiếu không bị gián đoạn.
3. Trên bàn phím của máy điều khiển, nhấn Ctrl + Alt + U.
4. Bấm “Chọn thư mục trên USB” và chọn thư mục bangtin-{cluster.slug}.
5. Chờ thanh tiến độ chạy hết. Màn hình tự chiếu nội dung mới. Rút USB.

NẾU BỊ TỪ CHỐI
Màn hình ghi rõ lý do: sai cụm, bản cũ hơn, tệp bị thay đổi, chép thiếu, hết hạn, hết chỗ. Hãy xuất lại từ
trang của cụm trong Bảng Tin (nút “Xuất ra USB”) và chép lại. Nội dung đang chiếu vẫn giữ nguyên.

Mỗi tệp đều được kiểm tra chữ ký trước khi chiếu; USB mất hoặc bị sửa không làm màn hình chiếu sai.
Trong thư mục không có mật khẩu hay khóa nào.

----
This folder is signed content for the cluster {cluster.slug}, usable until {until:%Y-%m-%d %H:%M} ({cluster.timezone}).
Copy it whole onto a USB stick, plug the stick into the controller, press Ctrl + Alt + U there and choose the folder.
"""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
