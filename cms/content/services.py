"""The verbs of content: a province's tree of pages, and an item's translation as the renderers see it."""

from __future__ import annotations

import posixpath
from typing import Any

from django.db import transaction
from django.db.models import Q
from wagtail.models import GroupPagePermission, Locale, Page
from wagtail_localize.models import Translation

from cms.accounts.models import ProvinceGroup, Role
from cms.accounts.services import grant_page_permissions, provinces_of
from cms.content.cards import cards_of
from cms.content.models import Clip, ItemPage, Picture, ProvincePage
from cms.places.models import Province
from cms.plugin_api.types import ItemTranslation

SOURCE_LANGUAGE = "vi"


@transaction.atomic
def ensure_tree(province: Province) -> dict[str, ProvincePage]:
    """The province's shelf in every one of its languages, by language code, with its groups' rights. Vietnamese is the
    source; the others are its translations. What exists is left as it is."""
    Province.objects.select_for_update().get(pk=province.pk)  # of two at once, one finds what the other made
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code in _languages(province)]
    root = Page.get_first_root_node()
    shelves = {one.locale_id: one for one in ProvincePage.objects.filter(province=province, alias_of=None)}
    source = shelves.get(locales[0].pk)
    for locale in locales:
        if locale.pk in shelves:
            continue
        slug = f"{province.code.replace('_', '-')}-{locale.language_code}"
        shelf = ProvincePage(title=name_in(province, locale.language_code), slug=slug, province=province, locale=locale)
        if source is not None:
            shelf.translation_key = source.translation_key
        root.add_child(instance=shelf)
        source = source or shelf
        shelves[locale.pk] = shelf
    for shelf in shelves.values():
        grant_page_permissions(province.code, shelf, source=shelf.locale_id == locales[0].pk)
    return {one.locale.language_code: one for one in shelves.values()}


def ensure_trees() -> int:
    """Shelves for provinces that lack one in a language (a new instance, a plugin that came, a language more), and the rights of
    those on whose source translators could write; how many provinces. Three queries where nothing is missing."""
    shelves = ProvincePage.objects.filter(alias_of=None)
    there = set(shelves.values_list("province", "locale__language_code"))
    translators = GroupPagePermission.objects.filter(group__province_group__role=Role.TRANSLATOR)
    sources = shelves.filter(locale__language_code=SOURCE_LANGUAGE)
    wrong = set(sources.filter(pk__in=translators.values("page")).values_list("province", flat=True))
    lacking = [
        one for one in Province.objects.all() if one.pk in wrong or {(one.pk, code) for code in _languages(one)} - there
    ]
    for one in lacking:
        ensure_tree(one)
    return len(lacking)


def _languages(province: Province) -> list[str]:
    return [SOURCE_LANGUAGE, *(code for code in province.languages if code != SOURCE_LANGUAGE)]


def name_in(province: Province, language: str) -> str:
    """What the province is called on a screen in this language."""
    return province.name if language == SOURCE_LANGUAGE else province.name_en or province.name


def may_see(user: Any, page: ItemPage) -> bool:
    """Whether a person may look at an item and its proofs: anyone with a role in its province; national items are for
    all who have a role anywhere."""
    codes = provinces_of(user)
    return codes is None or page.province.code in codes or (page.province.national and bool(codes))


def may_see_media(user: Any, path: str) -> bool:
    """Whether a person may look at an uploaded file (a path under MEDIA_ROOT), which may never have been approved: what lies
    in the collection of a province is for its people, national files are for all who have a role, and what lies in neither for
    administrators alone."""
    codes = provinces_of(user)
    if codes is None:
        return True
    path = posixpath.normpath(path).lstrip("/")  # as the file is looked up
    if path.startswith("avatar_images/"):  # people's portraits
        return bool(codes)
    collections = {
        *Picture.objects.filter(Q(file=path) | Q(renditions__file=path)).values_list("collection", flat=True),
        *Clip.objects.filter(Q(file=path) | Q(thumbnail=path)).values_list("collection", flat=True),
    }
    owners = ProvinceGroup.objects.filter(group__collection_permissions__collection__in=collections)
    shared = Province.objects.filter(national=True).values_list("code", flat=True)
    found = set(owners.values_list("province", flat=True))
    return bool(found & {*codes, *shared})


def item_translation(page: ItemPage) -> ItemTranslation:
    """What renderers draw of an item, from a page or a revision's object. Raises `RenderError` when a picture or clip
    is gone."""
    language = page.locale.language_code
    return ItemTranslation(
        item=page.item_id, language=language, cards=cards_of(page.body), source=name_in(page.province, language)
    )


def translation_of(page: ItemPage) -> Translation | None:
    """The wagtail-localize record by which a page follows its source; None for a source or a page of its own."""
    return Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    ).first()


def untranslated(page: ItemPage) -> int:
    """How many passages still stand in the source's language."""
    following = translation_of(page)
    if following is None:
        return 0
    total, done = following.get_progress()
    return int(total - done)


def save_translation(page: ItemPage, *, user: Any) -> None:
    """Turn what was translated so far into a draft of the page (never published: that would air nothing anyway). Raises
    ValidationError when a text cannot be shown."""
    following = translation_of(page)
    if following is not None:
        following.save_target(user=user, publish=False)
