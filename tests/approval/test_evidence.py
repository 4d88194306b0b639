"""What a decision leaves behind: ticks, documents, files, hashes, what directed it; and what it is refused without."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.accounts.models import AuditEntry
from cms.approval.decisions import PrivateStorage
from cms.approval.models import Approval, Decision
from cms.archive.snapshot import FOLDERS
from cms.content.models import ItemPage
from cms.content.proofs import jobs_for
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def private_data(settings, tmp_path):
    settings.DATA = tmp_path


def document(name: str = "quyet-dinh.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def step(page) -> str:
    page.refresh_from_db()
    return page.current_workflow_task.__class__.__name__


@pytest.fixture
def sudden(submitted, make_item, contributor, draw_waiting, client_for):
    """A sudden item, sent for appraisal."""
    page = make_item("Cấm đường do mưa lũ", by=contributor, sudden=True)
    draw_waiting(page)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page.refresh_from_db()
    return page


def test_a_decision_is_kept_with_everything_that_it_was_about(submitted, appraiser, approver, decide, contributor):
    page = submitted()
    decide(appraiser, page, "approve", comment="Đã đối chiếu.")
    decide(
        approver, page, "approve", confirmed="on", document="12/QĐ-SVHTTDL", document_date="2026-11-20", file=document()
    )  # fmt: skip
    sent, appraised, approved = Decision.objects.order_by("id")
    assert (sent.kind, sent.by) == (Decision.Kind.SUBMISSION, contributor)
    assert (appraised.kind, appraised.step, appraised.comment) == ("appraisal", "tham-dinh", "Đã đối chiếu.")
    assert {one["code"] for one in appraised.checklist} == {"hoan-chinh", "phap-luat", "phu-hop", "ngon-ngu"}
    assert all(one["clause"].startswith("AG 7") for one in appraised.checklist)
    page.refresh_from_db()
    hashes = sorted(job.proof_id for job in jobs_for(page, page.latest_revision))
    assert appraised.proofs == approved.proofs == hashes
    assert (approved.document, approved.document_date) == ("12/QĐ-SVHTTDL", date(2026, 11, 20))
    assert approved.file_sha256 == hashlib.sha256(PDF).hexdigest()
    assert approved.approval == Approval.objects.get()
    entry = AuditEntry.objects.get(action="approval.approve")
    assert (entry.data["file"], entry.data["step"]) == (approved.file_sha256, "phe-duyet")


def test_nothing_goes_on_before_every_line_is_ticked(submitted, appraiser, decide):
    page = submitted()
    told = decide(appraiser, page, "approve", checks=["phap-luat"], comment="Gõ rồi").content.decode()
    assert "Đã hoàn" not in told
    assert "Phù hợp để đăng" in told
    assert "Gõ rồi" in told, "what was typed stays"
    assert step(page) == "AppraisalTask"


def test_the_checklist_holds_for_a_request_that_passes_the_forms_by(submitted, appraiser):
    from cms.approval.services import ApprovalRefused

    page = submitted()
    state = page.current_workflow_state.current_task_state
    with pytest.raises(ApprovalRefused):
        state.task.specific.on_action(state, appraiser, "approve", checks=["phap-luat"], file="/etc/passwd")
    assert step(page) == "AppraisalTask"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("quyet-dinh.exe", PDF, "Hãy chọn tệp PDF"),
        ("quyet-dinh.pdf", b"MZ\x90\x00", "không đúng với đuôi tệp"),
        ("anh.png", b"<svg onload=alert(1)>", "không đúng với đuôi tệp"),
    ],
)
def test_a_file_that_is_no_document_is_refused(submitted, appraiser, decide, name, content, says, approver):
    page = submitted()
    decide(appraiser, page, "approve")
    told = decide(approver, page, "approve", confirmed="on", document="1/QĐ", file=document(name, content))
    assert says in told.content.decode()
    assert "1/QĐ" in told.content.decode(), "what was typed stays"
    assert not Approval.objects.exists()


def test_a_file_that_is_too_large_is_refused(submitted, appraiser, approver, decide, monkeypatch):
    monkeypatch.setattr("cms.approval.evidence.MAX_BYTES", 16)
    page = submitted()
    decide(appraiser, page, "approve")
    told = decide(approver, page, "approve", confirmed="on", file=document()).content.decode()
    assert "Hãy chọn tệp nhỏ hơn" in told
    assert not Approval.objects.exists()


def test_the_file_is_for_the_people_of_the_province_and_only_as_a_download(
    submitted, appraiser, approver, operator, outsider, decide, client_for, settings
):
    page = submitted()
    decide(appraiser, page, "approve")
    decide(approver, page, "approve", confirmed="on", file=document())
    decision = Decision.objects.get(kind="approval")
    address = f"/admin/decisions/{decision.pk}/own/"
    answer = client_for(operator).get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="quyet-dinh.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client_for(outsider).get(address).status_code == 404
    assert client_for(operator).get(f"/admin/decisions/{decision.pk}/directing/").status_code == 404
    assert not decision.file.path.startswith(str(settings.MEDIA_ROOT))
    assert "quyet-dinh.pdf" in client_for(operator).get(f"/admin/items/{page.pk}/review/").content.decode()


def test_a_backup_holds_the_files_of_decisions():
    assert Path(PrivateStorage().location).name in FOLDERS


def test_a_sudden_item_takes_the_short_way_and_names_who_directed_it(sudden, appraiser, approver, decide):
    assert sudden.current_workflow_state.workflow.way.code == "dot-xuat"
    told = decide(appraiser, sudden, "approve").content.decode()
    assert "phải có văn bản chỉ đạo" in told
    assert step(sudden) == "AppraisalTask"
    decide(appraiser, sudden, "approve", directing_document="88/CĐ-UBND")
    decide(approver, sudden, "approve", confirmed="on")
    approval = Approval.objects.get()
    assert approval.decision.sudden
    named = Decision.objects.get(kind="appraisal")
    assert (named.directing_document, named.sudden) == ("88/CĐ-UBND", True)
    assert AuditEntry.objects.get(action="appraisal.pass").data["directing_document"] == "88/CĐ-UBND"


def test_the_file_of_the_directing_document_is_enough(sudden, appraiser, approver, decide, client_for):
    decide(appraiser, sudden, "approve", directing_file=document("chi-dao.pdf"))
    shown = client_for(approver).get(f"/admin/items/{sudden.pk}/review/").content.decode()
    assert "theo văn bản chỉ đạo chi-dao.pdf" in shown
    decide(approver, sudden, "approve", confirmed="on")
    assert Approval.objects.exists()


def test_a_sudden_item_is_not_waved_through_past_the_forms(sudden, appraiser):
    from cms.approval.services import ApprovalRefused

    state = sudden.current_workflow_state.current_task_state
    ticked = [one.code for one in state.task.specific.checklist]
    with pytest.raises(ApprovalRefused):
        state.task.specific.on_action(state, appraiser, "approve", checks=ticked)
    assert step(sudden) == "AppraisalTask"


def test_whoever_submits_again_is_a_submitter_too(submitted, appraiser, contributor, editor, decide, client_for):
    both = make_user("both", "an_giang", "editor", "approver")
    page = submitted()
    decide(appraiser, page, "reject", comment="Sửa giờ.")
    client_for(both).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    decide(appraiser, page, "approve")
    assert step(page) == "ApprovalTask"
    decide(both, page, "approve", confirmed="on")
    assert not Approval.objects.exists()
    first, again = Decision.objects.filter(kind=Decision.Kind.SUBMISSION).order_by("id")
    assert (first.by, again.by) == (contributor, both)


def test_a_return_is_on_record_with_its_word(submitted, appraiser, decide):
    page = submitted()
    decide(appraiser, page, "reject", comment="Sửa giờ mở cửa.")
    returned = Decision.objects.get(kind=Decision.Kind.RETURN)
    assert (returned.by, returned.comment) == (appraiser, "Sửa giờ mở cửa.")


def test_a_decision_on_record_is_changed_by_nobody(submitted):
    page = submitted()
    sent = Decision.objects.get()
    sent.comment = "Khác"
    with pytest.raises(ValueError, match="on record"):
        sent.save()
    ItemPage.objects.get(pk=page.pk).delete()
    assert Decision.objects.get().title == "Giờ mở cửa", "it outlives the page"
