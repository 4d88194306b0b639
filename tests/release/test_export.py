"""`bangtin export --mp4`: films that equal `draw(frame())`, of approved content only, whole or not at all."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image, ImageDraw, ImageFont

from cms.accounts.models import AuditEntry
from cms.content.assets import AssetStore
from cms.places.models import Controller, Face
from cms.plugin_api.types import Glyphs, Layer, Rect, Scene, Strip, Transition
from cms.programmes.previews import compile_at, millis, parse_instant
from cms.schedule.frame import ScheduleIndex, frame
from renderers import landscape
from renderers.draw import draw
from tests.renderers.stage import ffmpeg

from .made import approve, approve_theme, put_asset, show

START = "2027-01-04T07:00:00"
LENGTH_S = 20
FPS = 30


def png(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return put_asset(out.getvalue())


def words(width: int, height: int, text: str, size: int = 40, ground: Any = (6, 59, 51, 255)) -> Image.Image:
    picture = Image.new("RGBA", (width, height), ground)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(picture).text((10, 8), text, fill=(240, 236, 220, 255), font=font)
    return picture


def digits() -> tuple[str, Glyphs]:
    """An atlas of ten digits and a colon, as a clock with seconds."""
    atlas = Image.new("RGB", (11 * 24, 48), (20, 32, 74))
    for place, one in enumerate("0123456789:"):
        ImageDraw.Draw(atlas).text((24 * place + 2, 2), one, fill=(250, 240, 200), font=ImageFont.load_default(38))
    cells = tuple((one, Rect(24 * place, 0, 24, 48)) for place, one in enumerate("0123456789:"))
    return png(atlas), Glyphs("time", cells, ("HH", ":", "mm", ":", "ss"), fallback=())


@pytest.fixture
def aired(instance, province, cluster, administrator, tmp_path: Path) -> Any:
    """A programme of five scenes – a photograph, a text, a clip with sound under a caption, a strip, a clock – that come in by a
    fade, a slide, a wipe and a cut, on faces of which the second has odd sides."""
    Face.objects.filter(letter="b").update(width=255, height=191)
    film = tmp_path / "clip.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=256x144:r=25:d=4", "-f", "lavfi", "-i", "sine=f=440:r=48000:d=4", "-vf",
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709",
        "-color_trc", "bt709", "-g", "25", "-bf", "0", "-c:a", "aac", str(film),
    )  # fmt: skip
    clip = put_asset(film.read_bytes(), "video/mp4")
    atlas, clock = digits()
    strip = png(words(700, 40, "Chợ nổi Cái Răng họp từ năm giờ sáng", 26))

    def scene(ms: int, transition: Transition, layers: Any) -> Scene:
        return Scene(ms, {one: tuple(layers(*size)) for one, size in sizes.items()}, transition)

    def whole(picture: Image.Image) -> Layer:
        return Layer("image", png(picture), Rect(0, 0, *picture.size))

    sizes = {"a": (256, 192), "b": (255, 191)}
    under = Image.new("RGB", (256, 192), (2, 32, 28))
    scenes = (
        scene(3000, Transition("fade", 500), lambda w, h: [whole(landscape.landscape(w, h))]),
        scene(4000, Transition("slide", 500), lambda w, h: [whole(words(w, h, "Giờ mở\ncửa khẩu"))]),
        scene(4000, Transition("wipe", 500), lambda w, h: [
            whole(under.crop((0, 0, w, h))), Layer("video", clip, Rect(0, 20, 254, 144), sound=True),
            Layer("image", png(words(240, 48, "Lễ hội", 30, (0, 0, 0, 160))), Rect(8, 130, 240, 48)),
        ]),
        scene(3000, Transition("cut", 0), lambda w, h: [
            whole(under.crop((0, 0, w, h))), Layer("strip", strip, Rect(0, 70, w, 40), strip=Strip((w, 0), (-120, 0))),
        ]),
        scene(3000, Transition("fade", 400), lambda w, h: [
            whole(under.crop((0, 0, w, h))), Layer("glyphs", atlas, Rect(20, 60, 200, 48), glyphs=clock),
        ]),
    )  # fmt: skip
    approve_theme(cluster, administrator, png(Image.new("RGB", (256, 192), (90, 10, 20))))
    page = show(province, [cluster])
    approve(province, cluster, administrator, *scenes, item_key=page.translation_key)
    return cluster


def run(cluster: Any, folder: Path, *more: str, seconds: int = LENGTH_S, start: str = START) -> str:
    out = io.StringIO()
    end = parse_instant(start, cluster).timestamp() + seconds
    to = parse_instant(start, cluster).fromtimestamp(end, tz=parse_instant(start, cluster).tzinfo).isoformat()
    call_command("export", cluster.slug, "--mp4", str(folder), "--from", start, "--to", to, *more, stdout=out)
    return out.getvalue()


def luma(picture: Image.Image) -> np.ndarray:
    """BT.709, limited range, of full-range RGB."""
    return 16 + np.asarray(picture, dtype=float) @ np.array([0.2126, 0.7152, 0.0722]) * 219 / 255


def decoded(path: Path) -> tuple[Any, list[np.ndarray], np.ndarray]:
    """The stream, every picture's luma, and the sound (samples, channels)."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        planes, sound = [], []
        resampler = av.AudioResampler("s16", "stereo", 48_000)
        for packet in film.demux():
            for one in packet.decode():
                if isinstance(one, av.VideoFrame):
                    plane = one.planes[0]
                    planes.append(np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : one.width])
                    assert (one.colorspace, one.color_range, one.color_primaries, one.color_trc) == (1, 1, 1, 1)
                else:
                    sound += [made.to_ndarray().reshape(-1, 2) for made in resampler.resample(one)]
        facts = (stream.codec_context.profile, stream.average_rate, stream.codec_context.pix_fmt)
        return facts, planes, np.concatenate(sound) if sound else np.zeros((0, 2))


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = float(np.mean((one.astype(float) - other) ** 2))
    return 99.0 if error == 0 else 10 * np.log10(255**2 / error)


def test_films_equal_what_is_drawn_frame_for_frame(aired, tmp_path):
    run(aired, tmp_path / "out")
    start = parse_instant(START, aired)
    index = ScheduleIndex(compile_at(aired, start).compiled.schedule)

    def drawn(letter: str, instant: int) -> tuple[np.ndarray, int]:
        found = frame(index, None, letter, instant)
        scenes, face = index.schedule.scenes, next(one for one in aired.faces.all() if one.letter == letter)
        picture = draw(
            face.width, face.height, scenes[found.scene].faces[letter], found.offset_ms,
            previous=scenes[found.previous].faces[letter] if found.previous else None,
            previous_offset_ms=found.previous_offset_ms, progress=found.progress,
            transition=scenes[found.scene].transition.kind, instant_ms=instant, asset_path=AssetStore().path,
        )  # fmt: skip
        return luma(picture), found.offset_ms

    kinds, worst = set(), 99.0
    for letter, size in {"a": (192, 256), "b": (192, 256)}.items():
        (path,) = (tmp_path / "out").glob(f"tinh-bien-{letter}-20270104T0700-20270104T070020.mp4")
        facts, planes, _sound = decoded(path)
        assert facts == ("High", FPS, "yuv420p")
        assert len(planes) == LENGTH_S * FPS
        samples = 0
        for number in range(7, len(planes), 18):
            instant = millis(start) + number * 1000 // FPS
            expected, offset = drawn(letter, instant)
            if offset < 80:
                continue
            assert planes[number].shape == size
            worst = min(worst, psnr(planes[number][: expected.shape[0], : expected.shape[1]], expected))
            samples += 1
            kinds |= {
                one.kind for one in index.schedule.scenes[frame(index, None, letter, instant).scene].faces[letter]
            }
        assert samples >= 30
        if letter == "b":
            assert planes[100][-1].max() <= 40  # the row of padding
            assert planes[100][:, -1].max() <= 40
    assert kinds == {"image", "video", "strip", "glyphs"}
    assert worst >= 38


def test_sound_is_heard_at_its_place_and_only_where_it_is_played(aired, tmp_path):
    """The clip's tone begins with its scene, a second after the film; controller 1 plays the sound of face A."""
    said = run(aired, tmp_path, start="2027-01-04T07:00:06", seconds=6)
    (a,), (b,) = tmp_path.glob("tinh-bien-a-*.mp4"), tmp_path.glob("tinh-bien-b-*.mp4")
    _, _, sound = decoded(a)
    assert abs(len(sound) - 6 * 48_000) <= 2048
    level = np.abs(sound[: 6 * 48_000 // 2400 * 2400].astype(float)).reshape(-1, 4800).max(axis=1)  # each 50 ms
    loud = np.flatnonzero(level > 1000) * 0.05
    assert loud[0] == pytest.approx(1.0, abs=0.06)
    assert loud[-1] == pytest.approx(4.95, abs=0.1)
    assert len(loud) == pytest.approx(80, abs=3)
    assert len(decoded(b)[2]) == 0
    assert "không có tiếng" in said


def test_a_canvas_carries_its_faces_where_the_controller_shows_them(aired, tmp_path):
    controller = Controller.objects.get()
    controller.placements.filter(face__letter="b").update(x=260, rotation=90)
    Controller.objects.update(canvas_height=256, canvas_width=512)
    run(aired, tmp_path, "--canvas", "tinh-bien-1", "--fps", "25", seconds=5)
    (path,) = tmp_path.glob("tinh-bien-tinh-bien-1-*.mp4")
    facts, planes, sound = decoded(path)
    assert facts[1] == 25
    assert planes[100].shape == (256, 512)
    assert len(sound)
    index = ScheduleIndex(compile_at(aired, parse_instant(START, aired)).compiled.schedule)
    found = frame(index, None, "b", millis(parse_instant(START, aired)) + 4000)
    layers = index.schedule.scenes[found.scene].faces["b"]
    upright = draw(255, 191, layers, found.offset_ms, asset_path=AssetStore().path)
    turned = luma(upright)[::-1].T  # clockwise: the bottom row becomes the left column
    assert psnr(planes[100][:255, 260 : 260 + 191], turned) >= 38
    assert planes[100][:, 258:260].max() <= 40


def test_outside_operating_hours_the_film_is_black_and_silent(aired, tmp_path):
    run(aired, tmp_path / "out", "--face", "A", start="2027-01-04T10:59:58", seconds=4)
    (path,) = (tmp_path / "out").glob("*.mp4")
    _, planes, sound = decoded(path)
    assert planes[30].max() > 60
    assert all(plane.max() <= 18 for plane in planes[62:])
    assert np.abs(sound[110_000:]).max() <= 4


def test_a_text_tells_hashes_and_use_and_the_export_is_on_record(aired, tmp_path):
    out = tmp_path / "new" / "out"
    run(aired, out, seconds=1)
    text = (out / "tinh-bien-20270104T0700-20270104T070001.txt").read_text(encoding="utf-8")
    films = sorted(out.glob("*.mp4"))
    for path in films:
        assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in text.splitlines()
    assert "255 × 191 px, + viền đen" in text
    assert len(films) == 2
    assert len(list(out.iterdir())) == 3
    assert sorted(AuditEntry.objects.get(action="release.export").data["files"]) == [one.name for one in films]


def test_what_cannot_be_is_refused_with_what_to_do(aired, tmp_path):
    for more, seconds, expected in (
        ((), 0, "Khoảng thời gian trống"),
        ((), -60, "The range is empty"),
        ((), 25 * 3600, "--yes"),
        (("--face", "d"), 5, "Các mặt hiện có: a, b"),
        (("--canvas", "other"), 5, "tinh-bien-1"),
    ):
        with pytest.raises(CommandError, match=expected):
            run(aired, tmp_path / "out", *more, seconds=seconds)
    assert not (tmp_path / "out").exists()
    with pytest.raises(CommandError, match="tinh-bien"):
        call_command("export", "nowhere", "--mp4", str(tmp_path), "--from", START, "--to", START)
    with pytest.raises(CommandError, match="--to 'noon'"):
        call_command("export", "tinh-bien", "--mp4", str(tmp_path), "--from", START, "--to", "noon")


def test_a_folder_that_cannot_be_written_and_a_picture_that_is_gone_are_said(aired, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="thư mục có quyền ghi"):
        run(aired, tmp_path / "file", seconds=1)
    for path in AssetStore().root.rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(CommandError, match="Thiếu tệp hình"):
        run(aired, tmp_path / "out", seconds=1)
    assert list((tmp_path / "out").iterdir()) == []
