"""An administrator's exception to four eyes: on purpose, with a reason, loud, and only about the persons."""

from __future__ import annotations

import pytest
from wagtail.models import WorkflowState

from cms.accounts.models import AuditEntry
from cms.approval.models import Approval, Decision
from cms.content.board import board_of
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

WHY = "Bão vào đêm nay, người phê duyệt không liên lạc được."


@pytest.fixture
def press(client_for):
    """`press(user, page, reason=…)`: send the form of the exception."""

    def send(user, page, **fields):
        page.refresh_from_db()
        data = {
            "revision": page.latest_revision_id,
            "seen": board_of(page, user).seen,
            "reason": WHY,
            "confirmation": "ngoại lệ",
            **fields,
        }
        return client_for(user).post(f"/admin/items/{page.pk}/exception/", data, follow=True)

    return send


@pytest.fixture
def own_item(cluster, make_item, administrator, draw_waiting, client_for):
    """The administrator's own item, submitted by the administrator."""
    page = make_item("Tránh bão", by=administrator)
    draw_waiting(page)
    client_for(administrator).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page.refresh_from_db()
    return page


def test_it_is_marked_audited_and_told_to_every_administrator(
    own_item, administrator, press, client_for, mailoutbox, django_capture_on_commit_callbacks
):
    second = make_user("second", is_superuser=True)
    of_province = make_user("of-province", "an_giang", "administrator")
    make_user("of-elsewhere", "cao_bang", "administrator")
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        press(administrator, own_item)
    approval = Approval.objects.get()
    assert (approval.exceptional, approval.approved_by, approval.comment) == (True, administrator, WHY)
    assert approval.decision.kind == Decision.Kind.EXCEPTION
    entry = AuditEntry.objects.get(action="approval.exception")
    assert (entry.reason, entry.user) == (WHY, administrator)
    told = [one for one in mailoutbox if "ngoại lệ" in one.subject]
    assert {one.to[0] for one in told} == {administrator.email, second.email, of_province.email}
    assert all(WHY in one.body for one in told)
    shown = client_for(administrator).get(f"/admin/items/{own_item.pk}/review/").content.decode()
    assert "▲ Phê duyệt ngoại lệ" in shown
    assert WHY in shown
    assert own_item.workflow_states.get().status == WorkflowState.STATUS_CANCELLED
    own_item.refresh_from_db()
    assert own_item.live


@pytest.mark.parametrize(
    "fields", [{"reason": "Gấp"}, {"reason": " " * 40}, {"confirmation": ""}, {"confirmation": "đồng ý"}, {"seen": ""}]
)
def test_without_a_reason_the_typed_word_and_a_look_nothing_happens(own_item, administrator, press, fields):
    press(administrator, own_item, **fields)
    assert not Approval.objects.exists()


def test_only_administrators_of_the_instance_make_exceptions(own_item, approver, province, press):
    chief = make_user("chief", "an_giang", "administrator", "approver")
    for person in (approver, chief):
        press(person, own_item)
    assert not Approval.objects.exists()


def test_the_ordinary_button_stays_closed_to_them(own_item, administrator, appraiser, decide):
    decide(administrator, own_item, "approve", confirmed="on")
    decide(appraiser, own_item, "approve")
    decide(administrator, own_item, "approve", confirmed="on")
    assert not Approval.objects.exists()


def test_where_the_ordinary_way_is_open_there_is_no_exception(submitted, appraiser, administrator, decide, press):
    page = submitted()
    decide(appraiser, page, "approve")
    told = press(administrator, page).content.decode()
    assert "không cần ngoại lệ" in told
    assert not Approval.objects.exists()


def test_proofs_are_asked_for_as_always(cluster, make_item, administrator, press, client_for):
    page = make_item("Chưa vẽ", by=administrator)
    told = press(administrator, page).content.decode()
    assert "Tịnh Biên" in told
    assert not Approval.objects.exists()
    shown = client_for(administrator).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "phê duyệt ngoại lệ" not in shown


def test_the_page_offers_it_only_where_it_helps(own_item, administrator, appraiser, client_for):
    address = f"/admin/items/{own_item.pk}/review/"
    assert "phê duyệt ngoại lệ" in client_for(administrator).get(address).content.decode()
    assert "phê duyệt ngoại lệ" not in client_for(appraiser).get(address).content.decode()


def test_a_person_of_another_province_finds_no_such_page(own_item, outsider, client_for):
    assert client_for(outsider).get(f"/admin/items/{own_item.pk}/exception/").status_code == 404
