"""The shelves and items of the content tests, and an item on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cms.content.board import board_of
from tests.approval.reviewing import *  # noqa: F403
from tests.content.makers import *  # noqa: F403


@pytest.fixture
def submitted(cluster, make_item, contributor, client_for, draw_waiting) -> Callable[..., Any]:
    """`submitted()`: a contributor's item with its proofs, sent for appraisal through the review page."""

    def make(title: str = "Giờ mở cửa", *, drawn: bool = True) -> Any:
        page = make_item(title, by=contributor)
        if drawn:
            draw_waiting(page)
        client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
        page.refresh_from_db()
        assert page.workflow_in_progress
        return page

    return make


@pytest.fixture
def decide(client_for) -> Callable[..., Any]:
    """`decide(user, page, "approve", confirmed="on")`: press a button on the review page, with the step's checklist ticked."""

    def press(user: Any, page: Any, action: str, **fields: Any) -> Any:
        page.refresh_from_db()
        board = board_of(page, user)
        task = page.current_workflow_task
        data = {
            "checks": [one.code for one in task.checklist] if task else [],
            "action": action,
            "revision": str(page.latest_revision_id),
            "comment": "",
            "seen": board.seen if board else "",
            **fields,
        }
        return client_for(user).post(f"/admin/items/{page.pk}/review/", data, follow=True)

    return press
