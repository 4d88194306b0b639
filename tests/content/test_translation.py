"""A Vietnamese item is translated in wagtail-localize; nothing airs by it."""

from __future__ import annotations

import pytest
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.approval.models import Approval
from cms.content.models import ItemPage
from cms.content.services import item_translation, untranslated

pytestmark = pytest.mark.django_db


def translate_all(page: ItemPage, words: dict[str, str]) -> None:
    following = Translation.objects.get(source__object_id=page.translation_key, target_locale=page.locale)
    for segment in StringSegment.objects.filter(source=following.source).select_related("string"):
        StringTranslation.objects.create(
            translation_of=segment.string, context=segment.context, locale=page.locale, data=words[segment.string.data]
        )


@pytest.fixture
def khmer(cluster, make_item, contributor, editor, client_for, picture_record) -> ItemPage:
    """An item that was sent for translation into Khmer through wagtail-localize's own page."""
    cards = [
        {"type": "title", "value": {"kicker": "", "title": "Xin chào"}},
        {"type": "picture", "value": {"picture": picture_record.pk, "title": "Núi", "caption": ""}},
    ]
    page = make_item("Xin chào", by=contributor, cards=cards, valid_until="2027-12-31")
    locale = Locale.objects.get(language_code="km")
    response = client_for(editor).post(f"/admin/localize/submit/page/{page.pk}/", {"locales": [locale.pk]})
    assert response.status_code == 302
    return ItemPage.objects.get(translation_key=page.translation_key, locale=locale)


WORDS = {"Xin chào": "សូមស្វាគមន៍", "Núi": "ភ្នំ"}


def test_pictures_and_dates_come_along_and_only_texts_are_asked_for(khmer, picture_record):
    assert str(khmer.valid_until) == "2027-12-31"
    assert khmer.body[1].value["picture"] == picture_record
    assert untranslated(khmer) == 3
    assert not khmer.proof_jobs.exists()


def test_what_is_not_translated_cannot_be_saved_or_submitted(khmer, editor, client_for):
    browser = client_for(editor)
    browser.post(f"/admin/items/{khmer.pk}/translation/")
    browser.post(f"/admin/items/{khmer.pk}/review/", {"action": "submit"})
    khmer.refresh_from_db()
    assert not khmer.workflow_in_progress
    assert "Xin chào" in str(khmer.get_latest_revision_as_object().title)


def test_the_translation_becomes_a_draft_with_proofs(khmer, editor, client_for, draw_waiting):
    translate_all(khmer, WORDS)
    browser = client_for(editor)
    assert browser.get(f"/admin/pages/{khmer.pk}/edit/").status_code == 200
    browser.post(f"/admin/items/{khmer.pk}/translation/")
    khmer.refresh_from_db()
    draft = khmer.get_latest_revision_as_object()
    assert draft.title == "សូមស្វាគមន៍"
    cards = item_translation(draft).cards
    assert [card.title for card in cards] == ["សូមស្វាគមន៍", "ភ្នំ"]
    assert cards[1].focal == (0.7, 0.195833, 0.2, 0.266667)
    (job,) = draw_waiting(khmer)
    assert job.status == "done", job.error
    browser.post(f"/admin/items/{khmer.pk}/review/", {"action": "submit"})
    khmer.refresh_from_db()
    assert khmer.workflow_in_progress


def test_a_translation_that_no_font_has_is_refused(khmer, editor, client_for):
    translate_all(khmer, {"Xin chào": "ᚠᚢᚦ", "Núi": "ភ្នំ"})
    before = khmer.latest_revision_id
    response = client_for(editor).post(f"/admin/items/{khmer.pk}/translation/", follow=True)
    khmer.refresh_from_db()
    assert khmer.latest_revision_id == before
    assert "ᚠ" in response.content.decode()


def test_publishing_in_wagtail_localize_airs_nothing(khmer, administrator, client_for):
    translate_all(khmer, WORDS)
    client_for(administrator).post(f"/admin/pages/{khmer.pk}/edit/", {"action": "publish"})
    khmer.refresh_from_db()
    assert not Approval.objects.exists()


def test_destinations_follow_the_source_even_when_emptied(khmer, cluster, contributor, editor):
    source = ItemPage.objects.get(translation_key=khmer.translation_key, locale__language_code="vi")
    following = Translation.objects.get(target_locale=khmer.locale)
    for chosen in ([cluster], []):
        source.destinations = chosen
        source.save()
        following.source.update_from_db()
        following.save_target(user=editor, publish=False)
        khmer.refresh_from_db()
        assert list(khmer.get_latest_revision_as_object().destinations.all()) == chosen


def test_tags_and_days_of_grace_follow_the_source_even_when_emptied(khmer, contributor, editor):
    source = ItemPage.objects.get(translation_key=khmer.translation_key, locale__language_code="vi")
    following = Translation.objects.get(target_locale=khmer.locale)
    for tags, days in ((["Tết", "hội chợ"], 3), (["Tết"], 0), ([], 1)):
        source.tags.set(tags)
        source.grace_days = days
        source.save()
        following.source.update_from_db()
        following.save_target(user=editor, publish=False)
        khmer.refresh_from_db()
        draft = khmer.get_latest_revision_as_object()
        assert ({tag.name for tag in draft.tags.all()}, draft.grace_days) == (set(tags), days)
