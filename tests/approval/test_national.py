"""National items air in a province only after the province's own approval."""

from __future__ import annotations

import pytest

from cms.approval.models import Approval
from cms.approval.services import ApprovalRefused, approve, ensure_workflow
from cms.content.board import board_of
from cms.content.models import ItemPage
from cms.content.services import ensure_tree
from cms.places.models import Cluster, Face, Province
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
    after = browser.get("/admin/national-items/")
    (row,) = after.context["rows"]
    assert not row["waiting"]
    assert [one.province for one in row["current"]] == [province]
    assert "Chủ quyền" in after.content.decode()


def test_others_do_not_see_the_list(national_item, contributor, client_for):
    assert client_for(contributor).get("/admin/national-items/").status_code == 302


def test_a_provinces_item_is_not_for_another_province(
    cluster, make_item, contributor, outsider, other_province, draw_waiting
):
    page = make_item(by=contributor)
    draw_waiting(page)
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=other_province, by=outsider, submitted_by=contributor)


def test_a_cluster_that_joins_later_brings_the_item_back_to_the_approver(
    national_item, cluster, province, approver, client_for
):
    page, home, writer, chief = national_item
    for where, by in ((home, chief), (province, approver)):
        approve(page, page.latest_revision, province=where, by=by, submitted_by=writer)
    browser = client_for(approver)
    assert not browser.get("/admin/national-items/").context["rows"][0]["waiting"]
    later = Cluster.objects.create(slug="later", province=province, name="Cụm mới")
    Face.objects.create(cluster=later, letter="a", width=320, height=192, pitch_mm=5.0, distance_m=15.0)
    (row,) = browser.get("/admin/national-items/").context["rows"]
    assert row["waiting"] == [province]
    assert not row["current"]
