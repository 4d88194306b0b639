"""Names that reports and explanations share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LANGUAGES = {
    "vi": _("Vietnamese"),
    "en": _("English"),
    "km": _("Khmer"),
    "lo": _("Lao"),
    "zh-hans": _("Chinese"),
}


def language_name(code: str) -> str:
    """What a language is called in the reader's own; its tag when it has no name here."""
    return str(LANGUAGES.get(code, code))
