"""Contributors find the form of their unit from the first page on, and in the menu."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db
FORM = "/yeu-cau/"


def first_page(client) -> str:
    return client.get("/admin/").content.decode()


def test_who_belongs_to_a_unit_is_led_to_its_form(client_for, member, unit):
    page = first_page(client_for(member))
    assert f'<a href="{FORM}">Gửi yêu cầu đăng tin của {unit.name}</a>' in page
    assert page.count(FORM) == 2  # in the menu, too


def test_who_belongs_to_no_unit_finds_the_form_in_the_menu_only(client_for, contributor):
    assert first_page(client_for(contributor)).count(FORM) == 1


def test_whoever_sends_nothing_is_led_nowhere(client_for, approver):
    assert FORM not in first_page(client_for(approver))
