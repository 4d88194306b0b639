"""What a decision is put on record with: its document, what directed it, what was ticked; and the record itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState, WorkflowState

from cms import clock
from cms.approval.decisions import Decision
from cms.approval.powers import Taker
from cms.approval.steps import StepTask, Way
from cms.content.models import ItemPage
from cms.places.models import Province

MAX_BYTES = 20 * 1024 * 1024
BEGINNINGS = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
}
TYPES = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def check_file(file: UploadedFile[Any]) -> None:
    """Raises `ValidationError` unless a document's file is a PDF, PNG or JPEG by its name and its first bytes, and not too large."""
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in BEGINNINGS:
        raise ValidationError(_("Choose a PDF file, or a photograph (JPEG, PNG) of the document."))
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)s; at most %(most)s are kept. Choose a smaller one.")
            % {"size": filesizeformat(file.size or 0), "most": filesizeformat(MAX_BYTES)}
        )
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    if not start.startswith(BEGINNINGS[suffix]):
        raise ValidationError(_("The file is not what its name says. Choose a PDF file, or a photograph (JPEG, PNG)."))


@dataclass(frozen=True, slots=True)
class Evidence:
    """`checks`: codes that were ticked; `directing_*`: what directed an item at short notice."""

    document: str = ""
    document_date: date | None = None
    file: UploadedFile[Any] | None = None
    checks: tuple[str, ...] = ()
    directing_document: str = ""
    directing_file: UploadedFile[Any] | None = None

    @classmethod
    def of(cls, given: dict[str, Any]) -> Evidence:
        """From the fields of a form, or from what a browser sent past one: whatever is no file or date counts as none."""
        day, checks = given.get("document_date"), given.get("checks") or ()
        return cls(
            document=str(given.get("document") or "").strip()[:200],
            document_date=day if isinstance(day, date) else None,
            file=_file(given.get("file")),
            checks=tuple(str(one) for one in checks) if isinstance(checks, (list, tuple)) else (),
            directing_document=str(given.get("directing_document") or "").strip()[:200],
            directing_file=_file(given.get("directing_file")),
        )


def _file(given: Any) -> UploadedFile[Any] | None:
    return given if isinstance(given, UploadedFile) else None


def is_sudden(revision: Revision | None, state: WorkflowState | None) -> bool:
    """Whether an item was directed at short notice: its draft says so, or the way that it is on."""
    if revision is not None and revision.content.get("sudden"):
        return True
    return state is not None and Way.objects.filter(workflow=state.workflow_id, sudden=True).exists()


def directed_by(state: WorkflowState | None) -> Decision | None:
    """The decision on this way that named the directing document; None when none did yet."""
    if state is None:
        return None
    named = Decision.objects.filter(workflow_state=state).exclude(directing_document="", directing_file="")
    return named.order_by("id").first()


def lacking(step: StepTask | None, evidence: Evidence, revision: Revision | None, state: WorkflowState | None) -> str:
    """What a decision lacks, in the reader's language; "" when it is complete. Raises nothing: the files are checked too."""
    unticked = [str(one) for one in (step.checklist if step else ()) if one.code not in evidence.checks]
    if unticked:
        return _("Tick what you have checked: %(what)s.") % {"what": "; ".join(unticked)}
    named = evidence.directing_document or evidence.directing_file
    if is_sudden(revision, state) and not named and directed_by(state) is None:
        return _("A sudden item needs the document that directs it: its number, or its file.")
    for file in (evidence.file, evidence.directing_file):
        if file is not None:
            try:
                check_file(file)
            except ValidationError as refused:
                return " ".join(refused.messages)
    return ""


def _sha256(file: UploadedFile[Any] | None) -> str:
    if file is None:
        return ""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def put_on_record(
    kind: str,
    page: ItemPage,
    revision: Revision,
    *,
    province: Province,
    by: Any,
    taker: Taker | None = None,
    task_state: TaskState | None = None,
    evidence: Evidence | None = None,
    comment: str = "",
    proofs: Iterable[str] = (),
    approval: Any = None,
) -> Decision:
    """Keep a decision with everything that it was about."""
    given = evidence or Evidence()
    task = task_state.task.specific if task_state is not None else None
    step = task if isinstance(task, StepTask) else None
    state = task_state.workflow_state if task_state is not None else None
    ticked = [one for one in (step.spec.get("checklist", ()) if step else ()) if one["code"] in given.checks]
    return Decision.objects.create(
        kind=kind,
        page=page,
        item=page.item_id,
        title=page.draft_title or page.title,
        revision=revision.pk,
        province=province,
        workflow_state=state,
        task_state=task_state,
        approval=approval,
        step=step.code if step else "",
        step_name=step.spec.get("name", {"vi": step.name}) if step else {},
        by=by,
        on_behalf_of=taker.on_behalf_of if taker else None,
        at=clock.now(),
        document=given.document,
        document_date=given.document_date,
        file=given.file or "",
        file_name=Path(given.file.name or "").name[:200] if given.file else "",
        file_sha256=_sha256(given.file),
        sudden=is_sudden(revision, state),
        directing_document=given.directing_document,
        directing_file=given.directing_file or "",
        directing_file_name=Path(given.directing_file.name or "").name[:200] if given.directing_file else "",
        directing_file_sha256=_sha256(given.directing_file),
        checklist=ticked,
        comment=comment,
        proofs=sorted(proofs),
    )


def told(decision: Decision) -> dict[str, Any]:
    """What the audit log keeps of a decision's evidence; only what there is."""
    all_of_it = {
        "step": decision.step,
        "on_behalf_of": str(decision.on_behalf_of or ""),
        "checks": [one["code"] for one in decision.checklist],
        "file": decision.file_sha256,
        "directing_document": decision.directing_document,
        "directing_file": decision.directing_file_sha256,
        "decision": decision.pk,
    }
    return {name: value for name, value in all_of_it.items() if value}
