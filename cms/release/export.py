"""MP4s of what faces show over a stretch of time, compiled from present records as for the screens: only what is approved."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cms.accounts.audit import record
from cms.content.assets import AssetStore, file_sha256
from cms.places.models import Cluster
from cms.places.services import geometry_of
from cms.plugin_api.types import Face
from cms.programmes.previews import compile_at, local_day, millis
from cms.release.files import FULL
from cms.schedule.format import Controller, Layer, Schedule
from cms.schedule.frame import FOREVER, ScheduleIndex, frame, power
from renderers.errors import Bilingual
from renderers.movie import Film, Part, Showing, Shown, write

LONGEST = timedelta(hours=24)
"""What is exported without asking again."""
RATES = (25, 30, 50, 60)


class ExportRefused(Bilingual):
    """Why nothing was exported. Codes: `range`, `long`, `face`, `controller`, `folder`, `asset`."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written; `heard` says that it carries sound."""

    path: Path
    sha256: str
    bytes: int
    width: int
    height: int
    heard: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A film and the name of what it shows: a face's letter or a controller's code."""

    name: str
    film: Film


class Showings:
    """A schedule as `renderers.movie` asks about it. What was blacked out, withdrawn or urgent at the time is not in it."""

    def __init__(self, schedule: Schedule) -> None:
        self.index = ScheduleIndex(schedule)
        self._layers: dict[tuple[str, str], Sequence[Layer]] = {}

    def of(self, letter: str) -> Showing:
        """What a face shows at an instant."""

        def at(instant: int) -> Shown:
            found = frame(self.index, None, letter, instant)
            level = power(self.index, letter, instant)
            scene = self.index.schedule.scenes[found.scene] if found.scene else None
            return Shown(
                layers=self._of(found.scene, letter),
                offset_ms=found.offset_ms,
                until=min(found.until, level.until if level else FOREVER),
                previous=self._of(found.previous, letter) if found.previous else None,
                previous_offset_ms=found.previous_offset_ms,
                progress=found.progress,
                transition=scene.transition.kind if scene else "cut",
                volume=level.volume if level else 100,
            )

        return at

    def _of(self, scene: str | None, letter: str) -> Sequence[Layer]:
        """The same list for the same scene: that it did not change is seen at once."""
        if scene is None:
            return ()
        key = (scene, letter)
        if key not in self._layers:
            self._layers[key] = self.index.schedule.scenes[scene].faces.get(letter, [])
        return self._layers[key]


def films(
    cluster: Cluster,
    start: datetime,
    end: datetime,
    *,
    faces: Sequence[str] = (),
    controller: str = "",
    fps: int = 30,
    long: bool = False,
) -> list[Named]:
    """The films of these faces (none named: all) from `start` to `end`, or the one of a controller's whole canvas. A face
    has sound unless its controller plays another one's. Raises `ExportRefused`."""
    known = geometry_of(cluster).faces
    if end - start < timedelta(seconds=1):
        raise ExportRefused(
            "range",
            "Khoảng thời gian trống: giờ kết thúc (--to) phải sau giờ bắt đầu (--from) ít nhất một giây.",
            "The range is empty: --to must be at least a second after --from.",
        )
    if end - start > LONGEST and not long:
        raise ExportRefused(
            "long",
            "Khoảng thời gian dài hơn 24 giờ, tệp sẽ rất lớn. Nếu đúng ý, hãy thêm --yes.",
            "The range is longer than 24 hours; the files will be large. If that is meant, add --yes.",
        )
    letters = [one.id for one in known]
    if absent := [one for one in faces if one not in letters]:
        raise ExportRefused(
            "face",
            f"{cluster.slug} không có mặt {', '.join(absent)}. Các mặt hiện có: {', '.join(letters) or 'chưa có'}.",
            f"{cluster.slug} has no face {', '.join(absent)}. Its faces: {', '.join(letters) or 'none'}.",
        )
    days = (local_day(cluster, end) - local_day(cluster, start)).days + 2
    schedule = compile_at(cluster, start, days).compiled.schedule
    showings = Showings(schedule)
    count = max(1, (millis(end) - millis(start)) * fps // 1000)

    def film(width: int, height: int, parts: tuple[Part, ...], heard: Part | None) -> Film:
        return Film(width, height, fps, millis(start), count, parts, AssetStore().path, heard)

    if controller:
        placed, canvas = _canvas(showings, schedule, controller, {one.id: one for one in known}, cluster)
        audio = schedule.controllers[controller].audio
        return [Named(controller, film(*canvas, tuple(placed.values()), placed.get(audio.face) if audio else None))]
    found = []
    for face in known:
        if not faces or face.id in faces:
            part = Part(face.width, face.height, showings.of(face.id))
            heard = part if _heard(schedule, face.id) else None
            found.append(Named(face.id, film(face.width, face.height, (part,), heard)))
    return found


def _canvas(
    showings: Showings, schedule: Schedule, code: str, faces: dict[str, Face], cluster: Cluster
) -> tuple[dict[str, Part], tuple[int, int]]:
    controller: Controller | None = schedule.controllers.get(code)
    if controller is None:
        known = ", ".join(sorted(schedule.controllers))
        raise ExportRefused(
            "controller",
            f"{cluster.slug} không có máy điều khiển {code!r}. Hiện có: {known or 'chưa có'}.",
            f"{cluster.slug} has no controller {code!r}. There are: {known or 'none'}.",
        )
    parts = {
        letter: Part(
            faces[letter].width, faces[letter].height, showings.of(letter), *placed.rect[:2], rotation=placed.rotation
        )
        for letter, placed in sorted(controller.faces.items())
    }
    return parts, controller.canvas


def _heard(schedule: Schedule, letter: str) -> bool:
    """Whether a face's sound is played where it hangs; without any controller it is."""
    carrying = [one for one in schedule.controllers.values() if letter in one.faces]
    return not carrying or any(one.audio and one.audio.face == letter for one in carrying)


def export(
    cluster: Cluster,
    wanted: Sequence[Named],
    folder: Path,
    *,
    progress: Callable[[str, float], None] = lambda name, share: None,
) -> list[Exported]:
    """Write these films and a text that says what they are. A file appears whole or not at all; `progress` hears of each
    by name and may raise. Raises `ExportRefused` and `renderers.movie_encoder.MovieError`."""
    _writable(folder)
    made = []
    for one in wanted:
        target = folder / f"{_stem(cluster, one.film, one.name)}.mp4"
        unfinished = folder / f".{target.name}.part"
        try:
            write(one.film, unfinished, progress=lambda share, name=one.name: progress(name, share))  # type: ignore[misc]
            unfinished.replace(target)
        except OSError as error:
            raise _refusal(error, target) from error
        finally:
            unfinished.unlink(missing_ok=True)
        film = one.film
        made.append(
            Exported(
                target, file_sha256(target), target.stat().st_size, film.width, film.height, film.heard is not None
            )
        )
    film = wanted[0].film
    text = folder / f"{_stem(cluster, film)}.txt"
    try:
        text.write_text(_explained(cluster, film, made), encoding="utf-8")
    except OSError as error:
        text.unlink(missing_ok=True)
        raise _refusal(error, text) from error
    record(
        "release.export",
        cluster.slug,
        province=cluster.province.code,
        start=_local(cluster, film.start_ms).isoformat(),
        end=_local(cluster, film.end_ms).isoformat(),
        files={one.path.name: one.sha256 for one in made},
    )
    return made


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(error, folder) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _refusal(PermissionError(), folder)


def _refusal(error: OSError, path: Path) -> Bilingual:
    if error.errno in FULL:
        return ExportRefused(
            "folder",
            f"Ổ đĩa đã đầy khi ghi {path}. Hãy giải phóng dung lượng hoặc chọn thư mục khác, rồi xuất lại.",
            f"The disk became full while {path} was written. Free some space or choose another folder, then export again.",
        )
    if error.filename and Path(str(error.filename)).is_relative_to(AssetStore().root):
        return ExportRefused(
            "asset",
            f"Thiếu tệp hình của một bản duyệt: {error.filename}. Hãy khôi phục từ bản sao lưu rồi xuất lại.",
            f"A picture of a proof is missing: {error.filename}. Restore it from a backup, then export again.",
        )
    reason = error.strerror or "permission denied"
    return ExportRefused(
        "folder",
        f"Không ghi được vào {path} ({reason}). Hãy chọn một thư mục có quyền ghi.",
        f"{path} cannot be written ({reason}). Choose a folder that you may write to.",
    )


def _local(cluster: Cluster, ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=ZoneInfo(cluster.timezone))


def _stem(cluster: Cluster, film: Film, name: str = "") -> str:
    ends = [_local(cluster, ms) for ms in (film.start_ms, film.end_ms)]
    marks = [f"{one:%Y%m%dT%H%M}" + (f"{one:%S}" if one.second else "") for one in ends]
    return "-".join([cluster.slug, *([name] if name else []), *marks])


def _explained(cluster: Cluster, film: Film, made: Sequence[Exported]) -> str:
    """What the files are, how they are used, and their hashes as `sha256sum --check` reads them."""
    start, end = _local(cluster, film.start_ms), _local(cluster, film.end_ms)
    when = f"{start:%d/%m/%Y %H:%M:%S} – {end:%d/%m/%Y %H:%M:%S} ({cluster.timezone})"
    sizes = [
        f"# {one.path.name}: {one.width} × {one.height} px"
        + ("" if one.width % 2 == one.height % 2 == 0 else ", + viền đen / black edge")
        + ("" if one.heard else ", không có tiếng / silent")
        for one in made
    ]
    lines = [
        f"# {cluster.name} · {when} · {film.fps} hình/giây (fps)",
        "#",
        "# Mỗi tệp là đúng hình của một mặt, từng điểm ảnh: phát ở góc trên bên trái, không phóng to thu nhỏ, bắt đầu đúng giờ ghi ở tên tệp.",
        "# Ngoài giờ vận hành hình đen. Không có trong tệp: tin khẩn, tắt màn hình đột xuất, số liệu trực tiếp.",
        "# Tin bị thu hồi sau khi xuất vẫn còn trong tệp: hãy xuất lại và thay tệp.",
        "# Each file is a face pixel for pixel: play it at the top left, unscaled, starting at the time in its name.",
        "# Outside operating hours it is black. Not in it: alerts, blackouts, live values.",
        "# An item withdrawn after the export is still in the file: export again and replace it.",
        "#",
        *sizes,
        "# sha256sum --check:",
        *(f"{one.sha256}  {one.path.name}" for one in made),
    ]
    return "\n".join(lines) + "\n"
