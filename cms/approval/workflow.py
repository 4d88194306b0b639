"""The ways of items: appraisals, then approval, as each province's plugin says; and the first step on one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Task, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from cms import clock
from cms.accounts.services import ensure_groups
from cms.approval.steps import AppraisalTask, ApprovalTask, Way
from cms.content.forms import samples_left
from cms.content.models import ItemPage, ProvincePage
from cms.content.services import untranslated
from cms.content.starting_words import sample_words
from cms.content.translating.notes import unread_words
from cms.content.translating.progress import unread
from cms.places.models import Organisation, Province
from cms.plugin_api.types import StepSpec, Text, WorkflowSpec, canonical, sha256
from cms.plugin_host.host import get_host

PLAIN = WorkflowSpec(
    code="default",
    name=Text("Thẩm định và phê duyệt", "Appraisal and approval"),
    steps=(
        StepSpec(code="appraisal", kind="appraisal", name=Text("Thẩm định", "Appraisal")),
        StepSpec(code="approval", kind="approval", name=Text("Phê duyệt", "Approval")),
    ),
)
"""Taken where no plugin says anything, and for sources that none of a province's ways names."""


class NotSubmitted(PermissionDenied):
    """The item cannot be submitted; `str()` says why and what to do."""


@transaction.atomic
def ensure_workflow(province: Province) -> Workflow:
    """Bring the ways of a province up to what its plugin says now, on all its page trees; returns the ordinary one. What is under
    way keeps the steps that it began with. A plugin that says nothing (any more) leaves what there is."""
    ways = _up_to_date(province)
    ordinary = _choose(ways, "", sudden=False) or ways[0]
    for shelf in ProvincePage.objects.filter(province=province, alias_of=None):
        held = WorkflowPage.objects.select_related("workflow").filter(page=shelf.page_ptr).first()
        if held is None or held.workflow_id != ordinary.workflow_id:
            WorkflowPage.objects.update_or_create(page=shelf.page_ptr, defaults={"workflow": ordinary.workflow})
            if held is not None and not Way.objects.filter(workflow=held.workflow).exists():
                _retire(held.workflow)
    _rest(province)
    return ordinary.workflow


def _up_to_date(province: Province) -> list[Way]:
    list(Province.objects.select_for_update().filter(pk=province.pk))  # two at once make nothing twice
    known = {one.code: one for one in ways_of(province)}
    specs = list(get_host().workflows(province.code))
    if not specs and known:
        return list(known.values())
    if not any(not one.sources and not one.sudden for one in specs):
        specs.append(PLAIN)
    made = [_way(province, spec, place, known.pop(spec.code, None)) for place, spec in enumerate(specs)]
    for gone in known.values():
        _retire(gone.workflow, gone)
    return made


def _way(province: Province, spec: WorkflowSpec, place: int, known: Way | None) -> Way:
    fingerprint = sha256(canonical(asdict(spec)))
    if known is not None and known.fingerprint == fingerprint:
        if known.place != place:
            known.place = place
            known.save(update_fields=["place"])
        return known
    if known is not None:
        _retire(known.workflow, known)
    return Way.objects.create(
        province=province,
        code=spec.code,
        workflow=_make(province, spec),
        name=asdict(spec.name),
        sources=list(spec.sources),
        sudden=spec.sudden,
        clause=spec.clause,
        place=place,
        fingerprint=fingerprint,
    )


def _make(province: Province, spec: WorkflowSpec) -> Workflow:
    groups = ensure_groups(province.code)
    workflow = Workflow.objects.create(name=f"{spec.name.vi} – {province.name}"[:255])
    for order, step in enumerate(spec.steps):
        kind = ApprovalTask if step.kind == "approval" else AppraisalTask
        task = kind.objects.create(
            name=f"{step.name.vi} – {province.name}"[:255],
            province_code=province.code,
            code=step.code,
            spec={
                "name": asdict(step.name),
                "organisations": list(step.organisations),
                "checklist": [asdict(one) for one in step.checklist],
                "days": step.days,
                "clause": step.clause,
            },
        )
        task.groups.set([groups[kind.role]])
        WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=order)
    return workflow


def _retire(workflow: Workflow, way: Way | None = None) -> None:
    """Nothing begins on this workflow any more. Its steps stay until `_rest`: Wagtail would cancel what is under way."""
    workflow.active = False
    workflow.save(update_fields=["active"])
    if way is not None:
        way.retired_at = clock.now()
        way.save(update_fields=["retired_at"])


def _rest(province: Province) -> None:
    """Put to rest the steps of retired workflows that nothing is on any more."""
    running = WorkflowState.objects.active().values("workflow")
    done = Workflow.objects.filter(active=False, way__province=province).exclude(pk__in=running)
    Task.objects.filter(workflow_tasks__workflow__in=done, active=True).update(active=False)


def ways_of(province: Province) -> QuerySet[Way]:
    """The ways on which items of a province begin now, in the plugin's order."""
    return Way.objects.filter(province=province, retired_at__isnull=True).select_related("workflow").order_by("place")


def _choose(ways: Iterable[Way], source: str, *, sudden: bool) -> Way | None:
    of_kind = [one for one in ways if one.sudden == sudden]
    named = next((one for one in of_kind if source and source in one.sources), None)
    return named or next((one for one in of_kind if not one.sources), None)


def way_for(page: ItemPage, ways: Sequence[Way] | None = None) -> Way | None:
    """The way that the latest draft of an item takes: by its source unit, and the short one if it is sudden and there is one."""
    found = list(ways_of(page.province)) if ways is None else ways
    source, sudden = _source(page)
    return (_choose(found, source, sudden=True) if sudden else None) or _choose(found, source, sudden=False)


def _source(page: ItemPage) -> tuple[str, bool]:
    """Code of the source unit ("" for none), and whether the item is sudden, as the latest draft says."""
    draft = page.latest_revision.content if page.latest_revision is not None else None
    supplier = draft.get("supplier") if draft else page.supplier_id
    sudden = bool(draft.get("sudden")) if draft else page.sudden
    unit = Organisation.objects.filter(pk=supplier, province=page.province) if supplier else None
    return (unit.values_list("code", flat=True).first() or "" if unit is not None else ""), sudden


def workflow_for(page: ItemPage) -> Workflow | None:
    """The workflow of `way_for`, for Wagtail; None where a province has none yet."""
    way = way_for(page)
    return way.workflow if way is not None else None


@transaction.atomic
def submit(page: ItemPage, *, by: Any) -> WorkflowState:
    """Send an item's latest draft for appraisal. Raises `NotSubmitted`."""
    ItemPage.objects.select_for_update().get(pk=page.pk)  # of two at once the second is told that it is on its way
    if not page.permissions_for_user(by).can_edit():
        raise NotSubmitted(_("You may not edit this item."))
    draft = page.get_latest_revision_as_object()
    left = untranslated(page)
    if left:
        raise NotSubmitted(
            _("%(count)d passages are not translated yet. Translate them, then submit again.") % {"count": left}
        )
    if unread(page):
        raise NotSubmitted(unread_words(unread(page)))
    if not draft.body:
        raise NotSubmitted(_("An item needs at least one card. Add a headline, a text, a picture or a clip."))
    if samples := sample_words(draft.body):
        raise NotSubmitted(samples_left(samples))
    if page.workflow_in_progress:
        raise NotSubmitted(_("This item is already being appraised or approved."))
    ensure_workflow(page.province)
    return _send(page, by)


def _send(page: ItemPage, by: Any) -> WorkflowState:
    """Begin the way, or go on where it was returned, unless the item goes another way by now."""
    workflow = page.get_workflow()
    if workflow is None:  # `ensure_workflow` has just made one
        raise NotSubmitted(_("This province has no workflow yet. Tell the administrator."))
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        if state.workflow_id == workflow.pk:
            state.resume(user=by)
            return state
        state.cancel(user=by)
    return workflow.start(page, by)
