"""Rules, limits, groups, nesting and filters in the forms: what is wrong is said at its field, and what is right comes through."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from cms.places.models import ClusterTag, Province
from cms.programmes.inputs import slot_input
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from tests.programmes.conftest import make_programme
from tests.programmes.test_admin import programme_form, said, slot_form, url


def rows(name: str, *given: dict) -> dict:
    data = {f"{name}-TOTAL_FORMS": str(len(given)), f"{name}-INITIAL_FORMS": "0"}
    data |= {f"{name}-MIN_NUM_FORMS": "0", f"{name}-MAX_NUM_FORMS": "1000"}
    for place, row in enumerate(given):
        data |= {f"{name}-{place}-{key}": value for key, value in row.items()}
        data[f"{name}-{place}-ORDER"] = str(place + 1)
    return data


@pytest.fixture
def add(client_for, editor):
    def post(model: str, data: dict):
        return client_for(editor).post(url(model, "add"), data)

    return post


def faults(response, field: str) -> str:
    assert response.status_code == 200, "it was saved"
    return " ".join(response.context["form"].errors.get(field, []))


def test_everything_that_a_slot_can_say_is_kept_and_said_again(add, client_for, editor, programme, cluster):
    more = {
        "holidays": "never",
        "rrule": "rrule:freq=monthly;byday=-1FR",
        "languages": ["vi", "km"],
        "max_per_hour": "6",
        "spacing_s": "2.5",
        "required_s": "15",
        "weekdays": list("0123456"),
    }
    given = slot_form(programme, cluster, **more) | rows(
        "exceptions", {"day": "2027-01-29", "note": "Bảo trì"}, {"day": "2027-02-26", "note": ""}
    )
    response = add("slot", given)
    assert response.status_code == 302, response.context["form"].errors
    made = slot_input(Slot.objects.get())
    assert (made.holidays, made.rrule, made.languages) == ("never", "FREQ=MONTHLY;BYDAY=-1FR", ("vi", "km"))
    assert (made.max_per_hour, made.spacing_s, made.required_s) == (6, 150, 900)
    assert made.exceptions == {date(2027, 1, 29), date(2027, 2, 26)}
    client = client_for(editor)
    page = client.get(url("slot", "edit", made.id)).content.decode()
    for value in ('value="2.5"', 'value="15"', "FREQ=MONTHLY;BYDAY=-1FR", "Bảo trì"):
        assert value in page, value
    listed = client.get(url("slot", "list")).content.decode()
    for words in ("Sáu", "trừ ngày nghỉ lễ", "bỏ qua 2 ngày", "nhiều nhất 6 lần", "ít nhất 15 phút mỗi ngày"):
        assert words in listed, words


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"rrule": "FREQ=SOMETIMES"}, "rrule", "Không đọc được quy tắc"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule", "không lặp lại trong một ngày"),
        ({"rrule": "FREQ=DAILY;BYHOUR=8"}, "rrule", "bỏ phần giờ"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule", "không có ngày nào phát"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=SU"}, "rrule", "triệt tiêu"),
        ({"max_per_hour": "721"}, "max_per_hour", "720"),
        ({"required_s": "1441"}, "required_s", "1.440 phút"),
        ({"required_s": "151"}, "required_s", "chỉ có 150 phút"),
        ({"languages": ["fr"]}, "languages", "fr"),
        ({"holidays": "sometimes"}, "holidays", "sometimes"),
        ({"clusters": []}, "clusters", "ít nhất một cụm"),
    ],
)
def test_what_is_wrong_with_a_rule_or_a_limit_is_said_at_its_field(add, programme, cluster, changes, field, words):
    assert words in faults(add("slot", slot_form(programme, cluster, **changes)), field)
    assert not Slot.objects.exists()


def test_a_day_is_left_out_once(add, programme, cluster):
    twice = rows("exceptions", {"day": "2027-01-29", "note": ""}, {"day": "2027-01-29", "note": "nữa"})
    response = add("slot", slot_form(programme, cluster) | twice)
    assert "ghi hai lần" in faults(response, "__all__")
    assert not Slot.objects.exists()


def test_a_slot_with_all_its_days_left_out_is_refused(add, programme, cluster):
    one_day = slot_form(programme, cluster, date_from="2027-01-04", date_until="2027-01-04")
    response = add("slot", one_day | rows("exceptions", {"day": "2027-01-04", "note": ""}))
    assert "Không còn ngày nào" in faults(response, "__all__")


def test_a_slot_may_name_a_group_instead_of_clusters(add, programme, province, other_province, cluster):
    mine = ClusterTag.objects.create(province=province, name="Đường bộ")
    ClusterTag.objects.create(province=other_province, name="Núi")
    response = add("slot", slot_form(programme, cluster, clusters=[], cluster_tags=[mine.pk]))
    assert response.status_code == 302, response.context["form"].errors
    assert "Chưa phát ở cụm thông tin nào" in said(response)
    assert list(Slot.objects.get().cluster_tags.all()) == [mine]


def test_a_group_of_another_province_cannot_be_chosen(add, programme, province, other_province, cluster):
    ClusterTag.objects.create(province=province, name="Đường bộ")
    foreign = ClusterTag.objects.create(province=other_province, name="Núi")
    response = add("slot", slot_form(programme, cluster, cluster_tags=[foreign.pk]))
    assert faults(response, "cluster_tags")


def entries(*given: dict) -> dict:
    return rows("entries", *given)


def test_a_programme_holds_items_programmes_and_filters(add, province, write, approved, programme):
    page = write("Một")
    approved(page)
    data = programme_form(province, [], order="shuffle", seed=" hạt ") | entries(
        {"item": page.pk, "take": "3"},
        {"nested": programme.pk, "take": "1", "most": "4"},
        {"kind": "border", "most": "5", "take": "2"},
    )
    response = add("programme", data)
    assert response.status_code == 302, response.context["form"].errors
    made = Programme.objects.get(title="Bản tin")
    assert (made.order, made.seed) == ("shuffle", "hạt")
    kept = [(one.item, one.nested, one.kind, one.most, one.take) for one in made.entries.order_by("sort_order")]
    assert kept == [(page, None, "", 0, 0), (None, programme, "", 0, 1), (None, None, "border", 5, 2)]
    assert "chưa tìm thấy tin nào đã phê duyệt" in said(response)


def test_a_filter_goes_by_tags_that_items_have(add, client_for, editor, province, write):
    page = write("Hội chợ")
    page.tags.add("hội chợ")
    page.save()
    tag = page.tags.get()
    response = add("programme", programme_form(province, []) | entries({"tags": [tag.pk]}))
    assert response.status_code == 302, response.context["form"].errors
    made = Programme.objects.get()
    assert made.entries.get().tags == [tag.pk]
    page = client_for(editor).get(url("programme", "edit", made.pk)).content.decode()
    assert "hội chợ" in page
    assert "checked" in page[page.index('name="entries-0-tags"') :][:200]


def test_programmes_get_a_seed_by_themselves(add, province, write):
    first, second = write("Một"), write("Hai")
    add("programme", programme_form(province, [first], seed=""))
    add("programme", programme_form(province, [second], title="Khác", seed=""))
    seeds = set(Programme.objects.values_list("seed", flat=True))
    assert len(seeds) == 2
    assert "" not in seeds


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"item": "", "nested": "", "kind": ""}, "Hãy chọn một tin"),
        ({"item": "page", "kind": "border"}, "nhiều hơn một nội dung"),
        ({"item": "page", "nested": "programme"}, "nhiều hơn một nội dung"),
        ({"nested": "programme", "kind": "any"}, "nhiều hơn một nội dung"),
    ],
)
def test_a_row_says_one_thing(add, province, write, programme, row, words):
    known = {"page": str(write("Một").pk), "programme": str(programme.pk)}
    response = add("programme", programme_form(province, []) | entries({k: known.get(v, v) for k, v in row.items()}))
    assert words in faults(response, "__all__")
    (form,) = response.context["form"].formsets["entries"].forms
    assert words in " ".join(form.errors["item"])
    assert Programme.objects.count() == 1


def test_a_programme_does_not_hold_itself_by_any_way(client_for, editor, province, write):
    inner = make_programme(province, [write("Trong")], title="Trong")
    middle, outer = make_programme(province, [], title="Giữa"), make_programme(province, [], title="Ngoài")
    ProgrammeEntry.objects.create(programme=middle, nested=inner)
    ProgrammeEntry.objects.create(programme=outer, nested=middle)
    client = client_for(editor)
    data = programme_form(province, [], title="Trong") | entries({"nested": outer.pk})
    response = client.post(url("programme", "edit", inner.pk), data)
    assert "Ngoài → Giữa → Trong" in faults(response, "__all__")
    (form,) = response.context["form"].formsets["entries"].forms
    assert "vòng lặp" in " ".join(form.errors["nested"])
    itself = programme_form(province, [], title="Trong") | entries({"nested": inner.pk})
    response = client.post(url("programme", "edit", inner.pk), itself)
    assert response.status_code == 200
    assert inner.entries.count() == 1


def test_programmes_of_another_province_cannot_be_held_but_national_ones_can(add, province, other_province, write):
    nation = Province.objects.create(
        code="national", name="Trung ương", languages=["vi"], theme="national", national=True
    )
    foreign = make_programme(other_province, [], title="Cao Bằng")
    national = make_programme(nation, [], title="Trung ương")
    refused = add("programme", programme_form(province, []) | entries({"nested": foreign.pk}))
    (form,) = refused.context["form"].formsets["entries"].forms
    with translation.override("vi"):
        assert "không dùng được" in " ".join(form.errors["nested"])
    assert add("programme", programme_form(province, []) | entries({"nested": national.pk})).status_code == 302


def test_rare_things_are_closed_until_they_are_in_use(client_for, editor, slot):
    client = client_for(editor)

    def more() -> str:
        page = client.get(url("slot", "edit", slot.pk)).content.decode()
        place = page.index("Thêm: giới hạn")
        return page[page.rindex("<section", 0, place) : place]

    assert "collapsed" in more()
    slot.required_s = 600
    slot.save()
    assert "collapsed" not in more()
