"""Real paragraphs in five languages (`texts/`) for the tests of the text engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from renderers.pages import sentences
from renderers.text import visible

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("vi", "en", "km", "lo", "zh-hans")


@cache
def paragraphs(language: str) -> tuple[str, ...]:
    """All paragraphs of a language, without the break hints that some carry."""
    found = [line for path in sorted(TEXTS.glob(f"*.{language}.txt")) for line in path.read_text("utf-8").splitlines()]
    return tuple(shown for line in found if (shown := visible(line)))


@cache
def real_sentences(language: str, least: int = 13) -> tuple[str, ...]:
    """The sentences of a language of at least so many characters: titles and numbers of articles are none."""
    found = (one.strip() for paragraph in paragraphs(language) for one in sentences(paragraph, language))
    return tuple(one for one in dict.fromkeys(found) if len(one) >= least)
