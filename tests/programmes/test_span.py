"""A slot across the faces, on a cluster that shows each face by itself: its wide pictures are drawn, and missing ones told."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from cms.content.jobs import refresh_proofs
from cms.content.models import ProofJob
from cms.content.proofs import targets
from cms.places.models import DisplayMode
from cms.programmes.models import Slot
from tests.programmes.test_admin import said, slot_form, url

pytestmark = pytest.mark.django_db


def spanning(programme, cluster, **more) -> Slot:
    made = Slot(programme=programme, title="Trải rộng", mode=DisplayMode.SPAN, date_from=date(2026, 1, 1), **more)
    made.clusters = [cluster]
    made.save()
    return made


def test_wide_pictures_are_wanted_as_long_as_the_slot_is_active(programme, cluster):
    page = programme.entries.first().item
    assert [target.span for target in targets(page)] == [False]
    slot = spanning(programme, cluster)
    assert sorted(target.span for target in targets(page)) == [False, True]
    slot.active = False
    slot.save()
    assert [target.span for target in targets(page)] == [False]


def test_a_new_slot_has_them_asked_for(programme, cluster, django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr("cms.content.jobs.refresh_later", lambda clusters: asked.extend(clusters))
    with django_capture_on_commit_callbacks(execute=True):
        spanning(programme, cluster)
    assert set(asked) == {cluster.pk}


def test_the_editor_is_told_that_the_wide_pictures_are_not_approved(client_for, editor, programme, cluster):
    response = client_for(editor).post(url("slot", "add"), slot_form(programme, cluster, mode="span"))
    assert response.status_code == 302, response.context["form"].errors
    with translation.override("vi"):
        assert "chưa có bản duyệt trải rộng" in said(response)
    assert Slot.objects.get().mode == DisplayMode.SPAN


def test_refreshing_draws_items_that_were_approved_before(programme, cluster, write):
    page = write("Trước đó")
    page.body = [("title", {"kicker": "", "title": "Trước đó"})]
    page.save_revision()
    spanning(programme, cluster)
    refresh_proofs([cluster.pk])
    assert set(ProofJob.objects.filter(page=page).values_list("span", flat=True)) == {False, True}
