from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cms.plugin_api.types import ThemeSource
from renderers.colour import contrast
from renderers.ground import paint
from renderers.themes import ThemeError, load
from tests.renderers.stage import SIZES, THEMES

NATIONAL = (THEMES["national"] / "theme.toml").read_text()


@pytest.mark.parametrize("code", sorted(THEMES))
def test_every_colour_of_every_theme_is_read_on_its_ground(code: str):
    theme = load(ThemeSource(code, THEMES[code]))
    for palette in (theme.day, theme.night):
        for colour in (palette.text, palette.muted, palette.accent, palette.accent2):
            assert min(contrast(colour, ground) for ground in palette.ground) >= 7


@pytest.mark.parametrize("code", sorted(THEMES))
@pytest.mark.parametrize("size", SIZES)
def test_text_is_read_on_the_real_pixels_of_the_ground_and_no_motif_lies_under_it(code: str, size: tuple[int, int]):
    theme = load(THEMES[code])
    width, height = size
    box = (width // 2, height // 4, width - 4, height - 4)
    with_motif = np.asarray(paint(theme, width, height, keep_out=[box]))
    without = np.asarray(paint(theme, width, height, quiet=0.0))
    left, top, right, bottom = box
    assert np.array_equal(with_motif[top:bottom, left:right], without[top:bottom, left:right])
    for pixel in np.unique(without.reshape(-1, 3), axis=0)[::7]:
        assert contrast(theme.day.text, tuple(int(v) for v in pixel)) >= 7
    assert not np.array_equal(np.asarray(paint(theme, width, height)), without)


def test_the_ground_is_dithered_but_always_the_same(national):
    one, other = paint(national, 320, 160, quiet=0.0), paint(national, 320, 160, quiet=0.0)
    assert one.tobytes() == other.tobytes()
    row = np.asarray(one)[80, :, 0].astype(int)
    assert np.abs(np.diff(row)).max() <= 2
    assert len(set(row.tolist())) > 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('text = "#fbf3e4"', 'text = "#a04040"'), "day.text has contrast"),
        (('text = "#fbf3e4"', 'text = "white"'), "not a colour"),
        (('accent2 = "#f7dca0"', ""), "accent2"),
        (('kind = "star"', 'kind = "unicorn"'), "unicorn"),
        (("[glow]", "[glow"), "theme.toml"),
    ],
)
def test_a_broken_theme_is_refused_with_the_reason(tmp_path: Path, change: tuple[str, str], says: str):
    (tmp_path / "theme.toml").write_text(NATIONAL.replace(*change, 1))
    with pytest.raises(ThemeError, match=says):
        load(tmp_path)


def test_a_missing_theme_is_refused(tmp_path: Path):
    with pytest.raises(ThemeError):
        load(tmp_path)
