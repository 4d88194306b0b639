from __future__ import annotations

import pytest
from PIL import features

from renderers import fonts
from renderers.errors import RenderError, Unfit
from renderers.samples import LANGUAGES, Media, cards
from renderers.text import normalise


def test_this_machine_shapes_khmer():
    fonts.require_shaping.cache_clear()
    fonts.require_shaping()


def test_khmer_stacks_reorders_and_joins():
    khmer = fonts.font("khmer", 600, 200)
    assert khmer.getlength("ខ្មែរ") < 0.75 * sum(khmer.getlength(letter) for letter in "ខមរ") + khmer.getlength("ែ")
    assert khmer.getbbox("ក្ក", anchor="ls")[3] > khmer.getbbox("ក", anchor="ls")[3] + 30
    assert khmer.getmask("កេ").getbbox() != khmer.getmask("ក").getbbox()


def test_without_fribidi_it_refuses_to_start_and_names_the_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(features, "check", lambda name: name != "fribidi")
    fonts.require_shaping.cache_clear()
    with pytest.raises(Unfit, match="libfribidi0"):
        fonts.require_shaping()
    fonts.require_shaping.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_has_its_glyphs_in_its_own_script(language: str):
    families = {
        family
        for kind in ("title", "text", "qr")
        for card in cards(kind, language, Media(()), 1080)
        for text in (card.title, card.text, card.caption)
        for family, _ in fonts.itemize(normalise(text).replace("\n", " "), language)
    }
    own = {"vi": "latin", "en": "latin", "km": "khmer", "zh-hans": "han", "lo": "lao"}[language]
    assert own in families
    assert families <= {own, "latin"}


def test_lao_is_drawn_with_its_own_font():
    assert fonts.itemize("ຍິນດີຕ້ອນຮັບ", "lo")[0][0] == "lao"


@pytest.mark.parametrize("text", ["xin chào 😀", "السلام عليكم", "ད", "ሰላም"])
def test_a_script_without_a_font_is_named_in_both_languages(text: str):
    with pytest.raises(RenderError) as refused:
        fonts.itemize(text, "vi")
    assert refused.value.code == "no_font"
    assert "U+" in refused.value.vi
    assert "U+" in refused.value.en


def test_marks_and_joiners_stay_with_their_base():
    assert fonts.itemize("ខ្ញុំ\u200cខ្ញុំ", "km") == (("khmer", "ខ្ញុំ\u200cខ្ញុំ"),)
