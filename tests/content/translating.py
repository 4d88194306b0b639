"""An item on its way into other languages, for the tests of translation."""

from __future__ import annotations

from typing import Any

from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.content.models import ItemPage
from cms.content.translating import services

WORDS = {"Xin chào": "សូមស្វាគមន៍", "Thông báo": "សេចក្តីជូនដំណឹង"}


def locale(code: str) -> Locale:
    return Locale.objects.get(language_code=code)


def begun(page: ItemPage, by: Any, language: str = "km") -> ItemPage:
    """The translation of an item, just begun."""
    return services.begin(page, locale(language), by=by)


def fill(page: ItemPage, words: dict[str, str] | None = None, kind: str = "manual") -> None:
    """Translate every passage of a translation: with these words, else with Khmer ones."""
    following = Translation.objects.get(source__object_id=page.translation_key, target_locale=page.locale)
    for segment in StringSegment.objects.filter(source=following.source).select_related("string"):
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=page.locale,
            defaults={
                "data": (words or WORDS).get(segment.string.data, "ព័ត៌មាន"),
                "translation_type": kind,
            },
        )
