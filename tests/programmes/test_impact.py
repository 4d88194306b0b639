"""What saving or approving changes on the screens, said before it is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from cms import clock
from cms.programmes.impact import impact_of
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.programmes.touched import by_programme, by_slot
from tests.content.makers import *  # noqa: F403 - fixtures
from tests.programmes.conftest import make_programme
from tests.programmes.test_admin import programme_form, slot_form

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def asked(client: Any, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    response = client.post(reverse(f"programmes:impact_of_{kind}"), data)
    assert response.status_code == 200
    return {**response.json(), "html": " ".join(response.json()["html"].split())}


def test_an_item_taken_out_drops_out_on_every_face(
    client_for, editor, province, cluster, programme, slot, theme_approval
):
    first = programme.entries.order_by("sort_order").first().item
    told = asked(client_for(editor), "programme", programme_form(province, [first], programme=programme.pk))
    assert told["ask"]
    assert "Làm thay đổi 1 cụm thông tin, 2 mặt" in told["html"]
    assert "Không còn phát: “Chợ nổi”" in told["html"]
    assert cluster.name in told["html"]
    assert programme.entries.count() == 2


def test_a_programme_saved_as_it_is_changes_nothing_and_asks_nothing(
    client_for, editor, province, cluster, programme, slot, theme_approval
):
    pages = [one.item for one in programme.entries.order_by("sort_order")]
    told = asked(
        client_for(editor), "programme", programme_form(province, pages, programme=programme.pk, title="Tên khác")
    )
    assert not told["ask"]
    assert "không có gì thay đổi trên màn hình" in told["html"]


def test_what_holds_a_programme_changes_with_it(province, cluster, programme, theme_approval, write, approved):
    outer = Programme.objects.create(province=province, title="Cả tuần")
    ProgrammeEntry.objects.create(programme=outer, nested=programme)
    slot = Slot(programme=outer, title="Cả ngày", date_from=date(2026, 1, 1))
    slot.clusters = [cluster]
    slot.save()
    page = write("Lễ hội hoa")
    approved(page)
    draft = Programme.objects.get(pk=programme.pk)
    draft.entries = [ProgrammeEntry(pk=-1, item=page)]
    found = impact_of(*by_programme(draft))
    assert [(one.came, one.gone) for one in found.changed] == [(("Lễ hội hoa",), ("Chợ nổi", "Giờ mở cửa khẩu"))]


def test_a_new_slot_tells_from_when_it_is_seen(
    client_for, editor, province, cluster, programme, slot, theme_approval, write, approved
):
    other = make_programme(province, [write("Lễ hội hoa")], approved, "Buổi chiều")
    tomorrow = clock.now().astimezone(ZONE).date() + timedelta(days=1)
    data = slot_form(
        other, cluster, date_from=tomorrow.isoformat(), date_until=tomorrow.isoformat(), weekdays=list("0123456"), priority="1",
        **{"windows-TOTAL_FORMS": "1", "windows-0-start": "14:00", "windows-0-end": "16:00", "windows-0-ORDER": "1"},
    )  # fmt: skip
    told = asked(client_for(editor), "slot", data)
    assert told["ask"]
    assert f"từ {tomorrow:%d/%m/%Y} 14:00" in told["html"]
    assert "Phát thêm: “Lễ hội hoa”" in told["html"]
    assert not Slot.objects.exclude(pk=slot.pk).exists()


def test_a_slot_that_leaves_a_cluster_darkens_nothing_unsaid(cluster, programme, slot, theme_approval):
    found = impact_of(*by_slot(slot, [], []))
    assert [(one.cluster, one.gone) for one in found.changed] == [(cluster, ("Chợ nổi", "Giờ mở cửa khẩu"))]


def test_a_form_with_faults_is_not_asked_about(client_for, editor, cluster, programme):
    told = asked(client_for(editor), "slot", slot_form(programme, cluster, date_until="2020-01-01"))
    assert not told["ask"]


def test_clusters_for_which_there_was_no_time_are_named(client_for, cluster, programme, slot, theme_approval):
    draft = Programme.objects.get(pk=programme.pk)
    draft.entries = []
    clusters, changes = by_programme(draft)
    found = impact_of(clusters, changes, budget_s=-1)
    assert (found.unseen, found.changed) == ([cluster], [])
    assert found.said()


def test_an_approval_tells_what_it_brings_and_what_a_filter_would_gather(
    client_for, approver, contributor, outsider, make_item, draw_waiting, cluster, theme_approval
):
    page = make_item("Giờ mở cửa", by=contributor)
    draw_waiting(page)
    filtered = Programme.objects.create(province=page.province, title="Mọi tin")
    ProgrammeEntry.objects.create(programme=filtered, kind=ProgrammeEntry.ANY)
    slot = Slot(programme=filtered, title="Cả ngày", date_from=date(2026, 1, 1))
    slot.clusters = [cluster]
    slot.save()
    address = reverse("programmes:impact_of_approval", args=(page.pk,))
    html = client_for(approver).get(address).content.decode()
    assert "Làm thay đổi 1 cụm thông tin" in html
    assert f"“{page.title}”" in html
    assert client_for(outsider).get(address).status_code in (302, 403)


def test_outsiders_learn_nothing(client_for, outsider, province, programme, slot):
    response = client_for(outsider).post(
        reverse("programmes:impact_of_programme"), programme_form(province, [], programme=programme.pk)
    )
    assert response.status_code in (302, 403)
    response = client_for(outsider).post(reverse("programmes:impact_of_slot"), {"slot": slot.pk})
    assert response.status_code in (302, 403)


def test_the_first_change_is_never_in_the_past(cluster, programme, slot, theme_approval):
    draft = Programme.objects.get(pk=programme.pk)
    draft.entries = []
    (one,) = impact_of(*by_programme(draft)).changed
    assert one.first_ms >= clock.now_ms() - 60_000
    assert datetime.fromtimestamp(one.first_ms / 1000, ZONE).hour in range(24)
