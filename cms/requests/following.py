"""A request follows its item: submitted, returned, approved, withdrawn, on the screens. What the state is follows from the records, so
a signal that came twice or not at all changes nothing, and `follow_due` catches up. No decision fails because of a request: it is
followed after the decision is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page, WorkflowState
from wagtail.signals import workflow_approved, workflow_cancelled, workflow_rejected, workflow_submitted

from cms.approval.signals import approval_changed, withdrawals_changed
from cms.content.models import ItemPage
from cms.requests.airing import Airing, airing_of
from cms.requests.models import ContentRequest, Entry
from cms.requests.services import move
from cms.requests.states import OPEN, State

SHOWN = (State.APPROVED, State.AIRING)


def connect() -> None:
    approval_changed.connect(_decided, dispatch_uid="requests.approval")
    withdrawals_changed.connect(_decided, dispatch_uid="requests.withdrawal")
    for name, signal in (
        ("submitted", workflow_submitted),
        ("rejected", workflow_rejected),
        ("cancelled", workflow_cancelled),
        ("approved", workflow_approved),
    ):
        signal.connect(_on_its_way, dispatch_uid=f"requests.workflow_{name}")


def _decided(item_keys: Iterable[UUID], **kwargs: Any) -> None:
    keys = set(item_keys)
    transaction.on_commit(lambda: follow(keys), robust=True)


def _on_its_way(instance: WorkflowState, **kwargs: Any) -> None:
    page = instance.content_object
    if isinstance(page, Page):
        _decided([page.translation_key])


@transaction.atomic
def follow(item_keys: Iterable[UUID]) -> int:
    """Bring the open requests of these items into the state of their items; how many changed."""
    found = ContentRequest.objects.select_for_update(of=("self",)).filter(item_key__in=list(item_keys), state__in=OPEN)
    return sum(_follow(one) for one in found.select_related("province"))


def _follow(request: ContentRequest) -> bool:
    airing = airing_of(request)
    if airing is not None and airing.over and request.state == State.AIRING:
        days = {"from": _day(airing.valid_from), "until": _day(airing.valid_until)}
        text = (
            "Tin đã phát từ ngày %(from)s đến hết ngày %(until)s."
            if airing.valid_from
            else "Tin đã phát đến hết ngày %(until)s."
        )
        move(request, State.ANSWERED, text=text % days, action="request.answered")
        return True
    state = state_now(request, airing)
    if state == request.state:
        return False
    if request.state in SHOWN and state not in SHOWN:
        move(request, state, text="Tin không còn trên màn hình: đã rút để sửa hoặc chờ phê duyệt lại.")
        return True
    # The sender reads once of each step, however often an item is returned or its slots are moved.
    move(request, state, mail=not request.entries.filter(kind=Entry.Kind.STATE, state=state).exists())
    return True


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def state_now(request: ContentRequest, airing: Airing | None) -> State:
    """What its item makes of a request: on the screens, approved, on its way to approval, or still being written."""
    if airing is not None:
        return State.AIRING if airing.now else State.APPROVED
    pages = ItemPage.objects.filter(translation_key=request.item_key).values_list("pk", flat=True)
    running = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(pk) for pk in pages],
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return State.APPRAISAL if running.exists() else State.WRITING


def follow_due() -> int:
    """Requests whose item came to the screens or left them by the calendar, by a change of slots, or unheard."""
    open_ones = ContentRequest.objects.filter(state__in=OPEN, item_key__isnull=False)
    return sum(follow([key]) for key in list(open_ones.values_list("item_key", flat=True)) if key)
