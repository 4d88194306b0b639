"""Sound at −23 LUFS (EBU R128), measured by ffmpeg's own scanner on what comes out."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from renderers.media import ClipFacts, check_clip
from renderers.media.loudness import Loudness, measure
from renderers.video import Crop, transcode
from tests.renderers.stage import ffmpeg

QUIET = "sine=f=330:d=6,volume=-14dB"
LOUD = "anoisesrc=d=6:a=1:c=pink:seed=7,volume=6dB"
SPEECH = "anoisesrc=d=6:a=0.7:c=pink:seed=3,volume='if(lt(mod(t,1),0.12),1,0.02)':eval=frame"


def clip(folder: Path, sound: str) -> tuple[Path, ClipFacts]:
    path = folder / "source.mkv"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=96x72:r=25:d=6", "-f", "lavfi", "-i", sound, "-c:v", "mpeg4", "-c:a", "pcm_s16le",
           "-shortest", str(path))  # fmt: skip
    return path, check_clip(path)


def result(folder: Path, sound: str) -> Loudness:
    path, facts = clip(folder, sound)
    transcode(path, facts, Crop(0, 0, 96, 72), 64, 48, folder / "out.mp4")
    return measure(folder / "out.mp4", replace(facts, kind="mov"))


@pytest.mark.parametrize("sound", [QUIET, LOUD, SPEECH], ids=["quiet", "loud", "peaks"])
def test_a_clip_is_as_loud_as_every_other_and_its_peaks_keep_below_the_limit(sound: str, tmp_path: Path):
    found = result(tmp_path, sound)
    assert found.integrated == pytest.approx(-23, abs=1)
    assert found.peak <= -1


def test_silence_stays_silence(tmp_path: Path):
    assert result(tmp_path, "anullsrc=d=6").integrated <= -69


def test_noise_is_not_made_a_programme(tmp_path: Path):
    assert result(tmp_path, "sine=f=330:d=6,volume=-34dB").integrated == pytest.approx(-35.9, abs=1)


def test_the_gain_is_one_number_with_a_cap():
    assert Loudness(-30, -12).gain_db == pytest.approx(7)
    assert Loudness(-60, -50).gain_db == 20
    assert Loudness(-70, -math.inf).gain_db == 0
    assert Loudness(-12, 0).gain_db == pytest.approx(-11)
    assert Loudness(-30, -6).limited
    assert not Loudness(-30, -12).limited
