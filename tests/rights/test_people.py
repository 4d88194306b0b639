"""The administrator of a province looks after its people, openly, and after nobody else."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from cms.accounts.models import AuditEntry, User
from cms.accounts.services import ensure_groups, has_role, has_second_factor, set_totp
from tests.conftest import TOTP_SECRET, make_user

pytestmark = pytest.mark.django_db


def account(person: User, *roles: str, **changes: str) -> dict:
    """The form of a person's account with these roles of An Giang."""
    groups = ensure_groups("an_giang")
    return {
        "username": person.username,
        "email": person.email,
        "first_name": person.first_name or "Tên",
        "last_name": person.last_name or "Họ",
        "position": person.position,
        "password1": "",
        "password2": "",
        "is_active": "on",
        "groups": [groups[role].pk for role in roles],
        **changes,
    }


def edit(person: User) -> str:
    return reverse("wagtailusers_users:edit", args=[person.pk])


def test_the_list_holds_the_people_of_the_own_province_alone(client_for, manager, editor, stranger, administrator):
    page = client_for(manager).get(reverse("wagtailusers_users:index")).content.decode()
    assert "Trần Minh" in page
    assert "Hoàng Bình" not in page
    assert "administrator@" not in page
    assert reverse("wagtailusers_users:edit", args=[administrator.pk]) not in page


def test_the_list_asks_the_same_number_of_queries_for_many_people(client_for, manager, django_assert_max_num_queries):
    client = client_for(manager)
    client.get(reverse("wagtailusers_users:index"))
    for number in range(15):
        make_user(f"nguoi-{number}", "an_giang", "editor", "translator")
    with django_assert_max_num_queries(22):
        client.get(reverse("wagtailusers_users:index"))


def test_a_person_is_made_with_a_role_of_the_own_province(client_for, manager):
    mai = User(username="mai", email="mai@example.vn", first_name="Mai", last_name="Đỗ")
    password = {"password1": "nước lớn nước ròng", "password2": "nước lớn nước ròng"}
    answer = client_for(manager).post(reverse("wagtailusers_users:add"), account(mai, "editor", **password))
    assert answer.status_code == 302
    mai = User.objects.get(username="mai")
    assert has_role(mai, "an_giang", "editor")
    assert mai.province == "an_giang"


@pytest.mark.parametrize("forged", ["superuser", "a role elsewhere", "a group of no province"])
def test_nobody_gives_what_does_not_belong_to_the_province(client_for, manager, editor, other_province, forged):
    from django.contrib.auth.models import Group

    data = account(editor, "editor")
    if forged == "superuser":
        data["is_superuser"] = "on"
    elif forged == "a role elsewhere":
        data["groups"].append(ensure_groups("cao_bang")["approver"].pk)
    else:
        data["groups"].append(Group.objects.create(name="Mọi quyền").pk)
    client_for(manager).post(edit(editor), data)
    editor = User.objects.get(pk=editor.pk)
    assert not editor.is_superuser
    assert set(editor.groups.all()) == {ensure_groups("an_giang")["editor"]}


@pytest.mark.parametrize("who", ["outsider", "administrator", "helper from elsewhere", "with a group of no province"])
def test_whoever_has_rights_from_elsewhere_is_out_of_reach(client_for, manager, request, other_province, who):
    if who in ("outsider", "administrator"):
        person = request.getfixturevalue(who)
    elif who == "helper from elsewhere":
        person = make_user("helper", "an_giang", "editor")
        person.groups.add(ensure_groups("cao_bang")["contributor"])
    else:
        from django.contrib.auth.models import Group

        person = make_user("helper", "an_giang", "editor")
        person.groups.add(Group.objects.create(name="Mọi quyền"))
    set_totp(person, TOTP_SECRET)
    before = User.objects.filter(pk=person.pk).values("password", "is_active", "email").get()
    client = client_for(manager)
    client.post(
        edit(person), account(person, email="x@example.vn", password1="abc def ghi jkl", password2="abc def ghi jkl")
    )
    client.post(reverse("accounts:second_factor", args=[person.pk]), {"reason": "x"})
    client.post(reverse("accounts:person_sessions", args=[person.pk]), {"reason": "x"})
    client.post(f"/admin/bulk/accounts/user/set_active_state/?id={person.pk}", {"mark_as_active": "False"})
    assert User.objects.filter(pk=person.pk).values("password", "is_active", "email").get() == before
    assert has_second_factor(person)


def test_groups_and_their_rights_are_fixed(client_for, manager):
    group = ensure_groups("an_giang")["editor"]
    client = client_for(manager)
    for address in ("wagtailusers_groups:index", "wagtailusers_groups:add"):
        assert client.get(reverse(address)).status_code == 302, address
    assert client.post(reverse("wagtailusers_groups:edit", args=[group.pk]), {"name": "x"}).status_code == 302
    group.refresh_from_db()
    assert "x" not in group.name


def test_roles_are_not_changed_for_many_at_once(client_for, administrator, editor):
    role = ensure_groups("an_giang")["approver"]
    address = f"/admin/bulk/accounts/user/assign_role/?id={editor.pk}&next=/admin/"
    client_for(administrator).post(address, {"role": role.pk, "next": "/admin/"})
    assert not has_role(User.objects.get(pk=editor.pk), "an_giang", "approver")


def test_nobody_becomes_an_approver_in_silence(client_for, manager, administrator, django_capture_on_commit_callbacks):
    """Written down, mailed to the other administrators, and with a new log-in."""
    other = make_user("second-manager", "an_giang", "administrator")
    client = client_for(manager)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit(manager), account(manager, "administrator", "approver"))
    manager = User.objects.get(pk=manager.pk)
    assert has_role(manager, "an_giang", "approver")
    given = AuditEntry.objects.get(action="account.role_given", subject="manager", data__role="approver")
    assert (given.user, given.province) == (manager, "an_giang")
    told = {one.to[0]: one for one in mail.outbox}
    assert set(told) == {manager.email, other.email, administrator.email}
    assert "Lãnh đạo phê duyệt" in told[other.email].body or "phê duyệt" in told[other.email].body.lower()
    assert client.get("/admin/").url.startswith("/account/login/")


def test_the_person_is_told_and_logs_in_again(client_for, manager, editor, django_capture_on_commit_callbacks):
    theirs = client_for(editor)
    with django_capture_on_commit_callbacks(execute=True):
        client_for(manager).post(edit(editor), account(editor, "editor", "translator"))
    assert [one.to for one in mail.outbox if one.to == [editor.email]] == [[editor.email]]
    assert theirs.get("/admin/").url.startswith("/account/login/")


@pytest.mark.parametrize("who", ["an administrator", "the person, or who sits there"])
def test_the_old_address_hears_that_it_is_no_more(client_for, manager, editor, django_capture_on_commit_callbacks, who):
    with django_capture_on_commit_callbacks(execute=True):
        if who == "an administrator":
            client_for(manager).post(edit(editor), account(editor, "editor") | {"email": "new@example.vn"})
        else:
            fields = {
                "name_email-first_name": "Minh",
                "name_email-last_name": "Trần",
                "name_email-email": "new@example.vn",
            }
            locale = {"locale-preferred_language": "vi", "locale-current_time_zone": "Asia/Ho_Chi_Minh"}
            theme = {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}
            client_for(editor).post(reverse("wagtailadmin_account"), fields | locale | theme)
    assert User.objects.get(pk=editor.pk).email == "new@example.vn"
    (told,) = [one for one in mail.outbox if one.to == ["editor@example.vn"]]
    assert "new@example.vn" in told.body


def test_without_roles_a_person_stays_with_the_province(client_for, manager, editor):
    client = client_for(manager)
    client.post(edit(editor), account(editor))
    assert not User.objects.get(pk=editor.pk).groups.exists()
    assert client.get(edit(editor)).status_code == 200


def test_a_person_moves_with_their_roles_to_another_province(administrator, manager, editor, other_province):
    from cms.accounts.people import may_administer

    editor.groups.set([ensure_groups("cao_bang")["editor"]])
    assert User.objects.get(pk=editor.pk).province == "cao_bang"
    assert not may_administer(manager, editor)


def test_an_administrator_of_a_province_airs_nothing(cluster, manager):
    from cms.alerts.services import may_black_out
    from cms.programmes.services import may_edit

    assert not has_role(manager, "an_giang", "approver", "appraiser", "editor")
    assert not may_edit(manager, "an_giang")
    assert not may_black_out(manager, cluster)


def test_whoever_is_no_administrator_sees_no_people(client_for, editor, approver):
    for person in (editor, approver):
        for address in (reverse("wagtailusers_users:index"), edit(editor), reverse("wagtailusers_users:add")):
            assert client_for(person).get(address).status_code in (302, 404), address


def test_every_action_of_a_superuser_on_an_account_still_works(client_for, administrator, editor):
    client_for(administrator).post(edit(editor), account(editor, "editor") | {"is_active": ""})
    assert not User.objects.get(pk=editor.pk).is_active
