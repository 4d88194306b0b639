"""What tests of the review page share: an approved item, a newer draft of it, and a remark."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.approval.models import Approval
from cms.approval.versions import pictures_of
from cms.content.board import board_of
from cms.content.models import ItemPage

__all__ = ["approved", "edited", "say"]
HOURS = "Cửa khẩu mở cửa từ 7 giờ đến 18 giờ hằng ngày."
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def approved(submitted, appraiser, approver, decide):
    """An item whose first version was appraised and approved."""
    page = submitted()
    decide(appraiser, page, "approve")
    decide(approver, page, "approve", confirmed="on", document="12/CV-SVHTTDL")
    assert Approval.objects.filter(item=page.item_id).exists()
    page.refresh_from_db()
    return page


@pytest.fixture
def edited(approved, contributor, draw_waiting):
    """`edited(change)`: a newer draft, drawn, in which `change(draft)` changed something."""

    def edit(change):
        draft = approved.get_latest_revision_as_object()
        change(draft)
        draft.save_revision(user=contributor)
        draw_waiting(approved)
        return approved

    return edit


def other_hours(draft: ItemPage) -> None:
    draft.body[1].value["text"] = HOURS.replace("7 giờ", "8 giờ rưỡi")


@pytest.fixture
def say(client_for):
    """`say(user, page, "Sửa chữ", place="top")`: write a remark on the first picture of the board."""

    def write(user, page, text="Sửa giờ mở cửa.", **fields):
        page.refresh_from_db()
        pictures = pictures_of(board_of(page, user))
        data = {
            "picture": pictures[0].value if pictures else "1-0-a",
            "place": "all",
            "rect": "",
            "text": text,
            **fields,
        }
        return client_for(user).post(reverse("approval:remarks", args=(page.pk,)), data, headers=FETCH)

    return write
