"""Every kind's words are asked for in wagtail-localize and come back; the rest follows the source."""

from __future__ import annotations

import pytest
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.content.models import ItemPage
from cms.content.services import item_translation, save_translation, untranslated

pytestmark = pytest.mark.django_db


@pytest.fixture
def translated(cluster, make_item, contributor, editor, client_for, every_kind, every_card):
    """Sent for translation through wagtail-localize's own page: source, target, and the passages asked for."""
    source = make_item("Giờ mở cửa", by=contributor, cards=[{"type": "every", "value": every_card}])
    locale = Locale.objects.get(language_code="en")
    answer = client_for(editor).post(f"/admin/localize/submit/page/{source.pk}/", {"locales": [locale.pk]})
    assert answer.status_code == 302
    target = ItemPage.objects.get(translation_key=source.translation_key, locale=locale)
    following = Translation.objects.get(target_locale=locale)
    return (
        source,
        target,
        list(StringSegment.objects.filter(source=following.source).select_related("string", "context")),
    )


def translate(target, segments, words) -> None:
    for one in segments:
        StringTranslation.objects.update_or_create(
            translation_of=one.string,
            context=one.context,
            locale=target.locale,
            defaults={"data": words(one.string.data)},
        )


def test_all_words_and_nothing_else_are_asked_for(translated):
    asked = {one.string.data for one in translated[2]}
    assert asked == {
        "Giờ mở cửa", "Cửa khẩu mở cửa.<br/>Xin mời.", "Núi", "Sông", "Ngày", "Giờ", "Thứ Hai", "Thứ Ba", "Còn lại", "ngày",
        "Nguyễn Văn A",
    }  # fmt: skip
    assert untranslated(translated[1]) == len(translated[2])


def test_words_come_back_and_the_rest_follows(translated, editor):
    source, target, segments = translated
    translate(target, segments, lambda words: words.replace("<br/>", "¶").upper().replace("¶", "<br/>"))
    save_translation(target, user=editor)
    target.refresh_from_db()
    (before,), (after,) = (item_translation(one.get_latest_revision_as_object()).cards for one in (source, target))
    assert after.title == before.title.upper()
    assert after.text == before.text.upper()
    assert [one.caption for one in after.pictures] == ["NÚI", "SÔNG"]
    assert after.rows == (("NGÀY", "GIỜ"), ("THỨ HAI", "07:00"), ("THỨ BA", "07:00"))
    assert (after.live[0].label, after.live[0].until) == ("CÒN LẠI", before.live[0].until)
    assert after.get("author") == "NGUYỄN VĂN A"
    same = ("code", "url", "price", "day", "at", "side", "transition")
    assert [after.get(name) for name in same] == [before.get(name) for name in same]
    assert (after.media_sha256, after.duration_ms) == (before.media_sha256, before.duration_ms)


def test_a_row_put_in_between_asks_only_for_itself(translated, editor):
    source, target, segments = translated
    translate(target, segments, str.upper)
    save_translation(target, user=editor)
    page = source.get_latest_revision_as_object()
    page.body[0].value["rows"] = "Ngày\tGiờ\nChủ nhật\t08:00\nThứ Hai\t07:00\nThứ Ba\t07:00"
    page.save_revision(user=editor).publish()
    following = Translation.objects.get(target_locale=target.locale)
    following.source.update_from_db()
    assert untranslated(target) == 1
    new = StringSegment.objects.get(source=following.source, string__data="Chủ nhật")
    translate(target, [new], lambda _words: "SUNDAY")
    save_translation(target, user=editor)
    target.refresh_from_db()
    (card,) = item_translation(target.get_latest_revision_as_object()).cards
    assert [row[0] for row in card.rows] == ["NGÀY", "SUNDAY", "THỨ HAI", "THỨ BA"]


def test_the_translators_page_names_the_fields(translated, editor, client_for):
    page = client_for(editor).get(f"/admin/pages/{translated[1].pk}/edit/")
    assert page.status_code == 200
    assert "rows" in page.content.decode()
