"""The verbs of translating: begin, bring up to date, let a machine draft, take over what it drafted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.views.edit_translation import apply_machine_translation

from cms.accounts.audit import record
from cms.content.listing_shelves import may_translate
from cms.content.models import ItemPage
from cms.content.services import save_translation, untranslated
from cms.content.translating.following import follow, in_step, source_of
from cms.content.translating.progress import MACHINE


def _ask(page: ItemPage, by: Any) -> None:
    if not may_translate(by, page.province):
        raise PermissionDenied(_("Your role in %(province)s may not translate.") % {"province": page.province})


@transaction.atomic
def begin(page: ItemPage, locale: Locale, *, by: Any) -> ItemPage:
    """A translation of an original's latest draft, to be filled in: pictures and dates come along. One that exists stays.
    Raises `PermissionDenied` or `ValidationError`."""
    _ask(page, by)
    there = ItemPage.objects.filter(translation_key=page.translation_key, locale=locale, alias_of=None).first()
    if there is not None:
        return there
    if locale.language_code not in page.province.languages:
        raise ValidationError(_("%(province)s does not use this language.") % {"province": page.province})
    source = in_step(page) or source_of(page) or follow(page)
    following, _made = Translation.objects.update_or_create(
        source=source, target_locale=locale, defaults={"enabled": True}
    )
    following.save_target(user=by, publish=False)
    made = ItemPage.objects.get(translation_key=page.translation_key, locale=locale)
    _told("translation.begin", page, by, locale)
    return made


@transaction.atomic
def update(page: ItemPage, *, by: Any) -> int:
    """Ask the original's changes of all its translations. Those that lack no words get a new draft at once, unless they wait
    for a decision. Returns how many translations now lack words. Raises `PermissionDenied`."""
    _ask(page, by)
    source = follow(page)
    lacking = 0
    for following in source.translations.filter(enabled=True).select_related("target_locale"):
        target = ItemPage.objects.filter(
            translation_key=page.translation_key, locale=following.target_locale_id, alias_of=None
        ).first()
        if target is None:
            continue
        if untranslated(target):
            lacking += 1
        elif not target.workflow_in_progress:
            save_translation(target, user=by)
    record("translation.update", page.title, user=by, province=page.province.code, item=page.item_id)
    return lacking


def machine_name() -> str:
    """What the machine translator is called; empty when there is none."""
    machine = get_machine_translator()
    return str(machine.display_name) if machine else ""


def draft_by_machine(page: ItemPage, locale: Locale, *, by: Any) -> int:
    """Let the machine fill in what nobody has translated. Its passages stay marked until a person saves them, and keep the item from
    being submitted. Returns how many it filled in. Raises `PermissionDenied` or `ValidationError`."""
    machine = get_machine_translator()
    if machine is None:
        raise ValidationError(_("No machine translator is set up."))
    target = begin(page, locale, by=by)
    following = Translation.objects.filter(source__object_id=page.translation_key, target_locale=locale).first()
    if following is None or not machine.can_translate(following.source.locale, locale):
        raise ValidationError(_("The machine does not translate into this language."))
    if target.workflow_in_progress:
        raise ValidationError(_("This item is being appraised or approved. Wait for the decision."))
    before = untranslated(target)
    # Asks another server, which may take its time: outside of any transaction.
    apply_machine_translation(following.pk, by, machine)
    count = before - untranslated(target)
    _told("translation.machine", page, by, locale, passages=count, tool=str(machine.display_name))
    return count


@transaction.atomic
def take_over(page: ItemPage, *, by: Any) -> int:
    """A person has read what the machine drafted in this translation and answers for it. Returns how many passages. Raises
    `PermissionDenied`."""
    _ask(page, by)
    segments = StringSegment.objects.filter(source__object_id=page.translation_key)
    drafted = StringTranslation.objects.filter(
        translation_type=MACHINE,
        locale=page.locale_id,
        translation_of__in=segments.values("string"),
        context__in=segments.values("context"),
    )
    count = drafted.update(
        translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL, last_translated_by=by, updated_at=timezone.now()
    )
    if count:
        _told("translation.take_over", page, by, page.locale, passages=count)
    return count


def _told(action: str, page: ItemPage, by: Any, locale: Locale, **data: Any) -> None:
    language = locale.language_code
    record(action, page.title, user=by, province=page.province.code, item=page.item_id, language=language, **data)
