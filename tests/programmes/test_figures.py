"""What the page of a programme says while it is written: lengths, shares, how often, what is wrong – and where it plays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cms import clock
from cms.programmes.figures import figures_of, openings
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.programmes.uses import uses_of
from tests.programmes.conftest import make_programme
from tests.programmes.test_admin import programme_form, url

pytestmark = pytest.mark.django_db


def reckoned(client: Any, province: Any, pages: list[Any], **more: Any) -> dict[str, Any]:
    response = client.post(reverse("programmes:figures"), programme_form(province, pages, **more))
    assert response.status_code == 200
    return dict(response.json())


def test_rows_tell_their_length_in_each_language_and_their_share(
    client_for, editor, province, cluster, programme, slot
):
    pages = [one.item for one in programme.entries.all()]
    found = reckoned(client_for(editor), province, pages, programme=programme.pk)
    for number in "01":
        assert "50,0 % của chương trình" in found["rows"][number]
        assert "VI</span> 8 giây" in found["rows"][number]
        assert "EN</span> 8 giây" in found["rows"][number]
    assert "32 giây" in found["summary"]  # both faces show the same: each item in Vietnamese, then in English
    assert "Theo lịch phát" in found["summary"]


def test_a_programme_that_was_never_saved_is_reckoned_with_as_if_it_played_alone(
    client_for, editor, province, cluster, write, approved
):
    pages = [write("Một"), write("Hai"), write("Ba")]
    approved(pages[0], "vi")
    approved(pages[1], "vi")
    found = reckoned(client_for(editor), province, pages)
    assert "Nếu phát một mình" in found["summary"]
    assert "50,0 %" in found["rows"]["0"]
    assert "0,0 %" in found["rows"]["2"]
    assert "chưa được phê duyệt" in found["rows"]["2"]
    assert "chưa được phê duyệt bằng tiếng Anh" in found["rows"]["0"].replace("Tiếng", "tiếng")
    assert not Programme.objects.exists()


def test_how_often_follows_from_the_hours_of_the_cluster(cluster, programme, slot):
    (opened,) = openings([cluster]).values()
    found = figures_of(_draft(programme), cluster, opened)
    assert opened.ms == 8 * 3_600_000  # 07:00–11:00 and 14:00–18:00
    assert (found.planned, found.on_ms, found.round_ms) == (True, opened.ms, 32_000)
    assert found.rows[0].per_day == pytest.approx(8 * 3600 / 32)
    assert found.rows[0].per_hour == pytest.approx(112.5)


def test_a_rival_slot_halves_how_often_a_programme_comes(province, cluster, programme, slot, write, approved):
    other = make_programme(province, [write("Khác")], approved, "Khác")
    rival = Slot(programme=other, title="Khác", date_from=date(2026, 1, 1))
    rival.clusters = [cluster]
    rival.save()
    opened = openings([cluster])[cluster.pk]
    found = figures_of(_draft(programme), cluster, opened)
    assert found.on_ms == pytest.approx(opened.ms / 2, rel=0.01)


def test_a_row_that_gathers_tells_what_it_takes_now(client_for, editor, province, cluster, programme):
    data = {"entries-TOTAL_FORMS": "1", "entries-0-item": "", "entries-0-kind": "any", "entries-0-most": "1"}
    found = reckoned(client_for(editor), province, [], **data)
    assert "Hiện lấy: “Chợ nổi”" in " ".join(found["rows"]["0"].split())
    assert "100,0 %" in found["rows"]["0"]


def test_what_is_over_is_warned_of(client_for, editor, province, cluster, write, approved):
    page = write("Hội chợ xuân", valid_until=clock.now().date() - timedelta(days=3))
    approved(page)
    found = reckoned(client_for(editor), province, [page])
    assert "Hội chợ xuân" in found["rows"]["0"]
    assert "bt-row__warning--warning" in found["rows"]["0"]


def test_the_rule_for_missing_languages_counts_before_it_is_saved(
    client_for, editor, province, cluster, write, approved
):
    both, only = write("Hai thứ tiếng"), write("Chỉ tiếng Việt")
    approved(both, "vi", "en", "km")
    approved(only, "vi")
    client = client_for(editor)
    shares = {
        rule: reckoned(client, province, [both, only], missing=rule)["rows"]["1"] for rule in Programme.Missing.values
    }
    assert "25,0 %" in shares["next"]
    assert "25,0 %" in shares["leave"]
    assert "50,0 %" in shares["vietnamese"]


@pytest.mark.parametrize("count", [2, 40])
def test_the_number_of_queries_does_not_depend_on_the_items(
    client_for, editor, province, cluster, write, approved, count, django_assert_max_num_queries
):
    programme = make_programme(province, [write(f"Tin {number}") for number in range(count)], approved)
    slot = Slot(programme=programme, title="Cả ngày", date_from=date(2026, 1, 1))
    slot.clusters = [cluster]
    slot.save()
    client = client_for(editor)
    client.get(url("programme", "edit", programme.pk))
    with django_assert_max_num_queries(40):
        assert client.get(url("programme", "edit", programme.pk)).status_code == 200
    pages = [one.item for one in programme.entries.select_related("item")]
    with django_assert_max_num_queries(40):
        reckoned(client, province, pages, programme=programme.pk)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("programmes:items"), {"q": "Tin"}).json()["more"] == (count > 20)


def test_an_outsider_learns_nothing_and_changes_nothing(client_for, outsider, province, programme, write):
    client = client_for(outsider)
    pages = [one.item for one in programme.entries.all()]
    response = client.post(reverse("programmes:figures"), programme_form(province, pages, programme=programme.pk))
    assert response.status_code in (302, 403, 404)
    assert "Giờ mở cửa khẩu" not in response.content.decode()
    found = client.get(reverse("programmes:items"), {"q": "Giờ"})
    assert "Giờ mở cửa khẩu" not in found.content.decode()


def test_whoever_may_not_build_programmes_gets_no_lists(client_for, operator, programme):
    client = client_for(operator)
    assert client.get(reverse("programmes:items"), {"q": ""}).status_code == 403
    assert client.post(reverse("programmes:figures"), {}).status_code in (302, 403)


def test_the_page_lists_the_slots_and_clusters_that_show_a_programme_also_by_others(
    client_for, editor, province, cluster, programme, slot
):
    outer = Programme.objects.create(province=province, title="Cả tuần")
    ProgrammeEntry.objects.create(programme=outer, nested=programme)
    other = Slot.objects.create(programme=outer, title="Cuối tuần", date_from=date(2026, 1, 1), active=False)
    other.clusters = [cluster]
    other.save()
    assert [(one.slot.title, one.by and one.by.title, [c.name for c in one.clusters]) for one in uses_of(programme)] == [
        ("Cả ngày", None, [cluster.name]), ("Cuối tuần", "Cả tuần", [cluster.name]),
    ]  # fmt: skip
    page = client_for(editor).get(url("programme", "edit", programme.pk)).content.decode()
    for words in ("Nơi phát", "Cả ngày", "Cuối tuần", "qua chương trình “Cả tuần”", cluster.name):
        assert words in page, words


def _draft(programme: Programme) -> Programme:
    """The saved programme as the form sends it."""
    draft = Programme.objects.get(pk=programme.pk)
    draft.entries = [
        ProgrammeEntry(pk=-1 - place, item=one.item, sort_order=place)
        for place, one in enumerate(programme.entries.select_related("item"))
    ]
    return draft
