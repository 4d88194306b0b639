"""Does a picture or clip suit the panels it is for? More than they can show is wasted, less looks soft. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cms.plugin_api.types import Face
from renderers.media.facts import SHOWN_CLIP_MS, ClipFacts
from renderers.pictures import kept

WASTED = 4.0
SOFT = 1.15
CROPPED = 0.5
SHOWN_FPS = 30


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the editor; nothing is refused. Codes: `wasted`, `soft`, `cropped`, `rate`, `cut`, `silent`. `amount`
    is the number in it: times per side, share of the area, frames or seconds."""

    code: str
    vi: str
    en: str
    amount: float

    def message(self, language: str) -> str:
        """Vietnamese for `vi…`, else English."""
        return self.vi if language.startswith("vi") else self.en


def picture_notes(size: tuple[int, int], faces: Sequence[Face]) -> list[Note]:
    """What to know of a picture of `size` (pixels as seen) that fills these faces, cropped around its focal point."""
    if not faces:
        return []
    scales = {face: max(face.width / size[0], face.height / size[1]) for face in faces}
    notes: list[Note] = []
    worst = max(faces, key=lambda face: scales[face])
    times = scales[worst]
    if times > SOFT:
        notes.append(_soft(times, size, worst))
    elif 1 / times >= WASTED:
        notes.append(_wasted(1 / times, size, worst))
    shares = {face: kept(size, face.width / face.height) for face in faces}
    tightest = min(faces, key=lambda face: shares[face])
    if shares[tightest] < CROPPED:
        notes.append(_cropped(shares[tightest], tightest))
    return notes


def clip_notes(facts: ClipFacts, faces: Sequence[Face], *, audio: bool = True) -> list[Note]:
    """The same of a clip, and of its rate, its length, and its sound where the cluster has loudspeakers (`audio`) or not."""
    notes = picture_notes((facts.width, facts.height), faces)
    if facts.fps > SHOWN_FPS + 1:
        notes.append(_rate(facts.fps))
    if facts.duration_ms > SHOWN_CLIP_MS:
        notes.append(_cut(facts.duration_ms / 1000))
    if facts.sound and not audio:
        notes.append(
            Note(
                "silent",
                "Clip có tiếng, nhưng cụm này không có loa. Hãy thêm phụ đề nếu lời nói là quan trọng.",
                "The clip has sound, but this cluster has no loudspeakers. Add subtitles if the words matter.",
                1,
            )
        )
    return notes


def _soft(times: float, size: tuple[int, int], face: Face) -> Note:
    need = f"{face.width} × {face.height}"
    return Note(
        "soft",
        f"Hình {size[0]} × {size[1]} phải phóng to {_comma(times)} lần cho mặt {face.id.upper()} ({need}) nên sẽ mờ. "
        f"Hãy dùng bản gốc lớn hơn, ít nhất {need}.",
        f"At {size[0]} × {size[1]} it is enlarged {times:.1f} times for face {face.id.upper()} ({need}) and will look soft. "
        f"Use a larger original, at least {need}.",
        times,
    )


def _wasted(times: float, size: tuple[int, int], face: Face) -> Note:
    need = f"{face.width} × {face.height}"
    return Note(
        "wasted",
        f"Hình {size[0]} × {size[1]} lớn gấp {_comma(times)} lần mỗi chiều so với mặt lớn nhất ({need}). Vẫn hiển thị tốt, "
        f"nhưng chi tiết nhỏ sẽ mất: hãy cắt sát phần quan trọng.",
        f"At {size[0]} × {size[1]} it is {times:.1f} times per side what the largest face shows ({need}). It shows well, but "
        f"small details are lost: crop it to what matters.",
        times,
    )


def _cropped(share: float, face: Face) -> Note:
    percent = round(share * 100)
    return Note(
        "cropped",
        f"Mặt {face.id.upper()} ({face.width} × {face.height}) chỉ còn thấy {percent} % hình. Hãy đặt tiêu điểm, hoặc chọn "
        f"hình có tỷ lệ gần với mặt này hơn.",
        f"Only {percent} % of the picture is seen on face {face.id.upper()} ({face.width} × {face.height}). Set its focal "
        f"point, or choose one whose shape is nearer to the face's.",
        share,
    )


def _rate(fps: float) -> Note:
    return Note(
        "rate",
        f"Clip có {_comma(fps)} hình/giây; màn hình chiếu nhiều nhất {SHOWN_FPS}. Không cần làm gì thêm.",
        f"The clip has {fps:.1f} frames a second; at most {SHOWN_FPS} are shown. There is nothing to do.",
        fps,
    )


def _cut(seconds: float) -> Note:
    most = SHOWN_CLIP_MS // 1000
    return Note(
        "cut",
        f"Clip dài {round(seconds)} giây; chỉ {most} giây đầu được chiếu. Hãy cắt lấy phần quan trọng, hoặc chia thành nhiều clip.",
        f"The clip lasts {round(seconds)} seconds; only the first {most} are shown. Cut out what matters, or make several clips.",
        seconds,
    )


def _comma(value: float) -> str:
    """A number as Vietnamese writes it."""
    return f"{value:.1f}".replace(".", ",")
