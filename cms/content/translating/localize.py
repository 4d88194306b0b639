"""wagtail-localize's own pages for beginning and updating translations, with the original's latest draft. They would take the page's
row, which holds what was last published: before an approval that is the very first draft.

Its editor holds passages as HTML, and its fields hold no line breaks: a translator would read and type `<br/>` and `&amp;`. Ours reads
and types plain words, with `LINE` wherever a line ends (`static/content/lines.js` sets it)."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.views.edit_translation import edit_string_translation
from wagtail_localize.views.submit_translations import SubmitPageTranslationView
from wagtail_localize.views.update_translations import UpdateTranslationsView

from cms.content.models import ItemPage
from cms.content.translating.following import follow
from cms.content.translating.passages import shown, stored

LINE = "↵"
_LINE = re.compile(rf"[ \t]*(?:{LINE}|\r?\n)[ \t]*")


def submit(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """Begin translations of a page, for those who may edit it."""
    page = get_object_or_404(Page, pk=page_id).specific
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    response = SubmitPageTranslationView.as_view()(request, page_id=page_id)
    if request.method == "POST" and response.status_code == 302 and isinstance(page, ItemPage):
        follow(page)
    return response


def update(request: HttpRequest, translation_source_id: int) -> HttpResponseBase:
    """Bring a page's translations up to date, for those who may edit it."""
    source = get_object_or_404(TranslationSource, pk=translation_source_id)
    page = Page.objects.filter(translation_key=source.object_id, locale=source.locale_id).first()
    if page is None or not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    response = UpdateTranslationsView.as_view()(request, translation_source_id=translation_source_id)
    if request.method == "POST" and response.status_code == 302 and isinstance(page.specific, ItemPage):
        follow(page.specific)
    return response


def readable(data: str) -> str:
    """A stored passage as the editor's fields hold it: one line of plain words."""
    return _LINE.sub(f" {LINE} ", shown(data).replace("\r", ""))


def readable_props(props: str) -> str:
    """What the editor is told of a translation (JSON), with passages to read."""
    told: dict[str, Any] = json.loads(props)
    for one in told.get("segments", ()):
        if one.get("type") == "string":
            one["source"] = readable(one["source"])
    for one in told.get("initialStringTranslations", ()):
        one["data"] = readable(one["data"])
    return json.dumps(told)


def passage(request: HttpRequest, translation_id: int, string_segment_id: int) -> HttpResponseBase:
    """Keep a passage that was translated in the editor, or take its translation away."""
    with transaction.atomic():
        response = edit_string_translation(request, translation_id=translation_id, string_segment_id=string_segment_id)
        if request.method == "PUT" and response.status_code in (200, 201):
            response.data["data"] = readable(_kept(translation_id, string_segment_id))
    return response


def _kept(translation_id: int, string_segment_id: int) -> str:
    """Turn what was typed into what is stored; returns that."""
    segment = StringSegment.objects.select_related("string").get(pk=string_segment_id)
    language = Translation.objects.values("target_locale").filter(pk=translation_id)
    typed = StringTranslation.objects.filter(
        translation_of=segment.string_id, context=segment.context_id, locale__in=language
    )
    data = stored(segment.string.data, _LINE.sub("\n", typed.get().data))
    typed.update(data=data)  # quietly: the log has heard of it
    return data


PATTERNS = [
    path("localize/translate/<int:translation_id>/strings/<int:string_segment_id>/edit/", passage),
    path("localize/submit/page/<int:page_id>/", submit),
    path("localize/update/<int:translation_source_id>/", update),
]
