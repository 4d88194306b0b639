"""What can go wrong between content and pixels, said so that an editor knows what to do."""

from __future__ import annotations


class Bilingual(Exception):
    """An error with a stable code and a message in Vietnamese and English. `str()` is the Vietnamese one."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(vi)
        self.code = code
        self.vi = vi
        self.en = en

    def message(self, language: str) -> str:
        """The message for a user's language: Vietnamese for `vi…`, else English."""
        return self.vi if language.startswith("vi") else self.en

    def __reduce__(self) -> tuple[type[Bilingual], tuple[str, str, str]]:
        return type(self), (self.code, self.vi, self.en)


class RenderError(Bilingual):
    """The content cannot be shown legibly. Codes: `no_font`, `too_long`, `no_media`, `media`, `empty`, `face`,
    `kind`, `illegible`, `url`, `date`, `live`."""


class Unfit(Exception):
    """This machine cannot draw text correctly; the message names the Debian package that is missing."""
