"""Editors build programmes and slots of their province; what is wrong is said at its field, and nothing half is saved."""

from __future__ import annotations

from datetime import time

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation

from cms.programmes.models import Programme, Slot


def url(model: str, name: str, *args) -> str:
    return reverse(f"wagtailsnippets_programmes_{model}:{name}", args=args)


def slot_form(programme, cluster, **changes):
    data = {
        "title": "Buổi sáng",
        "programme": programme.pk,
        "clusters": [cluster.pk],
        "faces": [],
        "mode": "",
        "date_from": "2027-01-01",
        "date_until": "",
        "weekdays": ["0", "1", "2"],
        "priority": "0",
        "weight": "1",
        "active": "on",
        "windows-TOTAL_FORMS": "1",
        "windows-INITIAL_FORMS": "0",
        "windows-MIN_NUM_FORMS": "0",
        "windows-MAX_NUM_FORMS": "1000",
        "windows-0-start": "07:00",
        "windows-0-end": "09:30",
        "exceptions-TOTAL_FORMS": "0",
        "exceptions-INITIAL_FORMS": "0",
        "exceptions-MIN_NUM_FORMS": "0",
        "exceptions-MAX_NUM_FORMS": "1000",
    }
    return {**data, **changes}


def programme_form(province, pages, **changes):
    data = {
        "title": "Bản tin",
        "province": province.pk,
        "entries-TOTAL_FORMS": str(len(pages)),
        "entries-INITIAL_FORMS": "0",
        "entries-MIN_NUM_FORMS": "0",
        "entries-MAX_NUM_FORMS": "1000",
    }
    for place, page in enumerate(pages):
        data |= {f"entries-{place}-item": page.pk, f"entries-{place}-ORDER": str(place + 1)}
    return {**data, **changes}


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_an_editor_makes_a_programme_of_items_in_order(client_for, editor, province, write, approved):
    first, second = write("Một"), write("Hai")
    approved(first, "vi")
    response = client_for(editor).post(url("programme", "add"), programme_form(province, [second, first]))
    assert response.status_code == 302, response.context["form"].errors
    made = Programme.objects.get(title="Bản tin")
    assert [entry.item_id for entry in made.entries.order_by("sort_order")] == [second.pk, first.pk]
    assert "Hai" in said(response)  # not approved yet


def test_a_programme_without_approved_items_is_saved_with_a_warning(client_for, editor, province, write):
    response = client_for(editor).post(url("programme", "add"), programme_form(province, [write("Nháp")]))
    assert response.status_code == 302
    with translation.override("vi"):
        assert "chưa có tin nào được phê duyệt" in said(response)


def test_a_programme_without_items_is_not_saved(client_for, editor, province):
    response = client_for(editor).post(url("programme", "add"), programme_form(province, []))
    assert response.status_code == 200
    assert not Programme.objects.exists()


def test_items_of_another_province_cannot_be_chosen(client_for, editor, province, other_province, write):
    foreign = write("Thác Bản Giốc", of=other_province)
    client = client_for(editor)
    assert client.get(reverse("programmes:items"), {"q": "Thác"}).json()["found"] == []
    response = client.post(url("programme", "add"), programme_form(province, [foreign]))
    assert response.status_code == 200
    assert not Programme.objects.exists()


def test_national_items_can_be_chosen(client_for, editor, province, write):
    from cms.places.models import Province

    nation = Province.objects.create(
        code="national", name="Trung ương", languages=["vi"], theme="national", national=True
    )
    item = write("Luật Biên giới", of=nation)
    client = client_for(editor)
    (found,) = client.get(reverse("programmes:items"), {"q": "giới luật"}).json()["found"]
    assert found == {"id": item.pk, "label": "Luật Biên giới – chưa phê duyệt", "note": "Trung ương"}
    assert client.post(url("programme", "add"), programme_form(province, [item])).status_code == 302


def test_an_editor_makes_a_slot_with_weekdays_and_hours(client_for, editor, programme, cluster):
    response = client_for(editor).post(url("slot", "add"), slot_form(programme, cluster, faces=["b"]))
    assert response.status_code == 302, response.context["form"].errors
    made = Slot.objects.get()
    assert (made.weekdays, made.faces, list(made.clusters.all())) == ([0, 1, 2], ["b"], [cluster])
    assert [(one.start, one.end) for one in made.windows.all()] == [(time(7), time(9, 30))]
    page = client_for(editor).get(url("slot", "list")).content.decode()
    assert "Buổi sáng" in page
    assert "07:00–09:30" in page


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"date_until": "2026-12-31"}, "date_until", "kết thúc trước khi bắt đầu"),
        ({"weekdays": []}, "weekdays", "ít nhất một thứ"),
        ({"date_until": "2027-01-02"}, "weekdays", "Không có thứ nào"),
        ({"clusters": []}, "clusters", "ít nhất một cụm"),
        ({"faces": ["d"]}, "faces", "chỉ có các mặt A, B"),
        ({"weight": "0"}, "weight", "từ 1 đến 100"),
    ],
)
def test_what_is_wrong_with_a_slot_is_said_at_its_field(client_for, editor, programme, cluster, changes, field, words):
    response = client_for(editor).post(url("slot", "add"), slot_form(programme, cluster, **changes))
    assert response.status_code == 200
    assert words in " ".join(response.context["form"].errors[field])
    assert not Slot.objects.exists()


def test_hours_that_overlap_or_end_when_they_begin_are_refused(client_for, editor, programme, cluster):
    client = client_for(editor)
    same = slot_form(programme, cluster, **{"windows-0-end": "07:00"})
    assert client.post(url("slot", "add"), same).status_code == 200
    double = slot_form(
        programme, cluster, **{"windows-TOTAL_FORMS": "2", "windows-1-start": "09:00", "windows-1-end": "10:00"}
    )
    assert client.post(url("slot", "add"), double).status_code == 200
    assert not Slot.objects.exists()


def test_a_cluster_without_faces_is_refused(client_for, editor, programme, province):
    from cms.places.models import Cluster

    empty = Cluster.objects.create(slug="trong", province=province, name="Cụm trống")
    response = client_for(editor).post(url("slot", "add"), slot_form(programme, empty))
    assert "Cụm trống" in " ".join(response.context["form"].errors["clusters"])
    assert not Slot.objects.exists()


def test_a_slot_outside_operating_hours_is_saved_with_a_warning(client_for, editor, programme, cluster):
    data = slot_form(programme, cluster, **{"windows-0-start": "20:00", "windows-0-end": "21:00"})
    data["date_from"] = "2020-01-01"
    response = client_for(editor).post(url("slot", "add"), data)
    assert response.status_code == 302
    assert "ngoài giờ vận hành" in said(response)


def test_outsiders_neither_see_nor_change_the_programmes_of_another_province(client_for, outsider, slot, cluster):
    client = client_for(outsider)
    assert slot.title not in client.get(url("slot", "list")).content.decode()
    assert slot.programme.title not in client.get(url("programme", "list")).content.decode()
    for address in (
        url("slot", "edit", slot.pk),
        url("slot", "delete", slot.pk),
        url("programme", "edit", slot.programme.pk),
    ):
        assert client.get(address).status_code == 302  # Wagtail sends home whoever may not
    client.post(url("slot", "edit", slot.pk), slot_form(slot.programme, cluster, title="Chiếm"))
    slot.refresh_from_db()
    assert slot.title == "Cả ngày"
    response = client.post(url("slot", "add"), slot_form(slot.programme, cluster))
    assert {"programme", "clusters"} <= set(response.context["form"].errors)


def test_ticking_slots_of_another_province_deletes_none(client_for, outsider, slot):
    address = reverse("wagtail_bulk_action", args=("programmes", "slot", "delete"))
    client_for(outsider).post(f"{address}?id={slot.pk}")
    assert Slot.objects.filter(pk=slot.pk).exists()


def test_an_approver_looks_but_does_not_change(client_for, approver, slot):
    client = client_for(approver)
    assert slot.title in client.get(url("slot", "list")).content.decode()
    assert client.get(url("slot", "add")).status_code == 302
    assert client.get(url("slot", "edit", slot.pk)).status_code == 302


def test_forms_speak_vietnamese(client_for, editor, slot):
    page = client_for(editor).get(url("slot", "edit", slot.pk)).content.decode()
    for words in ("Cụm thông tin", "Thứ Hai", "Giờ phát", "Mức ưu tiên"):
        assert words.lower() in page.lower(), words
