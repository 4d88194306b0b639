"""The first page of each role, the page of a cluster, and what everybody's pages carry."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import clock
from cms.alerts.models import Blackout
from cms.home.opening import opening
from cms.home.wall import visible_clusters, wall
from cms.places.models import Cluster, Face, Province
from cms.plugin_api.types import HoursSpec, Window

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = (Window(7 * 60, 11 * 60), Window(14 * 60, 18 * 60))
HOURS = (HoursSpec(date(2021, 1, 1), (DAY,) * 7, (), "AG 7.1"),)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 1, 4, hour, minute, tzinfo=HANOI)


def test_a_cluster_is_open_within_its_hours_and_says_when_that_ends():
    now = opening(HOURS, {}, at(8))
    assert (now.open, now.changes_at, now.clause) == (True, at(11), "AG 7.1")


def test_a_cluster_at_rest_says_when_it_opens():
    assert (opening(HOURS, {}, at(12)).open, opening(HOURS, {}, at(12)).changes_at) == (False, at(14))


def test_a_holiday_follows_its_own_hours():
    now = opening(HOURS, {date(2027, 1, 4): "public"}, at(8))
    assert (now.open, now.holiday, now.today) == (False, True, ())
    assert now.changes_at == datetime(2027, 1, 5, 7, tzinfo=HANOI)


def test_hours_past_midnight_belong_to_the_day_they_began():
    night = (HoursSpec(date(2021, 1, 1), ((Window(20 * 60, 26 * 60),), *((),) * 6), None, "x"),)
    tuesday = datetime(2027, 1, 5, 1, tzinfo=HANOI)
    assert opening(night, {}, tuesday).open
    assert opening(night, {}, tuesday).changes_at == tuesday.replace(hour=2)


def test_a_cluster_without_hours_never_opens():
    now = opening((), {}, at(8))
    assert (now.open, now.changes_at, now.clause) == (False, None, "")


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["contributor", "editor", "appraiser", "approver", "operator", "administrator"])
def test_everybody_first_sees_the_faces_of_their_clusters(client_for, cluster, person, request):
    page = client_for(request.getfixturevalue(person)).get("/admin/").content.decode()
    assert "Tịnh Biên" in page
    assert "/admin/programmes/face/tinh-bien/a.png" in page
    assert "/admin/programmes/face/tinh-bien/b.png" in page
    assert page.index("bh-wall") < page.index("bh-steps" if "bh-steps" in page else "Việc tiếp theo")


@pytest.mark.django_db
def test_an_outsider_sees_nothing_of_another_province(client_for, outsider, cluster):
    client = client_for(outsider)
    page = client.get("/admin/").content.decode()
    assert "tinh-bien" not in page
    assert "Chưa có cụm thông tin" in page
    assert client.get("/admin/clusters/tinh-bien/").status_code == 404


@pytest.mark.django_db
def test_the_page_of_a_cluster_says_hours_clause_and_players(client_for, operator, cluster):
    page = client_for(operator).get(reverse("home:cluster", args=["tinh-bien"])).content.decode()
    for words in ("07:00–11:00", "14:00–18:00", "AG 7.1", "tinh-bien-1", "Chưa ghép", "Tắt khẩn", "hướng đông"):
        assert words in page, words


@pytest.mark.django_db
def test_a_blackout_stands_on_both_pages_with_its_reason(client_for, approver, cluster):
    Blackout.objects.create(cluster=cluster, faces=[], since=clock.now(), by=approver, reason="Diễn tập")
    client = client_for(approver)
    assert "Đã tắt khẩn" in client.get("/admin/").content.decode()
    assert "Diễn tập" in client.get(reverse("home:cluster_now", args=["tinh-bien"])).content.decode()


@pytest.mark.django_db
def test_a_blackout_of_one_face_does_not_call_the_cluster_dark(cluster, approver):
    Blackout.objects.create(cluster=cluster, faces=["b"], since=clock.now(), by=approver, reason="x")
    now = wall([cluster])[0]
    assert [face.dark for face in now.faces] == [False, True]
    assert not now.dark


@pytest.mark.django_db
def test_contributors_have_no_buttons_that_stop_screens(client_for, contributor, cluster):
    page = client_for(contributor).get(reverse("home:cluster", args=["tinh-bien"])).content.decode()
    assert "■ Tắt khẩn" not in page
    assert "Mở trình phát ở đây" not in page


@pytest.mark.django_db
def test_faces_stand_in_their_real_proportions(cluster):
    wide = cluster.faces.get(letter="a")
    wide.width, wide.pitch_mm = 512, 4.0
    wide.save()
    a, b = wall([cluster])[0].faces
    assert (a.grow, a.gap, b.grow, b.gap) == (2048.0, 200.0, 1280.0, 0.0)


@pytest.mark.django_db
def test_the_first_page_asks_the_database_no_more_for_ten_clusters_than_for_one(
    client_for, operator, cluster, province
):
    client = client_for(operator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/").status_code == 200
        return len(queries)

    asked()
    one = asked()
    for number in range(9):
        more = Cluster.objects.create(slug=f"cum-{number}", province=province, name=f"Cụm {number}")
        Face.objects.create(
            cluster=more, letter="a", width=256, height=128, pitch_mm=5, distance_m=20, languages=["vi"]
        )
    assert visible_clusters(operator).count() == 10
    assert asked() == one


@pytest.mark.django_db
def test_people_see_no_menus_of_no_use_to_them(client_for, contributor, province):
    page = client_for(contributor).get("/admin/").content.decode()
    menu = page.split('id="wagtail-sidebar-props"', 1)[1].split("</script>", 1)[0]
    for name in ('"documents"', '"help"', '"explorer"'):
        assert f'"name": {name}' not in menu, name
    assert '"name": "now"' in menu


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (
            "contributor",
            {"items", "library"},
            {"images", "media", "programmes", "releases", "players", "places", "black-out"},
        ),
        ("appraiser", {"items"}, {"releases", "players", "places", "black-out"}),
        ("editor", {"programmes", "releases", "players", "places"}, {"black-out"}),
        ("operator", {"programmes", "releases", "players", "places", "black-out"}, set()),
    ],
)
def test_the_menu_holds_what_a_role_works_with(request, client_for, province, role, shown, hidden):
    page = client_for(request.getfixturevalue(role)).get("/admin/").content.decode()
    menu = page.split('id="wagtail-sidebar-props"', 1)[1].split("</script>", 1)[0]
    names = set(re.findall(r'"name": "([a-z_-]+)"', menu))
    assert shown <= names, names
    assert not names & (hidden | {"workflows", "workflow-tasks"}), names
    assert "/admin/localize/reports/" not in menu


@pytest.mark.django_db
def test_the_report_on_every_provinces_translations_is_for_administrators(client_for, contributor, administrator):
    for path in ("/admin/localize/reports/translations/", "/admin/localize/reports/translations/results/"):
        assert client_for(contributor).get(path).status_code == 302
        assert client_for(administrator).get(path).status_code == 200


@pytest.mark.django_db
def test_the_admin_lets_wagtails_widgets_run_and_the_log_in_runs_files_only(client, client_for, editor):
    inside = client_for(editor).get("/admin/")["Content-Security-Policy"]
    outside = client.get("/account/login/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in inside
    assert "script-src 'self';" in outside + ";"
    assert "object-src 'none'" in inside


@pytest.mark.django_db
def test_originals_are_for_people_who_work_here(client, client_for, contributor, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    assert client.get("/media/x.svg").url.startswith("/account/login/")
    assert client_for(contributor).get("/media/x.svg").status_code == 404, "on no province's shelf"
    response = client_for(administrator).get("/media/x.svg")
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert client_for(contributor).get("/media/../../etc/passwd").status_code in (400, 404)


@pytest.mark.django_db
def test_originals_of_a_province_are_for_its_people(
    client_for, contributor, outsider, administrator, province, settings, tmp_path
):
    from django.core.files.images import ImageFile
    from PIL import Image

    from cms.accounts.services import collection_of
    from cms.content.models import Picture

    settings.MEDIA_ROOT = tmp_path
    Image.new("RGB", (80, 60), "teal").save(tmp_path / "source.png")
    with (tmp_path / "source.png").open("rb") as file:
        made = Picture.objects.create(
            title="Nháp", collection=collection_of(province.code), file=ImageFile(file, "nhap.png")
        )
    paths = [made.file.url, made.get_rendition("width-40").file.url, made.file.url.replace("/media/", "/media/x/../")]
    for path in paths:
        assert client_for(outsider).get(path).status_code == 404
    assert client_for(contributor).get(made.file.url).status_code == 200
    assert client_for(administrator).get(made.file.url).status_code == 200


@pytest.mark.django_db
def test_measurements_are_for_administrators_and_for_the_machine_itself(client, client_for, contributor, administrator):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 403
    assert client_for(contributor).get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client_for(administrator).get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.django_db
def test_an_empty_instance_tells_the_administrator_what_to_do(client_for, administrator):
    Province.objects.all().delete()
    page = client_for(administrator).get("/admin/").content.decode()
    assert "Thêm cụm thông tin" in page
    assert "Hãy cài phần mở rộng của tỉnh" in page
