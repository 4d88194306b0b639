"""Live values: an editor of the province sets them, it is on record, and every cluster of the province is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from cms import clock
from cms.accounts.models import AuditEntry
from cms.programmes.live_forms import read_number, write_number
from cms.programmes.live_values import LiveValue, LiveValueRefused, set_value, told_to
from cms.release.notices import compile_notices
from cms.schedule.format import Notices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]
PAGE = "programmes:live_values"


@pytest.fixture
def usd(province):
    return LiveValue.objects.create(
        province=province, name="usd", label="Đô la Mỹ, bán ra", unit="đồng", at=clock.now(), max_age_min=600
    )


@pytest.fixture
def gate(province):
    return LiveValue.objects.create(
        province=province, name="gate", label="Cửa khẩu", kind="word", words=["open", "closed"], at=clock.now()
    )


def told(cluster) -> dict:
    """What the cluster's players are told, in a document that they accept."""
    data = compile_notices(cluster, clock.now_ms())
    Notices.model_validate_json(data)
    return json.loads(data)["values"]


def test_an_editor_sets_a_value_and_every_screen_of_the_province_is_told(
    usd, editor, cluster, django_capture_on_commit_callbacks
):
    import django_rq

    assert told(cluster) == {}  # nothing was ever set
    before = clock.now_ms()
    with django_capture_on_commit_callbacks(execute=True):
        set_value(usd, 25480, by=editor)
    value = told(cluster)["usd"]
    assert (value["value"], value["max_age"]) == (25480, 36_000_000)
    assert before <= value["at"] <= clock.now_ms()
    (job,) = django_rq.get_queue("release").jobs
    assert (job.func_name, job.args) == ("cms.release.jobs.publish_notices", (cluster.pk,))


def test_every_change_is_on_record(usd, editor):
    set_value(usd, 25480, by=editor)
    set_value(usd, 25490.5, by=editor)
    entry = AuditEntry.objects.filter(action="values.set").latest("pk")
    assert (entry.user, entry.province, entry.subject) == (editor, "an_giang", "Đô la Mỹ, bán ra")
    assert (entry.data["before"], entry.data["value"], entry.data["name"]) == (25480, 25490.5, "usd")
    assert AuditEntry.objects.filter(action="values.set").count() == 2


def test_other_provinces_are_told_nothing_of_it(usd, editor, other_province, cluster):
    from cms.places.models import Cluster

    set_value(usd, 1, by=editor)
    elsewhere = Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")
    assert told_to(elsewhere) == {}


@pytest.mark.parametrize("who", ["contributor", "appraiser", "approver", "operator", "outsider"])
def test_only_editors_of_the_province_set_values(who, request, usd, client_for):
    person = request.getfixturevalue(who)
    with pytest.raises(LiveValueRefused) as refused:
        set_value(usd, 1, by=person)
    assert refused.value.code == "forbidden"
    client = client_for(person)
    client.post(reverse(PAGE), {f"value-{usd.pk}": "99"})
    for name in ("edit", "delete"):
        answer = client.post(reverse(f"live_values:{name}", args=(usd.pk,)), {"label": "x"})
        assert answer.status_code in (302, 403, 404)
    usd.refresh_from_db()
    assert (usd.value, usd.label) == (None, "Đô la Mỹ, bán ra")


def test_an_outsider_does_not_even_see_them(usd, client_for, outsider, contributor):
    assert "Đô la Mỹ" not in client_for(outsider).get(reverse(PAGE)).content.decode()
    text = client_for(contributor).get(reverse(PAGE)).content.decode()
    assert "Đô la Mỹ" in text
    assert f'name="value-{usd.pk}"' not in text


def test_a_word_is_one_of_the_fixed_ones(gate, editor, cluster):
    with pytest.raises(LiveValueRefused) as refused:
        set_value(gate, "Hôm nay cửa khẩu đóng", by=editor)
    assert refused.value.code == "word"
    set_value(gate, "closed", by=editor)
    assert told(cluster)["gate"]["value"] == "closed"


@pytest.mark.parametrize("wrong", ["một trăm", float("nan"), float("inf"), 1e12])
def test_a_number_is_a_number(usd, editor, wrong):
    with pytest.raises(LiveValueRefused) as refused:
        set_value(usd, wrong, by=editor)
    assert refused.value.code == "number"


def test_a_value_is_not_true_before_its_time(usd, editor):
    with pytest.raises(LiveValueRefused) as refused:
        set_value(usd, 1, by=editor, at=clock.now() + timedelta(hours=1))
    assert refused.value.code == "future"


def test_a_value_that_is_too_old_is_marked(usd, editor, client_for):
    set_value(usd, 25480, by=editor, at=clock.now() - timedelta(minutes=601))
    usd.refresh_from_db()
    assert usd.stale
    text = client_for(editor).get(reverse(PAGE)).content.decode()
    assert "Quá cũ: không hiển thị" in text
    assert "10 giờ trước" in text


def test_a_name_is_there_once_in_a_province(usd, province, other_province):
    LiveValue.objects.create(province=other_province, name="usd", label="x", at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        LiveValue.objects.create(province=province, name="usd", label="x", at=clock.now())


def test_the_page_saves_what_changed_and_only_that(usd, gate, editor, client_for):
    client = client_for(editor)
    form = {f"value-{usd.pk}": "25.480,5", f"value-{gate.pk}": ""}
    assert client.post(reverse(PAGE), form).status_code == 302
    usd.refresh_from_db()
    first = usd.at
    assert usd.value == 25480.5
    assert 'value="25.480,5"' in client.get(reverse(PAGE)).content.decode()
    client.post(reverse(PAGE), form | {f"value-{gate.pk}": "open"})
    usd.refresh_from_db()
    gate.refresh_from_db()
    assert (usd.at, gate.value, gate.by) == (first, "open", editor)
    client.post(reverse(PAGE), form | {f"value-{gate.pk}": "open", "still": str(usd.pk)})
    usd.refresh_from_db()
    assert usd.at > first
    assert AuditEntry.objects.filter(action="values.set").count() == 3


def test_nothing_is_saved_while_something_is_wrong(usd, gate, editor, client_for):
    answer = client_for(editor).post(reverse(PAGE), {f"value-{usd.pk}": "nhiều", f"value-{gate.pk}": "open"})
    text = answer.content.decode()
    assert "Viết một số" in text
    assert 'value="nhiều"' in text
    gate.refresh_from_db()
    assert gate.value is None


def test_an_editor_defines_changes_and_deletes_a_value(province, other_province, editor, client_for, cluster):
    client = client_for(editor)
    form = {
        "label": "Nhiệt độ", "province": province.pk, "name": "nhiet_do", "unit": "°C", "kind": "number", "words": "",
        "max_age_min": "90",
    }  # fmt: skip
    assert client.get(reverse("live_values:add")).status_code == 200
    refused = client.post(reverse("live_values:add"), form | {"province": other_province.pk})
    assert refused.status_code == 200
    for wrong in ({"name": "Nhiệt độ"}, {"kind": "word"}, {"max_age_min": "0"}):
        assert client.post(reverse("live_values:add"), form | wrong).status_code == 200
    assert not LiveValue.objects.exists()
    assert client.post(reverse("live_values:add"), form).url == reverse(PAGE)
    made = LiveValue.objects.get()
    set_value(made, 31.5, by=editor)
    client.post(reverse("live_values:edit", args=(made.pk,)), form | {"max_age_min": "30", "name": "other"})
    made.refresh_from_db()
    assert (made.name, made.max_age_min, made.value) == ("nhiet_do", 30, 31.5)
    assert told(cluster)["nhiet_do"]["max_age"] == 1_800_000
    client.post(reverse("live_values:delete", args=(made.pk,)))
    assert told(cluster) == {}
    actions = AuditEntry.objects.filter(action__startswith="values.").values_list("action", flat=True)
    assert set(actions) == {"values.define", "values.set", "values.change", "values.delete"}


def test_cards_are_offered_the_names_once(usd, gate, other_province):
    from cms.content.live import names

    LiveValue.objects.create(province=other_province, name="usd", label="USD", at=clock.now())
    assert sorted(name for name, _ in names()) == ["gate", "usd"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("25480", 25480), ("25.480", 25480), ("25.480,5", 25480.5), ("25480.5", 25480.5), ("-3,25", -3.25), ("1.5", 1.5)],
)
def test_numbers_are_read_as_they_are_written_here(text, number):
    assert read_number(text) == number
    assert read_number(write_number(number)) == number


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "12a", "1e5", "--4"])
def test_what_is_no_number_is_not_read(text):
    with pytest.raises(ValueError, match=r"^"):
        read_number(text)


def test_the_actions_have_vietnamese_words():
    from cms.accounts.words import action_label

    with translation.override("vi"):
        assert action_label("values.set") == "cập nhật một giá trị trực tiếp"
