"""What the library does by itself: it notes what drafts use, and refuses to submit what may no longer be shown."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.models import Revision, WorkflowState

from cms.accounts.words import register_actions
from cms.content import board, media_rights, media_uses
from cms.content.media_models import Upload
from cms.content.media_words import ACTIONS
from cms.content.models import ItemPage
from cms.content.uploads import forget


def connect() -> None:
    post_save.connect(_revision_saved, sender=Revision, dispatch_uid="content.media_uses")
    pre_save.connect(_submitted, sender=WorkflowState, dispatch_uid="content.media_rights")
    post_delete.connect(_upload_deleted, sender=Upload, dispatch_uid="content.uploads")
    board.register(media_rights.notes)
    register_actions(ACTIONS)


def _revision_saved(instance: Revision, created: bool, raw: bool = False, **kwargs: Any) -> None:
    items = ContentType.objects.get_for_model(ItemPage).pk
    if created and not raw and instance.content_type_id == items:
        media_uses.keep(instance)


def _submitted(instance: WorkflowState, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        media_rights.guard(instance)


def _upload_deleted(instance: Upload, **kwargs: Any) -> None:
    """The part of a file goes with its record, also when its owner's account is deleted."""
    forget(instance.pk)
