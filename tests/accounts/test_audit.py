"""The audit log only grows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.accounts import audit
from cms.accounts.models import AppendOnly, AuditEntry, User
from cms.accounts.services import disable_idle

pytestmark = pytest.mark.django_db


def test_what_is_written_cannot_be_changed_or_deleted(editor):
    entry = audit.record("approval.approve", "Chợ nổi", user=editor, province="an_giang", reason="đạt", proofs=["a"])
    entry.reason = "khác"
    for deed in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(reason="khác"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(AppendOnly):
            deed()
    entry.refresh_from_db()
    assert (entry.reason, entry.data, entry.user) == ("đạt", {"proofs": ["a"]}, editor)


def test_administrators_read_everything_and_filter_it(client_for, administrator, editor):
    audit.record("approval.approve", "Chợ nổi Long Xuyên", user=editor, province="an_giang")
    audit.record("approval.revoke", "Thác Bản Giốc", user=editor, province="cao_bang")
    client = client_for(administrator)
    everything = client.get(reverse("accounts:audit")).content.decode()
    assert "Chợ nổi Long Xuyên" in everything
    assert "Thác Bản Giốc" in everything
    filtered = client.get(reverse("accounts:audit"), {"province": "cao_bang"}).content.decode()
    assert "Chợ nổi Long Xuyên" not in filtered
    assert "Thác Bản Giốc" in filtered
    assert (
        "Chợ nổi Long Xuyên"
        in client.get(reverse("accounts:audit_results"), {"action": "approval.approve"}).content.decode()
    )


def test_an_approver_reads_what_concerns_their_province(client_for, approver, other_province):
    audit.record("approval.approve", "Chợ nổi Long Xuyên", province="an_giang")
    audit.record("approval.approve", "Thác Bản Giốc", province="cao_bang")
    page = client_for(approver).get(reverse("accounts:audit")).content.decode()
    assert "Chợ nổi Long Xuyên" in page
    assert "Thác Bản Giốc" not in page


def test_a_contributor_does_not_read_it(client_for, contributor):
    assert client_for(contributor).get(reverse("accounts:audit")).status_code == 302


def test_accounts_that_nobody_used_for_45_days_are_switched_off_but_never_the_last_administrator(
    editor, contributor, administrator
):
    now = timezone.now()
    User.objects.update(date_joined=now - timedelta(days=200), last_login=now - timedelta(days=46))
    User.objects.filter(pk=editor.pk).update(last_login=now - timedelta(days=44))
    assert disable_idle() == ["contributor"]
    assert set(User.objects.filter(is_active=True).values_list("username", flat=True)) == {"editor", "administrator"}
    assert AuditEntry.objects.filter(action="account.disabled_idle", subject="contributor").exists()
    assert disable_idle() == []
