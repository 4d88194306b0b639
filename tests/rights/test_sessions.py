"""Where somebody is logged in, and ending it."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cms.accounts import sessions
from cms.accounts.models import AuditEntry, OldPassword, User
from cms.accounts.passwords import NotAmongTheLast
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


def log_in(user, agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/account/login/", {"login": user.get_username(), "password": PASSWORD})
    assert inside(client)
    return client


def inside(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_one_sees_where_one_is_logged_in_and_ends_another_session(editor):
    here, there = log_in(editor), log_in(editor, CHROME)
    page = here.get(reverse("accounts:sessions")).content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Android" in page
    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post(reverse("accounts:sessions"), {"session": other.pk})
    assert not inside(there)
    assert inside(here)
    ended = AuditEntry.objects.get(action="account.sessions_ended")
    assert (ended.user, ended.data["count"]) == (editor, 1)


def test_one_ends_all_others_at_once(editor):
    here, others = log_in(editor), [log_in(editor) for _ in range(2)]
    here.post(reverse("accounts:sessions"))
    assert [inside(one) for one in others] == [False, False]
    assert inside(here)


def test_nobody_ends_the_session_of_somebody_else(editor, contributor):
    theirs = log_in(contributor)
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    log_in(editor).post(reverse("accounts:sessions"), {"session": row.pk})
    assert inside(theirs)


def test_an_administrator_ends_all_sessions_of_a_person_with_a_reason(client_for, manager, editor):
    theirs, client = log_in(editor), client_for(manager)
    address = reverse("accounts:person_sessions", args=[editor.pk])
    assert "Firefox" in client.get(address).content.decode()
    client.post(address, {"reason": ""})
    assert inside(theirs)
    client.post(address, {"reason": "Máy bị mất"})
    assert not inside(theirs)
    assert AuditEntry.objects.get(action="account.sessions_ended").reason == "Máy bị mất"


def test_a_second_factor_ends_the_sessions_that_began_without_one(editor, monkeypatch):
    """Somebody with the password alone may sit in one of them."""
    here, there = log_in(editor), log_in(editor, CHROME)
    secret = here.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    monkeypatch.setattr(transaction, "on_commit", lambda function, **kwargs: function())  # the test never commits
    assert here.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert inside(here)
    assert not inside(there)


@pytest.mark.parametrize("change", ["switched off", "a new password", "a superuser"])
def test_a_change_of_rights_ends_every_session_at_once(editor, change):
    theirs = log_in(editor)
    if change == "switched off":
        editor.is_active = False
    elif change == "a superuser":
        editor.is_superuser = True
    else:
        editor.set_password("một mật khẩu khác hẳn")
    editor.save()
    assert not inside(theirs)
    assert not UserSession.objects.filter(user=editor).exists()


def test_who_changes_their_own_password_stays_where_they_are(editor):
    here, there = log_in(editor), log_in(editor)
    new = "một mật khẩu khác hẳn"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post(reverse("account_change_password"), data)
    editor.refresh_from_db()
    assert editor.check_password(new)
    assert inside(here)
    assert not inside(there)


def test_the_list_follows_the_session_when_its_key_changes(editor):
    here = log_in(editor)
    here.post("/account/logout/")
    assert not sessions.devices_of(editor)
    log_in(editor)
    assert len(sessions.devices_of(editor)) == 1


def test_last_seen_is_written_once_in_five_minutes_at_most(editor, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    here = log_in(editor)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        here.get(reverse("accounts:sessions"))
    assert not [one for one in queries if "usersession" in one["sql"] and not one["sql"].startswith("SELECT")]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        (CHROME.replace("Mobile Safari", "Safari") + " Edg/140.0", "Edge, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Mobile Safari/604", "Safari, iOS"),
        ("curl/8", "Thiết bị không rõ"),
        ("<script>", "Thiết bị không rõ"),
    ],
)
def test_a_device_is_named_in_words(agent, words):
    assert sessions.words_of(agent) == words


def test_the_last_five_passwords_do_not_come_back(editor):
    used = [PASSWORD, *(f"mật khẩu thứ {number} của Minh" for number in range(5))]
    for one in used[1:]:
        editor.set_password(one)
        editor.save()
    for one in used[1:]:
        with pytest.raises(ValidationError):
            NotAmongTheLast().validate(one, User.objects.get(pk=editor.pk))
    NotAmongTheLast().validate(used[0], editor)
    assert OldPassword.objects.filter(user=editor).count() == 5
    assert not any(one in str(OldPassword.objects.values_list("hash", flat=True)) for one in used)
