"""The letter at the beginning of a step goes to those whose turn it is, and to nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from wagtail.users.models import UserProfile

from cms.approval.models import Delegation
from cms.approval.powers import today
from cms.content.models import ItemPage
from cms.places.models import Membership, Organisation, OrganisationRole
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(submitted, mailoutbox, django_capture_on_commit_callbacks):
    """`told()`: who gets a letter when the contributor's item is submitted."""

    def send() -> set[str]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            submitted()
        return {one.to[0] for one in mailoutbox if one.subject == "Chờ bạn quyết định: Giờ mở cửa"}

    return send


def department(province, code: str = "so-vhttdl") -> Organisation:
    made = Organisation.objects.create(province=province, code=code, name=code, level="province")
    OrganisationRole.objects.create(organisation=made, kind="appraiser", valid_from=date(2020, 1, 1))
    return made


def test_the_appraisers_of_the_province_are_told_where_nobody_is_entered(told, appraiser, approver, administrator):
    assert told() == {appraiser.email}


def test_only_the_people_of_the_steps_organisation_on_that_day_are_told(told, province, appraiser):
    sometime = {"valid_from": date(2020, 1, 1)}
    now, before, elsewhere = (make_user(f"{one}-appraiser", "an_giang", "appraiser") for one in ("now", "old", "far"))
    Membership.objects.create(user=now, organisation=department(province), **sometime)
    Membership.objects.create(
        user=before, organisation=Organisation.objects.get(), valid_until=date(2021, 1, 1), **sometime
    )
    Membership.objects.create(user=elsewhere, organisation=department(province, "bao"), **sometime)
    assert told() == {now.email}


def test_who_submitted_or_switched_these_letters_off_gets_none(told, contributor, province, appraiser):
    contributor.groups.add(*appraiser.groups.all())
    other = make_user("quiet", "an_giang", "appraiser")
    profile = UserProfile.get_for_user(other)
    profile.submitted_notifications = False
    profile.save()
    assert told() == {appraiser.email}


def test_who_stands_in_for_an_appraiser_is_told_too(told, province, appraiser, operator):
    Delegation.objects.create(
        province=province, role="appraiser", delegator=appraiser, delegate=operator, valid_from=today(),
        valid_until=today(), reason="Đi công tác", made_at="2026-01-01T00:00Z",
    )  # fmt: skip
    assert told() == {appraiser.email, operator.email}


def test_it_says_step_and_last_day_and_leads_to_our_page(told, appraiser, mailoutbox):
    told()
    (letter,) = (one for one in mailoutbox if one.to == [appraiser.email])
    assert f"/admin/items/{ItemPage.objects.get().pk}/review/" in letter.body
    assert "Thẩm định" in letter.body
    assert "Hạn:" in letter.body


def test_a_mail_server_that_fails_stops_nobody(told, appraiser, settings):
    settings.EMAIL_BACKEND = "tests.approval.test_turns.Broken"
    told()
    assert ItemPage.objects.get().workflow_in_progress


class Broken:
    """A mail server whose address nobody knows."""

    def __init__(self, *args, **kwargs) -> None: ...

    def send_messages(self, messages) -> int:
        raise OSError("Name or service not known")
