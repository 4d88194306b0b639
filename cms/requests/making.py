"""An item made of a request: its draft, with text, days, gates, supplier and the sender's pictures and clips in the library.

Checking and copying files takes seconds, so it happens outside a transaction, under a claim that ends by itself. What was brought into
the library is written down file by file: whoever tries again goes on from there, and nothing enters twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.images.forms import get_image_form
from wagtailmedia.forms import get_media_form

from cms import clock
from cms.accounts.services import collection_of
from cms.content.checks import text_problem
from cms.content.models import Clip, ItemPage, Picture
from cms.content.services import SOURCE_LANGUAGE, ensure_tree
from cms.requests.access import may_handle
from cms.requests.errors import Changed, RequestRefused
from cms.requests.models import ContentRequest, RequestFile
from cms.requests.services import move
from cms.requests.states import OPEN, State

CLAIM = timedelta(minutes=10)
TITLE_LENGTH, TEXT_LENGTH = 120, 1200
"""Of a headline and of a text card (`renderers.cards.words`), in characters."""
LONGEST_WORD_SHARE = 0.5


def make_item(request: ContentRequest, *, by: Any, version: int | None = None) -> tuple[ItemPage, list[str]]:
    """The draft of an item in Vietnamese, and what could not be taken over. Raises `RequestRefused`, `Changed` when somebody else
    makes or has made it."""
    claimed = _claim(request, by, version)
    try:
        left: list[str] = []
        cards = [*_words(claimed, left), *_media(claimed, by, left)]
        return _written(claimed, cards, by, left), left
    finally:
        ContentRequest.objects.filter(pk=claimed.pk).update(making_since=None)


def _claim(request: ContentRequest, by: Any, version: int | None) -> ContentRequest:
    if not may_handle(by, request.province):
        raise RequestRefused(_("Only an editor of %(province)s decides about this.") % {"province": request.province})
    now = clock.now()
    free = Q(making_since=None) | Q(making_since__lt=now - CLAIM)
    mine = ContentRequest.objects.filter(free, pk=request.pk, item_key=None, state__in=OPEN)
    if version is not None:
        mine = mine.filter(version=version)
    if not mine.update(making_since=now):
        raise Changed(_("Somebody else has made its item or changed this request in the meantime. Look at it again."))
    return ContentRequest.objects.select_related("province", "organisation").get(pk=request.pk)


def _words(request: ContentRequest, left: list[str]) -> Iterator[dict[str, Any]]:
    """A headline, and the text cut between its paragraphs and sentences into cards that hold it."""
    title = _drawable(request.title, left)
    if len(title) > TITLE_LENGTH:
        left.append(_("The title is longer than a headline and was cut."))
        title = title[: TITLE_LENGTH - 1].rstrip() + "…"
    if title:
        yield {"type": "title", "value": {"kicker": "", "title": title}}
    for part in pieces(_drawable(request.text, left), TEXT_LENGTH):
        yield {"type": "text", "value": {"title": "", "text": part}}


def _drawable(text: str, left: list[str]) -> str:
    """The text without characters that no font of the screens has (smileys from a telephone)."""
    if not text_problem(text, SOURCE_LANGUAGE):
        return text.strip()
    wrong = {one for one in set(text) if not one.isspace() and text_problem(one, SOURCE_LANGUAGE)}
    left.append(
        _("Characters that no screen can show were left out: %(characters)s") % {"characters": " ".join(sorted(wrong))}
    )
    return "".join(one for one in text if one not in wrong).strip()


def pieces(text: str, most: int) -> list[str]:
    """A text in parts of at most `most` characters, cut after a paragraph, else after a sentence, else between words."""
    found: list[str] = []
    rest = text.replace("\r\n", "\n").strip()
    while len(rest) > most:
        least = int(most * LONGEST_WORD_SHARE)
        cuts = (
            rest.rfind(mark, least, most) + len(mark.rstrip()) for mark in ("\n\n", "\n", ". ", "! ", "? ", "; ", " ")
        )
        cut = next((one for one in cuts if one > least), most)
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*found, rest] if rest else found


def _media(request: ContentRequest, by: Any, left: list[str]) -> Iterator[dict[str, Any]]:
    """Cards of the sender's pictures and clips, which are in the library from here on, with the sender as their source."""
    for file in request.files.filter(letter=False, kind__in=(RequestFile.Kind.PICTURE, RequestFile.Kind.VIDEO)):
        known = file.picture or file.clip
        if known is None:
            known = _brought(file, request, by, left)
        if isinstance(known, Picture):
            yield {"type": "picture", "value": {"picture": known.pk, "title": "", "caption": ""}}
        elif known is not None:
            yield {"type": "video", "value": {"clip": known.pk, "caption": ""}}


def _brought(file: RequestFile, request: ContentRequest, by: Any, left: list[str]) -> Picture | Clip | None:
    """Through the library's own forms, which check it once more and keep only our copy of a picture."""
    collection = collection_of(request.province.code)
    video = file.kind == RequestFile.Kind.VIDEO
    model: Any = Clip if video else Picture
    build = get_media_form if video else get_image_form
    known = {
        "title": f"{request.number} {file.name}"[:255],
        "collection": collection.pk if collection else "",
        "credit": f"{request.organisation.name} ({request.number})"[:200],
        "source": f"{request.organisation.name}, {request.sender_name}"[:200],
        "rights": "permission",  # the sender declared that it may be published
        "licence": (request.letter_number or request.number)[:100],
    }
    data = {name: value for name, value in known.items() if name in model.admin_form_fields}
    with file.file.open("rb") as stored, _upload(stored, file) as upload:
        form = build(model, fields=[*data, "file"])(
            data, {"file": upload}, instance=model(uploaded_by_user=by), user=by
        )
        if not form.is_valid():
            said = "; ".join(str(one) for errors in form.errors.values() for one in errors)
            left.append(f"{file.name}: {said}")
            return None
        made: Picture | Clip = form.save()
    RequestFile.objects.filter(pk=file.pk).update(**{"clip" if video else "picture": made})
    return made


def _upload(stored: File[bytes], file: RequestFile) -> TemporaryUploadedFile:
    """The stored original as an upload on disk: forms put their own copy into it, and the original stays as it came."""
    upload = TemporaryUploadedFile(file.name, "application/octet-stream", file.bytes, None)
    for chunk in stored.chunks():
        upload.write(chunk)
    upload.seek(0)
    return upload


@transaction.atomic
def _written(request: ContentRequest, cards: list[dict[str, Any]], by: Any, left: list[str]) -> ItemPage:
    current = ContentRequest.objects.select_for_update().select_related("province", "organisation").get(pk=request.pk)
    if current.item_key is not None or current.state not in OPEN:
        raise Changed(_("Somebody else has made its item or changed this request in the meantime. Look at it again."))
    shelf = ensure_tree(current.province)[SOURCE_LANGUAGE]
    page = ItemPage(
        title=current.title,
        draft_title=current.title,
        locale=shelf.locale,
        live=False,
        owner=by,
        supplier=current.organisation,
        valid_from=current.wished_from,
        valid_until=current.wished_until,
    )
    page.body = ItemPage.body.field.to_python(cards)
    page.destinations = list(current.clusters.all())
    shelf.add_child(instance=page)
    page.save_revision(user=by)
    move(
        current,
        State.WRITING,
        by=by,
        action="request.item",
        item=page,
        item_key=page.translation_key,
        assigned_to=current.assigned_to or by,
        making_since=None,
    )
    return page
