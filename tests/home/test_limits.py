"""A person of another province, with every role there, at every address of Wagtail and its packages that knows nothing of provinces."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLResolver, get_resolver
from taggit.models import Tag
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms.content.models import ItemPage
from cms.home import guards
from tests.conftest import make_user
from tests.content.makers import *  # noqa: F403
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db


SHUT = (302, 403)
"""A page sends people home with a message, a script is told."""


@pytest.fixture
def item(cluster, make_item, contributor) -> ItemPage:
    return make_item("Chợ Tịnh Biên", by=contributor)


@pytest.fixture
def khmer(item, editor, client_for) -> ItemPage:
    """It was sent for translation by its own editor."""
    locale = Locale.objects.get(language_code="km")
    client_for(editor).post(f"/admin/localize/submit/page/{item.pk}/", {"locales": [locale.pk]})
    return ItemPage.objects.get(translation_key=item.translation_key, locale=locale)


@pytest.fixture
def away(outsider, other_province, client_for):
    """The outsider's browser; their own province has its shelves."""
    from cms.approval.services import ensure_workflow
    from cms.content.services import ensure_tree

    ensure_tree(other_province)
    ensure_workflow(other_province)
    return client_for(outsider)


def test_nobody_sends_another_provinces_item_for_translation(item, away):
    locale = Locale.objects.get(language_code="en")
    answer = away.post(f"/admin/localize/submit/page/{item.pk}/", {"locales": [locale.pk]})
    assert answer.status_code in SHUT
    assert not ItemPage.objects.filter(translation_key=item.translation_key, locale=locale).exists()


def test_nobody_sends_new_passages_into_another_provinces_translations(khmer, item, away, editor, client_for):
    source = TranslationSource.objects.get(object_id=item.translation_key)
    before = source.last_updated_at
    assert away.get(f"/admin/localize/update/{source.pk}/").status_code in SHUT
    assert away.post(f"/admin/localize/update/{source.pk}/", {"publish_translations": "on"}).status_code in SHUT
    source.refresh_from_db()
    assert source.last_updated_at == before
    assert client_for(editor).get(f"/admin/localize/update/{source.pk}/").status_code == 200


def test_nobody_writes_or_reads_another_provinces_translation(khmer, item, away):
    following = Translation.objects.get(source__object_id=item.translation_key, target_locale=khmer.locale)
    segment = StringSegment.objects.filter(source=following.source).first()
    base = f"/admin/localize/translate/{following.pk}"
    tries = {
        f"{base}/strings/{segment.pk}/edit/": "put",
        f"{base}/pofile/download/": "get",
        f"{base}/pofile/upload/": "post",
        f"{base}/machine_translate/": "post",
        f"{base}/disable/": "post",
        f"{base}/preview/": "get",
        f"/admin/localize/page/{khmer.pk}/convert_to_alias/": "post",
    }
    answers = {address: getattr(away, method)(address).status_code for address, method in tries.items()}
    assert {address: status for address, status in answers.items() if status not in (302, 403, 404)} == {}
    assert not StringTranslation.objects.exists()
    khmer.refresh_from_db()
    assert khmer.alias_of is None
    following.refresh_from_db()
    assert following.enabled


def test_choosers_offer_nothing_of_another_province(item, away, contributor, administrator, client_for):
    top = Page.objects.get(depth=1)
    shelf = item.get_parent()
    assert "Tịnh Biên" not in away.get("/admin/choose-page/?page_type=wagtailcore.page").content.decode()
    assert away.get(f"/admin/choose-page/{shelf.pk}/").status_code in SHUT
    assert "Chợ" not in away.get("/admin/choose-page/search/?q=Chợ").content.decode()
    assert client_for(contributor).get(f"/admin/choose-page/{shelf.pk}/").status_code == 200
    assert client_for(administrator).get(f"/admin/choose-page/{top.pk}/").status_code == 200
    for model in ("places/cluster", "places/organisation", "programmes/slot", "programmes/programme"):
        assert away.get(f"/admin/snippets/choose/{model}/").status_code in SHUT, model
        assert away.get(f"/admin/localize/api/snippets/{model}/").status_code in SHUT, model
        assert client_for(administrator).get(f"/admin/snippets/choose/{model}/").status_code == 200, model


def test_tags_are_offered_from_ones_own_province_only(item, away, contributor, administrator, client_for):
    item.tags.add("chợ-biên-giới")
    item.save()
    Tag.objects.create(name="chợ-không-ai-dùng", slug="khong")
    ask = "/admin/tag-autocomplete/?term=chợ"
    assert client_for(contributor).get(ask).json() == ["chợ-biên-giới"]
    assert away.get(ask).json() == []
    assert len(client_for(administrator).get(ask).json()) == 2


def test_nothing_is_fetched_from_the_internet_for_an_embed(editor, client_for):
    assert client_for(editor).get("/admin/embeds/chooser/").status_code in SHUT
    assert (
        client_for(editor).post("/admin/embeds/chooser/upload/", {"embed-chooser-url": "https://x"}).status_code in SHUT
    )


def test_a_picture_on_no_provinces_shelf_is_for_administrators(
    item, picture_record, contributor, administrator, client_for
):
    from wagtail.models import Collection

    picture_record.collection = Collection.get_first_root_node()
    picture_record.save()
    assert client_for(contributor).get(picture_record.file.url).status_code == 404
    assert client_for(administrator).get(picture_record.file.url).status_code == 200


def test_whoever_is_not_logged_in_is_asked_to(client, item):
    for address in (
        f"/admin/localize/submit/page/{item.pk}/",
        "/admin/snippets/choose/places/cluster/",
        "/admin/tag-autocomplete/",
    ):
        assert client.get(address).status_code == 302, address


def test_every_guarded_address_is_there() -> None:
    """A package that renames its addresses must not slip past the guards."""

    def names(of: Any, space: str = "") -> Any:
        for one in of.url_patterns:
            if isinstance(one, URLResolver):
                yield from names(one, f"{space}{one.namespace}:" if one.namespace else space)
            else:
                yield f"{space}{one.name}"

    known = set(names(get_resolver()))
    assert {*guards.CHECKS, *guards.TAGS} <= known
    for prefix in guards.PREFIXES:
        assert any(name.startswith(prefix) for name in known), prefix


OTHERS_ITEM = {
    "copy": ("pages/{page}/copy/", {"new_title": "x", "new_slug": "x", "new_parent_page": "{shelf}"}),
    "move": ("pages/{page}/move/{shelf}/confirm/", {}),
    "edit": ("pages/{page}/edit/", item_post("x", [], **{"action-publish": "1"})),
    "delete": ("pages/{page}/delete/", {}),
    "unpublish": ("pages/{page}/unpublish/", {}),
    "unlock": ("pages/{page}/unlock/", {}),
    "lock": ("pages/{page}/lock/", {}),
    "alias": ("pages/{page}/convert_alias/", {}),
    "revert": ("pages/{page}/revisions/{revision}/revert/", {}),
    "unschedule": ("pages/{page}/revisions/{revision}/unschedule/", {}),
    "workflow": ("pages/{page}/workflow/collect_action_data/approve/0/", {}),
    "withdraw": ("items/{page}/withdraw/", {"reason": "x"}),
    "review": ("items/{page}/review/", {"action": "submit"}),
    "bulk publish": ("bulk/wagtailcore/page/publish/?id={page}", {}),
    "bulk delete": ("bulk/wagtailcore/page/delete/?id={page}", {}),
    "bulk move": ("bulk/wagtailcore/page/move/?id={page}", {"chooser": "{shelf}"}),
    "bulk unpublish": ("bulk/wagtailcore/page/unpublish/?id={page}", {}),
}


@pytest.mark.parametrize("way", OTHERS_ITEM)
def test_nobody_changes_another_provinces_item_by_any_of_wagtails_ways(item, away, other_province, way):
    from cms.content.models import ProvincePage

    shelf = ProvincePage.objects.filter(province=other_province).first()
    values = {"page": item.pk, "shelf": shelf.pk, "revision": item.latest_revision_id}
    before = Page.objects.filter(pk=item.pk).values().get()
    count = Page.objects.count()
    address, data = OTHERS_ITEM[way]
    away.post("/admin/" + address.format(**values), {key: value.format(**values) for key, value in data.items()})
    assert Page.objects.filter(pk=item.pk).values().get() == before
    assert Page.objects.count() == count


PUBLISHING = {name: OTHERS_ITEM[name] for name in ("edit", "bulk publish", "copy")}


@pytest.mark.parametrize("role", ["contributor", "editor", "appraiser", "approver", "operator"])
@pytest.mark.parametrize("way", PUBLISHING)
def test_nothing_airs_by_any_of_wagtails_ways_in_ones_own_province_either(item, client_for, way, role):
    from cms.approval.models import Approval

    person = make_user(f"own-{role}", "an_giang", role)
    values = {"page": item.pk, "shelf": item.get_parent().pk}
    address, data = PUBLISHING[way]
    sent = {key: value.format(**values) for key, value in data.items()}
    client_for(person).post("/admin/" + address.format(**values), {**sent, "publish_copies": "on"})
    assert not Approval.objects.exists()
    item.refresh_from_db()
    assert not item.live
