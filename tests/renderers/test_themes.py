from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter

from cms.plugin_api.types import Face, ThemeSource
from renderers import motif
from renderers.colour import contrast, luminance, luminances, ratio
from renderers.frames import frame_of
from renderers.ground import finished, paint
from renderers.legibility import least_size
from renderers.sizes import body_room, head_room
from renderers.theme_format import AnyShape, BackgroundEntry, TypeEntry, schema
from renderers.themes import SHAPES, ThemeError, load
from tests.renderers.stage import ROOT, SIZES, THEMES

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
    for night in (False, True):
        brightest = luminances(np.asarray(paint(theme, width, height, quiet=0.0, night=night))).max()
        palette = theme.palette(night)
        for colour in (palette.text, palette.muted, palette.accent, palette.accent2):
            assert ratio(luminance(colour), float(brightest)) >= 7
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
        (('text = "#fbf3e4"', 'text = "#a04040"'), r"day\.text has contrast .* background\.ribbon"),
        (('text = "#fbf3e4"', 'text = "white"'), r"day\.text: .*\('white'\)"),
        (('text = "#fbf3e4"', 'text = "#fbf3e4"\ntxt = "#fbf3e4"'), r"day\.txt: there is no such entry"),
        (('accent2 = "#f7dca0"', ""), r"day\.accent2: Field required"),
        (('ink = "#3b0508"', 'ink = "#f4c653"'), r"day\.ink has contrast 1\.00 on the accent"),
        (("strength = 0.42", "strength = 1.42"), r"background\.square\.glow\.0\.strength: .*\(1\.42\)"),
        (('glow = "#84161a"', 'glow = "#ff9050"'), r"day\.\w+ has contrast .* glow and picture"),
        (('kind = "star"', 'kind = "unicorn"'), "unicorn"),
        (('motif = "drum"', 'motif = "gong"'), r"background\.square\.motifs\.0\.motif: there is no motif 'gong'"),
        (('d = "M -0.034', 'd = "M 1 1 C 2 2 Z M -0.034'), r"background\.\w+\.motifs\.0: motif 'drum': path:"),
        (("headline = 1.0", "headline = 2.0"), r"type\.headline"),
        (('[[0, "ground"], [1, "deep"]]', '[[1, "ground"], [0, "deep"]]'), r"background\.square\.stops"),
        (("[type]", "[type"), r"theme\.toml: "),
    ],
)
def test_a_broken_theme_is_refused_with_file_entry_and_reason(tmp_path: Path, change: tuple[str, str], says: str):
    assert change[0] in NATIONAL
    (tmp_path / "theme.toml").write_text(NATIONAL.replace(*change, 1))
    with pytest.raises(ThemeError, match=rf"{tmp_path.name}/theme\.toml: .*{says}" if "toml" not in says else says):
        load(tmp_path)


def test_a_missing_theme_is_refused(tmp_path: Path):
    with pytest.raises(ThemeError):
        load(tmp_path)


def with_picture(folder: Path, picture: Image.Image | bytes, name: str = "sky.png", opacity: float = 0.3) -> Path:
    """A national theme whose square faces have a picture."""
    entry = f'[background.square]\npicture = {{ file = "{name}", opacity = {opacity} }}'
    (folder / "theme.toml").write_text(NATIONAL.replace("[background.square]", entry, 1))
    target = folder / Path(name).name
    if isinstance(picture, bytes):
        target.write_bytes(picture)
    else:
        picture.save(target, format="WEBP" if name.endswith("webp") else "PNG")
    return folder


@pytest.mark.parametrize("name", ["sky.png", "sky.webp"])
def test_a_picture_of_a_theme_is_painted_and_counts_in_its_key(tmp_path: Path, name: str):
    plain = load(THEMES["national"])
    theme = load(with_picture(tmp_path, Image.new("RGB", (64, 64), (20, 20, 120)), name))
    blue = np.asarray(paint(theme, 512, 256, quiet=0.0)).astype(int)
    red = np.asarray(paint(plain, 512, 256, quiet=0.0)).astype(int)
    assert (blue[..., 2] - red[..., 2]).min() > 20
    assert np.array_equal(np.asarray(paint(theme, 1024, 256)), np.asarray(paint(plain, 1024, 256)))
    other = load(with_picture(tmp_path, Image.new("RGB", (64, 64), (20, 20, 90)), name))
    assert len({plain.key, theme.key, other.key}) == 3


def test_a_picture_too_bright_for_text_is_refused_even_in_one_bright_spot(tmp_path: Path):
    sky = Image.new("RGB", (512, 256), (20, 10, 10))
    sky.paste((255, 255, 255), (100, 100, 108, 108))
    with pytest.raises(ThemeError, match=r"day\.\w+ has contrast .* background\.square"):
        load(with_picture(tmp_path, sky, opacity=0.6))


@pytest.mark.parametrize(
    ("name", "picture", "says"),
    [
        ("../sky.png", Image.new("RGB", (8, 8)), "lies outside the theme's folder"),
        ("/etc/hostname", b"", "lies outside the theme's folder"),
        ("sky.png", b"\x89PNG\r\n\x1a\n broken", "is no PNG or WebP"),
        ("sky.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no PNG or WebP"),
        ("sky.png", Image.new("1", (4097, 8)), "4096 pixels"),
        ("sky.png", bytes(2 * 1024 * 1024 + 1), "at most 2097152"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused(tmp_path: Path, name: str, picture: Image.Image | bytes, says: str):
    folder = tmp_path / "theme"
    folder.mkdir()
    if name == "/etc/hostname":
        text = NATIONAL.replace(
            "[background.square]", '[background.square]\npicture = { file = "/etc/hostname", opacity = 1 }', 1
        )
        (folder / "theme.toml").write_text(text.replace("opacity = 1 ", "opacity = 0.5 "))
    else:
        with_picture(folder, picture, name)
        if name.startswith(".."):
            (folder / "sky.png").rename(tmp_path / "sky.png")
    with pytest.raises(ThemeError, match=rf"background\.square\.picture\.file: .*{says}"):
        load(folder)


def test_a_link_out_of_the_theme_is_refused(tmp_path: Path):
    folder = tmp_path / "theme"
    folder.mkdir()
    with_picture(folder, Image.new("RGB", (8, 8)))
    (folder / "sky.png").rename(tmp_path / "sky.png")
    (folder / "sky.png").symlink_to(tmp_path / "sky.png")
    with pytest.raises(ThemeError, match="lies outside"):
        load(folder)


def test_a_key_names_exactly_what_decides_the_pixels(tmp_path: Path):
    (tmp_path / "theme.toml").write_text(NATIONAL)
    first = load(tmp_path).key
    (tmp_path / "notes.txt").write_text("not named by the theme")
    assert load(tmp_path).key == first == load(THEMES["national"]).key
    (tmp_path / "theme.toml").write_text(NATIONAL + "\n")
    assert load(tmp_path).key != first


@pytest.mark.parametrize("code", sorted(THEMES))
@pytest.mark.parametrize("night", [False, True])
def test_a_theme_is_calm_by_day_and_dark_by_night(code: str, night: bool):
    theme = load(THEMES[code])
    for width, height in SIZES:
        level = np.asarray(paint(theme, width, height, night=night)).mean() / 255
        assert level <= (0.18 if night else 0.3)


def test_every_shape_has_a_composition_of_its_own():
    for folder in THEMES.values():
        theme = load(folder)
        compositions = {str(theme.backgrounds[shape].motifs) for shape in SHAPES}
        assert len(compositions) == len(SHAPES)
        assert all(theme.groups(shape) for shape in SHAPES)


def test_the_type_scale_has_bounds_that_legibility_can_live_with(national):
    assert (national.type.headline, national.type.body, national.type.small) == (1.0, 1.0, 1.0)
    fields = TypeEntry.model_fields
    for name in ("headline", "body", "small"):
        low, high = (getattr(one, side) for one, side in zip(fields[name].metadata, ("ge", "le"), strict=True))
        assert 0.8 <= low < 1 < high <= 1.3


def test_the_type_scale_changes_what_a_card_may_ask_for_but_not_what_is_legible(national):
    large = TypeEntry(headline=1.15, body=1.1, small=1.3)
    for width, height in SIZES:
        face = Face("a", width, height, pitch_mm=5.0, distance_m=15.0)
        plain, scaled = frame_of(face), frame_of(face, large)
        assert head_room(scaled) == pytest.approx(1.15 * head_room(plain), abs=1)
        assert body_room(scaled) == pytest.approx(1.1 * body_room(plain), abs=1)
        assert frame_of(face, TypeEntry(small=0.9)).small >= least_size(face, "vi", limit=True)
        assert scaled.small >= plain.small


def test_the_ground_is_painted_once_for_a_size_of_face(national):
    finished.cache_clear()
    for shift in range(20):
        paint(national, 640, 320, keep_out=[(20, 20 + shift, 600, 60 + shift)])
    assert finished.cache_info().misses == 2  # with its motif and without


def test_the_committed_schema_is_the_models_own():
    committed = (ROOT / "docs/formats/theme.schema.json").read_text()
    assert committed == schema(), "run: python -m renderers.theme_format docs/formats"


def test_the_examples_of_the_docs_are_of_the_format():
    text = (ROOT / "docs/themes.md").read_text()
    blocks = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    examples = [tomllib.loads(re.sub(r"^    ", "", block, flags=re.MULTILINE)) for block in blocks if "[" in block[:8]]
    wide, palm = examples[0]["background"]["wide"], examples[1]["motif"]["palm"]
    assert BackgroundEntry.model_validate_json(json.dumps(wide)).picture
    shapes = TypeAdapter(tuple[AnyShape, ...]).validate_json(json.dumps(palm))
    motif.mask({"at": (0.5, 1), "shapes": [one.model_dump(exclude_none=True) for one in shapes]}, 64, 64)
