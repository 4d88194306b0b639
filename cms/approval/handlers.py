"""Whatever takes a page away from Wagtail takes it off the screens; whatever is known about its approval is told to its list
and its form."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save, pre_delete
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page
from wagtail.signals import page_unpublished, post_page_move

from cms.approval import in_lists, standing
from cms.approval.models import Way
from cms.approval.withdrawing import revoke_all, withdraw_streams
from cms.approval.words import register_words
from cms.approval.workflow import ensure_workflow, workflow_for
from cms.content import board, listing, states, ways
from cms.content.models import ItemPage, ProvincePage
from cms.places.signals import stream_hosts_changed


def connect() -> None:
    page_unpublished.connect(_unpublished, dispatch_uid="approval.unpublished")
    pre_delete.connect(_deleted, sender=ItemPage, dispatch_uid="approval.deleted")
    post_page_move.connect(_moved, dispatch_uid="approval.moved")
    post_save.connect(_shelf_saved, sender=ProvincePage, dispatch_uid="approval.shelf")
    stream_hosts_changed.connect(_stream_hosts_changed, dispatch_uid="approval.stream_hosts")
    ways.register(workflow_for)
    register_words()
    states.register(standing.states)
    in_lists.register()
    board.register(standing.notes)
    listing.register_actions(standing.actions)


def _stream_hosts_changed(**kwargs: Any) -> None:
    withdraw_streams()


def _person() -> Any:
    return get_active_log_context().user


def _unpublished(instance: Page, **kwargs: Any) -> None:
    page = instance.specific
    if isinstance(page, ItemPage):
        revoke_all(page, by=_person(), reason="Đã gỡ tin hoặc tin hết hạn")


def _deleted(instance: ItemPage, **kwargs: Any) -> None:
    revoke_all(instance, by=_person(), reason="Đã xóa tin")


def _moved(instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    page = instance.specific
    if isinstance(page, ItemPage) and parent_page_before != parent_page_after:
        revoke_all(page, by=_person(), reason="Đã chuyển tin sang nơi khác")


def _shelf_saved(instance: ProvincePage, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A tree that is added later (a new language) goes the same way as its province's others."""
    if created and not raw:
        province = instance.province
        if Way.objects.filter(province=province).exists():
            transaction.on_commit(lambda: ensure_workflow(province))
