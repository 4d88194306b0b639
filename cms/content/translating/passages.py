"""A passage as an outside translator gets it and gives it back: plain words where that is possible, checked before they are kept."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource
from wagtail_localize.strings import StringValue, validate_translation_links

from cms.content.models import ItemPage

MAX_CHARACTERS = 5000
BREAK = re.compile(r"<br\s*/?>")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[^{}]*\}")
# Controls that nobody types, and marks that turn the direction of what follows: a screen could say what no reader of a list sees.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of an item. `key` names it in files: the item, the place in it, the words themselves."""

    key: str
    item: ItemPage
    place: str
    data: str
    string: int
    context: int
    translated: StringTranslation | None

    @property
    def text(self) -> str:
        return shown(self.data)

    @property
    def present(self) -> str:
        """What the translation says now; empty before it says anything."""
        return shown(self.translated.data) if self.translated else ""


def is_plain(data: str) -> bool:
    """Whether a stored passage has no markup but line breaks."""
    return "<" not in BREAK.sub("", data)


def shown(data: str) -> str:
    """A stored passage as it is handed out: plain words, or its markup where it has some. U+200B and the like stay."""
    return html.unescape(BREAK.sub("\n", data)) if is_plain(data) else data


def stored(original: str, text: str) -> str:
    """What is kept of a text that came back for this stored original."""
    text = text.replace("\r\n", "\n").strip(" \n\t")
    return str(StringValue.from_plaintext(text).data) if is_plain(original) else text


def digest(text: str) -> str:
    """A short mark of what a translation said when it was handed out."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def passages(pages: list[ItemPage], locale: Locale) -> list[Passage]:
    """The passages of these originals in order, with their translations into a language; two queries."""
    by_key = {page.translation_key: page for page in pages}
    sources = TranslationSource.objects.filter(object_id__in=by_key, locale__in={page.locale_id for page in pages})
    followed = StringSegment.objects.filter(source__in=sources, source__translations__target_locale=locale)
    segments = list(followed.select_related("string", "context", "source").order_by("source", "order", "pk"))
    known = {
        (one.translation_of_id, one.context_id): one
        for one in StringTranslation.objects.filter(locale=locale, context__in={one.context_id for one in segments})
    }
    found: dict[str, Passage] = {}
    for one in segments:
        item = by_key[one.source.object_id]
        key = f"{one.source.object_id}|{one.context.path}|{one.string.data_hash.hex}"
        translated = known.get((one.string_id, one.context_id))
        place = one.context.path.partition(".")[0]
        found[key] = Passage(key, item, place, one.string.data, one.string_id, one.context_id, translated)
    return list(found.values())


def problem(original: str, text: str) -> str:
    """Why a text cannot be this passage's translation, in words for the reader; empty when it can."""
    if len(text) > MAX_CHARACTERS:
        return _("longer than %(count)d characters") % {"count": MAX_CHARACTERS}
    if HIDDEN.search(text):
        return _("holds invisible control characters")
    wanted, found = sorted(PLACEHOLDER.findall(shown(original))), sorted(PLACEHOLDER.findall(text))
    if wanted != found:
        return _("placeholders differ: %(wanted)s expected") % {"wanted": " ".join(wanted) or "–"}
    if not is_plain(original):
        return _markup(original, text)
    return ""


def _markup(original: str, text: str) -> str:
    try:
        StringValue.from_translated_html(text)
        validate_translation_links(original, text)
    except ValueError as error:
        return str(error)
    return ""


def keep(passage_string: int, context: int, locale: Locale, data: str, *, by: Any, tool: str) -> None:
    """A person's translation of one passage, whatever file it came in."""
    StringTranslation.objects.update_or_create(
        translation_of_id=passage_string,
        context_id=context,
        locale=locale,
        defaults={
            "data": data,
            "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
            "tool_name": tool,
            "last_translated_by": by,
            "has_error": False,
            "field_error": "",
        },
    )
