"""The demo's page trees and items, written through the same models, revisions and translations as an editor's work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils.text import slugify
from PIL import Image
from wagtail.models import Locale, Page, Revision
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms.accounts.models import User
from cms.accounts.services import collection_of, grant_page_permissions
from cms.content.models import Clip, ItemPage, Picture, ProvincePage
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


def shelves(province: Province, languages: list[str]) -> dict[str, ProvincePage]:
    """The province's page in each language's tree, made where missing; groups get their rights on each."""
    pages: dict[str, ProvincePage] = {}
    source_locale = Locale.objects.get(language_code=languages[0])
    root = Page.get_first_root_node()
    page = ProvincePage.objects.filter(province=province, locale=source_locale).first()
    if page is None:
        page = root.add_child(
            instance=ProvincePage(
                title=province.name,
                slug=slugify(province.code.replace("_", "-")),
                province=province,
                locale=source_locale,
            )
        )
    pages[languages[0]] = page
    for language in languages[1:]:
        locale = Locale.objects.get(language_code=language)
        pages[language] = page.get_translation_or_none(locale) or page.copy_for_translation(locale, copy_parents=True)
    for one in pages.values():
        if not one.live:
            one.live = True
            one.save(update_fields=["live"])
        grant_page_permissions(province.code, one)
    return pages


def picture(name: str, province: Province) -> Picture:
    title = f"{name} ({province.name})"
    found = Picture.objects.filter(title=title).first()
    if found:
        return found
    path = FOLDER / "media" / f"{name}.jpg"
    with Image.open(path) as opened:
        width, height = opened.size
    made = Picture(title=title, credit=CREDIT, collection=collection_of(province.code), width=width, height=height)
    made.file.save(path.name, ContentFile(path.read_bytes()), save=False)
    x, y, share_x, share_y = FOCUS[name]
    made.focal_point_x, made.focal_point_y = round(x * width), round(y * height)
    made.focal_point_width, made.focal_point_height = round(share_x * width), round(share_y * height)
    made.save()
    return made


def clip(name: str, province: Province) -> Clip:
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
    )
    made.file.save(path.name, ContentFile(path.read_bytes()), save=False)
    made.save()
    return made


def _block(card: DemoCard, language: str, province: Province) -> dict[str, Any]:
    texts = {field: words[language] for field, words in card.texts.items()}
    value: dict[str, Any] = {("title" if field == "heading" else field): text for field, text in texts.items()}
    if card.type == "picture":
        value["picture"] = picture(card.media, province).pk
    if card.type == "video":
        value["clip"] = clip(card.media, province).pk
    return {"type": card.type, "value": value}


def write(item: DemoItem, province: Province, shelf: ProvincePage, author: User) -> tuple[ItemPage, Revision]:
    """The item in its source language and the revision that holds it."""
    language = shelf.locale.language_code
    page = ItemPage.objects.child_of(shelf).filter(slug=item.slug).first()
    if page is not None:
        return page, page.latest_revision
    page = ItemPage(
        title=item.title[language], slug=item.slug, kind=item.kind, locale=shelf.locale, live=False, owner=author
    )
    page.body = ItemPage.body.field.to_python([_block(card, language, province) for card in item.cards])
    shelf.add_child(instance=page)
    return page, page.save_revision(user=author)


def _wordings(item: DemoItem, source: str, language: str) -> dict[str, str]:
    """Source wording → translated wording."""
    words = {item.title[source]: item.title[language]}
    for card in item.cards:
        for text in card.texts.values():
            words[text[source]] = text[language]
    return words


def translate(item: DemoItem, page: ItemPage, language: str, translator: User) -> tuple[ItemPage, Revision]:
    """The item in another language, entered through wagtail-localize as a translator would."""
    locale = Locale.objects.get(language_code=language)
    found = page.get_translation_or_none(locale)
    if found is not None:
        return found, found.latest_revision
    source, _ = TranslationSource.update_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=locale)
    words = _wordings(item, page.locale.language_code, language)
    lines = {old.strip(): new for text, new_text in words.items() for old, new in _lines(text, new_text)}
    for segment in StringSegment.objects.filter(source=source).select_related("string"):
        wording = words.get(segment.string.data) or lines.get(segment.string.data.strip())
        if wording is None:
            continue
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            defaults={
                "data": wording,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "last_translated_by": translator,
            },
        )
    translation.save_target(user=translator, publish=False)
    target = page.get_translation(locale).specific
    return target, target.latest_revision


def _lines(text: str, new_text: str) -> list[tuple[str, str]]:
    old, new = text.split("\n"), new_text.split("\n")
    return list(zip(old, new, strict=False)) if len(old) == len(new) else []
