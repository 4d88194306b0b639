from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from cms.plugin_api.types import Card
from renderers import draw
from renderers.errors import RenderError
from renderers.media import check_clip
from renderers.video import Crop, rate_for, transcode
from tests.renderers.stage import Folder, face, ffmpeg, render

WHOLE = Crop(0, 20, 640, 320)


def test_a_clip_becomes_the_faces_exact_pixels_tagged_bt709_with_every_frame(clip: Path, tmp_path: Path):
    target = tmp_path / "out.mp4"
    done = transcode(clip, check_clip(clip), WHOLE, 512, 256, target)
    with av.open(str(target)) as made:
        video, audio = made.streams.video[0], made.streams.audio[0]
        frames = [frame for packet in made.demux(video) for frame in packet.decode()]
        context = video.codec_context
        assert (context.width, context.height, context.pix_fmt, context.name) == (512, 256, "yuv420p", "h264")
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert audio.codec_context.name == "aac"
        assert video.average_rate == 25
    assert len(frames) == done.frames == 50
    assert done.duration_ms == 2000
    assert [index for index, frame in enumerate(frames) if frame.key_frame] == [0, 25]
    assert target.read_bytes().index(b"moov") < target.read_bytes().index(b"mdat")


def test_the_same_clip_gives_the_same_bytes(clip: Path, tmp_path: Path):
    facts = check_clip(clip)
    for name in ("one", "two"):
        transcode(clip, facts, WHOLE, 128, 64, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_colours_survive_the_way_through_the_clip(tmp_path: Path):
    source = tmp_path / "red.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "color=c=0xd02040:s=640x360:r=25:d=1", "-vf", "scale=out_color_matrix=bt601",
        "-pix_fmt", "yuv420p", str(source),
    )  # fmt: skip
    transcode(source, check_clip(source), WHOLE, 128, 64, tmp_path / "out.mp4")
    from renderers.clips import picture_at

    pixel = np.asarray(picture_at(tmp_path / "out.mp4", 500))[32, 64].astype(int)
    assert np.abs(pixel - (0xD0, 0x20, 0x40)).max() <= 6


def test_a_cancelled_transcoding_leaves_nothing(clip: Path, tmp_path: Path):
    class Cancelled(Exception):
        pass

    def cancel(share: float) -> None:
        raise Cancelled

    (tmp_path / "room").mkdir()
    with pytest.raises(Cancelled):
        transcode(clip, check_clip(clip), WHOLE, 512, 256, tmp_path / "room" / "out.mp4", cancel)
    assert list((tmp_path / "room").iterdir()) == []


def test_progress_runs_to_its_end(clip: Path, tmp_path: Path):
    shares: list[float] = []
    transcode(clip, check_clip(clip), WHOLE, 128, 64, tmp_path / "out.mp4", shares.append)
    assert shares == sorted(shares)
    assert 0.9 <= shares[-1] <= 1.0


def test_rates_are_25_or_30():
    assert [rate_for(fps) for fps in (23.976, 24, 25, 29.97, 30, 50, 59.94, 60, 12)] == [
        25,
        25,
        25,
        30,
        30,
        25,
        30,
        30,
        25,
    ]


def test_a_video_card_on_an_odd_face_keeps_even_clips_inside_it(clip: Path, sink: Folder, national):
    odd = face(255, 127)
    (scene,) = render(sink, national, Card("video", media=clip, caption="Thác Bản Giốc"), faces=(odd,)).scenes
    kinds = [layer.kind for layer in scene.faces["a"]]
    assert kinds == ["image", "video", "image"]
    rect = scene.faces["a"][1].rect
    assert rect.as_list() == [0, 0, 254, 126]
    assert scene.duration_ms == 2000
    assert scene.faces["a"][1].sound
    shown = draw.draw(255, 127, scene.faces["a"], 1000, asset_path=sink.path)
    assert shown.size == (255, 127)
    assert np.asarray(shown)[:, -1].any()


def test_equal_faces_share_a_clip_and_wide_ones_put_the_caption_beside_it(clip: Path, sink: Folder, national):
    faces = (face(512, 128, "a"), face(512, 128, "b"))
    (scene,) = render(sink, national, Card("video", media=clip, caption="Thác Bản Giốc"), faces=faces).scenes
    assert scene.faces["a"] == scene.faces["b"]
    ground, poster, video = scene.faces["a"]
    assert (ground.kind, poster.kind, video.kind) == ("image", "image", "video")
    assert ground.rect.as_list() == [0, 0, 512, 128]
    assert video.rect.width == poster.rect.width // 2 * 2
    assert video.rect.width < 512
    assert video.rect.height == 128


def test_a_damaged_clip_says_so_where_it_is_drawn(clip: Path, sink: Folder, national, tmp_path: Path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:20_000])
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("video", media=broken))
    assert refused.value.code == "media"


def test_draw_finds_the_frame_of_the_instant(clip: Path, tmp_path: Path):
    from renderers.clips import ClipReader

    transcode(clip, check_clip(clip), WHOLE, 128, 64, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as made:
        pictures = [frame.to_ndarray(format="gray") for frame in made.decode(video=0)]
    reader = ClipReader(tmp_path / "out.mp4")
    assert [reader.index_at(ms) for ms in (0, 39, 40, 1000, 9999)] == [0, 0, 1, 25, 49]
    for index in (0, 7, 8, 30, 3, 49):
        luma = np.asarray(reader.frame(index), dtype=float) @ [0.2126, 0.7152, 0.0722]
        errors = [float(np.mean((picture - 16) * 255 / 219 - luma) ** 2) for picture in pictures]
        spread = [float(np.mean(((picture.astype(float) - 16) * 255 / 219 - luma) ** 2)) for picture in pictures]
        assert int(np.argmin(spread)) == index, (errors[:3], spread[:3])
    reader.close()
