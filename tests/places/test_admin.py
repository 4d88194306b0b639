"""Clusters and controllers as administrators write them down: bad input is refused in words, nothing is half-saved."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.places.models import Cluster, ClusterTag, Controller, HolidayOverride, OperatingWindow
from cms.places.services import hours_of

pytestmark = pytest.mark.django_db


def face(letter: str, **changes) -> dict:
    return {
        "letter": letter,
        "width": 256,
        "height": 128,
        "pitch_mm": 5,
        "distance_m": 20,
        "bearing_deg": "",
        "languages": ["vi", "en"],
        "max_brightness_nit": 5000,
        "id": "",
        "ORDER": "",
        "DELETE": "",
        **changes,
    }


def form(province, faces, hours=(), **changes) -> dict:
    data = {
        "name": "Khánh Bình",
        "name_en": "",
        "slug": "khanh-binh",
        "province": province.pk,
        "place": "",
        "mode": "mirror",
        "clause": "",
        "gaps_mm": "; ".join(["100"] * (len(faces) - 1)),
        "timezone": "Asia/Ho_Chi_Minh",
        "active": "on",
        **changes,
    }
    data |= {f"faces-{key}": value for key, value in management(len(faces)).items()}
    for index, one in enumerate(faces):
        data |= {f"faces-{index}-{key}": value for key, value in one.items()}
    data |= {f"hours-{key}": value for key, value in management(1 if hours else 0).items()}
    if hours:
        data |= {"hours-0-valid_from": "04/01/2027", "hours-0-clause": "AG 7.1", "hours-0-id": "", "hours-0-note": ""}
        data |= {"hours-0-holidays_follow_weekday": "on", "hours-0-ORDER": "", "hours-0-DELETE": ""}
        data |= {f"hours-0-windows-{key}": value for key, value in management(len(hours)).items()}
        for index, (day, start, end) in enumerate(hours):
            prefix = f"hours-0-windows-{index}"
            data |= {f"{prefix}-day": day, f"{prefix}-start": start, f"{prefix}-end": end, f"{prefix}-id": ""}
    return data


def management(total: int) -> dict[str, int]:
    return {"TOTAL_FORMS": total, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}


@pytest.fixture
def add(client_for, administrator):
    client = client_for(administrator)
    return lambda data: client.post(reverse("wagtailsnippets_places_cluster:add"), data)


def test_a_cluster_is_written_down_with_faces_and_hours(add, province):
    response = add(form(province, [face("a"), face("b")], hours=[(0, "07:00", "11:00"), (0, "14:00", "00:00")]))
    assert response.status_code == 302, response.context["form"].errors
    made = Cluster.objects.get()
    assert [one.languages for one in made.faces.all()] == [["vi", "en"], ["vi", "en"]]
    assert made.gaps_mm == [100.0]
    assert OperatingWindow.objects.count() == 2


@pytest.mark.parametrize(
    ("faces", "hours", "changes", "words"),
    [
        ([], [], {}, "từ 1 đến 4 mặt màn hình (TT06 k2)"),
        ([face(letter) for letter in "abcd"] + [face("a")], [], {}, "từ 1 đến 4 mặt màn hình (TT06 k2)"),
        ([face("a"), face("a")], [], {}, "theo thứ tự A, B, C, D"),
        ([face("a"), face("c")], [], {}, "theo thứ tự A, B, C, D"),
        ([face("a"), face("b")], [], {"gaps_mm": "100; 200"}, "khe"),
        ([face("a"), face("b")], [], {"gaps_mm": "rộng"}, "dấu chấm phẩy"),
        ([face("a")], [(0, "11:00", "07:00")], {}, "giờ kết thúc phải sau giờ bắt đầu"),
        ([face("a")], [(0, "07:00", "11:00"), (0, "10:00", "12:00")], {}, "chồng lên nhau"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused_in_words(add, province, faces, hours, changes, words):
    response = add(form(province, faces, hours, **changes))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Cluster.objects.exists()


def placements(cluster, *places) -> dict:
    letters = {one.letter: one.pk for one in cluster.faces.all()}
    data = {"cluster": cluster.pk, "slug": "moi", "canvas_width": 512, "canvas_height": 192, "audio_face": ""}
    data |= {f"placements-{key}": value for key, value in management(len(places)).items()}
    for index, (letter, x, y, rotation) in enumerate(places):
        prefix = f"placements-{index}"
        data |= {f"{prefix}-face": letters[letter], f"{prefix}-x": x, f"{prefix}-y": y, f"{prefix}-rotation": rotation}
        data |= {f"{prefix}-id": "", f"{prefix}-DELETE": ""}
    return data


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([("a", 300, 0, 0)], "không nằm gọn trong khung hình"),
        ([("a", 0, 0, 90)], "không nằm gọn trong khung hình"),
        ([("a", 0, 0, 0), ("b", 255, 0, 0)], "chồng lên nhau"),
        ([("a", 0, 0, 0), ("a", 256, 0, 0)], "được đặt hai lần"),
        ([], "ít nhất một mặt màn hình"),
    ],
)
def test_faces_that_do_not_fit_on_the_canvas_are_refused(client_for, administrator, cluster, places, words):
    Controller.objects.all().delete()
    response = client_for(administrator).post(
        reverse("wagtailsnippets_places_controller:add"), placements(cluster, *places)
    )
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Controller.objects.exists()


def test_faces_that_fit_are_placed(client_for, administrator, cluster):
    Controller.objects.all().delete()
    data = placements(cluster, ("a", 0, 0, 0), ("b", 256, 0, 0))
    response = client_for(administrator).post(reverse("wagtailsnippets_places_controller:add"), data)
    assert response.status_code == 302, response.context["form"].errors
    assert Controller.objects.get().placements.count() == 2


def test_a_face_has_one_controller_only(client_for, administrator, cluster):
    response = client_for(administrator).post(
        reverse("wagtailsnippets_places_controller:add"), placements(cluster, ("a", 0, 0, 0))
    )
    assert "Máy điều khiển khác đã mang mặt" in response.content.decode()
    assert Controller.objects.count() == 1


def test_a_face_that_outgrows_its_canvas_is_refused(client_for, administrator, cluster, province):
    client = client_for(administrator)
    page = reverse("wagtailsnippets_places_cluster:edit", args=[cluster.pk])
    ids = [one.pk for one in cluster.faces.all()]
    data = form(province, [face("a", width=400, height=192, id=ids[0]), face("b", height=192, id=ids[1])])
    data |= {"slug": "tinh-bien", "faces-INITIAL_FORMS": 2}
    response = client.post(page, data)
    assert response.status_code == 200
    assert "tinh-bien-1" in response.content.decode()


def test_what_players_know_a_cluster_by_cannot_be_changed(client_for, administrator, cluster, province, other_province):
    client = client_for(administrator)
    page = reverse("wagtailsnippets_places_cluster:edit", args=[cluster.pk])
    ids = [one.pk for one in cluster.faces.all()]
    faces = [face("a", height=192, id=ids[0]), face("b", height=192, id=ids[1])]
    data = form(other_province, faces, slug="khac", name="Tên mới") | {"faces-INITIAL_FORMS": 2}
    response = client.post(page, data)
    assert response.status_code == 302, response.context["form"].errors
    cluster.refresh_from_db()
    assert (cluster.name, cluster.slug, cluster.province) == ("Tên mới", "tinh-bien", province)


def test_operators_look_but_do_not_touch(client_for, operator, outsider, cluster):
    client = client_for(operator)
    assert "Tịnh Biên" in client.get(reverse("wagtailsnippets_places_cluster:list")).content.decode()
    assert client.get(reverse("wagtailsnippets_places_cluster:edit", args=[cluster.pk])).status_code == 302
    assert client.get(reverse("wagtailsnippets_places_cluster:add")).status_code == 302
    theirs = client_for(outsider).get(reverse("wagtailsnippets_places_cluster:list")).content.decode()
    assert "Cửa khẩu quốc tế Tịnh Biên" not in theirs
    inspect = reverse("wagtailsnippets_places_cluster:inspect", args=[cluster.pk])
    cluster.assumed = {"faces": {"vi": "Chưa có văn bản nêu số mặt.", "en": "No decision names the number of faces."}}
    cluster.save()
    shown = client_for(operator).get(inspect)
    assert shown.status_code == 200
    assert "Chưa có văn bản nêu số mặt." in shown.content.decode()
    assert "No decision" not in shown.content.decode()
    assert client_for(outsider).get(inspect).status_code == 404


def test_the_page_of_plugins_is_for_administrators(client_for, administrator, editor):
    page = client_for(administrator).get(reverse("places:plugins")).content.decode()
    assert "bangtin-an-giang" in page.lower().replace("_", "-")
    assert client_for(editor).get(reverse("places:plugins")).status_code == 302


def test_holidays_of_a_kind_have_hours_of_their_own_or_none(add, province):
    data = form(province, [face("a")], hours=[(0, "07:00", "11:00"), (8, "08:00", "10:00")])
    data["hours-0-closed_kinds"] = ["substitute"]
    response = add(data)
    assert response.status_code == 302, response.context["form"].errors
    (hours,) = hours_of(Cluster.objects.get())
    assert [(kind, [one.start_min for one in windows]) for kind, windows in hours.by_kind] == [
        ("tet", [480]),
        ("substitute", []),
    ]


def test_what_is_closed_has_no_hours(add, province):
    data = form(province, [face("a")], hours=[(8, "08:00", "10:00")])
    data["hours-0-closed_kinds"] = ["tet"]
    assert "vừa đánh dấu tắt cả ngày vừa có giờ" in add(data).content.decode()
    assert not Cluster.objects.exists()


def test_a_cluster_joins_groups_of_its_province(add, province, other_province):
    mine = ClusterTag.objects.create(province=province, name="Đường bộ")
    everywhere = ClusterTag.objects.create(name="Cửa khẩu quốc tế")
    foreign = ClusterTag.objects.create(province=other_province, name="Núi")
    assert "là nhóm của Cao Bằng" in add(form(province, [face("a")], tags=[foreign.pk])).content.decode()
    response = add(form(province, [face("a")], tags=[mine.pk, everywhere.pk]))
    assert response.status_code == 302, response.context["form"].errors
    assert set(Cluster.objects.get().tags.all()) == {mine, everywhere}


def test_groups_are_written_down_once(client_for, administrator, editor, province, other_province):
    address = reverse("wagtailsnippets_places_clustertag:add")
    client = client_for(administrator)
    for place in (province.pk, "", other_province.pk):
        assert client.post(address, {"name": "Đường bộ", "province": place}).status_code == 302
    for place in (province.pk, ""):
        assert "Đã có nhóm" in client.post(address, {"name": "đường bộ", "province": place}).content.decode()
    ClusterTag.objects.filter(province=other_province).update(name="Núi")
    page = client_for(editor).get(reverse("wagtailsnippets_places_clustertag:list")).content.decode()
    assert page.count("Đường bộ") >= 2
    assert "Núi" not in page
    assert client_for(editor).get(address).status_code == 302


def test_a_holiday_decision_says_its_kind(client_for, administrator, province):
    address = reverse("wagtailsnippets_places_holidayoverride:add")
    data = {"day": "2027-02-11", "province": "", "name": "Mùng sáu", "decision": "", "kind": "tet"}
    assert client_for(administrator).post(address, data).status_code == 302
    assert HolidayOverride.objects.get().kind == "tet"
