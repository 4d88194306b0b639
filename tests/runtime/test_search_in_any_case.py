"""Searches ignore the case of Vietnamese letters too."""

from __future__ import annotations

import sqlite3

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cms.runtime.sqlite3.base import match
from tests.content.makers import *  # noqa: F403

User = get_user_model()


def people(*names: str) -> None:
    for name in names:
        User.objects.create(username=name, last_name=name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        {"last_name__icontains": "ửa KHẩU"},
        {"last_name__istartswith": "đỒN"},
        {"last_name__iendswith": "KHẨU"},
        {"last_name__iexact": "đồn cỬa khẩu"},
    ],
)
def test_vietnamese_is_found_in_whatever_case(asked):
    people("Đồn Cửa khẩu", "ĐỒN CỬA KHẨU", "đồn cửa khẩu", "Don Cua khau")
    assert User.objects.filter(**asked).count() == 3
    assert User.objects.exclude(**asked).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "wanted"), [("100%", 1), ("_", 1), ("\\", 1), ("0", 2), ("", 4), ("x\ny", 1)])
def test_what_is_typed_is_looked_for_as_it_is(text, wanted):
    people("100% LED", "100 LED_", "a\\b", "x\ny")
    assert User.objects.filter(last_name__icontains=text).count() == wanted


@pytest.mark.django_db
def test_what_is_not_there_is_like_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULL MATCH 'a', 'a' MATCH NULL, 12 MATCH '1%', 'Ắ' MATCH 'ắ'")
        assert cursor.fetchone() == (None, None, 1, 1)


@pytest.mark.django_db
def test_the_library_is_still_searched_by_its_full_text(picture_record):
    from cms.content.models import Picture

    picture_record.title = "CỬA KHẨU Tịnh Biên"
    picture_record.save()
    assert [one.pk for one in Picture.objects.search("cửa khẩu")] == [picture_record.pk]


@given(st.text("aB%_\\\n", max_size=8), st.text("Ab%_\\\n", max_size=8))
def test_ascii_is_decided_as_sqlite_does(pattern, value):
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        return  # nothing follows the last backslash: SQLite says no, and nobody asks
    (said,) = sqlite3.connect(":memory:").execute("SELECT ? LIKE ? ESCAPE '\\'", (value, pattern)).fetchone()
    assert bool(match(pattern, value)) == bool(said)
