"""National items air in a province only after the province's own approval."""

from __future__ import annotations

import pytest

from cms.approval.models import Approval
from cms.approval.services import ApprovalRefused, approve, ensure_workflow
from cms.content.board import board_of
from cms.content.models import ItemPage
from cms.content.services import ensure_tree
from cms.places.models import Province
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def national_item(cluster, draw_waiting):
    """An item of the Ministry's level, drawn; its writer and its approver."""
    home = Province.objects.create(
        code="national", name="Trung ương", languages=["vi"], theme="national", national=True
    )
    shelf = ensure_tree(home)["vi"]
    ensure_workflow(home)
    writer, chief = make_user("writer", "national", "contributor"), make_user("chief", "national", "approver")
    page = ItemPage(title="Chủ quyền", locale=shelf.locale, live=False, owner=writer)
    page.body = ItemPage.body.field.to_python([{"type": "title", "value": {"kicker": "", "title": "Chủ quyền"}}])
    shelf.add_child(instance=page)
    page.save_revision(user=writer)
    draw_waiting(page)
    return page, home, writer, chief


def test_the_province_approves_after_the_national_level(national_item, province, approver, client_for):
    page, home, writer, chief = national_item
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=province, by=approver, submitted_by=writer)
    approve(page, page.latest_revision, province=home, by=chief, submitted_by=writer)
    browser = client_for(approver)
    assert "Chủ quyền" in browser.get("/admin/national-items/").content.decode()
    browser.post(
        "/admin/national-items/",
        {
            "page": page.pk,
            "province": province.pk,
            "revision": page.latest_revision_id,
            "seen": board_of(page, approver).seen,
            "confirmed": "on",
        },
    )
    assert Approval.objects.filter(province=province, revoked_at=None).count() == 1
    assert "Chủ quyền" not in browser.get("/admin/national-items/").content.decode()


def test_others_do_not_see_the_list(national_item, contributor, client_for):
    assert client_for(contributor).get("/admin/national-items/").status_code == 302


def test_a_provinces_item_is_not_for_another_province(
    cluster, make_item, contributor, outsider, other_province, draw_waiting
):
    page = make_item(by=contributor)
    draw_waiting(page)
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=other_province, by=outsider, submitted_by=contributor)
