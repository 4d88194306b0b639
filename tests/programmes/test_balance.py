"""Shares of languages and sources on a cluster, and how far a province's quotas are met."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from cms.approval.models import Approval
from cms.places.models import Organisation
from cms.plugin_api.types import QuotaSpec, Text
from cms.plugin_host.host import Host
from cms.programmes import quotas
from cms.programmes.balance import balance_of
from cms.programmes.models import Slot
from cms.programmes.quotas import Period, period_of, quotas_of
from tests.programmes.conftest import make_programme

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 1, 4)


@pytest.fixture
def station(province: Any) -> Organisation:
    return Organisation.objects.create(province=province, code="dai", name="Đài PT-TH", level="province")


@pytest.fixture
def quota(monkeypatch: Any) -> QuotaSpec:
    """The province's plugin names one quota: an item of the station each month."""
    spec = QuotaSpec(
        "dai-thang", Text("Đài: 1 tin mỗi tháng", "Station: 1 item a month"), 1, "month", "dai", clause="X 13"
    )
    monkeypatch.setattr(Host, "quotas", lambda self, province: (spec,))
    return spec


def play(programme: Any, cluster: Any) -> Slot:
    slot = Slot(programme=programme, title="Cả ngày", date_from=date(2026, 1, 1))
    slot.clusters = [cluster]
    slot.save()
    return slot


def test_time_is_shared_by_language_and_by_who_supplies(province, cluster, station, write, approved, theme_approval):
    pages = [write("Của đài", supplier=station), write("Không rõ nguồn")]
    approved(pages[0], "vi", "en", "km")
    approved(pages[1], "vi")
    play(make_programme(province, pages), cluster)
    found = balance_of(cluster, MONDAY, 1)
    assert found.shown_ms == 2 * 8 * 3_600_000  # two faces, eight hours
    assert {one.name: one.percent for one in found.languages}["Tiếng Việt"] == 50.0
    assert [(one.name, one.percent) for one in found.sources] == [("Tỉnh", 75.0), ("Không ghi nguồn", 25.0)]
    assert found.neutral_ms == 0


def test_an_unchanged_plan_is_not_compiled_again(cluster, programme, slot, theme_approval, monkeypatch):
    before = balance_of(cluster, MONDAY, 7)
    monkeypatch.setattr("cms.programmes.balance.compile_schedule", lambda inputs: pytest.fail("compiled again"))
    assert balance_of(cluster, MONDAY, 7) == before


def test_the_page_shows_bars_a_table_and_stays_within_the_province(
    client_for, editor, outsider, cluster, programme, slot, theme_approval, django_assert_max_num_queries
):
    client = client_for(editor)
    page = client.get(reverse("programmes:balance_cluster", args=(cluster.slug,)), {"day": "2027-01-06"})
    assert "04/01/2027 – 10/01/2027" in page.content.decode()
    with django_assert_max_num_queries(40):
        html = client.get(reverse("programmes:balance_figures", args=(cluster.slug,))).content.decode()
    assert "Tiếng Việt" in html
    assert "bt-shares__bar" in html
    for name in ("balance_cluster", "balance_figures"):
        assert client_for(outsider).get(reverse(f"programmes:{name}", args=(cluster.slug,))).status_code in (302, 403)


@pytest.mark.parametrize(
    ("per", "day", "first", "last"),
    [
        ("week", date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
        ("month", date(2028, 2, 10), date(2028, 2, 1), date(2028, 2, 29)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 11, 22), date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 11, 22), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_begin_and_end_where_the_calendar_says(per, day, first, last):
    assert period_of(per, day) == Period(first, last)


def approve_on(page: Any, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    Approval.objects.filter(item_key=page.translation_key).update(approved_at=at)


def test_a_quota_is_behind_until_an_item_of_the_source_is_approved_and_scheduled(
    province, cluster, station, quota, write, approved
):
    (found,) = quotas_of(province, date(2026, 11, 22))
    assert (found.state, found.lacks) == ("behind", 1)
    assert "Đài PT-TH" in found.advice
    assert "30/11/2026" in found.advice
    page = write("Phóng sự", supplier=station)
    approved(page)
    approve_on(page, date(2026, 11, 5))
    assert quotas_of(province, date(2026, 11, 22))[0].state == "behind"  # in no programme that plays
    play(make_programme(province, [page]), cluster)
    (found,) = quotas_of(province, date(2026, 11, 22))
    assert (found.state, found.seen, found.advice) == ("met", ("Phóng sự",), "")


def test_last_months_item_does_not_count_again_and_a_coming_one_is_on_course(
    province, cluster, station, quota, write, approved
):
    old, coming = (
        write("Tháng trước", supplier=station),
        write("Cuối tháng", supplier=station, valid_from=date(2026, 11, 28)),
    )
    for page in (old, coming):
        approved(page)
    approve_on(old, date(2026, 10, 5))
    approve_on(coming, date(2026, 11, 5))
    play(make_programme(province, [old, coming]), cluster)
    (found,) = quotas_of(province, date(2026, 11, 22))
    assert (found.state, found.seen, found.coming) == ("on-course", (), ("Cuối tháng",))
    assert quotas_of(province, date(2026, 11, 29))[0].state == "met"


def test_another_source_does_not_help_and_its_successor_does(province, cluster, station, quota, write, approved):
    other = Organisation.objects.create(province=province, code="so", name="Sở")
    page = write("Của sở", supplier=other)
    approved(page)
    approve_on(page, date(2026, 11, 5))
    play(make_programme(province, [page]), cluster)
    assert quotas_of(province, date(2026, 11, 22))[0].state == "behind"
    station.successor = other
    station.save()
    assert quotas_of(province, date(2026, 11, 22))[0].state == "met"


def test_what_was_seen_on_screens_is_told_where_somebody_knows(
    province, cluster, station, quota, write, approved, monkeypatch
):
    page = write("Phóng sự", supplier=station)
    approved(page)
    approve_on(page, date(2026, 11, 5))
    play(make_programme(province, [page]), cluster)
    assert quotas_of(province, date(2026, 11, 22))[0].aired is None
    monkeypatch.setattr(quotas, "_aired", [])
    quotas.register_aired(
        lambda province, first, last, items: set(items) if last - first > timedelta(days=20) else set()
    )
    (found,) = quotas_of(province, date(2026, 11, 22))
    assert (found.aired, found.advice) == (1, "")
    (early,) = quotas_of(province, date(2026, 11, 8))
    assert (early.state, early.aired, early.unseen) == ("met", 0, True)
    assert early.advice


def test_cao_bang_asks_its_station_for_a_programme_a_month():
    from bangtin_cao_bang import bangtin_quotas

    (found,) = bangtin_quotas("cao_bang")
    assert (found.source, found.at_least, found.per, found.clause) == ("dai-pttth", 1, "month", "CB 13")
    assert bangtin_quotas("an_giang") == ()
