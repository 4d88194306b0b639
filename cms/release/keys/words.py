"""Sentences for people: kept untranslated with what is put into them, so that a terminal can say them in both languages and a
page in the reader's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import gettext

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Said:
    """One sentence: the text as marked for translation, and its parameters. `str()` is in the language in use."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.text) % self.params

    def lines(self) -> list[str]:
        """The sentence in Vietnamese, then in English."""
        said = []
        for language in LANGUAGES:
            with translation.override(language):
                said.append(str(self))
        return said

    def both(self) -> str:
        """`Vietnamese / English`, on one line."""
        return " / ".join(dict.fromkeys(self.lines()))


class CeremonyError(Exception):
    """What keeps a step of the ceremony from being done; nothing was changed. The words say what to do."""

    def __init__(self, text: str, **params: object) -> None:
        self.said = Said(text, params)
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.said)


def plain(name: str) -> str:
    """A name as part of a file's name: `Trưởng phòng CNTT` → `truong-phong-cntt`."""
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d")).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60]
