"""Releases in the admin: one's own province's, with reasons in words, nothing to change."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.release.models import Release, ReleaseRequest
from cms.release.signer import sign_release


@pytest.fixture
def refused(desk) -> Release:
    desk.shown[0][0].delete()
    release = desk.release()
    assert sign_release(release) == "refused"
    return release


def test_an_operator_reads_why_a_release_was_refused(refused, operator, client_for):
    client = client_for(operator)
    page = client.get(reverse("releases:index"))
    assert page.status_code == 200
    assert "Tịnh Biên" in page.content.decode()
    detail = client.get(reverse("releases:detail", args=[refused.pk]))
    assert detail.status_code == 200
    assert refused.sha256 in detail.content.decode()


def test_an_outsider_sees_nothing_of_another_province(refused, outsider, client_for):
    client = client_for(outsider)
    page = client.get(reverse("releases:index"))
    assert page.status_code == 200
    assert "Tịnh Biên" not in page.content.decode()
    assert client.get(reverse("releases:detail", args=[refused.pk])).status_code == 404


def test_what_keeps_a_cluster_from_a_release_stands_above_the_list(cluster, operator, client_for):
    ReleaseRequest.objects.update_or_create(cluster=cluster, target="schedule", defaults={"error": "Đĩa đã đầy"})
    assert "Đĩa đã đầy" in client_for(operator).get(reverse("releases:index")).content.decode()


def test_nobody_without_a_role_gets_in(db, client):
    assert client.get(reverse("releases:index")).status_code == 302
