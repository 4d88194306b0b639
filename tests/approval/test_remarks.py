"""Remarks beside a proof: who writes, who answers, who sees."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.accounts.models import AuditEntry
from cms.approval.remarks import Remark, open_counts, within
from cms.approval.versions import pictures_of, remark_board
from cms.content.board import board_of
from tests.approval.reviewing import FETCH
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(client_for):
    """`act(user, remark, "done")`: press a button of a remark."""

    def press(user, remark, action, text=""):
        address = reverse("approval:remark", args=(remark.pk,))
        return client_for(user).post(address, {"action": action, "text": text}, headers=FETCH)

    return press


def test_an_appraiser_points_at_a_place_and_the_remark_keeps_it(submitted, appraiser, say):
    page = submitted()
    told = say(appraiser, page, place="own", rect="16,24,100,40")
    remark = Remark.objects.get()
    assert (remark.scene, remark.face, remark.rect) == (1, "a", [16, 24, 100, 40])
    assert remark.revision_id == page.latest_revision_id
    assert remark.proof_id in board_of(page, appraiser).seen
    assert "Sửa giờ mở cửa." in told.content.decode()
    assert "Đã ghi góp ý" in told.content.decode()
    entry = AuditEntry.objects.get(action="remark.write")
    assert (entry.user, entry.province, entry.data["rect"]) == (appraiser, "an_giang", [16, 24, 100, 40])


def test_a_part_of_the_face_is_chosen_without_a_mouse(submitted, appraiser, say):
    page = submitted()
    say(appraiser, page, place="top")
    assert Remark.objects.get().rect == [0, 0, 256, 65]


@pytest.mark.parametrize(
    ("rect", "kept"),
    [((-5, -5, 20, 20), [0, 0, 15, 15]), ((250, 180, 50, 50), [250, 180, 6, 12]), ((400, 0, 9, 9), [0, 0, 256, 192])],
)
def test_a_rectangle_stays_on_its_face(rect, kept):
    assert within(rect, 256, 192) == kept


def test_an_empty_remark_or_one_on_no_picture_is_refused_in_words(submitted, appraiser, say):
    page = submitted()
    assert say(appraiser, page, "  ").status_code == 400
    assert "Hãy viết" in say(appraiser, page, "  ").content.decode()
    assert say(appraiser, page, picture="999999-0-a").status_code == 400
    assert not Remark.objects.exists()


def test_without_a_script_nothing_typed_is_lost(submitted, appraiser, client_for):
    page = submitted()
    data = {"picture": "999999-0-a", "place": "all", "text": "Sửa giờ mở cửa."}
    told = client_for(appraiser).post(reverse("approval:remarks", args=(page.pk,)), data, follow=True)
    assert "Sửa giờ mở cửa." in told.content.decode()


def test_the_editor_sees_it_beside_the_form_answers_and_marks_it_done(
    submitted, appraiser, contributor, say, act, client_for
):
    page = submitted()
    say(appraiser, page)
    remark = Remark.objects.get()
    beside = client_for(contributor).get(reverse("approval:remarks", args=(page.pk,)) + "?edit").content.decode()
    assert "Sửa giờ mở cửa." in beside
    assert 'name="picture"' not in beside
    told = act(contributor, remark, "done", "Đã sửa thành 8 giờ.").content.decode()
    assert "Đã sửa thành 8 giờ." in told
    remark.refresh_from_db()
    assert remark.done_by == contributor
    assert [one.text for one in remark.answers.all()] == ["Đã sửa thành 8 giờ."]
    act(appraiser, remark, "reopen")
    remark.refresh_from_db()
    assert remark.done_at is None
    actions = list(
        AuditEntry.objects.filter(action__startswith="remark.").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["remark.write", "remark.answer", "remark.done", "remark.reopen"]


def test_open_remarks_are_counted_and_listed_with_what_was_returned(
    submitted, appraiser, contributor, decide, say, act, client_for
):
    page = submitted()
    say(appraiser, page, "Sửa giờ.")
    say(appraiser, page, "Ảnh mờ.")
    act(contributor, Remark.objects.first(), "done")
    decide(appraiser, page, "reject", comment="Xem các góp ý.")
    shown = client_for(contributor).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "1 chưa xong trên tổng số 2" in shown
    assert open_counts([page])[page.pk] == 1
    form = client_for(contributor).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "1 góp ý chưa xong" in form
    assert "Ảnh mờ." in form
    assert f"/admin/items/{page.pk}/review/#remarks-{page.pk}" in form


def test_a_remark_outlives_the_draft_it_was_written_on(
    submitted, appraiser, editor, decide, say, draw_waiting, client_for
):
    page = submitted()
    say(appraiser, page)
    draft = page.get_latest_revision_as_object()
    draft.body[1].value["text"] = "Cửa khẩu đóng cửa."
    draft.save_revision(user=editor)
    draw_waiting(page)
    remark = Remark.objects.get()
    (said,) = remark_board(page, appraiser, board_of(page, appraiser)).said
    shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "về bản nháp trước" in shown
    picture = client_for(appraiser).get(reverse("approval:remark_picture", args=(remark.pk,)))
    assert picture["Content-Type"] == "image/png"
    assert said.remark == remark


def test_a_picture_of_an_older_draft_cannot_be_remarked_on(submitted, appraiser, editor, say, draw_waiting):
    page = submitted()
    old = pictures_of(board_of(page, appraiser))[0].value
    page.get_latest_revision_as_object().save_revision(user=editor)
    draw_waiting(page)
    assert say(appraiser, page, picture=old).status_code == 400
    assert not Remark.objects.exists()


@pytest.mark.parametrize("role", ["contributor", "operator", "translator"])
def test_only_reviewers_write_remarks(submitted, say, role):
    page = submitted()
    told = say(make_user(f"another-{role}", "an_giang", role), page)
    assert told.status_code == 400
    assert not Remark.objects.exists()


def test_people_of_another_province_learn_nothing(submitted, appraiser, outsider, say, act, client_for):
    page = submitted()
    say(appraiser, page)
    remark = Remark.objects.get()
    assert say(outsider, page, picture="1-0-a").status_code == 404
    assert act(outsider, remark, "done").status_code == 404
    assert client_for(outsider).get(reverse("approval:remark_picture", args=(remark.pk,))).status_code == 404
    remark.refresh_from_db()
    assert remark.done_at is None


def test_a_national_item_is_looked_at_by_all_and_remarked_on_by_its_own(submitted, province, outsider, say):
    page = submitted()
    province.national = True
    province.save()
    assert say(outsider, page).status_code == 400
    assert not Remark.objects.exists()


def test_twenty_remarks_cost_no_more_queries_than_one(submitted, appraiser, say, django_assert_max_num_queries):
    page = submitted()
    for number in range(20):
        say(appraiser, page, f"Góp ý {number}")
    board = board_of(page, appraiser)
    with django_assert_max_num_queries(6):
        found = remark_board(page, appraiser, board)
        assert [list(one.remark.answers.all()) for one in found.said] == [[]] * 20
        assert {one.remark.author for one in found.said} == {appraiser}
