"""Items to start from: nothing is saved by choosing one, and sample words are not submitted."""

from __future__ import annotations

import django_rq
import pytest
from django.urls import reverse
from rq import SimpleWorker

from cms.content.drafts import target, without_clips
from cms.content.drafts_jobs import draw
from cms.content.drafts_shown import clusters_of
from cms.content.drafts_store import DraftStore
from cms.content.models import ItemPage
from cms.content.starting import _wanted, starts_of
from cms.content.starting_words import sample_words
from cms.plugin_api.types import ItemTemplate, Text
from cms.plugin_host.host import get_host
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db
NEEDED = {
    "tam-dung-thong-quan", "khoi-phuc-thong-quan", "gio-lam-viec", "canh-bao-mua-ban-nguoi", "khai-bao-y-te",
    "khai-bao-hai-quan", "le-tet-ky-niem", "thoi-tiet-thien-tai",
}  # fmt: skip


@pytest.fixture
def browser(contributor, client_for, shelves, cluster, redis_server):
    return client_for(contributor)


def told(response) -> str:
    return response.content.decode()


def test_the_plugins_bring_what_a_gate_needs(province, other_province):
    codes = {one.code for one in starts_of(province)}
    assert codes >= NEEDED
    assert "hoi-dua-bo" in codes
    assert "hoi-dua-bo" not in {one.code for one in starts_of(other_province)}


@pytest.mark.parametrize(
    "cards",
    [
        (("text", {"title": "Mời", "text": 7}), ("table", {"title": "Giờ", "rows": object()})),
        (("picture", {"picture": "không có"}),),
        (("gallery", {"pictures": [{"no": "id"}]}),),
        (("live", {"live": 3}),),
        (("qr", {"seconds": "mãi mãi"}),),
    ],
)
def test_a_template_that_no_form_can_hold_is_left_out_and_the_others_stay(browser, shelves, monkeypatch, cards):
    host, text = get_host(), Text("Hỏng", "Broken")
    sound = host.item_templates("an_giang")
    broken = ItemTemplate("hong", text, text, "law", cards)
    monkeypatch.setattr(host, "item_templates", lambda province: {**sound, "hong": broken})
    shelf = shelves["vi"].pk
    assert browser.get(reverse("content:new")).status_code == 200
    for address in (reverse("content:new_from", args=(shelf, "hong")), f"/admin/items/new/{shelf}/pictures/hong.png"):
        assert browser.get(address).status_code in (200, 202, 404)
    assert browser.get(reverse("content:new_from", args=(shelf, "tam-dung-thong-quan"))).status_code == 200


def test_every_template_can_be_drawn_and_read(shelves, cluster, tmp_path):
    for start in starts_of(shelves["vi"].province):
        item, wanted = _wanted(shelves["vi"], start)
        made = draw(item, wanted, DraftStore(tmp_path / start.code))
        assert min(one["score"] for one in made["legibility"]) >= 60, start.code
        assert sample_words(ItemPage.body.field.to_python(start.body)), start.code


def test_the_page_offers_an_empty_item_templates_and_own_items(browser, shelves, make_item, contributor):
    page = make_item("Chợ nổi Long Xuyên", by=contributor)
    shown = told(browser.get(reverse("content:new")))
    shelf = shelves["vi"].pk
    assert reverse("wagtailadmin_pages:add", args=("content", "itempage", shelf)) in shown
    assert reverse("content:new_from", args=(shelf, "tam-dung-thong-quan")) in shown
    assert reverse("content:new_like", args=(shelf, page.pk)) in shown
    assert "Chợ nổi" not in told(browser.get(reverse("content:new"), {"q": "thác"}))


def test_the_page_asks_as_much_for_many_items_as_for_few(
    browser, make_item, contributor, draw_waiting, django_assert_max_num_queries
):
    for number in range(3):
        draw_waiting(make_item(f"Tin {number}", by=contributor))
    browser.get(reverse("content:new"))
    with django_assert_max_num_queries(40):
        browser.get(reverse("content:new"))


def test_a_template_opens_the_form_filled_and_saves_nothing(browser, shelves):
    shown = told(browser.get(reverse("content:new_from", args=(shelves["vi"].pk, "tam-dung-thong-quan"))))
    assert "T\\u1ea1m d\\u1eebng th\\u00f4ng quan" in shown or "Tạm dừng thông quan" in shown
    assert f'action="{reverse("wagtailadmin_pages:add", args=("content", "itempage", shelves["vi"].pk))}"' in shown
    assert not ItemPage.objects.exists()


def test_an_own_item_is_a_base_without_its_dates(browser, shelves, make_item, contributor, cluster):
    page = make_item("Đua bò", by=contributor, valid_until="2027-01-01", kind="culture")
    page.destinations = [cluster]
    page.tags.add("lễ hội")
    page.save_revision(user=contributor)
    shown = told(browser.get(reverse("content:new_like", args=(shelves["vi"].pk, page.pk))))
    assert "Đua bò (" in shown
    assert "lễ hội" in shown
    assert "2027" not in shown.partition('name="valid_until"')[2][:120]
    assert ItemPage.objects.count() == 1


def test_sample_words_stay_in_a_draft_but_are_not_submitted(browser, shelves, save_draft):
    cards = [("title", {"kicker": "", "title": "Tạm dừng từ [giờ, ngày]"})]
    assert save_draft(browser, "Tạm dừng", cards).status_code == 302
    page = ItemPage.objects.get()
    address = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    refused = browser.post(address, item_post("Tạm dừng", cards) | {"action-submit": "1"})
    assert refused.status_code == 200
    assert not ItemPage.objects.get().workflow_in_progress
    replaced = [("title", {"kicker": "", "title": "Tạm dừng từ 7 giờ ngày 5/2"})]
    assert browser.post(address, item_post("Tạm dừng", replaced) | {"action-submit": "1"}).status_code == 302
    assert ItemPage.objects.get().workflow_in_progress


def test_sample_words_are_refused_on_every_other_way_to_submit(make_item, contributor):
    from cms.approval.workflow import NotSubmitted, submit

    page = make_item(by=contributor, cards=[{"type": "title", "value": {"kicker": "", "title": "Hẹn [ngày]"}}])
    with pytest.raises(NotSubmitted, match=r"\[ngày\]"):
        submit(page, by=contributor)


def test_the_picture_of_a_template_is_drawn_once(browser, shelves):
    address = reverse("content:new_picture", args=(shelves["vi"].pk, "le-tet-ky-niem"))
    queue = django_rq.get_queue("render")
    assert [browser.get(address).status_code for _ in range(2)] == [202, 202]
    assert queue.count == 1
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    assert browser.get(address)["Content-Type"] == "image/png"
    assert queue.count == 0


def test_people_of_another_province_start_nothing_here(browser, shelves, make_item, contributor, outsider, client_for):
    page, shelf = make_item(by=contributor), shelves["vi"].pk
    theirs = client_for(outsider)
    for address in (
        reverse("content:new_from", args=(shelf, "gio-lam-viec")),
        reverse("content:new_like", args=(shelf, page.pk)),
        reverse("content:new_picture", args=(shelf, "gio-lam-viec")),
    ):
        assert theirs.get(address).status_code == 404, address


def test_an_item_of_another_shelf_is_no_base(browser, shelves, make_item, contributor):
    english = make_item("Opening hours", by=contributor, language="en")
    assert browser.get(reverse("content:new_like", args=(shelves["vi"].pk, english.pk))).status_code == 404


def test_an_approver_who_writes_nothing_is_offered_nothing(shelves, operator, client_for):
    assert client_for(operator).get(reverse("content:new")).status_code == 404


def test_without_a_cluster_templates_have_no_picture(shelves, contributor, client_for, redis_server):
    address = reverse("content:new_picture", args=(shelves["vi"].pk, "gio-lam-viec"))
    assert clusters_of(shelves["vi"].province) == []
    assert client_for(contributor).get(address).status_code == 404


def test_a_draft_of_a_template_is_drawn_for_the_clusters_own_mode(shelves, cluster):
    cluster.mode = "span"
    assert target(shelves["vi"].province, cluster).span
    item, _wanted_target = _wanted(shelves["vi"], starts_of(shelves["vi"].province)[0])
    assert without_clips(item) == item
