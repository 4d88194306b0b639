"""The page of a translation speaks plain words: line breaks are a mark that can be typed, and no HTML is read or written."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.urls import reverse
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.content.models import ItemPage
from cms.content.services import save_translation
from tests.content.translating import begun, fill

pytestmark = pytest.mark.django_db
HOURS = "Sáng 07:00–11:00\r\nChiều 14:00–18:00 & tối"


@pytest.fixture
def hours(cluster, make_item, contributor, editor) -> ItemPage:
    """A Khmer translation, just begun, of an item with two lines."""
    cards = [{"type": "text", "value": {"title": "", "text": HOURS}}]
    return begun(make_item("Giờ mở cửa", cards=cards, by=contributor), editor)


def segment_of(page: ItemPage) -> StringSegment:
    return StringSegment.objects.get(source__object_id=page.translation_key, string__data__startswith="Sáng")


def address(page: ItemPage) -> str:
    following = Translation.objects.get(source__object_id=page.translation_key)
    return f"/admin/localize/translate/{following.pk}/strings/{segment_of(page).pk}/edit/"


def props(client: Any, page: ItemPage) -> dict[str, Any]:
    """What the editor is told."""
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    found = re.search(r'data-props="([^"]*)"', shown)
    assert found is not None
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def test_an_original_is_read_without_html(hours, editor, client_for):
    told = props(client_for(editor), hours)
    words = [one["source"] for one in told["segments"] if one["type"] == "string"]
    assert "Sáng 07:00–11:00 ↵ Chiều 14:00–18:00 & tối" in words


def test_typed_lines_are_lines_on_the_screen(hours, editor, client_for):
    client = client_for(editor)
    fill(hours)
    answer = client.put(address(hours), "value=ព្រឹក <7 ↵  ល្ងាច %26 យប់", content_type="application/x-www-form-urlencoded")
    assert answer.json()["data"] == "ព្រឹក <7 ↵ ល្ងាច & យប់"
    kept = StringTranslation.objects.get(translation_of=segment_of(hours).string)
    assert kept.data == "ព្រឹក &lt;7<br/>ល្ងាច &amp; យប់"
    save_translation(hours, user=editor)
    drawn = ItemPage.objects.get(pk=hours.pk).get_latest_revision_as_object()
    assert drawn.body[0].value["text"] == "ព្រឹក <7\nល្ងាច & យប់"
    told = props(client, hours)
    assert "ព្រឹក <7 ↵ ល្ងាច & យប់" in [one["data"] for one in told["initialStringTranslations"]]


def test_a_translation_is_taken_away_as_before(hours, editor, client_for):
    fill(hours)
    assert client_for(editor).delete(address(hours)).status_code == 200
    assert not StringTranslation.objects.filter(translation_of=segment_of(hours).string).exists()
