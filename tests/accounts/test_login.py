"""Every way in leads through allauth: password, lock, second factor."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cms.accounts.models import AuditEntry
from cms.accounts.services import has_second_factor, reset_second_factor, set_totp
from tests.conftest import PASSWORD, TOTP_SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def log_in(client: Client, user, password: str = PASSWORD, **headers: str):
    return client.post("/account/login/", {"login": user.get_username(), "password": password}, **headers)


def code_now() -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))


def test_the_first_address_leads_to_the_log_in(client):
    response = client.get("/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/account/login/")
    page = response.content.decode()
    assert "Bảng Tin" in page
    assert "Wagtail" not in page.split("<body", 1)[1].split("<script", 1)[0]


def test_wagtails_own_log_in_and_password_reset_lead_to_ours(client):
    assert client.get("/admin/login/?next=/admin/pages/").url == "/account/login/?next=/admin/pages/"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).url.startswith("/account/login/")
    assert client.get("/admin/password_reset/").url == "/account/password/reset/"
    assert client.get("/admin/password_reset/confirm/MQ/abc/").url == "/account/password/reset/"


def test_nobody_signs_up(client):
    assert client.get("/account/signup/").url == "/account/login/"


def test_a_contributor_logs_in_with_a_password_and_it_is_written_down(client, contributor):
    assert log_in(client, contributor).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert AuditEntry.objects.filter(action="account.login", user=contributor).count() == 1


def test_a_wrong_password_says_what_to_do_and_is_written_down(client, contributor):
    response = log_in(client, contributor, "wrong")
    assert response.status_code == 200
    assert AuditEntry.objects.filter(action="account.login_failed", subject="contributor").count() == 1


def test_five_wrong_passwords_lock_even_the_right_one_out(client, contributor):
    for _ in range(4):
        assert log_in(client, contributor, "wrong").status_code == 200
    locked = log_in(client, contributor, "wrong")
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert log_in(client, contributor).status_code in (200, 429)
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.filter(action="account.locked", subject="contributor").exists()


def test_a_stranger_elsewhere_locks_nobody_out(client, contributor, settings):
    settings.BANGTIN_PROXIES = 1
    for _ in range(5):
        locked = log_in(client, contributor, "wrong", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert locked.status_code == 429
    assert AccessAttempt.objects.get().ip_address == "203.0.113.9"


def test_an_approver_without_a_second_factor_sees_nothing_before_setting_it_up(client, approver):
    log_in(client, approver)
    for address in ("/admin/", "/admin/account/", "/admin/reports/audit/", "/account/second-factor/"):
        assert client.get(address).url == reverse("mfa_activate_totp"), address
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    refused = client.get("/admin/", HTTP_X_REQUESTED_WITH="XMLHttpRequest")
    assert refused.status_code == 403
    assert client.post("/account/logout/").status_code == 302


def test_an_approver_sets_the_second_factor_up_and_works_on(client, approver):
    log_in(client, approver)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).url == reverse("mfa_view_recovery_codes")
    assert has_second_factor(approver)
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("person", ["approver", "administrator"])
def test_the_code_is_asked_for_at_every_log_in(client, person, request):
    user = request.getfixturevalue(person)
    set_totp(user, TOTP_SECRET)
    assert log_in(client, user).url == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302, "the password alone lets nobody in"
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_recovery_code_lets_in_once(client, approver):
    codes = set_totp(approver, TOTP_SECRET)
    log_in(client, approver)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).url == "/admin/"
    again = Client()
    log_in(again, approver)
    assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200


def test_the_secret_of_an_authenticator_is_not_readable_in_the_database(approver):
    from allauth.mfa.models import Authenticator

    set_totp(approver, TOTP_SECRET)
    assert TOTP_SECRET not in str(Authenticator.objects.values_list("data", flat=True))


def test_an_administrator_takes_a_lost_second_factor_away_with_a_reason(client_for, administrator, approver):
    set_totp(approver, TOTP_SECRET)
    client = client_for(administrator)
    address = reverse("accounts:second_factor", args=[approver.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"reason": ""})
    assert has_second_factor(approver), "a reason is required"
    client.post(address, {"reason": "Mất điện thoại"})
    assert not has_second_factor(approver)
    entry = AuditEntry.objects.get(action="account.second_factor_reset")
    assert (entry.user, entry.reason) == (administrator, "Mất điện thoại")


def test_others_may_not_take_a_second_factor_away(client_for, editor, approver):
    set_totp(approver, TOTP_SECRET)
    client_for(editor).post(reverse("accounts:second_factor", args=[approver.pk]), {"reason": "x"})
    assert has_second_factor(approver)


def test_a_reset_second_factor_is_set_up_anew_at_the_next_log_in(client, client_for, approver, administrator):
    before = client_for(approver)
    reset_second_factor(approver, by=administrator, reason="x")
    assert before.get("/admin/").url.startswith("/account/login/"), "whoever has the telephone is out"
    log_in(client, approver)
    assert client.get("/admin/").url == reverse("mfa_activate_totp")


def test_a_forgotten_password_is_set_anew_by_e_mail(client, contributor):
    client.post("/account/password/reset/", {"email": contributor.email})
    assert len(mail.outbox) == 1
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link.replace("http://testserver", ""), follow=True)
    action = page.redirect_chain[-1][0]
    client.post(action, {"password1": "một mật khẩu khác hẳn", "password2": "một mật khẩu khác hẳn"})
    contributor.refresh_from_db()
    assert contributor.check_password("một mật khẩu khác hẳn")


def test_an_unknown_address_gets_the_same_answer(client, contributor):
    known = client.post("/account/password/reset/", {"email": contributor.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.vn"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_an_administrator_makes_a_person_with_a_role_and_a_password(client_for, administrator, province):
    from cms.accounts.models import User
    from cms.accounts.services import ensure_groups, has_role

    client = client_for(administrator)
    assert client.get(reverse("wagtailusers_users:add")).status_code == 200
    client.post(
        reverse("wagtailusers_users:add"),
        {
            "username": "mai",
            "email": "mai@example.vn",
            "first_name": "Mai",
            "last_name": "Đỗ",
            "position": "Biên tập viên",
            "password1": "nước lớn nước ròng",
            "password2": "nước lớn nước ròng",
            "groups": [ensure_groups("an_giang")["editor"].pk],
        },
    )
    mai = User.objects.get(username="mai")
    assert mai.position == "Biên tập viên"
    assert has_role(mai, "an_giang", "editor")
    given = AuditEntry.objects.get(action="account.role_given", subject="mai")
    assert (given.user, given.province, given.data["role"]) == (administrator, "an_giang", "editor")


def test_people_are_switched_off_and_never_deleted(client_for, administrator, contributor):
    client = client_for(administrator)
    client.post(reverse("wagtailusers_users:delete", args=[contributor.pk]))
    contributor.refresh_from_db()
    client.post(f"/admin/bulk/accounts/user/delete/?id={contributor.pk}&next=/admin/", {"next": "/admin/"})
    contributor.refresh_from_db()
