"""The fonts on this machine (from packages), whether it shapes them correctly, and which covers a character."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont, features

from renderers.errors import RenderError, Unfit
from renderers.scripts import SCRIPTS, Family, family_of

_NOTO = "[wdth,wght].ttf"
_FILES: dict[Family, tuple[str, str]] = {
    "latin": ("fontpkg_be_vietnam_pro", "files/BeVietnamPro-{weight}.ttf"),
    "noto": ("fontpkg_noto_sans", f"files/NotoSans{_NOTO}"),
    "khmer": ("fontpkg_noto_sans_khmer", f"files/NotoSansKhmer{_NOTO}"),
    "lao": ("justmytype_intl_sea", f"fonts/ofl/notosanslao/NotoSansLao{_NOTO}"),
    "thai": ("justmytype_intl_sea", f"fonts/ofl/notosansthai/NotoSansThai{_NOTO}"),
    "han": ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"),
}
_WEIGHT_NAMES = {500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
_IGNORABLE = frozenset("\u200b\u200c\u200d\u2060")
_NEED_SHAPING = "libfribidi0"


@cache
def path_of(family: Family, weight: int = 600) -> Path:
    """The font file of a family. Raises `Unfit` naming the package that carries it."""
    package, name = _FILES[family]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Unfit(f"Font package missing: {package.replace('_', '-')}. Run `make` to install the requirements.")
    path = Path(spec.origin).parent / name.format(weight=_WEIGHT_NAMES[weight])
    if not path.is_file():
        raise Unfit(f"{package.replace('_', '-')} lacks {path.name}. Run `make` to install the locked requirements.")
    return path


@lru_cache(maxsize=512)
def font(family: Family, weight: int, px: int) -> ImageFont.FreeTypeFont:
    """A font of a family at a weight (500, 600, 700, 800) and an em of so many pixels, shaped by raqm."""
    loaded = ImageFont.truetype(str(path_of(family, weight)), px, layout_engine=ImageFont.Layout.RAQM)
    if family != "latin":
        loaded.set_variation_by_axes([weight] if family == "han" else [weight, 100])
    return loaded


def font_for(family: Family, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """The font at a nominal size."""
    return font(family, weight, px_of(family, size))


def px_of(family: Family, size: int) -> int:
    """The em in pixels of a family at a nominal size: scripts are set at equal optical size (see `Script.scale`)."""
    return max(1, round(size * SCRIPTS[family].scale))


@cache
def coverage(family: Family) -> frozenset[int]:
    """The code points that a family can draw."""
    with TTFont(path_of(family), lazy=True) as file:
        return frozenset(file.getBestCmap())


@lru_cache(maxsize=8192)
def choose(char: str, language: str) -> Family | None:
    """The family that draws a character in a text of this language; None when no font has it."""
    wanted = family_of(char, language)
    for family in (wanted, *(other for other in _FILES if other != wanted)):
        if ord(char) in coverage(family):
            return family
    return None


@lru_cache(maxsize=4096)
def itemize(text: str, language: str) -> tuple[tuple[Family, str], ...]:
    """A line cut into runs of one family each. Marks, joiners and spaces stay with what precedes them.

    Raises `RenderError("no_font")` naming the characters that no font has.
    """
    runs: list[tuple[Family, str]] = []
    missing: list[str] = []
    for char in text:
        if runs and (char in _IGNORABLE or char.isspace() or unicodedata.category(char).startswith("M")):
            family, run = runs[-1]
            if char in _IGNORABLE or ord(char) in coverage(family):
                runs[-1] = (family, run + char)
                continue
        chosen = choose(char, language)
        if chosen is None:
            if char not in missing:
                missing.append(char)
        elif runs and runs[-1][0] == chosen:
            runs[-1] = (chosen, runs[-1][1] + char)
        else:
            runs.append((chosen, char))
    if missing:
        raise _no_font(missing)
    return tuple(runs)


def _no_font(missing: list[str]) -> RenderError:
    shown = ", ".join(f"“{char}” (U+{ord(char):04X})" for char in missing[:4])
    more = "…" if len(missing) > 4 else ""
    return RenderError(
        "no_font",
        f"Không có phông chữ cho ký tự {shown}{more}. Hãy xóa hoặc viết lại bằng tiếng Việt, Anh, Khmer, Lào hoặc Trung.",
        f"No font has the character {shown}{more}. Remove it or write it in Vietnamese, English, Khmer, Lao or Chinese.",
    )


@lru_cache(maxsize=1)
def require_shaping() -> None:
    """Refuse to draw on a machine that lays Khmer out wrongly.

    Pillow finds FriBiDi at run time; without it raqm is silently replaced by a layout that neither joins nor reorders.
    Raises `Unfit` naming the Debian package.
    """
    if not features.check("raqm") or not features.check("fribidi"):
        raise Unfit(f"Khmer and Lao cannot be laid out: install the Debian package {_NEED_SHAPING} and start again.")
    # U+1793 U+17D2 U+1793: the second consonant goes under the first, so the pair is no wider than one and deeper.
    probe = font("khmer", 600, 100)
    single, stacked = probe.getbbox("ន", anchor="ls"), probe.getbbox("ន្ន", anchor="ls")
    # U+17C1 is typed after its consonant and drawn before it: the ink of "កេ" starts with the vowel's.
    reordered = probe.getmask("កេ").getbbox() != probe.getmask("ក").getbbox()
    if not (reordered and stacked[3] > single[3] + 15 and probe.getlength("ន្ន") < 1.3 * probe.getlength("ន")):
        raise Unfit(
            f"Khmer is shaped wrongly on this machine: install the Debian package {_NEED_SHAPING} "
            "and a Pillow wheel with raqm, then start again."
        )
