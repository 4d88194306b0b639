"""The words a province translates always alike: those of the plugins, of the national level and its own; and what a translation
makes of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail_localize.models import StringSegment, Translation

from cms.accounts.audit import record
from cms.accounts.services import has_role, provinces_of
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating.models import GlossaryEntry, folded
from cms.places.models import Province
from cms.plugin_host.host import NATIONAL, get_host

MAX_WORD = 200
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Term:
    """A term as translators see it. `entry`: the record behind it; None when a plugin says it."""

    words: dict[str, str]
    note: str
    entry: GlossaryEntry | None = None
    national: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """A term that occurs in an item: its translation, and the passages (shortened) whose translation does not use it."""

    word: str
    wanted: str
    note: str
    missing: tuple[str, ...]
    translated: int

    @property
    def state(self) -> str:
        return "warning" if self.missing else "good" if self.translated else "open"


def may_write(user: Any, province: Province) -> bool:
    """Who enters and changes terms of a province."""
    return has_role(user, province.code, "editor", "translator", "administrator")


def entries_seen(user: Any) -> QuerySet[GlossaryEntry]:
    """The entries of a person's provinces and of the national level."""
    codes = provinces_of(user)
    found = GlossaryEntry.objects.select_related("province")
    if codes is None:
        return found
    mine = Q(province__code__in=codes) | Q(province__national=True)
    return found.filter(mine) if codes else found.none()


def terms(province: Province) -> list[Term]:
    """All that hold in a province, by word: its own entries before the national ones, people's words before plugins'."""
    host = get_host()
    found: dict[str, Term] = {}
    for code in dict.fromkeys((NATIONAL, province.code)):
        for one in host.glossary(code):
            found[folded(one.words[SOURCE_LANGUAGE])] = Term(dict(one.words), one.note.vi, national=code == NATIONAL)
    entries = GlossaryEntry.objects.filter(Q(province=province) | Q(province__national=True)).select_related("province")
    for entry in sorted(entries, key=lambda one: one.province_id == province.pk):
        found[entry.key] = Term(entry.words, entry.note, entry, entry.province.national)
    return [found[key] for key in sorted(found)]


def clean(words: dict[str, str]) -> dict[str, str]:
    """Words by language, tidied. Raises `ValidationError` when the source language's is missing or one is too long."""
    kept = {code: " ".join(text.split()) for code, text in words.items() if text and text.strip()}
    if SOURCE_LANGUAGE not in kept:
        raise ValidationError(_("Give the Vietnamese word."))
    if any(len(text) > MAX_WORD for text in kept.values()):
        raise ValidationError(_("A term has at most %(count)d characters.") % {"count": MAX_WORD})
    return kept


@transaction.atomic
def keep(
    province: Province, words: dict[str, str], note: str, *, by: Any, entry: GlossaryEntry | None = None
) -> GlossaryEntry:
    """Enter a term, or change one. Raises `PermissionDenied`, or `ValidationError` for words that cannot stand."""
    if not may_write(by, province):
        raise PermissionDenied(_("Your role in %(province)s may not change its glossary.") % {"province": province})
    kept = clean(words)
    twin = GlossaryEntry.objects.filter(province=province, key=folded(kept[SOURCE_LANGUAGE]))
    if entry is not None:
        twin = twin.exclude(pk=entry.pk)
    if twin.exists():
        raise ValidationError(_("“%(word)s” stands in this glossary already.") % {"word": kept[SOURCE_LANGUAGE]})
    made = entry or GlossaryEntry(province=province)
    made.words, made.note, made.updated_by = kept, note.strip()[:300], by
    made.save()
    action = "glossary.change" if entry else "glossary.add"
    record(action, made, user=by, province=province.code, words=kept)
    return made


@transaction.atomic
def remove(entry: GlossaryEntry, *, by: Any) -> None:
    if not may_write(by, entry.province):
        raise PermissionDenied(
            _("Your role in %(province)s may not change its glossary.") % {"province": entry.province}
        )
    record("glossary.remove", entry, user=by, province=entry.province.code, words=entry.words)
    entry.delete()


def plain(data: str) -> str:
    """A passage as it is compared: without tags and escapes, folded."""
    return folded(html.unescape(TAG.sub(" ", data)))


def occurring(passage: str, among: Sequence[Term], language: str) -> list[Term]:
    """The terms with a translation into this language that occur in a passage, the longest ones first; a short one within a
    long one ("Tịnh Biên" in "cửa khẩu Tịnh Biên") does not count again."""
    text = plain(passage)
    found: list[Term] = []
    for term in sorted(among, key=lambda one: -len(one.words[SOURCE_LANGUAGE])):
        if not term.words.get(language):
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(folded(term.words[SOURCE_LANGUAGE]))}(?!\w)")
        if pattern.search(text):
            found.append(term)
            text = pattern.sub("\0", text)
    return found


def hints(page: ItemPage) -> list[Hint]:
    """The terms in the original of a translation, and whether the translation uses them."""
    following = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
    ).first()
    if following is None:
        return []
    segments = StringSegment.objects.filter(source=following.source_id).select_related("string").order_by("order")
    passages = [(one.string.data, one.translation) for one in segments.annotate_translation(page.locale_id)]
    return hints_of(passages, terms(page.province), page.locale.language_code)


def hints_of(passages: Iterable[tuple[str, str | None]], among: Sequence[Term], language: str) -> list[Hint]:
    """Hints for pairs of passage and translation (None: not translated yet)."""
    found: dict[str, tuple[Term, list[str], int]] = {}
    for original, translated in passages:
        for term in occurring(original, among, language):
            word = term.words[SOURCE_LANGUAGE]
            _term, missing, done = found.get(word, (term, [], 0))
            if translated:
                done += 1
                if folded(term.words[language]) not in plain(translated):
                    missing.append(plain(original)[:60])
            found[word] = (term, missing, done)
    return [
        Hint(word, term.words[language], term.note, tuple(dict.fromkeys(missing)), done)
        for word, (term, missing, done) in found.items()
    ]
