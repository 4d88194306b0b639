"""The ways of a province as its plugin says: which one an item takes, with what steps, and what becomes of one under way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from wagtail.models import WorkflowState

from cms.approval.models import Approval, Decision, Way
from cms.approval.services import ensure_workflow
from cms.approval.workflow import way_for
from cms.content.models import ItemPage
from cms.places.models import Organisation
from cms.plugin_api.types import CheckSpec, StepSpec, Text, WorkflowSpec
from cms.plugin_host import host
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

SEEN = CheckSpec("da-xem", Text("Đã xem", "Seen"), "AG 7.2")


def step(code: str, kind: str = "appraisal", *organisations: str, days: int = 0) -> StepSpec:
    return StepSpec(code, kind, Text(f"Bước {code}", f"Step {code}"), organisations, (SEEN,), days, "AG 7.2")


ORDINARY = WorkflowSpec("so", Text("Của Sở", "The department's"), (step("xem"), step("duyet", "approval")))
TWICE = replace(ORDINARY, steps=(step("xem"), step("xem-lai"), step("duyet", "approval")))
DISTRICT = replace(ORDINARY, code="huyen", sources=("ubnd-huyen",))
SUDDEN = replace(ORDINARY, code="dot-xuat", sudden=True)


@pytest.fixture
def plugin_says(monkeypatch, province):
    """`plugin_says(ORDINARY, DISTRICT)`: from now on the province's plugin has these workflows."""

    def say(*specs: WorkflowSpec) -> None:
        monkeypatch.setattr(host.get_host(), "workflows", lambda code: specs if code == province.code else ())
        ensure_workflow(province)

    return say


@pytest.fixture
def district(province):
    return Organisation.objects.create(province=province, code="ubnd-huyen", name="UBND huyện")


def test_the_bundled_plugins_say_who_appraises_by_which_clause(shelves, province, other_province):
    ensure_workflow(other_province)
    assert [one.code for one in Way.objects.filter(province=province)] == ["so", "dot-xuat"]
    ways = {one.code: one for one in Way.objects.filter(province=other_province)}
    assert ways["dot-xuat"].sudden
    assert ways["trung-khanh"].sources == ["ubnd-trung-khanh"]
    own = ways["trung-khanh"].workflow.tasks.first().specific
    assert own.organisations == ("ubnd-trung-khanh", "ubnd-xa-so-tai")
    assert own.spec["clause"] == "CB 8.6"
    assert any("CB 2.1" in str(one) for one in own.checklist)


def test_a_province_whose_plugin_says_nothing_has_one_appraisal_and_one_approval(shelves, province, plugin_says):
    Way.objects.all().delete()
    plugin_says()
    way = Way.objects.get(province=province)
    kinds = [one.specific.__class__.__name__ for one in way.workflow.tasks]
    assert kinds == ["AppraisalTask", "ApprovalTask"]


def test_the_first_submission_in_a_new_province_finds_its_way(shelves, make_item, editor, client_for, province):
    Way.objects.all().delete()
    province.pages.first().workflowpage.workflow.delete()
    page = make_item(by=editor)
    client_for(editor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page.refresh_from_db()
    assert page.current_workflow_state.workflow.way.code == "so"


def test_the_source_unit_decides_the_way_and_so_does_a_superiors_direction(make_item, editor, plugin_says, district):
    plugin_says(ORDINARY, DISTRICT, SUDDEN)
    code = {
        name: way_for(make_item(name, by=editor, **fields)).code
        for name, fields in {
            "của sở": {},
            "của huyện": {"supplier": district},
            "đột xuất": {"sudden": True},
            "đột xuất của huyện": {"supplier": district, "sudden": True},
        }.items()
    }
    assert code == {"của sở": "so", "của huyện": "huyen", "đột xuất": "dot-xuat", "đột xuất của huyện": "dot-xuat"}


def test_the_latest_draft_counts_not_the_first(make_item, editor, plugin_says, district):
    plugin_says(ORDINARY, DISTRICT)
    page = make_item(by=editor)
    draft = page.get_latest_revision_as_object()
    draft.supplier = district
    draft.save_revision(user=editor)
    page = ItemPage.objects.get(pk=page.pk)
    assert page.get_workflow() == Way.objects.get(code="huyen").workflow
    assert page.has_workflow


def test_a_unit_of_another_province_is_nobodys_source(make_item, editor, plugin_says, other_province):
    plugin_says(ORDINARY, DISTRICT)
    namesake = Organisation.objects.create(province=other_province, code="ubnd-huyen", name="UBND huyện khác")
    assert way_for(make_item(by=editor, supplier=namesake)).code == "so"


def test_a_plugin_that_changes_its_steps_breaks_nothing_under_way(
    submitted, appraiser, approver, plugin_says, decide, make_item, editor, province
):
    plugin_says(ORDINARY)
    page = submitted()
    before = page.current_workflow_state.workflow
    plugin_says(TWICE)
    assert before != Way.objects.get(province=province, code="so", retired_at=None).workflow
    decide(appraiser, page, "approve")
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.get().item == page.item_id, "it ended as it began"
    assert make_item("Tin sau", by=editor).get_workflow().tasks.count() == 3
    ensure_workflow(province)
    assert not before.tasks.filter(active=True).exists(), "nothing is on it any more"


def test_what_comes_back_after_the_steps_changed_goes_the_new_way(
    submitted, appraiser, contributor, plugin_says, decide, client_for
):
    plugin_says(ORDINARY)
    page = submitted()
    decide(appraiser, page, "reject", comment="Sửa giờ.")
    plugin_says(TWICE)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page = ItemPage.objects.get(pk=page.pk)
    assert page.current_workflow_state.workflow.tasks.count() == 3
    assert WorkflowState.objects.filter(status=WorkflowState.STATUS_CANCELLED).count() == 1


def test_a_plugin_that_falls_silent_leaves_what_there_was(shelves, province, plugin_says):
    plugin_says(TWICE)
    plugin_says()
    assert Way.objects.get(province=province, retired_at=None).workflow.tasks.count() == 3


def test_asked_again_nothing_is_made_twice(shelves, province, django_assert_max_num_queries):
    before = set(Way.objects.values_list("pk", "retired_at"))
    with django_assert_max_num_queries(16):
        ensure_workflow(province)
    assert set(Way.objects.values_list("pk", "retired_at")) == before


def test_each_of_two_appraisals_has_its_own_person(submitted, appraiser, approver, plugin_says, decide, draw_waiting):
    plugin_says(TWICE)
    second = make_user("second", "an_giang", "appraiser")
    page = submitted()
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_task.code == "xem-lai"
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_task.code == "xem-lai", "the same person does not appraise twice"
    decide(second, page, "approve")
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.exists()
    said = Decision.objects.filter(kind=Decision.Kind.APPRAISAL).order_by("id").values_list("step", "by__username")
    assert list(said) == [("xem", "appraiser"), ("xem-lai", "second")]


def test_what_was_edited_between_two_appraisals_begins_at_the_first(
    submitted, appraiser, approver, editor, plugin_says, decide, draw_waiting, client_for, contributor
):
    plugin_says(TWICE)
    second = make_user("second", "an_giang", "appraiser")
    page = submitted()
    decide(appraiser, page, "approve")
    decide(second, page, "reject", comment="Sửa giờ.")
    draft = ItemPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.title = "Giờ mở cửa mới"
    draft.save_revision(user=editor)
    draw_waiting(page)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page = ItemPage.objects.get(pk=page.pk)
    assert page.current_workflow_task.code == "xem"


def test_an_item_that_changed_its_source_on_the_way_is_not_approved(
    submitted, appraiser, approver, editor, plugin_says, decide, draw_waiting, district
):
    plugin_says(ORDINARY, DISTRICT)
    page = submitted()
    draft = ItemPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.supplier = district
    draft.save_revision(user=editor)
    draw_waiting(page)
    decide(appraiser, page, "approve")
    told = decide(approver, page, "approve", confirmed="on").content.decode()
    assert "phải theo quy trình khác" in told
    assert not Approval.objects.exists()
