"""A saved draft asks for its proofs by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models.signals import post_save
from wagtail.models import Revision

from cms.content.models import ItemPage
from cms.places.signals import cluster_changed

log = logging.getLogger("bangtin.proofs")


def connect() -> None:
    cluster_changed.connect(_clusters_changed, dispatch_uid="content.refresh_proofs")
    post_save.connect(_revision_saved, sender=Revision, dispatch_uid="content.request_proofs")


def _revision_saved(instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    if not raw and instance.content_type_id == ContentType.objects.get_for_model(ItemPage).pk:
        transaction.on_commit(lambda: _request(instance.pk))


def _clusters_changed(cluster_ids: Iterable[int], **kwargs: Any) -> None:
    from cms.content.jobs import refresh_later

    ids = set(cluster_ids)
    transaction.on_commit(lambda: refresh_later(ids))


def _request(revision_id: int) -> None:
    from cms.content.proofs import request_proofs
    from cms.content.services import untranslated

    revision = Revision.objects.filter(pk=revision_id).first()
    page = ItemPage.objects.filter(latest_revision=revision_id).first()
    if revision is None or page is None or untranslated(page):
        return
    try:
        request_proofs(page, revision)
    except Exception:  # saving a text must not fail because a picture of it cannot be asked for
        log.exception("the proofs of %s could not be asked for", page)
