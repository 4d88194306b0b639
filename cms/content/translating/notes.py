"""What stands above the proofs of a translation, and what keeps it from being submitted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Revision
from wagtail_localize.models import TranslationSource

from cms.accounts.words import register_actions
from cms.content import board
from cms.content.board import Note
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating.progress import unread
from cms.content.translating.words import ACTIONS


def connect() -> None:
    board.register(notes)
    register_actions(ACTIONS)


def notes(page: ItemPage, revision: Revision, user: Any) -> list[Note]:
    """That the original has changed since, and that a machine's passages wait to be read."""
    said = []
    if behind(page):
        said.append(Note("warning", _("The original has changed since this translation was last brought up to date.")))
    left = unread(page)
    if left:
        said.append(Note("warning", unread_words(left)))
    return said


def unread_words(count: int) -> str:
    return ngettext(
        "%(count)d passage was drafted by a machine. A person reads and saves it before the item is submitted.",
        "%(count)d passages were drafted by a machine. A person reads and saves them before the item is submitted.",
        count,
    ) % {"count": count}


def behind(page: ItemPage) -> bool:
    """Whether the original says something else by now than what this translation was made from."""
    original = ItemPage.objects.filter(
        translation_key=page.translation_key, locale__language_code=SOURCE_LANGUAGE, alias_of=None
    ).first()
    if original is None or original.pk == page.pk or original.latest_revision_created_at is None:
        return False
    return TranslationSource.objects.filter(
        object_id=page.translation_key,
        locale=original.locale_id,
        translations__target_locale=page.locale_id,
        translations__enabled=True,
        last_updated_at__lt=original.latest_revision_created_at,
    ).exists()
