"""Black out: at once, by the right people, for a reason, until lifted."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import clock
from cms.accounts.models import AuditEntry
from cms.alerts.models import Blackout
from cms.alerts.services import BlackoutRefused, black_out, dark_faces, lift
from cms.places.models import Controller, Face
from cms.players.models import Player
from cms.release.models import ReleaseRequest
from cms.release.notices import compile_notices
from cms.schedule.format import Notices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]


def told(cluster) -> list[dict]:
    """The blackouts in the notices that players get."""
    return json.loads(compile_notices(cluster, clock.now_ms()))["blackout"]


def test_the_operator_darkens_the_whole_cluster(cluster, operator):
    before = clock.now_ms()
    black_out(cluster, faces=[], by=operator, reason="Màn hình bị chèn nội dung lạ")
    (one,) = told(cluster)
    assert one["faces"] == ["a", "b"]
    assert before <= one["from"] <= clock.now_ms()
    assert one["until"] > clock.now_ms() + 1000 * 365 * 86_400_000
    Notices.model_validate_json(compile_notices(cluster, clock.now_ms()))
    entry = AuditEntry.objects.get(action="alerts.black_out")
    assert (entry.user, entry.province, entry.data["faces"]) == (operator, "an_giang", ["a", "b"])
    assert entry.reason == "Màn hình bị chèn nội dung lạ"


def test_one_face_can_be_darkened_alone(cluster, approver):
    black_out(cluster, faces=["b"], by=approver, reason="Lỗi module")
    assert told(cluster)[0]["faces"] == ["b"]
    assert dark_faces(cluster) == {"b"}


def test_naming_every_face_also_darkens_a_face_that_is_added_later(cluster, operator):
    black_out(cluster, faces=["a", "b"], by=operator, reason="x")
    assert Blackout.objects.get().faces == []


def test_the_players_are_told_as_soon_as_it_is_committed(cluster, operator, django_capture_on_commit_callbacks):
    import django_rq

    with django_capture_on_commit_callbacks(execute=True):
        made = black_out(cluster, faces=[], by=operator, reason="x")
    (job,) = django_rq.get_queue("release").jobs
    assert job.func_name == "cms.release.jobs.publish_notices"
    assert job.args == (cluster.pk,)
    with django_capture_on_commit_callbacks(execute=True):
        lift(made, operator)
    assert told(cluster) == []


def test_a_face_that_is_added_to_a_dark_cluster_is_dark(cluster, operator, django_capture_on_commit_callbacks):
    import django_rq

    with django_capture_on_commit_callbacks(execute=True):
        black_out(cluster, faces=[], by=operator, reason="x")
    django_rq.get_queue("release").empty()
    ReleaseRequest.objects.update(enqueued=False)
    with django_capture_on_commit_callbacks(execute=True):
        last = cluster.faces.order_by("letter").last()
        cluster.faces.add(Face(letter="c", width=last.width, height=last.height, pitch_mm=4, distance_m=20))
        cluster.save()
    assert "cms.release.jobs.publish_notices" in [job.func_name for job in django_rq.get_queue("release").jobs]
    assert told(cluster)[0]["faces"] == ["a", "b", "c"]


def test_lifting_lets_the_faces_show_their_programme(cluster, operator, approver):
    made = black_out(cluster, faces=[], by=operator, reason="x")
    lift(made, approver)
    assert told(cluster) == []
    assert (made.lifted_by, dark_faces(cluster)) == (approver, set())
    lifted_at = made.lifted_at
    lift(made, operator)
    assert (made.lifted_at, made.lifted_by) == (lifted_at, approver)
    assert AuditEntry.objects.filter(action="alerts.lift").count() == 1


def test_a_face_that_two_blackouts_hold_stays_dark_until_both_are_lifted(cluster, operator):
    first = black_out(cluster, faces=["a"], by=operator, reason="x")
    second = black_out(cluster, faces=["a", "b"], by=operator, reason="y")
    lift(second, operator)
    assert dark_faces(cluster) == {"a"}
    lift(first, operator)
    assert dark_faces(cluster) == set()


@pytest.mark.parametrize("who", ["contributor", "editor", "appraiser", "outsider"])
def test_only_operators_and_approvers_of_the_province_do_it(who, request, cluster, operator, client_for):
    person = request.getfixturevalue(who)
    made = black_out(cluster, faces=["a"], by=operator, reason="x")
    for attempt in (lambda: black_out(cluster, faces=[], by=person, reason="x"), lambda: lift(made, person)):
        with pytest.raises(BlackoutRefused) as refused:
            attempt()
        assert refused.value.code == "forbidden"
    client = client_for(person)
    for url in (reverse("alerts:blackout", args=("tinh-bien",)), reverse("alerts:lift", args=(made.pk,))):
        assert client.get(url).status_code in (302, 403, 404)
        client.post(url, {"reason": "x"})
    assert dark_faces(cluster) == {"a"}


def test_an_administrator_may(cluster, administrator):
    black_out(cluster, faces=[], by=administrator, reason="x")
    assert dark_faces(cluster) == {"a", "b"}


@pytest.mark.parametrize(
    ("faces", "reason", "code"), [([], " ", "reason"), (["c"], "x", "faces"), (["a", "z"], "x", "faces")]
)
def test_without_a_reason_or_with_a_face_that_is_not_there_nothing_happens(cluster, operator, faces, reason, code):
    with pytest.raises(BlackoutRefused) as refused:
        black_out(cluster, faces=faces, by=operator, reason=reason)
    assert refused.value.code == code
    assert not Blackout.objects.exists()


def test_a_cluster_without_faces_says_so(province, operator):
    from cms.places.models import Cluster

    empty = Cluster.objects.create(slug="empty", province=province, name="Trống")
    with pytest.raises(BlackoutRefused):
        black_out(empty, faces=[], by=operator, reason="x")


def test_the_page_says_exactly_what_will_happen_on_which_screens(client_for, operator, cluster):
    client, url = client_for(operator), reverse("alerts:blackout", args=("tinh-bien",))
    sentence = "Màn hình {} của Tịnh Biên sẽ tối đen trong vòng 10 giây, cho đến khi được bật lại."
    assert sentence.format("A, B") in client.get(url).content.decode()
    assert sentence.format("B") in client.get(url + "?faces=b").content.decode()


def test_the_page_says_which_screens_will_not_obey(client_for, operator, cluster):
    client, url = client_for(operator), reverse("alerts:blackout", args=("tinh-bien",))
    warning = "cắt nguồn"
    assert warning in client.get(url).content.decode()
    Player.objects.create(
        controller=cluster.controllers.get(), key_id="k", public_key={}, paired_at=clock.now(), last_seen=clock.now()
    )
    assert warning not in client.get(url).content.decode()


def test_the_page_darkens_exactly_what_it_said(client_for, operator, cluster):
    client, url = client_for(operator), reverse("alerts:blackout", args=("tinh-bien",))
    assert client.post(url, {"faces": ["b"], "reason": "  "}).status_code == 200
    assert not Blackout.objects.exists()
    answer = client.post(url, {"faces": ["b"], "reason": "Lỗi module"})
    assert answer.url == reverse("alerts:index")
    assert dark_faces(cluster) == {"b"}
    text = client.get(reverse("alerts:index")).content.decode()
    assert "Lỗi module" in text
    made = Blackout.objects.get()
    assert reverse("alerts:lift", args=(made.pk,)) in text
    page = client.get(reverse("alerts:lift", args=(made.pk,))).content.decode()
    assert "Màn hình B của Tịnh Biên sẽ phát lại chương trình" in page
    client.post(reverse("alerts:lift", args=(made.pk,)))
    assert dark_faces(cluster) == set()
    assert client.get(reverse("alerts:lift", args=(made.pk,))).status_code == 404


def test_the_list_shows_ones_own_provinces_active_first_and_costs_the_same(client_for, operator, outsider, cluster):
    def queries():
        client.get(reverse("alerts:index"))
        with CaptureQueriesContext(connection) as context:
            assert client.get(reverse("alerts:index")).status_code == 200
        return len(context)

    client = client_for(operator)
    made = black_out(cluster, faces=["a"], by=operator, reason="first")
    few = queries()
    for number in range(8):
        lift(black_out(cluster, faces=["b"], by=operator, reason=f"later {number}"), operator)
    assert queries() == few <= 18
    assert client.get(reverse("alerts:index")).context["object_list"][0] == made
    theirs = client_for(outsider).get(reverse("alerts:index")).content.decode()
    assert reverse("alerts:lift", args=(made.pk,)) not in theirs
    assert "later 3" not in theirs


def test_a_cluster_out_of_operation_can_be_darkened_while_it_has_a_player(client_for, operator, cluster):
    cluster.active = False
    cluster.save()
    address = reverse("alerts:blackout", args=[cluster.slug])
    assert client_for(operator).get(address).status_code == 404

    controller = Controller.objects.create(
        cluster=cluster, slug=f"{cluster.slug}-quiet", canvas_width=512, canvas_height=256
    )
    Player.objects.create(controller=controller, key_id="0" * 64, public_key={}, paired_at=clock.now())
    assert client_for(operator).get(address).status_code == 200
