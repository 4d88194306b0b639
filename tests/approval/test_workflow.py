"""From a contributor's draft to an approval, through Wagtail's workflow."""

from __future__ import annotations

import pytest
from wagtail.models import TaskState

from cms.accounts.models import AuditEntry
from cms.approval.models import Approval
from cms.approval.services import ApprovalRefused, approve, refusal
from cms.content.board import board_of
from cms.content.proofs import jobs_for, request_proofs
from tests.conftest import make_user
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db


def codes(page) -> list[str]:
    """The checklist of the step that an item waits at."""
    return [one.code for one in page.current_workflow_task.checklist]


def test_an_item_is_appraised_then_approved_with_its_proofs(
    submitted, appraiser, approver, contributor, decide, province
):
    page = submitted()
    decide(appraiser, page, "approve")
    decide(approver, page, "approve", confirmed="on", document="12/CV-SVHTTDL")
    approval = Approval.objects.get()
    assert (approval.item, approval.province, approval.document) == (page.item_id, province, "12/CV-SVHTTDL")
    assert (approval.approved_by, approval.submitted_by) == (approver, contributor)
    page.refresh_from_db()
    jobs = jobs_for(page, page.latest_revision)
    kept = approval.approved_proofs.values_list("proof", "geometry", "theme", "span")
    assert sorted(kept) == sorted((job.proof_id, job.geometry, job.theme, job.span) for job in jobs)
    assert page.live, "publishing is a by-product"
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"item.submit", "appraisal.pass", "approval.approve"} <= actions


def test_nobody_approves_without_looking(submitted, appraiser, approver, decide):
    page = submitted()
    decide(appraiser, page, "approve")
    decide(approver, page, "approve")
    assert not Approval.objects.exists()


def test_approval_waits_for_the_proofs_and_names_what_is_missing(submitted, appraiser, approver, decide, draw_waiting):
    page = submitted(drawn=False)
    decide(appraiser, page, "approve")
    told = decide(approver, page, "approve", confirmed="on")
    assert "Tịnh Biên" in told.content.decode()
    assert not Approval.objects.exists()
    draw_waiting(page)
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.exists()


def test_whoever_submitted_cannot_approve_not_even_an_administrator(
    cluster, make_item, administrator, appraiser, decide, draw_waiting, client_for
):
    page = make_item(by=administrator)
    draw_waiting(page)
    client_for(administrator).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    decide(administrator, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_state.current_task_state.task.specific.__class__.__name__ == "AppraisalTask"
    decide(appraiser, page, "approve")
    decide(administrator, page, "approve", confirmed="on")
    assert not Approval.objects.exists()


def test_whoever_edited_last_cannot_approve(
    cluster, make_item, approver, contributor, province, draw_waiting, appraiser
):
    page = make_item(by=approver)
    draw_waiting(page)
    with pytest.raises(ApprovalRefused):
        approve(
            page, page.latest_revision, province=province, by=approver, submitted_by=contributor, appraised_by=appraiser
        )
    assert not Approval.objects.exists()


def test_whoever_appraised_cannot_approve_with_both_roles_either(submitted, approver, province, decide):
    both = make_user("both", "an_giang", "appraiser", "approver")
    page = submitted()
    decide(both, page, "approve")
    told = decide(both, page, "approve", confirmed="on").content.decode()
    assert "không được phê duyệt chính tin đó" in told
    assert not Approval.objects.exists()
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.get().approved_by == approver
    assert AuditEntry.objects.get(action="approval.approve").data["appraised_by"] == str(both)


def test_an_appraiser_who_edited_last_can_only_return_it(
    submitted, appraiser, approver, decide, draw_waiting, client_for
):
    page = submitted()
    edited = page.get_latest_revision_as_object()
    edited.title = "Giờ mở cửa mới"
    edited.save_revision(user=appraiser)
    page.refresh_from_db()
    draw_waiting(page)
    shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "người thẩm định khác" in shown
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "AppraisalTask"
    decide(make_user("second", "an_giang", "appraiser"), page, "approve")
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.get().title == "Giờ mở cửa mới"


def test_a_draft_that_was_saved_during_appraisal_is_passed_on_only_by_who_saw_it(
    submitted, appraiser, editor, approver, decide, draw_waiting, client_for
):
    page = submitted()
    state = page.current_workflow_state.current_task_state
    edited = page.get_latest_revision_as_object()
    edited.title = "Giờ mở cửa mới"
    edited.save_revision(user=editor)
    page.refresh_from_db()
    draw_waiting(page)
    address = f"/admin/pages/workflow/action/{page.pk}/approve/{state.pk}/"
    client_for(appraiser).post(address, {"comment": "", "checks": codes(page)})
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "AppraisalTask"
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "ApprovalTask"
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.get().revision == page.latest_revision_id


def test_what_an_approver_returned_is_appraised_again_once_it_was_edited(
    submitted, contributor, appraiser, approver, decide, draw_waiting, client_for
):
    page = submitted()
    decide(appraiser, page, "approve")
    decide(approver, page, "reject", comment="Sửa giờ mở cửa.")
    page.refresh_from_db()
    edited = page.get_latest_revision_as_object()
    edited.title = "Giờ mở cửa mới"
    edited.save_revision(user=contributor)
    page.refresh_from_db()
    draw_waiting(page)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "AppraisalTask"
    decide(approver, page, "approve", confirmed="on")
    assert not Approval.objects.exists()
    decide(appraiser, page, "approve")
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.get().title == "Giờ mở cửa mới"


def test_what_an_approver_returned_by_mistake_goes_back_to_approval_unedited(
    submitted, contributor, appraiser, approver, decide, client_for
):
    page = submitted()
    decide(appraiser, page, "approve")
    decide(approver, page, "reject", comment="Nhầm.")
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.exists()


def test_nothing_is_approved_that_was_not_appraised_even_if_the_workflow_lost_its_step(
    submitted, approver, administrator, decide, province
):
    page = submitted()
    workflow = page.get_workflow()
    workflow.workflow_tasks.order_by("sort_order").first().delete()
    page.current_workflow_state.cancel(user=administrator)
    page.refresh_from_db()
    workflow.start(page, make_user("another", "an_giang", "contributor"))
    told = decide(approver, page, "approve", confirmed="on").content.decode()
    assert "chưa được người không soạn nó thẩm định" in told
    assert not Approval.objects.exists()


def test_an_appraisal_of_an_older_version_or_by_its_writer_does_not_count(
    cluster, make_item, contributor, approver, appraiser, province, draw_waiting
):
    page = make_item(by=contributor)
    draw_waiting(page)
    for who in (None, contributor):
        with pytest.raises(ApprovalRefused):
            approve(
                page, page.latest_revision, province=province, by=approver, submitted_by=contributor, appraised_by=who
            )  # fmt: skip


@pytest.mark.parametrize("role", ["contributor", "editor", "appraiser", "operator"])
def test_only_approvers_approve(cluster, make_item, editor, province, draw_waiting, role, appraiser):
    page = make_item(by=editor)
    draw_waiting(page)
    person = make_user(f"another-{role}", "an_giang", role)
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=province, by=person, submitted_by=editor, appraised_by=appraiser)


def test_an_approver_of_another_province_cannot(submitted, appraiser, outsider, decide):
    page = submitted()
    decide(appraiser, page, "approve")
    assert decide(outsider, page, "approve", confirmed="on").status_code == 404
    assert not Approval.objects.exists()


def test_wagtails_own_workflow_address_keeps_the_rules(submitted, appraiser, approver, decide, client_for):
    page = submitted(drawn=False)
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    state = page.current_workflow_state.current_task_state
    address = f"/admin/pages/workflow/action/{page.pk}/approve/{state.pk}/"
    client_for(approver).post(address, {"confirmed": "on", "document": "", "comment": "", "checks": codes(page)})
    assert not Approval.objects.exists()


def test_wagtails_own_workflow_address_approves(submitted, appraiser, approver, decide, client_for):
    page = submitted()
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    state = page.current_workflow_state.current_task_state
    address = f"/admin/pages/workflow/action/{page.pk}/approve/{state.pk}/"
    modal = client_for(approver).get(address, headers={"X-Requested-With": "XMLHttpRequest"})
    assert f"/admin/proofs/{jobs_for(page, page.latest_revision)[0].pk}/0/a.png" in modal.json()["html"]
    seen = board_of(page, approver).seen
    assert f'name="seen" form="bt-decision" value="{seen}"' in modal.json()["html"]
    assert 'id="bt-decision"' in modal.json()["html"]
    data = {"confirmed": "on", "document": "7/QĐ", "comment": "", "seen": seen}
    client_for(approver).post(address, data)
    assert not Approval.objects.exists(), "the checklist is not ticked"
    client_for(approver).post(address, {**data, "checks": codes(page)})
    assert Approval.objects.get().document == "7/QĐ"


def test_pictures_that_were_drawn_after_the_approver_looked_are_not_approved(
    submitted, appraiser, approver, cluster, decide, draw_waiting
):
    page = submitted()
    decide(appraiser, page, "approve")
    looked_at = board_of(page, approver).seen
    cluster.faces.filter(letter="b").update(width=300)
    request_proofs(page, page.latest_revision)
    draw_waiting(page)
    decide(approver, page, "approve", confirmed="on", seen=looked_at)
    assert not Approval.objects.exists()
    decide(approver, page, "approve", confirmed="on")
    assert Approval.objects.exists()


def test_of_two_decisions_at_once_the_first_counts(submitted, appraiser, approver, decide):
    page = submitted()
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    state = page.current_workflow_state.current_task_state
    task = state.task.specific
    late = TaskState.objects.get(pk=state.pk)  # read before the other one decided
    decide(approver, page, "approve", confirmed="on")
    with pytest.raises(ApprovalRefused):
        task.on_action(late, make_user("second", "an_giang", "approver"), "reject", comment="Không")
    assert Approval.objects.filter(revoked_at=None).count() == 1
    assert TaskState.objects.get(pk=state.pk).status == TaskState.STATUS_APPROVED


def test_returned_with_a_word_and_submitted_again(submitted, appraiser, contributor, decide, client_for):
    page = submitted()
    decide(appraiser, page, "reject")
    page.refresh_from_db()
    assert page.workflow_in_progress, "a return needs a word"
    decide(appraiser, page, "reject", comment="Sửa giờ mở cửa.")
    told = client_for(contributor).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "Sửa giờ mở cửa." in told
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page.refresh_from_db()
    assert page.workflow_in_progress


def test_nobody_edits_what_is_being_approved(submitted, appraiser, contributor, decide, client_for):
    page = submitted()
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    before = page.latest_revision_id
    post = item_post("Khác", [("title", {"kicker": "", "title": "Khác"})])
    client_for(contributor).post(f"/admin/pages/{page.pk}/edit/", post)
    page.refresh_from_db()
    assert page.latest_revision_id == before


def test_a_form_of_an_older_draft_is_refused(submitted, appraiser, approver, decide, client_for):
    page = submitted()
    decide(appraiser, page, "approve")
    client_for(approver).post(
        f"/admin/items/{page.pk}/review/", {"action": "approve", "revision": "1234567", "confirmed": "on"}
    )
    assert not Approval.objects.exists()


def test_an_unapproved_edit_changes_nothing(
    cluster, make_item, contributor, approver, province, draw_waiting, appraiser
):
    page = make_item(by=contributor)
    draw_waiting(page)
    first = approve(
        page, page.latest_revision, province=province, by=approver, submitted_by=contributor, appraised_by=appraiser
    )
    page.body[0].value["title"] = "Giờ mới"
    newer = page.save_revision(user=contributor)
    draw_waiting(page)
    assert list(Approval.objects.filter(revoked_at=None)) == [first]
    second = approve(page, newer, province=province, by=approver, submitted_by=contributor, appraised_by=appraiser)
    assert list(Approval.objects.filter(revoked_at=None)) == [second]
    assert set(first.proofs.all()).isdisjoint(second.proofs.all())


def test_the_older_draft_can_no_longer_be_approved(cluster, make_item, contributor, approver, province, draw_waiting):
    page = make_item(by=contributor)
    draw_waiting(page)
    older = page.latest_revision
    page.save_revision(user=contributor)
    page.refresh_from_db()
    assert refusal(page, older, province=province, by=approver, submitted_by=contributor) is not None


def test_the_approved_dates_stay_when_a_draft_changes_them(
    cluster, make_item, contributor, approver, province, draw_waiting, appraiser
):
    page = make_item(by=contributor, valid_until="2027-06-30")
    draw_waiting(page)
    approval = approve(
        page, page.latest_revision, province=province, by=approver, submitted_by=contributor, appraised_by=appraiser
    )
    page.valid_until = None
    page.save_revision(user=contributor).publish(skip_permission_checks=True)
    approval.refresh_from_db()
    assert str(approval.valid_until) == "2027-06-30"


def test_a_step_is_decided_on_our_page_and_not_from_the_form(submitted, appraiser, client_for):
    """Wagtail's buttons would save the form, then take a decision about what nobody has looked at."""
    page = submitted()
    form = client_for(appraiser).get(f"/admin/pages/{page.pk}/edit/")
    names = [one.name for one in form.context["action_menu"].menu_items]
    assert "look-and-decide" in names
    assert not {"approve", "reject"} & set(names)
    assert form.context["action_menu"].default_item.name not in ("approve", "reject")
