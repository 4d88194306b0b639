"""The list of items: found and paged by the database, confined to one's provinces; acts on many say how each went."""

# ruff: noqa: F811 (fixtures of the approval tests)

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from cms.accounts.models import AuditEntry
from cms.approval.models import Approval
from cms.content.listing_rows import today
from cms.content.models import ItemPage
from cms.content.services import ensure_tree
from cms.content.states import STATES, states_of, where
from tests.approval.conftest import decide, submitted  # noqa: F401 (fixtures)
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def titles(response) -> list[str]:
    return re.findall(r'class="bt-items__title"[^>]*>([^<]+)</a>', response.content.decode())


@pytest.fixture
def approved(submitted, decide, appraiser, approver):
    """An item on the screens."""
    page = submitted("Trên màn hình")
    decide(appraiser, page, "approve")
    decide(approver, page, "approve", confirmed="on")
    page.refresh_from_db()
    assert Approval.objects.filter(item=page.item_id, revoked_at__isnull=True).exists()
    return page


class TestFinding:
    def test_each_filter_finds_its_items_and_no_others(self, make_item, contributor, client_for):
        soon = make_item("Sắp hết hạn", by=contributor, valid_until=today() + timedelta(days=5), kind="tourism")
        make_item("Còn lâu", by=contributor, valid_until=today() + timedelta(days=60))
        make_item("Đã hết hạn", by=contributor, valid_until=today() - timedelta(days=1))
        soon.tags.add("lễ hội")
        soon.save()
        browser = client_for(contributor)
        for query, expected in {
            "within=7": {"Sắp hết hạn"},
            "within=90": {"Sắp hết hạn", "Còn lâu"},
            "within=over": {"Đã hết hạn"},
            "kind=tourism": {"Sắp hết hạn"},
            "tag=lễ hội": {"Sắp hết hạn"},
            "q=lâu": {"Còn lâu"},
            "state=approved": set(),
            "language=km": set(),
            "province=an_giang&state=draft": {"Sắp hết hạn", "Còn lâu", "Đã hết hạn"},
            "within=nonsense&sort=nonsense&state=nonsense": {"Sắp hết hạn", "Còn lâu", "Đã hết hạn"},
        }.items():
            assert set(titles(browser.get(f"/admin/items/?{query}"))) == expected, query
        assert titles(browser.get("/admin/items/?sort=until")) == ["Đã hết hạn", "Sắp hết hạn", "Còn lâu"]
        assert titles(browser.get("/admin/items/?sort=-title"))[0] == "Đã hết hạn"

    def test_states_in_sql_are_those_that_the_rows_show(
        self,
        approved,
        submitted,
        decide,
        make_item,
        appraiser,
        approver,
        contributor,
        editor,
        client_for,
        draw_waiting,
    ):
        make_item("Bản nháp", by=contributor)
        submitted("Chờ thẩm định")
        decide(appraiser, submitted("Chờ phê duyệt"), "approve")
        gone = submitted("Đã rút")
        decide(appraiser, gone, "approve")
        decide(approver, gone, "approve", confirmed="on")
        client_for(approver).post(f"/admin/items/{gone.pk}/withdraw/", {"reason": "Sai giờ"})
        pages = list(ItemPage.objects.select_related("locale"))
        shown = states_of(pages)
        assert {state.code for state in shown.values()} == set(STATES)
        for code in STATES:
            expected = {page.pk for page in pages if shown[page.pk].code == code}
            assert set(ItemPage.objects.filter(where(code)).values_list("pk", flat=True)) == expected, code
        assert not ItemPage.objects.filter(where("edited")).exists()
        approved.get_latest_revision_as_object().save_revision(user=editor)
        assert [one.pk for one in ItemPage.objects.filter(where("edited"))] == [approved.pk]

    def test_an_item_is_one_row_with_all_its_languages(self, make_item, contributor, client_for):
        page = make_item("Hai thứ tiếng", by=contributor)
        page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
        alone = make_item("Only in English", by=contributor, language="en")
        assert alone.translation_key != page.translation_key
        browser = client_for(contributor)
        assert sorted(titles(browser.get("/admin/items/"))) == ["Hai thứ tiếng", "Only in English"]
        assert sorted(titles(browser.get("/admin/items/?language=en"))) == ["Hai thứ tiếng", "Only in English"]

    def test_more_items_ask_no_more_of_the_database(self, approved, make_item, editor, client_for):
        browser = client_for(editor)
        browser.get("/admin/items/")
        with CaptureQueriesContext(connection) as few:
            browser.get("/admin/items/")
        for number in range(30):
            make_item(f"Tin {number}", by=editor)
        for address in ("/admin/items/", "/admin/items/?p=2", "/admin/items/?state=draft&language=vi&q=Tin&sort=title"):
            with CaptureQueriesContext(connection) as many:
                assert titles(browser.get(address))
            assert len(many) <= len(few) + 1 <= 40, address

    def test_an_outsider_finds_nothing_of_it(self, make_item, contributor, outsider, client_for):
        page = make_item("Của An Giang", by=contributor)
        browser = client_for(outsider)
        for address in ("/admin/items/", "/admin/items/?province=an_giang", "/admin/items/?q=Giang"):
            assert "Của An Giang" not in browser.get(address).content.decode()
        assert browser.post(f"/admin/items/{page.pk}/duplicate/").status_code == 404
        assert browser.get(f"/admin/items/{page.pk}/move/").status_code == 404
        browser.post("/admin/items/bulk/", {"act": "tag", "item": [page.pk], "value": "x", "confirmed": "1"})
        assert not page.get_latest_revision_as_object().tags.exists()


class TestMany:
    def act(self, browser, code, pages, **more):
        return browser.post("/admin/items/bulk/", {"act": code, "item": [one.pk for one in pages], **more})

    def test_nothing_happens_before_it_is_confirmed(self, make_item, contributor, client_for):
        page = make_item("Chưa trình", by=contributor)
        asked = self.act(client_for(contributor), "submit", [page]).content.decode()
        assert "Chưa trình" in asked
        page.refresh_from_db()
        assert not page.workflow_in_progress

    def test_drafts_are_submitted_and_what_is_under_way_says_so(
        self,
        make_item,
        submitted,
        contributor,
        draw_waiting,
        client_for,
    ):
        under_way = submitted("Đang thẩm định")
        page = make_item("Bản nháp", by=contributor)
        said = self.act(client_for(contributor), "submit", [page, under_way], confirmed="1").content.decode()
        page.refresh_from_db()
        assert page.workflow_in_progress
        assert "bt-status--approved" in said
        assert "bt-status--withdrawn" in said
        assert AuditEntry.objects.filter(action="item.submit", subject="Bản nháp").exists()

    def test_a_later_last_day_is_a_draft_in_every_language(self, make_item, contributor, editor, client_for):
        page = make_item("Có hạn", by=contributor, valid_until=today())
        twin = page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
        endless = make_item("Không hạn", by=contributor)
        day = (today() + timedelta(days=30)).isoformat()
        said = self.act(client_for(editor), "extend", [page, endless], value=day, confirmed="1").content.decode()
        for one in (page, twin):
            one.refresh_from_db()
            assert one.get_latest_revision_as_object().valid_until.isoformat() == day
        assert endless.get_latest_revision_as_object().valid_until is None
        assert said.count("bt-status--approved") == 1
        earlier = self.act(client_for(editor), "extend", [page], value=today().isoformat(), confirmed="1")
        assert "bt-status--withdrawn" in earlier.content.decode()

    def test_what_waits_for_a_decision_is_not_changed(self, submitted, editor, client_for):
        page = submitted("Chờ")
        before = page.latest_revision_id
        self.act(client_for(editor), "tag", [page], value="mới", confirmed="1")
        page.refresh_from_db()
        assert page.latest_revision_id == before

    def test_a_missing_date_or_reason_keeps_the_choice(self, make_item, editor, client_for):
        page = make_item("Tin", by=editor)
        said = self.act(client_for(editor), "extend", [page], value="mai", confirmed="1").content.decode()
        assert "aria-invalid" in said
        assert f'name="item" value="{page.pk}"' in said

    def test_approvers_withdraw_and_editors_may_not(self, approved, editor, approver, client_for):
        refused = self.act(client_for(editor), "withdraw", [approved], value="Sai", confirmed="1").content.decode()
        assert "bt-status--withdrawn" in refused
        assert Approval.objects.filter(item=approved.item_id, revoked_at__isnull=True).exists()
        self.act(client_for(approver), "withdraw", [approved], value="Sai giờ", confirmed="1")
        assert not Approval.objects.filter(item=approved.item_id, revoked_at__isnull=True).exists()


class TestCopies:
    def test_a_copy_of_what_airs_is_a_draft_that_nobody_approved(self, approved, editor, client_for):
        approved.tags.add("Tết")
        newer = approved.get_latest_revision_as_object()
        newer.body[0].value["title"] = "Lời mới"
        newer.save_revision(user=editor)
        answer = client_for(editor).post(f"/admin/items/{approved.pk}/duplicate/")
        copy = ItemPage.objects.exclude(pk=approved.pk).get()
        assert answer.url == f"/admin/pages/{copy.pk}/edit/"
        assert not copy.live
        assert copy.translation_key != approved.translation_key
        assert copy.body[0].value["title"] == "Lời mới"
        assert states_of([copy])[copy.pk].code == "draft"
        assert not Approval.objects.filter(item_key=copy.translation_key).exists()
        assert AuditEntry.objects.filter(action="item.copy").exists()

    def test_those_who_do_not_write_do_not_copy(self, make_item, contributor, operator, client_for):
        page = make_item("Tin", by=contributor)
        assert client_for(operator).post(f"/admin/items/{page.pk}/duplicate/").status_code in (302, 403)
        assert ItemPage.objects.count() == 1

    def test_a_move_needs_both_provinces_and_ends_approvals(
        self, approved, editor, other_province, cluster, client_for
    ):
        shelves = ensure_tree(other_province)
        assert client_for(editor).get(f"/admin/items/{approved.pk}/move/").status_code in (302, 403)
        both = make_user("both", "an_giang", "editor")
        both.groups.add(*make_user("there", "cao_bang", "editor").groups.all())
        draft = approved.get_latest_revision_as_object()
        draft.destinations = [cluster]
        draft.save_revision(user=both)
        browser = client_for(both)
        assert "Cao Bằng" in browser.get(f"/admin/items/{approved.pk}/move/").content.decode()
        answer = browser.post(f"/admin/items/{approved.pk}/move/", {"province": "cao_bang"})
        assert answer.status_code == 302, answer.content.decode()
        moved = ItemPage.objects.get(pk=approved.pk)
        assert moved.province == other_province
        assert moved.path.startswith(shelves["vi"].path)
        assert not moved.get_latest_revision_as_object().destinations.exists()
        assert not Approval.objects.filter(item=moved.item_id, revoked_at__isnull=True).exists()

    def test_a_language_that_the_other_province_lacks_stops_the_move(self, make_item, other_province, client_for):
        ensure_tree(other_province)
        both = make_user("both", "an_giang", "editor")
        both.groups.add(*make_user("there", "cao_bang", "editor").groups.all())
        page = make_item("Có tiếng Khmer", by=both)
        page.copy_for_translation(Locale.objects.get(language_code="km"), copy_parents=True)
        client_for(both).post(f"/admin/items/{page.pk}/move/", {"province": "cao_bang"})
        assert ItemPage.objects.get(pk=page.pk).province.code == "an_giang"
