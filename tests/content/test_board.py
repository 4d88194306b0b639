"""The board of translations: where each item stands in each language, what waits for whom, and many at once."""

# ruff: noqa: F811 (fixtures of the approval tests)

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.accounts.models import AuditEntry
from cms.content.models import ItemPage
from cms.content.services import save_translation, untranslated
from cms.content.translating.finding import having
from cms.content.translating.progress import CODES, cells, unread
from cms.content.translating.services import update
from tests.approval.conftest import decide, submitted  # noqa: F401 (fixtures)
from tests.conftest import make_user
from tests.content.translating import begun, fill, locale

pytestmark = pytest.mark.django_db
MACHINE = {"CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"}


@pytest.fixture
def translator(province, shelves):
    return make_user("translator", "an_giang", "translator", first_name="Sokha", last_name="Chau")


@pytest.fixture
def original(make_item, contributor):
    return make_item("Xin chào", by=contributor)


def code(page: ItemPage, language: str = "km") -> str:
    page.refresh_from_db()
    return cells([page], [locale(language)])[page.translation_key, locale(language).pk].code


def reword(page: ItemPage, title: str, by) -> None:
    draft = page.get_latest_revision_as_object()
    draft.title = title
    draft.save_revision(user=by)


def test_an_item_goes_through_every_state_and_sql_agrees(
    cluster,
    original,
    translator,
    contributor,
    appraiser,
    approver,
    decide,
    draw_waiting,
    client_for,
):
    km = locale("km")
    seen = []

    def now() -> str:
        found = code(original)
        agreeing = [one for one in CODES if having(ItemPage.objects.filter(pk=original.pk), (one,), [km])]
        assert agreeing == [found]
        seen.append(found)
        return found

    assert now() == "missing"
    page = begun(original, translator)
    assert now() == "partly"
    fill(page, kind="machine")
    assert now() == "machine"
    fill(page)
    save_translation(page, user=translator)
    assert now() == "ready"
    reword(original, "Xin chào quý khách", contributor)
    assert now() == "outdated"
    original.refresh_from_db()
    assert update(original, by=translator) == 1
    assert now() == "partly"
    fill(page)
    save_translation(page, user=translator)
    draw_waiting(page)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    assert now() in ("ready", "appraisal")
    page.refresh_from_db()
    if not page.workflow_in_progress:
        client_for(translator).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    assert now() == "appraisal"
    decide(appraiser, page, "approve")
    assert now() == "approval"
    decide(approver, page, "approve", confirmed="on")
    assert now() == "approved"
    client_for(approver).post(f"/admin/items/{page.pk}/withdraw/", {"reason": "Sai giờ"})
    assert now() == "withdrawn"
    assert set(seen) == set(CODES)


def test_drawn_anew_or_tagged_the_original_leaves_no_translation_behind(original, translator, contributor):
    fill(begun(original, translator))
    draft = original.get_latest_revision_as_object()
    draft.tags.add("Tết")
    draft.save_revision(user=contributor)
    assert code(original) == "ready"


def test_a_translation_is_made_from_the_latest_draft(original, translator, contributor, editor, client_for):
    reword(original, "Lời mới", contributor)
    original.refresh_from_db()
    assert begun(original, translator).get_latest_revision_as_object().title == "Lời mới"
    client_for(editor).post(f"/admin/localize/submit/page/{original.pk}/", {"locales": [locale("en").pk]})
    english = ItemPage.objects.get(translation_key=original.translation_key, locale=locale("en"))
    fill(english, {"Lời mới": "New words"})
    save_translation(english, user=editor)
    english.refresh_from_db()
    assert english.get_latest_revision_as_object().title == "New words"


def test_each_sees_what_waits_for_them_and_opens_the_right_page(
    cluster,
    original,
    submitted,
    translator,
    appraiser,
    operator,
    client_for,
):
    waiting = submitted("Chờ thẩm định")
    page = begun(original, translator)
    mine = client_for(translator).get("/admin/translations/?cell=mine").content.decode()
    assert f'href="/admin/pages/{page.pk}/edit/"' in mine
    assert f"/admin/translations/{original.pk}/begin/en/" in mine
    theirs = client_for(appraiser).get("/admin/translations/?cell=mine").content.decode()
    assert f'href="/admin/items/{waiting.pk}/review/"' in theirs
    assert "Xin chào" not in theirs
    assert "/begin/" not in theirs
    assert "cell=mine" not in client_for(operator).get("/admin/translations/").content.decode()


def test_states_have_a_word_and_a_shape(original, translator, client_for):
    begun(original, translator)
    said = client_for(translator).get("/admin/translations/").content.decode()
    for shape in ("◌", "–", "○"):
        assert re.search(rf'aria-hidden="true">{shape}</span> \w', said), shape


def test_more_items_ask_no_more_of_the_database(original, make_item, translator, contributor, client_for):
    begun(original, translator)
    browser = client_for(translator)
    browser.get("/admin/translations/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/admin/translations/?cell=mine")
    for number in range(12):
        begun(make_item(f"Tin {number}", by=contributor), translator)
    with CaptureQueriesContext(connection) as many:
        said = browser.get("/admin/translations/?cell=mine").content.decode()
    assert "Tin 11" in said
    assert len(many) <= len(few) + 1 <= 40


def test_many_translations_begin_at_once_and_pictures_of_both_stand_side_by_side(
    cluster, original, make_item, translator, contributor, draw_waiting, client_for
):
    other = make_item("Tin khác", by=contributor)
    browser = client_for(translator)
    data = {"act": "begin", "item": [original.pk, other.pk], "language": ["km", "en"]}
    browser.post("/admin/translations/act/", data)
    assert ItemPage.objects.filter(locale__language_code__in=["km", "en"]).count() == 4
    assert AuditEntry.objects.filter(action="translation.begin", user=translator).count() == 4
    page = ItemPage.objects.get(translation_key=original.translation_key, locale=locale("km"))
    draw_waiting(original)
    fill(page)
    save_translation(page, user=translator)
    draw_waiting(page)
    said = browser.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    beside = said[said.index('class="bt-beside"') :]
    assert beside.count("bt-led") >= 2
    assert f"/admin/items/{original.pk}/board/" in beside


class TestTranslators:
    def test_they_translate_but_neither_write_the_original_nor_approve(
        self, original, translator, client_for, contributor
    ):
        assert not original.permissions_for_user(translator).can_edit()
        page = begun(original, translator)
        assert page.permissions_for_user(translator).can_edit()
        browser = client_for(translator)
        assert browser.get(f"/admin/pages/{original.pk}/edit/").status_code == 302
        assert browser.get(f"/admin/items/{original.pk}/proofs/").status_code == 200
        assert "/admin/items/new/" not in browser.get("/admin/items/").content.decode()
        before = original.latest_revision_id
        browser.post("/admin/items/bulk/", {"act": "tag", "item": [original.pk], "value": "x", "confirmed": "1"})
        original.refresh_from_db()
        assert original.latest_revision_id == before

    def test_an_outsider_begins_and_sees_nothing(self, original, outsider, client_for):
        browser = client_for(outsider)
        assert "Xin chào" not in browser.get("/admin/translations/?province=an_giang").content.decode()
        assert browser.post(f"/admin/translations/{original.pk}/begin/km/").status_code == 404
        assert browser.post(f"/admin/translations/{original.pk}/update/").status_code == 404
        assert browser.post(f"/admin/translations/{original.pk}/take-over/").status_code == 404
        assert browser.get(f"/admin/translations/{original.pk}/hints/").status_code == 404
        browser.post(
            "/admin/translations/act/",
            {"province": "an_giang", "act": "begin", "item": [original.pk], "language": ["km"]},
        )
        assert ItemPage.objects.filter(translation_key=original.translation_key).count() == 1


class TestMachines:
    def test_there_is_none_unless_it_is_set_up(self, original, translator, client_for):
        browser = client_for(translator)
        assert 'name="act" value="machine"' not in browser.get("/admin/translations/").content.decode()
        browser.post("/admin/translations/act/", {"act": "machine", "item": [original.pk], "language": ["km"]})
        assert not ItemPage.objects.filter(translation_key=original.translation_key, locale=locale("km")).exists()

    def test_its_passages_stay_marked_until_a_person_answers_for_them(
        self, cluster, original, translator, client_for, settings
    ):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = MACHINE
        browser = client_for(translator)
        browser.post("/admin/translations/act/", {"act": "machine", "item": [original.pk], "language": ["en"]})
        page = ItemPage.objects.get(translation_key=original.translation_key, locale=locale("en"))
        assert untranslated(page) == 0
        assert unread(page) > 0
        save_translation(page, user=translator)
        browser.post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
        page.refresh_from_db()
        assert not page.workflow_in_progress
        assert "take-over" in browser.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        browser.post(f"/admin/translations/{page.pk}/take-over/")
        assert unread(page) == 0
        assert AuditEntry.objects.get(action="translation.take_over").user == translator
        browser.post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
        page.refresh_from_db()
        assert page.workflow_in_progress
