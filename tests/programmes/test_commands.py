"""`bangtin compile`, `frame` and `explain`: present records for the instant asked, however far ahead."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from cms.schedule.format import Schedule


def said(*args) -> str:
    out = StringIO()
    call_command(*args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_compiling_twice_gives_the_same_bytes_and_only_approved_pixels(slot, theme_approval, tmp_path):
    from cms.approval.models import ApprovedProof

    files = [tmp_path / name for name in ("one.json", "two.json")]
    for file in files:
        said("compile", "tinh-bien", "--from", "2027-01-04", "--days", "35", "--out", str(file))
    first, second = (file.read_bytes() for file in files)
    assert first == second
    schedule = Schedule.model_validate(json.loads(first))
    approved = set(theme_approval.assets)
    for one in ApprovedProof.objects.select_related("proof"):
        approved |= {
            layer["asset"]
            for scene in one.proof.document["scenes"]
            for face in scene["faces"].values()
            for layer in face
        }
    assert set(schedule.assets) <= approved
    assert schedule.valid_until - schedule.valid_from == 35 * 86_400_000


def test_a_frame_has_the_faces_size_and_is_black_at_noon(slot, theme_approval, tmp_path):
    morning, noon = tmp_path / "morning.png", tmp_path / "noon.png"
    said("frame", "tinh-bien", "a", "--at", "2027-01-04T08:00:00+07:00", "--out", str(morning))
    said("frame", "tinh-bien", "B", "--at", "2031-05-09T12:00", "--out", str(noon))
    with Image.open(morning) as lit, Image.open(noon) as dark:
        assert lit.size == dark.size == (256, 192)
        assert lit.convert("L").getextrema()[1] > 200
        assert dark.convert("L").getextrema() == (0, 0)


def test_explain_says_why_in_vietnamese_and_english(slot, theme_approval):
    vi = said("explain", "tinh-bien", "a", "--at", "2027-01-04T08:00:00+07:00")
    assert "Giờ mở cửa khẩu" in vi
    assert "Cả ngày" in vi
    assert "AG 7.1" in vi
    noon = said("explain", "tinh-bien", "a", "--at", "2027-01-04T12:00:00+07:00", "--language", "en")
    assert "is black" in noon
    assert "outside the operating hours" in noon


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("compile", "nowhere"), "tinh-bien"),
        (("compile", "tinh-bien", "--from", "tomorrow"), "2027-01-04"),
        (("compile", "tinh-bien", "--days", "0"), "--days"),
        (("frame", "tinh-bien", "d", "--out", "x.png"), "a, b"),
        (("frame", "tinh-bien", "a", "--at", "noon", "--out", "x.png"), "2027-01-04T08"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(slot, args, words):
    with pytest.raises(CommandError, match=words):
        said(*args)
