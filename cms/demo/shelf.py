"""The demo's page trees and items, written through the same models, revisions and translations as an editor's work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils.html import escape
from PIL import Image
from wagtail.models import Locale, Revision
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms.accounts.models import User
from cms.accounts.services import collection_of
from cms.content.models import Clip, ItemPage, Picture, ProvincePage
from cms.content.tables import rows_of
from cms.demo.texts import FOLDER, DemoCard, DemoItem
from cms.places.models import Province

CREDIT = "Minh họa của Bảng Tin"
# The point of each picture that must stay in view, as shares of width and height (centre x, centre y, width, height).
FOCUS = {
    "ban-gioc": (0.52, 0.68, 0.4, 0.3),
    "bay-nui": (0.6, 0.55, 0.25, 0.35),
    "hoa-dao": (0.42, 0.42, 0.4, 0.4),
    "hoa-hoi": (0.36, 0.46, 0.3, 0.45),
    "mau-son": (0.4, 0.5, 0.45, 0.3),
    "non-nuoc": (0.62, 0.62, 0.4, 0.5),
    "tho-cam": (0.45, 0.4, 0.3, 0.4),
    "thot-not": (0.42, 0.78, 0.35, 0.4),
    "tra-su": (0.47, 0.78, 0.3, 0.3),
}


def picture(name: str, province: Province, author: User) -> Picture:
    title = f"{name} ({province.name})"
    found = Picture.objects.filter(title=title).first()
    if found:
        return found
    path = FOLDER / "media" / f"{name}.jpg"
    with Image.open(path) as opened:
        width, height = opened.size
    made = Picture(title=title, credit=CREDIT, collection=collection_of(province.code), uploaded_by_user=author)
    made.file.save(path.name, ContentFile(path.read_bytes()), save=False)
    made.width, made.height = width, height  # saving a file forgets them
    x, y, share_x, share_y = FOCUS[name]
    made.focal_point_x, made.focal_point_y = round(x * width), round(y * height)
    made.focal_point_width, made.focal_point_height = round(share_x * width), round(share_y * height)
    made.save()
    return made


def clip(name: str, province: Province, author: User) -> Clip:
    title = f"{name} ({province.name})"
    found = Clip.objects.filter(title=title).first()
    if found:
        return found
    path: Path = FOLDER / "media" / f"{name}.mp4"
    made = Clip(
        title=title,
        credit=CREDIT,
        type="video",
        duration=6,
        width=1280,
        height=720,
        collection=collection_of(province.code),
        uploaded_by_user=author,
    )
    made.file.save(path.name, ContentFile(path.read_bytes()), save=False)
    made.save()
    return made


def _block(card: DemoCard, language: str, province: Province, author: User) -> dict[str, Any]:
    return {"type": card.type, "value": _value(card, language, province, author)}


def _value(card: DemoCard, language: str, province: Province, author: User) -> dict[str, Any]:
    """A card, or a row of one, as an item stores it. Rows carry ids, as those that an editor saved do: translations follow
    them."""
    texts = {name: words[language] for name, words in card.texts.items()}
    value: dict[str, Any] = {("title" if name == "heading" else name): text for name, text in texts.items()}
    value |= card.rest
    if card.media:
        maker, name = (clip, "clip") if card.type == "video" else (picture, "picture")
        value[name] = maker(card.media, province, author).pk
    for name, rows in card.lists.items():
        value[name] = [
            {"type": "item", "id": str(uuid4()), "value": _value(row, language, province, author)} for row in rows
        ]
    return value


def write(item: DemoItem, province: Province, shelf: ProvincePage, author: User) -> tuple[ItemPage, Revision]:
    """The item in its source language and the revision that holds it."""
    language = shelf.locale.language_code
    page = ItemPage.objects.child_of(shelf).filter(slug=item.slug).first()
    if page is not None:
        return page, page.latest_revision
    page = ItemPage(
        title=item.title[language], slug=item.slug, kind=item.kind, locale=shelf.locale, live=False, owner=author
    )
    page.body = ItemPage.body.field.to_python([_block(card, language, province, author) for card in item.cards])
    shelf.add_child(instance=page)
    return page, page.save_revision(user=author)


def _wordings(item: DemoItem, source: str, language: str) -> dict[str, str]:
    """Source wording → translated wording, with line breaks as wagtail-localize keeps them; of a table, cell by cell."""
    words = {item.title[source]: item.title[language]}
    for card in (part for whole in item.cards for part in _with_rows(whole)):
        for name, text in card.texts.items():
            pairs = [(text[source], text[language])]
            if name == "rows":
                rows = zip(rows_of(text[source]), rows_of(text[language]), strict=True)
                pairs = [pair for one, other in rows for pair in zip(one, other, strict=True)]
            words |= {_segment(one): _segment(other) for one, other in pairs}
    return words


def _with_rows(card: DemoCard) -> Iterator[DemoCard]:
    yield card
    for rows in card.lists.values():
        yield from rows


def translate(item: DemoItem, page: ItemPage, language: str, translator: User) -> tuple[ItemPage, Revision]:
    """The item in another language, entered through wagtail-localize as a translator would."""
    locale = Locale.objects.get(language_code=language)
    found = page.get_translation_or_none(locale)
    if found is not None:
        return found, found.latest_revision
    source, _ = TranslationSource.update_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=locale)
    words = _wordings(item, page.locale.language_code, language)
    for segment in StringSegment.objects.filter(source=source).select_related("string"):
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            defaults={
                "data": words[segment.string.data],
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "last_translated_by": translator,
            },
        )
    translation.save_target(user=translator, publish=False)
    target = page.get_translation(locale).specific
    return target, target.latest_revision


def _segment(text: str) -> str:
    return escape(text).replace("\n", "<br/>")
