"""Hostile and broken media files, made here byte by byte. Names lie on purpose: only content counts.

`PICTURES` and `CLIPS` map a name to (make, what must come of it): a code of `MediaRefused`, or `TAMED` – taken, but only as
a plain picture or clip within the limits. `make(kit)` returns bytes, or makes `kit.path` itself and returns None.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from renderers.landscape import landscape
from tests.renderers.stage import ffmpeg

TAMED = "tamed"


@dataclass(frozen=True)
class Kit:
    """Where the file goes, a file and an address that nobody may read, and an honest clip in several containers."""

    path: Path
    marker: Path
    url: str
    mp4: bytes
    folder: Path

    def clip(self, name: str, *arguments: str) -> bytes:
        """Two seconds made by ffmpeg, kept for the next case."""
        made = self.folder / name
        if not made.exists():
            ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", *arguments, str(made))
        return made.read_bytes()


Make = Callable[[Kit], bytes | None]


def encoded(format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    size = options.pop("size", (320, 200))
    landscape(*size).convert(options.pop("mode", "RGB")).save(buffer, format, **options)
    return buffer.getvalue()


def animated(format: str, count: int = 3) -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (100, 100), (index * 40 % 256, 0, 90)) for index in range(count)]
    frames[0].save(buffer, format, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 200]) + data[middle + 200 :]


def zipped(name: str = "evil.js") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "alert(1)")
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes, rows: bytes = b"", depth: int = 8) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows)) if rows else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(more) + body + chunk(b"IEND", b"")


def good_png(*more: bytes) -> bytes:
    return png(64, 64, *more, rows=(b"\0" + b"\x40" * 192) * 64)


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG whose header claims another size."""
    data = bytearray(encoded("JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def gif(width: int, height: int, frames: int = 1) -> bytes:
    """One-pixel frames on a canvas of any size."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * frames + b"\x3b"


def webp(width: int, height: int) -> bytes:
    def number(value: int) -> bytes:
        return (value - 1).to_bytes(3, "little")

    extended = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + number(width) + number(height)
    body = b"WEBP" + extended + encoded("WEBP", lossless=True)[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(width: int, height: int, strip: bytes, *, compression: int = 8, next_ifd: int = 0) -> bytes:
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1),
        (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, len(strip)),
    ]  # fmt: skip
    place = 8 + len(strip) + len(strip) % 2
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (
        b"II*\0"
        + struct.pack("<I", place)
        + strip
        + b"\0" * (len(strip) % 2)
        + directory
        + struct.pack("<I", next_ifd or 0)
    )


def bmp(width: int, height: int) -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 1000, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    )


def pdf(*objects: bytes, box: str = "0 0 400 300", content: bytes = b"0.2 0.5 0.3 rg 0 0 200 300 re f") -> bytes:
    """A PDF of one page; further objects are numbered from 5."""
    stream = b"<< /Length %d >> stream\n" % len(content) + content + b"\nendstream"
    numbered = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R >>" % box.encode(),
        stream,
        *objects,
    ]
    out, places = b"%PDF-1.4\n", []
    for index, body in enumerate(numbered, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % index + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(numbered) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(numbered) + 1, len(out))
    return out + table + trailer


def two_pictures() -> bytes:
    buffer = io.BytesIO()
    landscape(320, 200).save(buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (640, 400), "red")])
    return buffer.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded("JPEG", exif=exif.tobytes())


def _made(maker: Callable[[Path], object]) -> Make:
    """A case that is not a file of bytes."""

    def make(kit: Kit) -> None:
        maker(kit.path)

    return make


def _linked(kit: Kit) -> None:
    kit.marker.with_name("real.jpg").write_bytes(encoded("JPEG"))
    kit.path.symlink_to(kit.marker.with_name("real.jpg"))


def _all(data: bytes) -> Make:
    return lambda kit: data


BOMB = zlib.compress(b"A" * 50_000_000)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<html><script>alert(1)</script></html>"

PICTURES: dict[str, tuple[Make, str]] = {
    "nothing": (_all(b""), "empty"),
    "a directory": (_made(Path.mkdir), "unreadable"),
    "a pipe": (_made(os.mkfifo), "unreadable"),
    "a link to another file": (_linked, "unreadable"),
    "text": (_all("xin chào".encode()), "kind"),
    "nothing but zeros": (_all(b"\0" * 9000), "kind"),
    "svg with a script": (_all(SVG), "kind"),
    "a web page": (_all(PAGE), "kind"),
    "a script of php": (_all(b"<?php system($_GET[0]); ?>"), "kind"),
    "a zip": (_all(zipped()), "kind"),
    "a presentation": (_all(zipped("[Content_Types].xml")), "kind"),
    "a program": (_all(b"\x7fELF\x02\x01\x01" + b"\0" * 90), "kind"),
    "an emf of Office": (_all(b"\1\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60), "kind"),
    "a wmf of Office": (_all(b"\xd7\xcd\xc6\x9a" + b"\0" * 60), "kind"),
    "a photoshop file": (_all(b"8BPS\0\1" + b"\0" * 60), "kind"),
    "an encapsulated postscript": (_all(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"), "kind"),
    "an hls playlist": (lambda kit: b"#EXTM3U\n#EXTINF:1,\n" + kit.url.encode(), "kind"),
    "an ffconcat script": (lambda kit: b"ffconcat version 1.0\nfile " + str(kit.marker).encode(), "kind"),
    "png: 60,000 pixels square": (_all(png(60_000, 60_000, rows=b"\0" * 10_000_000)), "too_many_pixels"),
    "png: one pixel wide": (_all(png(1, 60_000, rows=b"\0\0\0\0" * 60_000)), "too_small"),
    "png: less data than it claims": (_all(png(4000, 4000, rows=b"\0" * 1000)), "corrupt"),
    "png: bomb in a text": (_all(good_png(chunk(b"zTXt", b"k\0\0" + BOMB))), "corrupt"),
    "png: bomb in an international text": (_all(good_png(chunk(b"iTXt", b"k\0\1\0\0\0" + BOMB))), "corrupt"),
    "png: bomb in the colour profile": (_all(good_png(chunk(b"iCCP", b"k\0\0" + BOMB))), "corrupt"),
    "png: wrong checksum": (_all(good_png().replace(b"IDAT\x78", b"IDAT\x79")), "corrupt"),
    "png: animated": (_all(animated("PNG")), "animated"),
    "png: damaged": (_all(flipped(encoded("PNG"))), "corrupt"),
    "png with a page behind": (_all(encoded("PNG") + PAGE), "hidden"),
    "jpeg: header of 65,535 pixels": (_all(jpeg_of(65_535, 65_535)), "too_many_pixels"),
    "jpeg: header larger than its data": (_all(jpeg_of(900, 900)), TAMED),
    "jpeg: header only": (_all(b"\xff\xd8\xff\xe0\x00\x10JFIF"), "corrupt"),
    "jpeg: orientation 9": (_all(turned(9)), TAMED),
    "jpeg: exif cut off": (_all(encoded("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")), TAMED),
    "jpeg: broken colour profile": (_all(encoded("JPEG", icc_profile=b"\0" * 200)), TAMED),
    "jpeg: a second picture inside": (_all(two_pictures()), TAMED),
    "jpeg with a zip behind": (_all(encoded("JPEG") + zipped()), "hidden"),
    "jpeg with a program behind": (_all(encoded("JPEG") + b"\x7fELF\x02\x01\x01" + b"\0" * 64), "hidden"),
    "gif: 65,535 pixels square": (_all(gif(65_535, 65_535)), "too_many_pixels"),
    "gif: 100,000 frames": (_all(gif(100, 100, 100_000)), "animated"),
    "gif: animated": (_all(animated("GIF")), "animated"),
    "gif that is php": (_all(encoded("GIF") + b"<?php system($_GET[0]); ?>"), "hidden"),
    "webp: header of 16,000 pixels": (_all(webp(16_000, 16_000)), "corrupt"),
    "webp: animated": (_all(animated("WEBP")), "animated"),
    "tiff: 60,000 pixels square": (_all(tiff(60_000, 60_000, BOMB)), "too_many_pixels"),
    "tiff: strip that grows without end": (_all(tiff(64, 64, BOMB)), TAMED),
    "tiff: less data than it claims": (_all(tiff(5000, 5000, zlib.compress(b"\0" * 500))), "corrupt"),
    "tiff: directories in a ring": (_all(tiff(64, 64, zlib.compress(b"\0" * 4096), next_ifd=8)), TAMED),
    "bmp: too wide": (_all(bmp(200_000, -200_000)), "too_many_pixels"),
    "heic: only its first box": (_all(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 100), "corrupt"),
    "avif": (_all(b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + b"\0" * 100), "kind"),
    "pdf: a page of a square kilometre, with a script": (_all(pdf(box="0 0 2834645 2834645")), TAMED),
    "pdf: a page without width": (_all(pdf(box="0 0 0.001 9000")), "too_small"),
    "pdf: nested 30,000 deep": (_all(pdf(content=b"q " * 30_000 + b"[" * 30_000)), TAMED),
    "pdf: pages in a ring": (_all(pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")), "corrupt"),
    "pdf: only its first line": (_all(b"%PDF-1.7\n1 0 obj"), "corrupt"),
}
for _format, _shares in {
    "JPEG": (0.1, 0.5, 0.95), "PNG": (0.1, 0.5, 0.95), "GIF": (0.3, 0.6), "WEBP": (0.1, 0.6, 0.95), "TIFF": (0.3, 0.7), "BMP": (0.5,),
}.items():  # fmt: skip
    for _share in _shares:
        PICTURES[f"{_format.lower()} cut at {_share:.0%}"] = (_all(cut(encoded(_format), _share)), "corrupt")


# Boxes of MP4: four bytes of length, four of name.

_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"})
Change = Callable[[bytes, bytes], bytes]


def boxes(data: bytes, change: Change) -> bytes:
    """Every box as `change(name, payload)` wants it, the lengths of what holds it set right."""
    out, place = b"", 0
    while place + 8 <= len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        payload = data[place + 8 : place + size]
        payload = change(name, boxes(payload, change) if name in _HOLDERS else payload)
        out += struct.pack(">I4s", len(payload) + 8, name) + payload
        place += max(8, size)
    return out


def box(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", len(payload) + 8, name) + payload


def claiming(seconds: int, *names: bytes) -> Make:
    """The honest clip, claiming another length in its headers."""

    def change(name: bytes, payload: bytes) -> bytes:
        if name not in names:
            return payload
        (scale,) = struct.unpack(">I", payload[12:16])
        return payload[:16] + struct.pack(">I", min(0xFFFFFFFF, scale * seconds)) + payload[20:]

    return lambda kit: boxes(kit.mp4, change)


def referring(kit: Kit) -> bytes:
    """Its frames lie in another file, it says."""
    entry = box(b"url ", b"\0\0\0\0" + f"file://{kit.marker}".encode() + b"\0")
    return boxes(kit.mp4, lambda name, payload: b"\0\0\0\0\0\0\0\1" + entry if name == b"dref" else payload)


def rate(delta: int) -> Make:
    def change(name: bytes, payload: bytes) -> bytes:
        return payload[:12] + struct.pack(">I", delta) + payload[16:] if name == b"stts" else payload

    return lambda kit: boxes(kit.mp4, change)


def many_tracks(count: int) -> Make:
    def make(kit: Kit) -> bytes:
        tracks: list[bytes] = []

        def change(name: bytes, payload: bytes) -> bytes:
            if name == b"trak":
                tracks.append(box(name, payload))
            return payload + tracks[0] * count if name == b"moov" else payload

        return boxes(kit.mp4, change)

    return make


def attached(kit: Kit) -> bytes:
    script = kit.folder / "evil.js"
    script.write_text("alert(1)")
    return kit.clip(
        "attached.mkv", "-c:v", "libx264", "-attach", str(script), "-metadata:s:t", "mimetype=text/javascript"
    )


def lying_index(kit: Kit) -> bytes:
    data = bytearray(kit.clip("plain.avi", "-c:v", "mpeg4"))
    place = data.rindex(b"idx1") + 8
    for entry in range(place, len(data) - 16, 16):
        data[entry + 8 : entry + 16] = b"\xff\xff\xff\x7f\xff\xff\xff\x7f"
    return bytes(data)


def _text(words: str) -> Make:
    return lambda kit: words.replace("MARKER", str(kit.marker)).replace("URL", kit.url).encode()


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n"
CLIPS: dict[str, tuple[Make, str]] = {
    "nothing": (_all(b""), "empty"),
    "a directory": (_made(Path.mkdir), "unreadable"),
    "text": (_all(b"hello" * 100), "kind"),
    "zeros": (_all(b"\0" * 4096), "kind"),
    "ffconcat of a local file": (_text("ffconcat version 1.0\nfile 'MARKER'\n"), "kind"),
    "ffconcat of an address": (_text("ffconcat version 1.0\nfile 'URL'\n"), "kind"),
    "hls of a local file": (_text(f"{HLS}file://MARKER\n"), "kind"),
    "hls of an address": (_text(f"{HLS}URL\n"), "kind"),
    "hls behind spaces": (_text("\n\n  #EXTM3U\nURL\n"), "kind"),
    "hls behind a mark of bytes": (_text("\ufeff#EXTM3U\nURL\n"), "kind"),
    "dash": (_text('<?xml version="1.0"?><MPD><BaseURL>URL</BaseURL></MPD>'), "kind"),
    "sdp": (_text("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"), "kind"),
    "concat in one line": (_text("concat:MARKER|MARKER"), "kind"),
    "a pls list": (_text("[playlist]\nFile1=URL\n"), "kind"),
    "subtitles": (_text("[Script Info]\n[Fonts]\nfontname: MARKER\n"), "kind"),
    "avi head with a playlist": (_text("RIFF\x01\x10\x01\x01AVI #EXTM3U\nfile://MARKER\n"), "hidden"),
    "svg": (_all(SVG), "kind"),
    "a picture": (_all(encoded("JPEG")), "kind"),
    "sound behind ID3": (lambda kit: b"ID3\x04\0\0\0\0\0\0" + kit.mp4, "kind"),
    "mp4 with a page behind": (lambda kit: kit.mp4 + PAGE, "hidden"),
    "mp4 with a zip behind": (lambda kit: kit.mp4 + zipped(), "hidden"),
    "mp4 behind empty boxes": (lambda kit: box(b"free", b"\0" * 64) + box(b"skip", b"\0" * 9000), "corrupt"),
    "mp4 with a page in a free box": (lambda kit: kit.mp4 + box(b"free", PAGE), "hidden"),
    "mp4 cut at 10 %": (lambda kit: cut(kit.mp4, 0.1), "corrupt"),
    "mp4 cut at 60 %": (lambda kit: cut(kit.mp4, 0.6), "corrupt"),
    "mp4 and noise": (lambda kit: kit.mp4[:32] + bytes(range(256)) * 40, "corrupt"),
    "mp4: frames in another file": (referring, TAMED),
    "mp4: claims no length": (claiming(0, b"mvhd", b"mdhd", b"tkhd"), TAMED),
    "mp4: film of ten hours": (claiming(36_000, b"mvhd"), TAMED),
    "mp4: picture of ten hours": (claiming(36_000, b"mvhd", b"mdhd"), TAMED),
    "mp4: frames without length": (rate(0), "corrupt"),
    "mp4: frames of negative length": (rate(0xFFFFFF00), "too_short"),
    "mp4: frames of an hour each": (rate(3600 * 12_800), "corrupt"),
    "mp4: fifty tracks": (many_tracks(50), "tracks"),
    "mp4: a thousand tracks": (many_tracks(1000), "corrupt"),
    "mp4: sound alone": (lambda kit: _sound(kit), "no_picture"),
    "matroska and noise": (_all(b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40), "corrupt"),
    "matroska cut at 50 %": (lambda kit: cut(kit.clip("plain.mkv", "-c:v", "libx264"), 0.5), "corrupt"),
    "matroska with a script attached": (attached, TAMED),
    "matroska: a codec that is not accepted": (lambda kit: kit.clip("raw.mkv", "-c:v", "ffv1"), "codec"),
    "avi cut at 20 %": (lambda kit: cut(kit.clip("plain.avi", "-c:v", "mpeg4"), 0.2), "corrupt"),
    "avi: an index of lies": (lying_index, "corrupt"),
    "avi: only its head": (_all(b"RIFF\xff\xff\xff\x7fAVI LIST\xff\xff\xff\x7fhdrlavih" + b"\xff" * 200), "corrupt"),
    "transport stream of noise": (_all((b"\x47" + bytes(range(187))) * 200), "corrupt"),
    "mpeg of noise": (_all(b"\0\0\1\xba" + bytes(range(256)) * 40), "corrupt"),
}


def _sound(kit: Kit) -> bytes:
    made = kit.folder / "sound.m4a"
    if not made.exists():
        ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-f", "mp4", str(made))
    return made.read_bytes()
