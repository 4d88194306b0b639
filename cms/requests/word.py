"""Is this a Word document (.docx) without programs in it? Its archive is read in a child with limits; nothing is unpacked.

As a program (`python -m cms.requests.word PATH`) it runs only as such a child. ECMA-376, part 2: the parts of the package.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from renderers.child import ChildFailed, run_json
from renderers.media.messages import MediaRefused
from renderers.media.sniff import kind_of

SECONDS = 20
MAX_PARTS = 5000
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 300
"""Of unpacked to packed bytes: text packs about 1:20, a bomb 1:1000."""
MAX_RELATIONS = 4 * 1024 * 1024
_RUN = ("vbaproject", "oleobject", "package", "control", "activexcontrolbinary", "afchunk", "attachedtoolbars")
"""What relations bring in, by the ends of their types, whatever the parts are called."""
_LIVE = ("vbaproject", "vbadata", "activex", "oleobject", "embeddings/", "macros/", "customui/")
_SAVE = "Hãy lưu lại ở dạng PDF hoặc Word (.docx) không có macro rồi tải lên."
_SAVE_EN = "Save it as PDF or as Word (.docx) without macros and upload it again."


def check_word(path: Path) -> None:
    """Raises `MediaRefused` for whatever is no plain Word document: other Office files, older .doc, macros, embedded files, bombs."""
    try:
        found = run_json("cms.requests.word", [str(path.resolve())], seconds=SECONDS)
    except ChildFailed as error:
        raise _refused("corrupt") from error
    if code := found.get("refused"):
        raise _refused(str(code))


def _refused(code: str) -> MediaRefused:
    vi, en = {
        "old": (
            "Tệp là tài liệu Office cũ (.doc, .xls, .ppt).",
            "The file is an older Office document (.doc, .xls, .ppt).",
        ),
        "other": ("Tệp nén này không phải là tài liệu Word (.docx).", "This archive is not a Word document (.docx)."),
        "live": (
            "Tài liệu Word có macro, tệp nhúng hoặc mẫu lấy từ Internet.",
            "The Word document has macros, embedded files or a template from the Internet.",
        ),
        "locked": ("Tài liệu Word có mật khẩu.", "The Word document has a password."),
        "bomb": ("Tài liệu Word quá lớn khi mở ra.", "The Word document is too large once unpacked."),
    }.get(code, ("Không đọc được tài liệu Word: tệp hỏng hoặc chưa tải lên hết.", "The Word document cannot be read."))
    return MediaRefused(code, f"{vi} {_SAVE}", f"{en} {_SAVE_EN}")


def problem(path: Path) -> str:
    """A code of `_refused`, or "" for a document without anything that runs. Raises OSError and `zipfile.BadZipFile`."""
    with path.open("rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            return "old"
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        names = [part.filename.lower() for part in parts]
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            return "bomb"
        if any(part.file_size > 1 << 20 and part.file_size > MAX_RATIO * max(1, part.compress_size) for part in parts):
            return "bomb"
        if any(part.flag_bits & 1 for part in parts):
            return "locked"
        if "word/document.xml" not in names or "[content_types].xml" not in names:
            return "other"
        if any(mark in name for name in names for mark in _LIVE):
            return "live"
        relations = [part for part in parts if part.filename.lower().endswith(".rels")]
        return "live" if any(_fetches(archive, part) for part in relations) else ""


def _fetches(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part's relations name something else than links that would be fetched or run on opening: a template, a frame, an object.
    Read as XML, as Word reads them; what is too long, is no XML or declares entities counts as such."""
    with archive.open(part) as file:
        text = file.read(MAX_RELATIONS + 1)
    if len(text) > MAX_RELATIONS or b"<!" in text.replace(b"\0", b"").replace(b"<!--", b""):
        return True
    try:
        found = [one.attrib for one in ET.fromstring(text).iter()]  # noqa: S314 - without entities, in a child with limits
    except (ET.ParseError, LookupError, ValueError):
        return True
    kinds = [(one.get("Type", "").rpartition("/")[2].lower(), one.get("TargetMode", "").lower()) for one in found]
    return any(kind in _RUN or (mode == "external" and kind != "hyperlink") for kind, mode in kinds)


def main() -> None:
    path = Path(sys.argv[1])
    print(json.dumps({"refused": problem(path) if kind_of(path) in ("office", "archive") else "other"}))


if __name__ == "__main__":
    main()
