"""How translations keep up with their original: what is translated is the latest draft, and a translation is behind only when
that draft says or shows something else."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone
from wagtail.models import Revision
from wagtail_localize.models import TranslationSource

from cms.content.models import ItemPage

# What is on the screens, and what decides when and where: the rest (tags, comments, who owns it) leaves translations as they are.
SHOWN = ("title", "body", "kind", "supplier", "sudden", "valid_from", "valid_until", "grace_days", "destinations")


def source_of(page: ItemPage) -> TranslationSource | None:
    """The frozen copy of this original from which its translations are made."""
    return TranslationSource.objects.filter(object_id=page.translation_key, locale_id=page.locale_id).first()


def in_step(page: ItemPage) -> TranslationSource | None:
    """The frozen copy, when it is as new as the original's latest draft; None when there is none or it is behind."""
    source = source_of(page)
    changed = page.latest_revision_created_at
    return source if source and (changed is None or source.last_updated_at >= changed) else None


def follow(page: ItemPage) -> TranslationSource:
    """Freeze the original's latest draft anew: what it says newly is asked for in every language, what stayed keeps its
    translation. wagtail-localize itself would take what was last published, which no draft ever is."""
    page = ItemPage.objects.get(pk=page.pk)
    source, _made = TranslationSource.update_or_create_from_instance(page.get_latest_revision_as_object())
    TranslationSource.objects.filter(pk=source.pk).update(last_updated_at=timezone.now())
    source.refresh_from_db()
    return source


def revision_saved(page: ItemPage, revision: Revision) -> None:
    """A draft that shows the same as the frozen copy (drawn anew, another tag) leaves no translation behind."""
    source = source_of(page)
    if source is not None and source.last_updated_at < revision.created_at and _same(source, revision):
        TranslationSource.objects.filter(pk=source.pk).update(last_updated_at=timezone.now())


def _same(source: TranslationSource, revision: Revision) -> bool:
    frozen: dict[str, Any] = json.loads(source.content_json)
    return all(_plain(frozen.get(name)) == _plain(revision.content.get(name)) for name in SHOWN)


def _plain(value: Any) -> Any:
    """Stored cards are JSON in JSON, whose spelling may differ."""
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
    except ValueError:
        return value
