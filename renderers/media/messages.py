"""Why an upload is refused, in Vietnamese and English, with what to do about it."""

from __future__ import annotations

from renderers.errors import Bilingual

_SAVE_PICTURE = (
    "Hãy lưu lại ảnh ở dạng JPEG hoặc PNG rồi tải lên.",
    "Save the picture as JPEG or PNG and upload it again.",
)
_SAVE_CLIP = "Hãy xuất lại clip ở dạng MP4 (H.264) rồi tải lên.", "Export the clip as MP4 (H.264) and upload it again."
_SLIDES = (
    "Hãy mở tệp trong chương trình đã tạo ra nó, chọn «Lưu dưới dạng» PDF hoặc PNG rồi tải lên.",
    "Open it in the program that made it, save it as PDF or PNG, and upload that.",
)
_PICTURES = frozenset({"jpeg", "png", "gif", "webp", "tiff", "bmp", "heif", "avif", "svg", "pdf", "psd", "emf"})
_CLIPS = frozenset({"mov", "matroska", "avi", "mpegts", "mpeg", "windows_media"})
_NAMES: dict[str, tuple[str, str]] = {
    "svg": ("bản vẽ SVG", "an SVG drawing"),
    "avif": ("ảnh AVIF", "an AVIF picture"),
    "psd": ("tệp Photoshop", "a Photoshop file"),
    "emf": ("ảnh EMF/WMF của Office", "an EMF/WMF drawing of Office"),
    "office": ("tài liệu Office", "an Office document"),
    "playlist": ("danh sách phát", "a playlist"),
    "page": ("trang web", "a web page"),
    "archive": ("tệp nén", "an archive"),
    "program": ("chương trình", "a program"),
    "sound": ("tệp âm thanh", "a sound file"),
    "windows_media": ("clip WMV hoặc FLV", "a WMV or FLV clip"),
    "text": ("văn bản", "plain text"),
}


class MediaRefused(Bilingual):
    """An upload is not accepted. Codes: `unreadable`, `empty`, `kind`, `hidden`, `corrupt`, `animated`, `locked`,
    `too_large`, `too_many_pixels`, `too_small`, `too_long`, `too_short`, `too_heavy`, `tracks`, `codec`, `no_picture`."""


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
    if kind in _CLIPS:
        return MediaRefused(
            "kind",
            "Đây là clip, không phải ảnh. Hãy tải lên ở mục Clip.",
            "This is a clip, not a picture. Upload it as a clip.",
        )
    what = _SLIDES if kind in ("svg", "psd", "emf", "office") else _SAVE_PICTURE
    if kind in _NAMES:
        vi, en = _NAMES[kind]
        return MediaRefused("kind", f"Tệp là {vi}, không dùng làm ảnh được. {what[0]}", f"The file is {en}. {what[1]}")
    return MediaRefused(
        "kind",
        f"Nội dung tệp không phải là ảnh JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC hoặc PDF. {what[0]}",
        f"The file's content is not a JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC or PDF picture. {what[1]}",
    )


def not_a_clip(kind: str) -> MediaRefused:
    if kind in _PICTURES:
        vi, en = "Tệp là ảnh, không phải clip.", "The file is a picture, not a clip."
    elif kind in _NAMES:
        vi, en = (
            f"Tệp là {_NAMES[kind][0]}, không nhận làm clip.",
            f"The file is {_NAMES[kind][1]}, which is not accepted.",
        )
    else:
        vi = "Nội dung tệp không phải là clip MP4, MOV, MKV, WebM, AVI hoặc MPEG."
        en = "The file's content is not a clip (MP4, MOV, MKV, WebM, AVI or MPEG)."
    return MediaRefused("kind", f"{vi} {_SAVE_CLIP[0]}", f"{en} {_SAVE_CLIP[1]}")


def polyglot(found: str, *, clip: bool = False) -> MediaRefused:
    save = _SAVE_CLIP if clip else _SAVE_PICTURE
    return MediaRefused(
        "hidden",
        f"Trong tệp có lẫn nội dung khác ({found}), có thể là mã độc. {save[0]}",
        f"Something else hides in the file ({found}); it may be harmful. {save[1]}",
    )


def too_many_pixels(limit: int) -> MediaRefused:
    millions = limit // 1_000_000
    return MediaRefused(
        "too_many_pixels",
        f"Hình quá lớn (nhiều nhất {millions} triệu điểm ảnh với loại tệp này). Hãy thu nhỏ rồi tải lên.",
        f"The picture is too large (at most {millions} megapixels of this kind). Scale it down and upload it again.",
    )


def too_small(limit: int) -> MediaRefused:
    return MediaRefused(
        "too_small",
        f"Hình quá nhỏ (mỗi cạnh cần ít nhất {limit} điểm ảnh). Hãy dùng bản gốc.",
        f"The picture is too small (each side needs at least {limit} pixels). Use the original.",
    )


def corrupt_picture(kind: str) -> MediaRefused:
    if kind == "pdf":
        return MediaRefused(
            "corrupt",
            "Tệp PDF bị hỏng hoặc quá phức tạp. Hãy xuất lại PDF, hoặc lưu trang thành PNG rồi tải lên.",
            "The PDF is damaged or too complicated. Export it again, or save the page as PNG, and upload that.",
        )
    return MediaRefused(
        "corrupt",
        f"Ảnh bị hỏng hoặc thiếu dữ liệu. {_SAVE_PICTURE[0]}",
        f"The picture is damaged or incomplete. {_SAVE_PICTURE[1]}",
    )


def picture_refused(code: str, kind: str, limit: int) -> MediaRefused:
    """A refusal that the decoding child named by its code."""
    if code == "too_many_pixels":
        return too_many_pixels(limit)
    if code == "too_small":
        return too_small(limit)
    if code == "animated":
        return MediaRefused(
            "animated",
            "Ảnh động không dùng làm ảnh được. Hãy tải lên một ảnh tĩnh, hoặc một clip MP4.",
            "An animated picture cannot be shown as a picture. Upload a still picture, or an MP4 clip.",
        )
    if code == "locked":
        return MediaRefused(
            "locked",
            "Tệp PDF có mật khẩu. Hãy bỏ mật khẩu rồi tải lên.",
            "The PDF has a password. Remove it and upload the file again.",
        )
    if code == "too_heavy":
        return MediaRefused(
            "too_heavy",
            f"Ảnh cần quá nhiều bộ nhớ để mở. Hãy thu nhỏ ảnh. {_SAVE_PICTURE[0]}",
            f"The picture needs too much memory to open. Scale it down. {_SAVE_PICTURE[1]}",
        )
    return corrupt_picture(kind)


def corrupt_clip() -> MediaRefused:
    return MediaRefused(
        "corrupt",
        f"Clip bị hỏng hoặc thiếu dữ liệu. {_SAVE_CLIP[0]}",
        f"The clip is damaged or incomplete. {_SAVE_CLIP[1]}",
    )


def clip_refused(code: str, longest_ms: int) -> MediaRefused:
    """A refusal that the probing child named by its code."""
    minutes = longest_ms // 60_000
    found = {
        "too_long": (
            f"Clip dài hơn {minutes} phút. Hãy cắt ngắn rồi tải lên.",
            f"The clip is longer than {minutes} minutes. Cut it and upload it again.",
        ),
        "too_short": (
            "Clip quá ngắn. Hãy chọn clip dài ít nhất nửa giây.",
            "The clip is too short. Choose one of at least half a second.",
        ),
        "no_picture": (
            f"Tệp không có hình, chỉ có tiếng. {_SAVE_CLIP[0]}",
            f"The file has no picture. {_SAVE_CLIP[1]}",
        ),
        "codec": (
            f"Clip nén theo kiểu chưa hỗ trợ. {_SAVE_CLIP[0]}",
            f"The clip's codec is not supported. {_SAVE_CLIP[1]}",
        ),
        "tracks": (
            f"Clip có quá nhiều luồng hình, tiếng. {_SAVE_CLIP[0]}",
            f"The clip has too many streams. {_SAVE_CLIP[1]}",
        ),
        "too_many_pixels": (
            "Hình của clip lớn hơn 4K. Hãy xuất lại clip ở 4K hoặc Full HD (MP4, H.264) rồi tải lên.",
            "The clip's picture is larger than 4K. Export it at 4K or Full HD (MP4, H.264) and upload it again.",
        ),
    }.get(code)
    return MediaRefused(code, *found) if found else corrupt_clip()
