"""What `bangtin up` finds missing in an instance."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupPagePermission, Task, Workflow

from cms.accounts.models import ProvinceGroup
from cms.content.models import ProvincePage
from cms.content.services import ensure_trees
from cms.runtime.prepare import administrator, sync_provinces
from cms.runtime.ticks import TICKS
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(settings, tmp_path) -> None:
    """The database as on a new instance, and the first tick after Redis has started."""
    settings.KEYS_ROOT = tmp_path / "keys"
    sync_provinces()
    ensure_trees()


def rights_on(language: str, role: str) -> set[str]:
    shelf = ProvincePage.objects.get(province__code="an_giang", locale__language_code=language)
    group = ProvinceGroup.objects.get(province="an_giang", role=role).group
    found = GroupPagePermission.objects.filter(page=shelf, group=group)
    return set(found.values_list("permission__codename", flat=True))


def test_the_people_of_a_new_province_can_write_at_once(prepared, client_for):
    page = client_for(make_user("moi", "an_giang", "contributor")).get("/admin/items/new/", follow=True)
    assert rights_on("vi", "contributor") == {"add_page"}
    assert page.status_code == 200


def test_nothing_that_is_prepared_needs_redis(settings, tmp_path):
    """It starts only afterwards, on an instance with a Redis of its own."""
    settings.KEYS_ROOT = tmp_path / "keys"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere"}
    }
    sync_provinces()


def test_the_shelves_are_asked_for_by_the_clock():
    assert "cms.content.services.ensure_trees" in {one.function for one in TICKS}


def test_a_translator_has_no_right_on_the_source(prepared):
    """Nor keeps one that was given by hand or by an older version."""
    assert (rights_on("vi", "translator"), rights_on("km", "translator")) == (set(), {"change_page"})
    group = ProvinceGroup.objects.get(province="an_giang", role="translator").group
    source = ProvincePage.objects.get(province__code="an_giang", locale__language_code="vi")
    right = GroupPagePermission.objects.filter(group=group).first()
    GroupPagePermission.objects.create(group=group, page_id=source.pk, permission=right.permission)
    assert rights_on("vi", "translator") == {"change_page"}
    assert ensure_trees() == 1
    assert rights_on("vi", "translator") == set()


def test_what_is_there_is_left_as_it_is(prepared, django_assert_num_queries):
    before = set(ProvincePage.objects.values_list("pk", "title"))
    with django_assert_num_queries(3):
        assert ensure_trees() == 0
    assert set(ProvincePage.objects.values_list("pk", "title")) == before


def test_a_new_instance_keeps_none_of_wagtails_english_examples(tmp_path):
    (tmp_path / "run").mkdir()
    assert Workflow.objects.filter(name="Moderators approval").exists()
    administrator(tmp_path)
    assert not Workflow.objects.filter(name__contains="oderators").exists()
    assert not Task.objects.filter(name__contains="oderators").exists()
    assert not Group.objects.filter(name__in=("Editors", "Moderators")).exists()
