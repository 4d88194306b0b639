"""Test patterns on the screens: by the right people, of the very pixels that the signer draws too, for some minutes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cms import clock
from cms.accounts.models import AuditEntry
from cms.alerts import patterns
from cms.alerts.models import PatternRun
from cms.alerts.patterns import PatternRefused, start, stop
from cms.alerts.services import black_out
from cms.plugin_api.types import canonical
from cms.release.checks import Refused, check_notices, check_schedule, parse
from cms.release.notices import compile_notices, register, unregister
from cms.schedule import format as fmt
from cms.schedule.frame import frame

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]


@pytest.fixture(autouse=True)
def _assets(settings: Any, tmp_path: Any) -> None:
    settings.ASSETS_ROOT = tmp_path / "assets"


def told(cluster) -> dict[str, Any]:
    return json.loads(compile_notices(cluster, clock.now_ms()))


def signed(cluster, document: dict[str, Any]) -> list[str]:
    """What the signer has against notices."""
    try:
        check_notices(cluster, parse(fmt.Notices, canonical(document), cluster))
    except Refused as refused:
        return [one.code for one in refused.reasons]
    return []


def test_a_pattern_is_a_notice_that_ends_by_itself_and_is_signed(cluster, operator):
    start(cluster, "grid", by=operator)
    document = told(cluster)
    (alert,) = document["alerts"]
    assert alert["faces"] == ["a", "b"]
    assert alert["until"] - alert["from"] == 5 * 60_000
    scene = document["scenes"][alert["scene"]]
    assert scene["item"] == "pattern:grid"
    assert {layer["asset"] for layers in scene["faces"].values() for layer in layers} == set(document["assets"])
    assert signed(cluster, document) == []
    entry = AuditEntry.objects.get(action="alerts.pattern")
    assert (entry.user, entry.data["pattern"], entry.data["minutes"]) == (operator, "grid", 5)


def test_every_pattern_is_signed_on_faces_of_different_sizes(cluster, operator):
    cluster.faces.filter(letter="b").update(width=96, height=320, pitch_mm=10, smooth=False)
    for name in patterns.PATTERNS:
        start(cluster, name, by=operator, minutes=30)
        assert signed(cluster, told(cluster)) == []


def test_the_signer_takes_no_other_pixel_for_a_pattern(cluster, operator):
    from cms.content.assets import AssetStore

    start(cluster, "lines", by=operator)
    good = told(cluster)
    (name,) = good["scenes"]

    def altered(**changes: Any) -> dict[str, Any]:
        document = json.loads(json.dumps(good))
        document["scenes"][name] |= changes
        return document

    foreign = AssetStore().put(b"somebody else's picture", "image/png")
    faces = json.loads(json.dumps(good["scenes"][name]["faces"]))
    faces["a"][0]["asset"] = foreign
    swapped = altered(faces=faces)
    swapped["assets"][foreign] = {"bytes": 23, "type": "image/png"}
    assert "pattern" in signed(cluster, swapped)
    faster = json.loads(json.dumps(good["scenes"][name]["faces"]))
    faster["a"][1]["strip"]["speed"] = [600, 0]
    assert "pattern" in signed(cluster, altered(faces=faster))
    for changes in ({"item": "pattern:grid"}, {"item": "pattern:none"}, {"duration": 1000}, {"proof": "0" * 64}):
        assert "pattern" in signed(cluster, altered(**changes))
    listed = json.loads(json.dumps(good))
    listed["assets"][foreign] = {"bytes": 23, "type": "image/png"}
    assert signed(cluster, listed) == ["asset_not_approved"]
    longer = json.loads(json.dumps(good))
    longer["alerts"][0]["until"] += 3_600_000
    assert signed(cluster, longer) == ["pattern"]
    renamed = json.loads(json.dumps(good))
    renamed["scenes"] = {"other": good["scenes"][name]}
    renamed["alerts"][0]["scene"] = "other"
    assert "pattern" in signed(cluster, renamed)


def test_a_schedule_never_carries_a_pattern(cluster, operator):
    start(cluster, "grid", by=operator)
    document = told(cluster)
    day = {"from": 0, "until": 86_400_000}
    schedule = fmt.Schedule.model_validate(
        {
            "format": 1, "cluster": cluster.slug, "valid_from": 0, "valid_until": 86_400_000, "timezone": "UTC",
            "controllers": {}, "assets": document["assets"], "scenes": document["scenes"],
            "turns": [[one, 1000] for one in document["scenes"]], "loops": {"l": [0]},
            "faces": {"a": {"segments": [{**day, "kind": "programme", "loop": "l"}]}}, "power": {}, "standby": [],
            "fallback": next(iter(document["scenes"])),
        }
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        check_schedule(cluster, schedule)
    assert "not_approved" in [one.code for one in refused.value.reasons]


def test_it_is_over_after_its_minutes_also_where_nothing_new_is_heard(cluster, operator):
    made = start(cluster, "letters", minutes=1, by=operator)
    document = fmt.Notices.model_validate(told(cluster))
    schedule = fmt.Schedule.model_validate(
        {
            "format": 1, "cluster": cluster.slug, "valid_from": 0, "valid_until": 2**52, "timezone": "UTC", "controllers": {},
            "assets": {}, "scenes": {}, "turns": [], "loops": {}, "faces": {"a": {"segments": []}, "b": {"segments": []}},
            "power": {}, "standby": [], "fallback": "",
        }
    )  # fmt: skip
    since = document.alerts[0].from_
    assert frame(schedule, document, "a", since + 59_999).kind == "alert"
    assert frame(schedule, document, "a", since + 60_000).kind == "closed"
    PatternRun.objects.filter(pk=made.pk).update(until=clock.now() - timedelta(seconds=1))
    assert told(cluster)["alerts"] == []
    assert patterns.running(cluster) == []


def test_stopping_ends_it_and_a_second_pattern_takes_its_faces(cluster, operator, approver):
    first = start(cluster, "grid", faces=["a", "b"], by=operator)
    second = start(cluster, "white", faces=["b"], by=operator)
    assert sorted((one["faces"], one["id"]) for one in told(cluster)["alerts"]) == [
        (["a"], f"pattern-{first.pk}"),
        (["b"], f"pattern-{second.pk}"),
    ]
    start(cluster, "red", faces=["b"], by=operator)
    second.refresh_from_db()
    assert second.stopped_at
    stop(first, approver)
    stop(first, operator)
    assert (first.stopped_by, AuditEntry.objects.filter(action="alerts.pattern_stop").count()) == (approver, 1)
    assert [one["faces"] for one in told(cluster)["alerts"]] == [["b"]]


def test_blackouts_and_alerts_come_first(cluster, operator):
    start(cluster, "grid", by=operator)
    black_out(cluster, faces=["a"], by=operator, reason="x")
    scene = {
        "item": "alert:flood", "language": "vi", "proof": "1" * 64, "duration": 10_000, "faces": {"b": []},
        "transition": {"kind": "cut", "ms": 0},
    }  # fmt: skip

    def flood(cluster: Any, now_ms: int) -> dict[str, Any]:
        span = {"from": now_ms - 600_000, "until": now_ms + 600_000}
        return {"alerts": [{"id": "flood", "faces": ["b"], "scene": "flood", **span}], "scenes": {"flood": scene}}

    register(flood)
    try:
        document = fmt.Notices.model_validate(told(cluster))
    finally:
        unregister(flood)
    assert {one.id: one.faces for one in document.alerts if one.id != "flood"}.popitem()[1] == ["a"]
    schedule = fmt.Schedule.model_validate(
        {
            "format": 1, "cluster": cluster.slug, "valid_from": 0, "valid_until": 2**52, "timezone": "UTC", "controllers": {},
            "assets": {}, "scenes": {}, "turns": [], "loops": {}, "faces": {"a": {"segments": []}, "b": {"segments": []}},
            "power": {}, "standby": [], "fallback": "",
        }
    )  # fmt: skip
    now = clock.now_ms()
    assert frame(schedule, document, "a", now).kind == "blackout"
    assert frame(schedule, document, "b", now).scene == "flood"


@pytest.mark.parametrize("who", ["contributor", "editor", "appraiser", "outsider"])
def test_only_who_may_black_out_may_test(who, request, cluster, operator, client_for):
    person, run = request.getfixturevalue(who), start(cluster, "grid", faces=["a"], by=operator)
    for attempt in (lambda: start(cluster, "grid", by=person), lambda: stop(run, person)):
        with pytest.raises(PatternRefused) as refused:
            attempt()
        assert refused.value.code == "forbidden"
    client = client_for(person)
    page = reverse("patterns:cluster", args=("tinh-bien",))
    assert client.get(page).status_code in (302, 403, 404)
    assert client.get(reverse("patterns:preview", args=("tinh-bien", "grid"))).status_code in (302, 403, 404)
    client.post(page, {"pattern": "white", "faces": ["a"], "minutes": 5})
    client.post(reverse("patterns:stop", args=(run.pk,)))
    assert [one.pattern for one in patterns.running(cluster)] == ["grid"]


@pytest.mark.parametrize(
    ("name", "faces", "minutes", "code"),
    [("none", [], 5, "pattern"), ("grid", ["c"], 5, "faces"), ("grid", [], 0, "minutes"), ("grid", [], 31, "minutes")],
)
def test_what_cannot_be_is_refused(cluster, operator, name, faces, minutes, code):
    with pytest.raises(PatternRefused) as refused:
        start(cluster, name, faces=faces, minutes=minutes, by=operator)
    assert refused.value.code == code
    assert not PatternRun.objects.exists()


def test_the_operator_starts_and_stops_one_on_the_clusters_page(cluster, operator, client_for):
    client, page = client_for(operator), reverse("patterns:cluster", args=("tinh-bien",))
    shown = client.get(page).content.decode()
    assert "Mẫu thử màn hình" in shown
    for name in patterns.PATTERNS:
        assert reverse("patterns:preview", args=("tinh-bien", name)) in shown
    picture = client.get(reverse("patterns:preview", args=("tinh-bien", "letters")))
    assert picture["Content-Type"] == "image/png"
    assert client.get(reverse("patterns:preview", args=("tinh-bien", "nothing"))).status_code == 404
    bad = client.post(page, {"pattern": "bars", "faces": ["a"], "minutes": 60})
    assert bad.status_code == 200
    assert not PatternRun.objects.exists()
    assert client.post(page, {"pattern": "bars", "faces": ["a"], "minutes": 10}).status_code == 302
    (run,) = patterns.running(cluster)
    assert (run.pattern, run.faces, run.until - run.since) == ("bars", ["a"], timedelta(minutes=10))
    assert "Sọc màu" in client.get(page).content.decode()
    assert client.post(reverse("patterns:stop", args=(run.pk,))).status_code == 302
    assert patterns.running(cluster) == []


def test_the_players_are_told_as_soon_as_it_is_committed(cluster, operator, django_capture_on_commit_callbacks):
    import django_rq

    with django_capture_on_commit_callbacks(execute=True):
        start(cluster, "grid", by=operator)
    (job,) = django_rq.get_queue("release").jobs
    assert job.func_name == "cms.release.jobs.publish_notices"
