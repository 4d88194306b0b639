"""What the first page asks of the database, for whoever has the most roles in several provinces."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.approval.services import ensure_workflow
from cms.content.services import ensure_tree
from cms.content.translating.waiting import waiting_for
from cms.places.models import Cluster, Face, Province
from tests.conftest import make_user
from tests.content.makers import *  # noqa: F403

pytestmark = pytest.mark.django_db
ROLES = ("contributor", "editor", "appraiser", "translator", "operator")
LANGUAGES = {"cao_bang": ["vi", "en", "zh-hans"], "lang_son": ["vi", "zh-hans"], "lao_bao": ["vi", "en", "lo"]}


@pytest.fixture
def busy(cluster, make_item, contributor, client_for):
    """A person of four provinces that want different languages, for whom an item of An Giang waits."""
    person = make_user("busy", "an_giang", *ROLES)
    for code, languages in LANGUAGES.items():
        province = Province.objects.create(code=code, name=code, languages=languages, theme="national")
        ensure_tree(province)
        ensure_workflow(province)
        person.groups.add(*make_user(f"one-of-{code}", code, *ROLES).groups.all())
    page = make_item("Giờ mở cửa", by=contributor)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    return person


def test_the_first_page_asks_at_most_forty_questions_for_many_roles_provinces_and_clusters(busy, client_for):
    for province in Province.objects.all():
        for number in range(12):
            cluster = Cluster.objects.create(
                slug=f"{province.code.replace('_', '-')}-{number}", province=province, name=f"Cụm {number}"
            )
            Face.objects.create(
                cluster=cluster, letter="a", width=256, height=128, pitch_mm=5, distance_m=20, languages=["vi"]
            )
    browser = client_for(busy)
    browser.get("/admin/")
    with CaptureQueriesContext(connection) as asked:
        said = browser.get("/admin/").content.decode()
    assert "Giờ mở cửa" in said
    assert len(asked) <= 40, "\n".join(one["sql"][:200] for one in asked)


def test_each_province_waits_for_the_languages_that_it_wants_itself(busy):
    assert waiting_for(busy) == 1
    Province.objects.filter(code="an_giang").update(languages=["vi"])
    assert waiting_for(busy) == 0
