"""A saved draft asks for its proofs by itself; a saved first page of a PDF brings the others."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.signals import post_save
from wagtail.models import Revision

from cms.content.models import RIGHTS_FIELDS, ItemPage, Picture
from cms.content.translating import notes as translation_notes
from cms.content.translating.following import revision_saved
from cms.places.signals import cluster_changed
from renderers.media.working import keep_in
from renderers.scratch import sweep

log = logging.getLogger("bangtin.proofs")


def connect() -> None:
    cluster_changed.connect(_clusters_changed, dispatch_uid="content.refresh_proofs")
    post_save.connect(_revision_saved, sender=Revision, dispatch_uid="content.request_proofs")
    post_save.connect(_picture_saved, sender=Picture, dispatch_uid="content.further_pages")
    translation_notes.connect()
    keep_in(settings.WORKING_ROOT)
    sweep()  # what killed processes left in the temporary folder


def _revision_saved(instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    if not raw and instance.content_type_id == ContentType.objects.get_for_model(ItemPage).pk:
        transaction.on_commit(lambda: _request(instance.pk))
        page = ItemPage.objects.filter(pk=instance.object_id).first()  # its row names this revision a moment later
        if page is not None:
            revision_saved(page, instance)


def _picture_saved(instance: Picture, raw: bool = False, **kwargs: Any) -> None:
    """The further pages of a PDF (`media_forms.FurtherPage`) become pictures beside the first, each once; it knows them as
    `pages_made`."""
    pages = instance.__dict__.pop("further_pages", ())
    made = []
    for page in () if raw else pages:
        picture = Picture(
            title=page.title,
            file=ContentFile(page.data, page.name),
            collection=instance.collection,
            credit=instance.credit,
            uploaded_by_user=instance.uploaded_by_user,
            sha256=hashlib.sha256(page.data).hexdigest(),
            **{name: getattr(instance, name) for name in RIGHTS_FIELDS},
        )
        picture._set_image_file_metadata()
        picture.save()
        made.append(picture)
    if made:
        instance.__dict__["pages_made"] = made


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
