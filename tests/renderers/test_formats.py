"""What phones, cameras, offices and editing suites make is taken as it comes."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from renderers.landscape import landscape
from renderers.media import check_clip, check_picture, normalise, poster, working_copy
from renderers.media.working import keep_in, own
from renderers.pictures import open_picture
from renderers.video import Crop, transcode
from tests.renderers.stage import ffmpeg

SIZE = (320, 200)


def save(path: Path, format: str, mode: str = "RGB", **options: object) -> Path:
    if format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    landscape(*SIZE).convert(mode).save(path, format, **options)
    return path


def deep(path: Path) -> Path:
    """Sixteen bits a channel, grey."""
    ramp = np.linspace(0, 65535, SIZE[0] * SIZE[1]).astype(np.uint16).reshape(SIZE[::-1])
    Image.fromarray(ramp).save(path, "PNG")
    return path


def pages(path: Path) -> Path:
    first, second = landscape(*SIZE), Image.new("RGB", (640, 480), "red")
    first.save(path, "TIFF", save_all=True, append_images=[second])
    return path


PICTURES = {
    "jpeg": lambda path: save(path, "JPEG"),
    "progressive jpeg": lambda path: save(path, "JPEG", progressive=True),
    "grey jpeg": lambda path: save(path, "JPEG", "L"),
    "cmyk jpeg": lambda path: save(path, "JPEG", "CMYK"),
    "palette png": lambda path: save(path, "PNG", "P"),
    "png with alpha": lambda path: save(path, "PNG", "RGBA"),
    "png of one bit": lambda path: save(path, "PNG", "1"),
    "png of sixteen bits": deep,
    "webp": lambda path: save(path, "WEBP", lossless=True),
    "gif": lambda path: save(path, "GIF"),
    "tiff of lzw": lambda path: save(path, "TIFF", compression="tiff_lzw"),
    "tiff of deflate": lambda path: save(path, "TIFF", "CMYK", compression="tiff_adobe_deflate"),
    "tiff of several pages": pages,
    "tiff of odd density": lambda path: save(path, "TIFF", dpi=(71.3, 254.7)),
    "bmp": lambda path: save(path, "BMP"),
    "heic": lambda path: save(path, "HEIF", quality=90),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_becomes_ours_and_looks_the_same(name: str, tmp_path: Path):
    path = PICTURES[name](tmp_path / "upload")
    (page,) = normalise(path, tmp_path).pages
    assert (page.width, page.height) == SIZE
    if name not in ("png of sixteen bits", "png of one bit"):
        wanted, shown = (
            np.asarray(image.convert("L"), dtype=float) for image in (landscape(*SIZE), Image.open(page.path))
        )
        assert np.abs(shown - wanted).mean() < 12


def test_sixteen_bits_keep_their_range(tmp_path: Path):
    (page,) = normalise(deep(tmp_path / "deep"), tmp_path).pages
    shown = np.asarray(Image.open(page.path).convert("L"))
    assert shown[0, 0] == 0
    assert shown[-1, -1] == 255


def test_transparency_shows_what_is_below(tmp_path: Path):
    clear = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    clear.save(tmp_path / "clear.png")
    assert open_picture(tmp_path / "clear.png", (10, 20, 30)).getpixel((50, 50)) == (10, 20, 30)


def test_another_colour_profile_is_brought_to_srgb(tmp_path: Path):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    Image.new("RGB", (64, 64), (200, 40, 40)).save(tmp_path / "wrong.png", icc_profile=lab)  # of another space: ignored
    assert open_picture(tmp_path / "wrong.png").getpixel((9, 9)) == (200, 40, 40)


def test_a_huge_jpeg_is_read_at_a_reduced_size_and_all_of_it_is_there(tmp_path: Path):
    row = np.linspace(0, 255, 12_000).astype(np.uint8)
    Image.fromarray(np.broadcast_to(row, (8400, 12_000))).save(tmp_path / "huge.jpg", quality=60)
    made = normalise(tmp_path / "huge.jpg", tmp_path)
    assert (made.facts.width, made.facts.height) == (12_000, 8400)
    with Image.open(made.pages[0].path) as copy:
        assert copy.width * copy.height <= 24_100_000
        copy.draft("L", (1200, 840))
        shown = np.asarray(copy.convert("L").resize((100, 70)), dtype=float)
    assert np.abs(shown - np.linspace(0, 255, 100)).max() < 6


def test_a_copy_is_made_once_and_our_own_pictures_are_opened_as_they_are(tmp_path: Path, monkeypatch):
    keep_in(tmp_path / "copies")
    photo = save(tmp_path / "photo.bmp", "BMP")
    copy = working_copy(photo)
    made = copy.stat().st_mtime_ns
    keep_in(tmp_path / "copies")  # as another process would start
    assert working_copy(photo) == copy
    assert copy.stat().st_mtime_ns == made
    from renderers.media.working import _sha256

    ours = save(tmp_path / "ours.png", "PNG")
    own(_sha256(ours))
    assert working_copy(ours) == ours
    monkeypatch.setattr("renderers.media.working._folder", None)


def test_a_turned_tiff_is_upright(tmp_path: Path):
    landscape(*SIZE).save(tmp_path / "turned.tif", "TIFF", compression="tiff_lzw", tiffinfo={274: 6})
    facts = check_picture(tmp_path / "turned.tif")
    assert (facts.width, facts.height) == SIZE[::-1]


PATTERN = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1.2")
TONE = ("-f", "lavfi", "-i", "sine=d=1.2", "-shortest")
CLIPS: dict[str, tuple[str, tuple[str, ...], tuple[int, int], bool]] = {
    "hevc": ("a.mp4", ("-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1"), (320, 240), False),
    "hevc of ten bits": (
        "a.mkv", ("-c:v", "libx265", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le"), (320, 240), False,
    ),
    "hdr": (
        "a.mp4",
        ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params",
         "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"), (320, 240), False,
    ),
    "prores": ("a.mov", (*TONE, "-c:v", "prores_ks", "-c:a", "pcm_s16le"), (320, 240), True),
    "avi of mpeg4": ("a.avi", (*TONE, "-c:v", "mpeg4", "-c:a", "mp3"), (320, 240), True),
    "avi of mjpeg": ("a.avi", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"), (320, 240), False),
    "webm of vp9": ("a.webm", (*TONE, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), (320, 240), True),
    "webm of av1": ("a.webm", ("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"), (320, 240), False),
    "mpeg of a disc": ("a.mpg", ("-c:v", "mpeg2video"), (320, 240), False),
    "interlaced": ("a.mp4", ("-vf", "interlace", "-c:v", "libx264", "-flags", "+ilme+ildct"), (320, 240), False),
    "anamorphic": ("a.mp4", ("-vf", "setsar=4/3", "-c:v", "libx264"), (427, 240), False),
    "odd sizes": ("a.mp4", ("-vf", "format=yuv444p,crop=317:239", "-c:v", "libx264"), (317, 239), False),
    "variable rate": (
        "a.mkv", ("-vf", "select='not(eq(mod(n,5),3))'", "-fps_mode", "vfr", "-c:v", "libx264"), (320, 240), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_becomes_what_screens_play(name: str, tmp_path: Path):
    file, arguments, size, sound = CLIPS[name]
    ffmpeg(*PATTERN, *arguments, str(tmp_path / file))
    facts = check_clip(tmp_path / file)
    assert (facts.width, facts.height, facts.sound) == (*size, sound)
    assert facts.interlaced == (name == "interlaced")
    assert facts.hdr == (name == "hdr")
    crop = Crop(0, 0, min(300, facts.width), 200)
    done = transcode(tmp_path / file, facts, crop, 150, 100, tmp_path / "out.mp4")
    assert 26 <= done.frames <= 32
    assert done.sound == sound
    with av.open(str(tmp_path / "out.mp4")) as made:
        context = made.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, context.colorspace, context.color_trc) == ("h264", "yuv420p", 1, 1)
        picture = next(made.decode(video=0)).to_ndarray(format="gray")
        assert 40 < picture.mean() < 215
        assert picture.std() > 20


def test_a_clip_filmed_upright_is_shown_upright_and_so_is_its_poster(tmp_path: Path):
    """Red at its upper edge as stored; turned clockwise by the flag, red is at the right."""
    flat = tmp_path / "flat.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=0x303030:s=320x240:r=25:d=1,drawbox=0:0:320:40:0xff0000:fill",
           "-c:v", "libx264", "-pix_fmt", "yuv420p", str(flat))  # fmt: skip
    ffmpeg("-display_rotation", "-90", "-i", str(flat), "-c", "copy", str(tmp_path / "turned.mp4"))
    facts = check_clip(tmp_path / "turned.mp4")
    assert (facts.width, facts.height) == (240, 320)
    transcode(tmp_path / "turned.mp4", facts, Crop(0, 0, 240, 320), 60, 80, tmp_path / "out.mp4")
    poster(tmp_path / "turned.mp4", facts, tmp_path / "poster.jpg")
    with av.open(str(tmp_path / "out.mp4")) as made:
        shown = next(made.decode(video=0)).to_image()
    for image in (shown, Image.open(tmp_path / "poster.jpg").resize((60, 80))):
        assert image.getpixel((57, 40))[0] > 150
        assert image.getpixel((5, 40))[0] < 90


def test_a_poster_is_not_the_black_of_the_beginning(tmp_path: Path):
    ffmpeg("-f", "lavfi", "-i", "color=black:s=320x240:r=25:d=1.5", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1.5",
           "-filter_complex", "[0][1]concat=n=2", "-c:v", "libx264", str(tmp_path / "late.mp4"))  # fmt: skip
    poster(tmp_path / "late.mp4", check_clip(tmp_path / "late.mp4"), tmp_path / "poster.jpg")
    assert np.asarray(Image.open(tmp_path / "poster.jpg").convert("L")).std() > 40
    assert io.BytesIO((tmp_path / "poster.jpg").read_bytes()).getbuffer().nbytes < 200_000
