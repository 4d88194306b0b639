"""Why an upload is refused, in Vietnamese and English, with what to do about it."""

from __future__ import annotations

from renderers.errors import Bilingual

_SAVE_PICTURE = (
    "Hãy lưu lại ảnh ở dạng JPEG hoặc PNG rồi tải lên.",
    "Save the picture as JPEG or PNG and upload it again.",
)
_SAVE_CLIP = "Hãy xuất lại clip ở dạng MP4 (H.264) rồi tải lên.", "Export the clip as MP4 (H.264) and upload it again."


class MediaRefused(Bilingual):
    """An upload is not accepted. Codes: `unreadable`, `empty`, `kind`, `hidden`, `corrupt`, `animated`, `too_large`,
    `too_many_pixels`, `too_small`, `too_long`, `too_short`, `no_picture`."""


def unreadable() -> MediaRefused:
    return MediaRefused(
        "unreadable", "Không đọc được tệp. Hãy tải lên lại.", "The file cannot be read. Upload it again."
    )


def empty() -> MediaRefused:
    return MediaRefused("empty", "Tệp trống. Hãy tải lên lại.", "The file is empty. Upload it again.")


def too_large(limit: int) -> MediaRefused:
    mib = limit // (1024 * 1024)
    return MediaRefused(
        "too_large",
        f"Tệp lớn hơn {mib} MB. Hãy giảm kích thước hoặc nén lại rồi tải lên.",
        f"The file is larger than {mib} MB. Make it smaller and upload it again.",
    )


def not_a_picture(kind: str) -> MediaRefused:
    if kind in ("mov", "matroska", "avi", "mpegts", "mpeg"):
        return MediaRefused(
            "kind",
            "Đây là clip, không phải ảnh. Hãy tải lên ở mục Clip.",
            "This is a clip, not a picture. Upload it as a clip.",
        )
    name = {"svg": "SVG", "heif": "HEIC/AVIF", "pdf": "PDF"}.get(kind, "")
    vi = f"Không nhận tệp {name} làm ảnh." if name else "Nội dung tệp không phải là ảnh JPEG, PNG, WebP hoặc GIF."
    en = (
        f"{name} files are not accepted as pictures."
        if name
        else "The file's content is not a JPEG, PNG, WebP or GIF picture."
    )
    return MediaRefused("kind", f"{vi} {_SAVE_PICTURE[0]}", f"{en} {_SAVE_PICTURE[1]}")


def not_a_clip(kind: str) -> MediaRefused:
    if kind == "playlist":
        vi, en = "Tệp là danh sách phát, không phải clip.", "The file is a playlist, not a clip."
    elif kind in ("jpeg", "png", "gif", "webp", "svg", "heif"):
        vi, en = "Tệp là ảnh, không phải clip.", "The file is a picture, not a clip."
    else:
        vi, en = (
            "Nội dung tệp không phải là clip MP4, MOV, MKV, WebM, AVI hoặc MPEG.",
            "The file's content is not a clip.",
        )
    return MediaRefused("kind", f"{vi} {_SAVE_CLIP[0]}", f"{en} {_SAVE_CLIP[1]}")


def polyglot(found: str) -> MediaRefused:
    return MediaRefused(
        "hidden",
        f"Trong ảnh có lẫn nội dung khác ({found}), có thể là mã độc. {_SAVE_PICTURE[0]}",
        f"Something else hides in the picture ({found}); it may be harmful. {_SAVE_PICTURE[1]}",
    )


def animated() -> MediaRefused:
    return MediaRefused(
        "animated",
        "Ảnh động không dùng làm ảnh được. Hãy tải lên một ảnh tĩnh, hoặc một clip MP4.",
        "An animated picture cannot be shown as a picture. Upload a still picture, or an MP4 clip.",
    )


def too_many_pixels(limit: int) -> MediaRefused:
    millions = limit // 1_000_000
    return MediaRefused(
        "too_many_pixels",
        f"Hình quá lớn (hơn {millions} triệu điểm ảnh). Hãy thu nhỏ rồi tải lên.",
        f"The picture is too large (over {millions} megapixels). Scale it down and upload it again.",
    )


def too_small(limit: int) -> MediaRefused:
    return MediaRefused(
        "too_small",
        f"Hình quá nhỏ (mỗi cạnh cần ít nhất {limit} điểm ảnh). Hãy dùng bản gốc.",
        f"The picture is too small (each side needs at least {limit} pixels). Use the original.",
    )


def corrupt_picture() -> MediaRefused:
    return MediaRefused(
        "corrupt",
        f"Ảnh bị hỏng hoặc thiếu dữ liệu. {_SAVE_PICTURE[0]}",
        f"The picture is damaged or incomplete. {_SAVE_PICTURE[1]}",
    )


def corrupt_clip() -> MediaRefused:
    return MediaRefused(
        "corrupt",
        f"Clip bị hỏng hoặc thiếu dữ liệu. {_SAVE_CLIP[0]}",
        f"The clip is damaged or incomplete. {_SAVE_CLIP[1]}",
    )


def clip_refused(code: str, longest_ms: int) -> MediaRefused:
    """A refusal that the probing child named by its code."""
    if code == "too_long":
        minutes = longest_ms // 60_000
        return MediaRefused(
            code, f"Clip dài hơn {minutes} phút. Hãy cắt ngắn.", f"The clip is longer than {minutes} minutes. Cut it."
        )
    if code == "too_short":
        return MediaRefused(
            code,
            "Clip quá ngắn. Hãy chọn clip dài ít nhất nửa giây.",
            "The clip is too short. Choose one of at least half a second.",
        )
    if code == "no_picture":
        return MediaRefused(
            code, f"Tệp không có hình, chỉ có tiếng. {_SAVE_CLIP[0]}", f"The file has no picture. {_SAVE_CLIP[1]}"
        )
    return corrupt_clip()
