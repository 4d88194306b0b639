"""What places answer, and how a province comes in from its plugin."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from django.db import transaction

from cms.places.models import Cluster, HolidayOverride, OperatingHours, Organisation, Province
from cms.places.services import (
    geometry_of,
    holiday_kinds_of,
    holiday_kinds_of_many,
    holidays_of,
    hours_of,
    hours_of_many,
    hours_on,
    sync_province,
    sync_provinces,
)
from cms.places.signals import cluster_changed, together
from cms.plugin_api import types as api

pytestmark = pytest.mark.django_db

WEEK = tuple((api.Window(7 * 60, 11 * 60), api.Window(14 * 60, 18 * 60)) for _ in range(7))


def spec(**changes) -> api.ProvinceSpec:
    hours = changes.pop("hours", (api.HoursSpec(date(2021, 4, 26), WEEK, None, "AG 7.1"),))
    cluster = api.ClusterSpec(
        code="vinh-xuong",
        name=api.Text("Vĩnh Xương", "Vinh Xuong"),
        place=api.Text("Cửa khẩu Vĩnh Xương", "Vinh Xuong gate"),
        faces=(
            api.Face("a", 320, 160, 5.0, 20.0, ("vi", "en"), 45),
            api.Face("b", 320, 160, 5.0, 20.0, ("vi", "km"), 225),
        ),
        gaps_mm=(150.0,),
        closed_ring=False,
        mode="rotate",
        hours=hours,
        controllers=(
            api.ControllerSpec(
                "vinh-xuong-1", 640, 160, (api.PlacementSpec("a", 0, 0), api.PlacementSpec("b", 320, 0))
            ),
        ),
        clause="AG 7.1",
        assumed={"pitch": api.Text("chưa có nguồn", "no source")},
    )
    values = {
        "code": "an_giang",
        "name": api.Text("An Giang", "An Giang"),
        "languages": ("vi", "en", "km"),
        "theme": "an_giang",
        "organisations": (
            api.OrganisationSpec(
                "so", api.Text("Sở", "Department"), (("operator", date(2021, 4, 26), None, "AG 7.1"),)
            ),
        ),
        "clusters": (cluster,),
        "regulations": (),
        **changes,
    }
    return api.ProvinceSpec(**values)


def test_a_province_comes_in_whole_and_only_once():
    for _ in range(2):
        sync_province(spec())
    province = Province.objects.get()
    cluster = Cluster.objects.get()
    assert (province.languages, cluster.faces.count(), cluster.controllers.get().placements.count()) == (
        ["vi", "en", "km"],
        2,
        2,
    )
    assert Organisation.objects.get().roles.get().kind == "operator"
    assert hours_of(cluster) == (api.HoursSpec(date(2021, 4, 26), WEEK, None, "AG 7.1"),)
    assert geometry_of(cluster) == api.Geometry(spec().clusters[0].faces, (150.0,), False)


def test_what_a_person_edited_stays_when_the_plugin_comes_again():
    sync_province(spec())
    cluster = Cluster.objects.get()
    cluster.name = "Vĩnh Xương (mới)"
    cluster.save()
    OperatingHours.objects.all().delete()
    kept = OperatingHours.objects.create(cluster=cluster, valid_from=date(2026, 1, 1), clause="QĐ 1/2026")
    sync_province(spec(name=api.Text("Tên khác", "Other")))
    cluster.refresh_from_db()
    assert (cluster.name, Province.objects.get().name) == ("Vĩnh Xương (mới)", "An Giang")
    assert list(cluster.hours.all()) == [kept], "an older decision does not come back"


def test_a_later_decision_on_hours_is_added_as_a_version():
    sync_province(spec())
    later = api.HoursSpec(date(2027, 1, 1), WEEK, (api.Window(480, 1200),), "AG mới")
    sync_province(spec(hours=(*spec().clusters[0].hours, later)))
    assert [one.valid_from for one in hours_of(Cluster.objects.get())] == [date(2021, 4, 26), date(2027, 1, 1)]
    assert hours_of(Cluster.objects.get())[1].holiday == (api.Window(480, 1200),)


def test_hours_past_midnight_survive_the_way_through_the_database():
    night = tuple((api.Window(18 * 60, 26 * 60),) for _ in range(7))
    all_day = tuple((api.Window(0, 24 * 60),) for _ in range(7))
    hours = (api.HoursSpec(date(2021, 1, 1), night, None, "x"), api.HoursSpec(date(2022, 1, 1), all_day, (), "y"))
    sync_province(spec(hours=hours))
    assert hours_of(Cluster.objects.get()) == hours


def test_hours_of_many_clusters_take_two_queries(cluster, django_assert_num_queries):
    sync_province(spec())
    clusters = list(Cluster.objects.all())
    assert len(clusters) == 2
    with django_assert_num_queries(2):
        assert all(hours_of_many(clusters).values())


def test_every_bundled_province_comes_in_with_its_clusters():
    provinces = {one.code for one in sync_provinces()}
    assert {"an_giang", "cao_bang", "lang_son", "national"} <= provinces
    faces = {one.slug: one.faces.count() for one in Cluster.objects.all()}
    assert faces == {"tinh-bien": 2, "trung-khanh": 1, "ta-lung": 3, "huu-nghi": 4}


def test_a_decision_makes_a_holiday_and_takes_one_away(province, other_province):
    year = (date(2027, 1, 1), date(2027, 12, 31))
    assert date(2027, 9, 2) in holidays_of(province, *year)
    HolidayOverride.objects.create(day=date(2027, 9, 2), name="Trực", working=True, province=province)
    HolidayOverride.objects.create(day=date(2027, 8, 20), name="Ngày hội", province=None)
    assert date(2027, 9, 2) not in holidays_of(province, *year)
    assert date(2027, 9, 2) in holidays_of(other_province, *year)
    assert date(2027, 8, 20) in holidays_of(other_province, *year)


def test_holidays_have_kinds_that_a_decision_may_change(province):
    kinds = holiday_kinds_of(province, date(2027, 1, 1), date(2027, 12, 31))
    assert (kinds[date(2027, 1, 1)], kinds[date(2027, 2, 6)], kinds[date(2027, 5, 3)]) == (
        "public",
        "tet",
        "substitute",
    )
    HolidayOverride.objects.create(day=date(2027, 2, 11), name="Mùng sáu", kind="tet")
    HolidayOverride.objects.create(day=date(2027, 5, 3), name="Ngày lễ", kind="public", province=province)
    kinds = holiday_kinds_of(province, date(2027, 1, 1), date(2027, 12, 31))
    assert (kinds[date(2027, 2, 11)], kinds[date(2027, 5, 3)]) == ("tet", "public")


def test_the_holidays_of_many_provinces_take_one_query(province, other_province, django_assert_num_queries):
    year = (date(2027, 1, 1), date(2027, 12, 31))
    HolidayOverride.objects.create(day=date(2027, 9, 2), name="Trực", working=True, province=province)
    holiday_kinds_of(province, *year)
    with django_assert_num_queries(1):
        found = holiday_kinds_of_many([province, other_province], *year)
    assert date(2027, 9, 2) not in found[province.pk]
    assert found[other_province.pk][date(2027, 9, 2)] == "public"


def test_hours_by_kind_of_holiday_come_in_from_a_plugin_and_go_out_again():
    tet, none = (api.Window(8 * 60, 10 * 60),), ()
    hours = (
        api.HoursSpec(date(2021, 4, 26), WEEK, (api.Window(480, 1200),), "X 1", by_kind=(("tet", tet),)),
        api.HoursSpec(date(2027, 1, 1), WEEK, None, "X 2", by_kind=(("tet", none), ("substitute", tet))),
    )
    sync_province(spec(hours=hours))
    assert hours_of(Cluster.objects.get()) == hours


@pytest.mark.parametrize(
    ("kind", "starts"), [("tet", [480]), ("substitute", []), ("public", [540]), (None, [420, 840])], ids=str
)
def test_the_hours_of_a_day_go_by_its_kind_of_holiday(kind, starts):
    hours = api.HoursSpec(
        date(2021, 4, 26), WEEK, (api.Window(540, 600),), "X",
        by_kind=(("tet", (api.Window(480, 600),)), ("substitute", ())),
    )  # fmt: skip
    windows, version = hours_on((hours,), date(2027, 1, 4), holiday=kind)
    assert ([one.start_min for one in windows], version) == (starts, hours)


@pytest.fixture
def told():
    found: list[set[int]] = []

    def listen(sender, cluster_ids, **kwargs):
        found.append(set(cluster_ids))

    cluster_changed.connect(listen)
    yield found
    cluster_changed.disconnect(listen)


def test_a_change_is_told_within_its_transaction(cluster, told):
    with transaction.atomic():
        cluster.controllers.get().save()
        assert told == [{cluster.pk}], "whoever writes it down does so in the same transaction"


def test_many_changes_can_be_told_as_one(cluster, told):
    with together():
        for face in cluster.faces.all():
            face.width += 16
            face.save()
        assert told == []
    assert told == [{cluster.pk}]
    with contextlib.suppress(ZeroDivisionError), together():
        cluster.save()
        raise ZeroDivisionError
    assert len(told) == 1, "what failed is not told"


def test_what_goes_with_its_cluster_is_not_told(cluster, told):
    cluster.controllers.all().delete()
    told.clear()
    cluster.delete()
    assert told == []


def test_soft_edges_are_part_of_the_geometry_only_where_they_are_off(cluster):
    before = geometry_of(cluster)
    assert [face.smooth for face in before.faces] == [True, True]
    cluster.faces.filter(letter="b").update(smooth=False)
    after = geometry_of(Cluster.objects.get(pk=cluster.pk))
    assert [face.smooth for face in after.faces] == [True, False]
    assert after.id != before.id
    cluster.faces.update(smooth=True)
    assert geometry_of(Cluster.objects.get(pk=cluster.pk)).id == before.id


def test_a_plugins_coarse_face_comes_in_without_soft_edges():
    from dataclasses import replace

    whole = spec()
    coarse = replace(whole.clusters[0].faces[0], smooth=False)
    sync_province(replace(whole, clusters=(replace(whole.clusters[0], faces=(coarse, whole.clusters[0].faces[1])),)))
    assert [face.smooth for face in geometry_of(Cluster.objects.get()).faces] == [False, True]


def test_an_edge_that_is_neither_soft_nor_hard_is_refused():
    from dataclasses import replace

    from cms.plugin_host.facts import Nonsense, check_province

    whole = spec()
    vague = replace(whole.clusters[0].faces[0], smooth="maybe")
    with pytest.raises(Nonsense, match="smooth"):
        check_province(
            replace(whole, clusters=(replace(whole.clusters[0], faces=(vague, whole.clusters[0].faces[1])),))
        )
