"""Pages outside the admin speak Vietnamese first; English for whoever asks for it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def entrance() -> str:
    return reverse("account_login")


def language_of(answer) -> str:
    assert ("Đăng nhập" in answer.content.decode()) != ("Log in" in answer.content.decode())
    return answer.headers["Content-Language"]


def test_a_stranger_with_an_english_browser_reads_vietnamese(client, entrance):
    answer = client.get(entrance, HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    assert language_of(answer) == "vi"
    assert '<html lang="vi"' in answer.content.decode()


def test_whoever_chooses_english_keeps_it_and_may_go_back(client, entrance):
    assert language_of(client.get(entrance, {"lang": "en"})) == "en"
    assert language_of(client.get(entrance)) == "en"
    assert language_of(client.get(entrance, {"lang": "vi"})) == "vi"
    assert language_of(client.get(entrance)) == "vi"


def test_the_choice_keeps_where_the_reader_wants_to_go(client, entrance):
    answer = client.get(entrance, {"next": "/admin/items/"}).content.decode()
    assert 'href="?next=%2Fadmin%2Fitems%2F&amp;lang=en" lang="en"' in answer


@pytest.mark.parametrize("asked", ["km", "../en", ""])
def test_languages_the_pages_do_not_speak_are_not_heard(client, entrance, asked):
    answer = client.get(entrance, {"lang": asked})
    assert language_of(answer) == "vi"
    assert "django_language" not in answer.cookies


def test_the_profile_of_who_is_logged_in_is_heard(client_for, approver):
    desk, page = client_for(approver), reverse("mfa_index")
    assert desk.get(page).headers["Content-Language"] == "vi"
    UserProfile.objects.update_or_create(user=approver, defaults={"preferred_language": "en"})
    assert desk.get(page).headers["Content-Language"] == "en"
    assert desk.get(page, {"lang": "vi"}).headers["Content-Language"] == "vi"
