"""Pages of the exchange with translators outside: hand out, take in, look at what would change, keep it. Nothing is ever approved."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.models import Locale

from cms.accounts.audit import record
from cms.content.listing_rows import rows
from cms.content.listing_shelves import may_translate, own_ids, shelves_of
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE, save_translation, untranslated
from cms.content.translating import exchange, glossary, sheets
from cms.content.translating.board import locales_of, province_of
from cms.content.translating.exchange import Change, Comparison
from cms.content.translating.models import ReceivedFile
from cms.content.translating.passages import digest, keep, passages, stored
from cms.places.models import Province

KEPT = timedelta(days=7)
"""So long a received file waits to be looked at."""
AT_MOST_TOLD = 50


def _province(request: HttpRequest) -> Province:
    """The province, for those who translate in it."""
    _seen, province = province_of(request)
    if province is None or not may_translate(request.user, province):
        raise PermissionDenied
    return province


@require_POST
def hand_out(request: HttpRequest, kind: str) -> HttpResponse:
    """The passages of the ticked items in one language as a file."""
    province = _province(request)
    ids = [int(one) for one in request.POST.getlist("item") if one.isdigit()][:500]
    wanted = request.POST.getlist("language")
    locales = [one for one in locales_of(province) if one.language_code in wanted]
    items = [row.page for row in rows(own_ids(ids, request.user), shelves_of(request.user, province.code))]
    back = redirect(f"{reverse('content:translations')}?province={province.code}")
    if not items or len(locales) != 1:
        messages.error(request, _("Tick at least one item and exactly one language: a file holds one language."))
        return back
    found = passages(items, locales[0])
    if not found:
        messages.error(request, _("None of these translations is begun. Begin them first."))
        return back
    terms = glossary.terms(province)
    data = exchange.po(found, locales[0], terms) if kind == "po" else exchange.xlsx(found, locales[0], terms)
    language = locales[0].language_code
    told = {"province": province.code, "language": language, "items": len(items), "passages": len(found)}
    record("translation.export", province, user=request.user, kind=kind, **told)
    type_ = "text/x-gettext-translation; charset=utf-8" if kind == "po" else sheets.XLSX_TYPE
    name = f"bangtin-{province.code}-{language}-{timezone.localdate():%Y%m%d}.{kind}"
    return HttpResponse(data, content_type=type_, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def receive(request: HttpRequest) -> HttpResponse:
    """Take in a file; what it would change is shown first."""
    province = _province(request)
    context: dict[str, Any] = {"province": province}
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            made = _receive(province, sheets.contents(file), (file.name or "") if file else "", request.user)
            return redirect("content:received", made.pk)
        except ValidationError as refused:
            context["problem"] = " ".join(refused.messages)
    return render(request, "content/translating/receive.html", context)


def _receive(province: Province, data: bytes, name: str, by: Any) -> ReceivedFile:
    received = exchange.read(data)
    locale = _locale(province, received.language)
    if not received.lines:
        raise ValidationError(_("This file holds no translation."))
    ReceivedFile.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
    rows_ = [
        [province.code, locale.language_code],
        *([one.key, one.original, one.was, one.text] for one in received.lines),
    ]
    return ReceivedFile.objects.create(by=by, name=name[:255], sha256=hashlib.sha256(data).hexdigest(), rows=rows_)


def _locale(province: Province, language: str) -> Locale:
    found = next((one for one in locales_of(province) if one.language_code == language), None)
    if found is None or language == SOURCE_LANGUAGE:
        raise ValidationError(
            _("This file is in a language that %(province)s does not translate into.") % {"province": province}
        )
    return found


def _of(request: HttpRequest, file_id: int) -> tuple[ReceivedFile, Province, Locale, Comparison]:
    """A file that this person took in, compared with the translations as they are now. Others' files do not exist."""
    file = get_object_or_404(ReceivedFile, pk=file_id, by=request.user)
    (code, language), *lines = file.rows
    province = get_object_or_404(Province, code=code)
    if not may_translate(request.user, province):
        raise Http404
    locale = _locale(province, language)
    received = exchange.Received(language, tuple(exchange.Line(*line) for line in lines))
    return file, province, locale, exchange.compare(received, _items(request.user, province, received), locale)


def _items(user: Any, province: Province, received: exchange.Received) -> list[ItemPage]:
    """The originals that a file names, as far as they are this province's."""
    keys = set()
    for line in received.lines:
        try:
            keys.add(UUID(line.key.partition("|")[0]))
        except ValueError:
            continue
    ids = ItemPage.objects.filter(
        translation_key__in=keys, locale__language_code=SOURCE_LANGUAGE, alias_of=None
    ).values_list("pk", flat=True)
    return [row.page for row in rows(own_ids(ids, user), shelves_of(user, province.code))]


def received(request: HttpRequest, file_id: int) -> HttpResponse:
    """What a file would change: new words, other words, and words that changed here meanwhile. Then keep the ticked ones."""
    file, province, locale, found = _of(request, file_id)
    if request.method == "POST":
        return _keep(request, file, province, locale, found)
    clean = [(number, one) for number, one in enumerate(found.changes) if not one.conflict]
    conflicts = [(number, one) for number, one in enumerate(found.changes) if one.conflict]
    context = {
        "file": file,
        "province": province,
        "locale": locale,
        "clean": [(digest(one.passage.key + one.passage.present), one) for _number, one in clean],
        "conflicts": [(digest(one.passage.key + one.passage.present), one) for _number, one in conflicts],
        "refused": found.refused[:AT_MOST_TOLD],
        "more": max(0, len(found.refused) - AT_MOST_TOLD),
        "found": found,
    }
    return render(request, "content/translating/received.html", context)


def _keep(
    request: HttpRequest, file: ReceivedFile, province: Province, locale: Locale, found: Comparison
) -> HttpResponse:
    """The ticked changes. A tick names what stood there when it was shown, so that nothing newer is lost."""
    ticked = set(request.POST.getlist("keep"))
    chosen = [one for one in found.changes if digest(one.passage.key + one.passage.present) in ticked]
    tool = "XLSX" if file.name.lower().endswith("xlsx") else "PO"
    with transaction.atomic():
        for one in chosen:
            data = stored(one.passage.data, one.text)
            keep(one.passage.string, one.passage.context, locale, data, by=request.user, tool=tool)
        told = {"file": file.name, "sha256": file.sha256, "language": locale.language_code, "passages": len(chosen)}
        items = sorted({one.passage.item.item_id for one in chosen})
        record("translation.import", province, user=request.user, province=province.code, items=items, **told)
        file.delete()
    said = ngettext("%(count)d passage is taken over.", "%(count)d passages are taken over.", len(chosen))
    messages.success(request, said % {"count": len(chosen)})
    if len(ticked) > len(chosen):
        messages.warning(
            request, _("Some passages changed in the meantime and stay as they are. Take the file in again.")
        )
    _drafts(request, chosen, locale)
    return redirect(f"{reverse('content:translations')}?province={province.code}")


def _drafts(request: HttpRequest, chosen: list[Change], locale: Locale) -> None:
    """Translations that lack nothing any more become drafts, so that their proofs are drawn."""
    keys = {one.passage.item.translation_key for one in chosen}
    for page in ItemPage.objects.filter(translation_key__in=keys, locale=locale, alias_of=None):
        if untranslated(page) or page.workflow_in_progress:
            continue
        try:
            save_translation(page, user=request.user)
        except ValidationError as refused:
            messages.error(request, f"{page.draft_title or page.title}: {' '.join(refused.messages)}")
