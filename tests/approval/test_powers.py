"""Who takes a step today: the role in the province, the organisation that holds it on that day, and who stands in for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cms import clock
from cms.accounts.models import AuditEntry
from cms.approval.delegating import NotDelegated, delegate, end
from cms.approval.models import Approval, Decision, Delegation
from cms.approval.powers import forget, taker_of
from cms.content.models import ItemPage
from cms.places.models import Membership, Organisation, OrganisationRole
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

LONG_AGO = date(2021, 4, 26)


def today() -> date:
    return timezone.localdate(clock.now())


@pytest.fixture
def department(province):
    """The organisation that the plugin's steps name, with both roles."""
    made = Organisation.objects.create(province=province, code="so-vhttdl", name="Sở VHTTDL")
    for kind in ("appraiser", "approver"):
        OrganisationRole.objects.create(organisation=made, kind=kind, valid_from=LONG_AGO)
    return made


def enter(person, organisation, *, until: date | None = None):
    forget(person)
    return Membership.objects.create(user=person, organisation=organisation, valid_from=LONG_AGO, valid_until=until)


def may(person, *organisations: str) -> bool:
    forget(person)
    return taker_of(person, "an_giang", "appraiser", organisations) is not None


def test_without_members_the_role_alone_decides_and_the_page_says_so(submitted, appraiser, client_for):
    page = submitted()
    shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "chỉ xét vai trò trong tỉnh" in shown


def test_once_somebody_is_entered_only_members_take_the_step(
    submitted, department, appraiser, approver, decide, client_for
):
    colleague = make_user("colleague", "an_giang", "appraiser")
    enter(colleague, department)
    page = submitted()
    shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "Bước này do người khác thực hiện" in shown
    assert "chỉ xét vai trò trong tỉnh" not in shown
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "AppraisalTask"
    decide(colleague, page, "approve")
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "ApprovalTask"


def test_members_do_not_approve_without_the_role_in_the_province(department, contributor):
    enter(contributor, department)
    assert not may(contributor, "so-vhttdl")


def test_a_membership_ends_with_its_last_day(department, appraiser):
    entered = enter(appraiser, department, until=today())
    assert may(appraiser, "so-vhttdl")
    entered.valid_until = today() - timedelta(days=1)
    entered.save()
    assert not may(appraiser, "so-vhttdl"), "and nobody's role alone is enough again"


def test_an_organisation_that_lost_its_role_takes_no_step(department, appraiser):
    enter(appraiser, department)
    department.roles.update(valid_until=today() - timedelta(days=1))
    assert not may(appraiser, "so-vhttdl")


def test_who_belongs_to_another_organisation_is_bound_to_it(province, department, appraiser):
    elsewhere = Organisation.objects.create(province=province, code="ubnd-xa", name="UBND xã")
    enter(appraiser, elsewhere)
    assert not may(appraiser, "so-vhttdl")
    OrganisationRole.objects.create(organisation=elsewhere, kind="appraiser", valid_from=LONG_AGO)
    assert may(appraiser, "ubnd-xa")


def test_administrators_are_bound_too(department, appraiser, administrator):
    enter(appraiser, department)
    assert not may(administrator, "so-vhttdl")


def test_what_waits_for_a_person_costs_as_many_queries_for_many_steps(
    shelves, province, other_province, administrator, django_assert_max_num_queries
):
    from wagtail.models import TaskState

    from cms.approval.services import ensure_workflow

    ensure_workflow(other_province)
    with django_assert_max_num_queries(12):
        list(TaskState.objects.reviewable_by(administrator))


# --- standing in ------------------------------------------------------------------------------------------------------------


def stand_in(province, by, to, role: str = "approver", *, begin: date | None = None, days: int = 6) -> Delegation:
    first = begin or today()
    made = delegate(
        province, role, by=by, to=to, valid_from=first, valid_until=first + timedelta(days=days), reason="Đi công tác"
    )
    forget(to)
    return made


def test_a_delegate_approves_on_behalf_of_the_approver_and_both_stand_in_the_record(
    submitted, province, appraiser, approver, editor, decide, client_for
):
    page = submitted()
    decide(appraiser, page, "approve")
    decide(editor, page, "approve", confirmed="on")
    assert not Approval.objects.exists(), "an editor approves nothing"
    stand_in(province, approver, editor)
    told = decide(editor, page, "approve", confirmed="on").content.decode()
    assert "xác thực hai lớp" in told, "whoever approves needs a second factor"
    from cms.accounts.services import set_totp

    set_totp(editor, "JBSWY3DPEHPK3PXP")
    shown = client_for(editor).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert f"Bạn quyết định thay mặt {approver}" in shown
    decide(editor, page, "approve", confirmed="on")
    decision = Decision.objects.get(kind=Decision.Kind.APPROVAL)
    assert (decision.by, decision.on_behalf_of) == (editor, approver)
    assert AuditEntry.objects.get(action="approval.approve").data["on_behalf_of"] == str(approver)


def test_four_eyes_bind_the_delegate_and_whom_they_represent(
    submitted, province, appraiser, approver, editor, contributor, decide, make_item, draw_waiting, client_for
):
    from cms.accounts.services import set_totp

    set_totp(editor, "JBSWY3DPEHPK3PXP")
    stand_in(province, approver, editor)
    page = submitted()
    draft = ItemPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.save_revision(user=editor)
    draw_waiting(page)
    decide(appraiser, page, "approve")
    decide(editor, page, "approve", confirmed="on")
    assert not Approval.objects.exists(), "the delegate wrote it"
    theirs = make_item("Tin của người phê duyệt", by=approver)
    draw_waiting(theirs)
    client_for(contributor).post(f"/admin/items/{theirs.pk}/review/", {"action": "submit"})
    decide(appraiser, theirs, "approve")
    decide(editor, theirs, "approve", confirmed="on")
    assert not Approval.objects.exists(), "the one they represent wrote it"


def test_a_delegation_holds_from_its_first_day_until_it_is_ended(province, appraiser, editor):
    later = stand_in(province, appraiser, editor, "appraiser", begin=today() + timedelta(days=2))
    assert not may(editor)
    Delegation.objects.update(valid_from=today())
    assert may(editor)
    end(later, by=appraiser)
    assert not may(editor)
    actions = list(AuditEntry.objects.filter(action__startswith="delegation.").values_list("action", flat=True))
    assert sorted(actions) == ["delegation.end", "delegation.make"]


def test_a_delegate_passes_nothing_further(province, appraiser, editor, operator):
    stand_in(province, appraiser, editor, "appraiser")
    with pytest.raises(NotDelegated):
        stand_in(province, editor, operator, "appraiser")


def test_nobody_delegates_to_another_province_or_for_ever(province, approver, outsider, editor):
    for to, days in ((outsider, 6), (approver, 6), (editor, 400)):
        with pytest.raises(NotDelegated):
            stand_in(province, approver, to, days=days)


def test_a_delegator_who_lost_the_role_lends_nothing(province, appraiser, editor):
    stand_in(province, appraiser, editor, "appraiser")
    appraiser.groups.clear()
    assert not may(editor)


def test_the_page_of_delegations_is_for_those_who_decide_and_shows_only_their_own(
    province, approver, editor, contributor, outsider, client_for
):
    day = today().isoformat()
    sent = {
        "power": "an_giang:approver",
        "to": editor.pk,
        "valid_from": day,
        "valid_until": day,
        "reason": "Đi công tác",
        "document": "3/QĐ",
    }
    client_for(approver).post("/admin/delegations/", sent)
    made = Delegation.objects.get()
    assert (made.delegator, made.delegate, made.document) == (approver, editor, "3/QĐ")
    assert "Đi công tác" in client_for(editor).get("/admin/delegations/").content.decode()
    assert "Đi công tác" not in client_for(outsider).get("/admin/delegations/").content.decode()
    assert client_for(contributor).get("/admin/delegations/").status_code == 302
    assert client_for(outsider).post(f"/admin/delegations/{made.pk}/end/").status_code == 404
    client_for(editor).post(f"/admin/delegations/{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_at is None, "only who delegated ends it, or an administrator"
    client_for(approver).post(f"/admin/delegations/{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_by == approver


def test_a_form_that_is_refused_keeps_what_was_typed(province, approver, editor, client_for):
    sent = {"power": "an_giang:approver", "to": editor.pk, "valid_from": "2020-01-01", "valid_until": "2020-01-02"}
    told = client_for(approver).post("/admin/delegations/", {**sent, "reason": "Đi công tác"}).content.decode()
    assert "không kết thúc trước ngày bắt đầu" in told
    assert "Đi công tác" in told
    assert 'value="2020-01-01"' in told
    assert not Delegation.objects.exists()
