"""A translator translates: the source text, the decisions and the programmes stay with others."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.accounts.services import has_role, needs_second_factor
from cms.approval.models import Approval
from cms.content.models import ItemPage
from tests.content.makers import *  # noqa: F403
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(cluster, make_item, contributor, editor, client_for) -> ItemPage:
    """Its Khmer version waits for the translator."""
    made = make_item("Chợ Tịnh Biên", by=contributor)
    locale = Locale.objects.get(language_code="km")
    client_for(editor).post(f"/admin/localize/submit/page/{made.pk}/", {"locales": [locale.pk]})
    return made


def test_a_translator_translates_what_waits(item, translator, client_for):
    following = Translation.objects.get(source__object_id=item.translation_key)
    segment = StringSegment.objects.filter(source=following.source).first()
    client = client_for(translator)
    khmer = ItemPage.objects.get(translation_key=item.translation_key, locale__language_code="km")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[khmer.pk])).status_code == 200
    address = f"/admin/localize/translate/{following.pk}/strings/{segment.pk}/edit/"
    answer = client.put(address, "value=ផ្សារ", content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 201)
    assert StringTranslation.objects.get().last_translated_by == translator


@pytest.mark.parametrize("name", ["edit", "delete", "copy", "move", "unpublish", "revisions_revert"])
def test_a_translator_does_not_touch_the_source(item, translator, client_for, name):
    args = [item.pk, item.latest_revision_id] if name == "revisions_revert" else [item.pk]
    before = ItemPage.objects.filter(pk=item.pk).values().get()
    count = ItemPage.objects.count()
    client = client_for(translator)
    assert client.get(reverse(f"wagtailadmin_pages:{name}", args=args)).status_code == 302
    client.post(reverse(f"wagtailadmin_pages:{name}", args=args), item_post("Khác", [], new_slug="x", new_title="x"))
    assert ItemPage.objects.filter(pk=item.pk).values().get() == before
    assert ItemPage.objects.count() == count


def test_a_translation_stays_bound_to_its_source(item, translator, client_for):
    following = Translation.objects.get(source__object_id=item.translation_key)
    client_for(translator).post(f"/admin/localize/translate/{following.pk}/disable/")
    following.refresh_from_db()
    assert following.enabled


def test_a_translator_writes_no_items_and_decides_nothing(item, translator, client_for):
    client, shelf = client_for(translator), item.get_parent()
    add = reverse("wagtailadmin_pages:add", args=["content", "itempage", shelf.pk])
    assert client.get(add).status_code == 302
    assert client.get(reverse("wagtailsnippets_programmes_programme:add")).status_code == 302
    client.post(f"/admin/items/{item.pk}/review/", {"action": "approve", "confirmed": "on"})
    client.post(f"/admin/items/{item.pk}/withdraw/", {"reason": "x"})
    assert not Approval.objects.exists()
    assert not has_role(translator, "an_giang", "approver", "appraiser")
    assert not needs_second_factor(translator)
    assert client.get(reverse("accounts:audit")).status_code == 302


def test_an_editor_who_also_translates_edits_the_source(item, editor, client_for):
    from cms.accounts.services import ensure_groups

    editor.groups.add(ensure_groups("an_giang")["translator"])
    assert client_for(editor).get(reverse("wagtailadmin_pages:edit", args=[item.pk])).status_code == 200
