"""The draft beside its form: checked and drawn while somebody types, saved by nobody, shown to nobody else."""

from __future__ import annotations

import io
from typing import Any

import django_rq
import pytest
from django.urls import reverse
from PIL import Image
from rq import SimpleWorker
from rq.job import Job
from wagtail.models import Revision

from cms.content import drafts
from cms.content.drafts_jobs import draw_draft
from cms.content.drafts_store import DraftStore
from cms.content.models import Drawn, ItemPage, Proof, ProofAsset, ProofJob
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db
CARDS = [
    ("title", {"kicker": "Thông báo", "title": "Chào mừng đến Tịnh Biên"}),
    ("text", {"title": "Giờ mở cửa", "text": "Cửa khẩu mở cửa từ 7 giờ đến 18 giờ hằng ngày."}),
]


class Desk:
    """Somebody writing at a form."""

    def __init__(self, client: Any, shelf: Any, cluster: Any) -> None:
        self.client, self.shelf, self.cluster = client, shelf, cluster

    def types(self, cards: Any = CARDS, *, on: Any = None, title: str = "Tin mới") -> Any:
        """What the page sends when the typing stops."""
        address = (
            reverse("content:draft_page", args=(on.pk,)) if on else reverse("content:draft_new", args=(self.shelf.pk,))
        )
        return self.client.post(address, item_post(title, cards) | {"bt-cluster": str(self.cluster.pk)})

    def looks(self, order: str) -> Any:
        return self.client.get(reverse("content:draft_state", args=(order,)))


@pytest.fixture
def desk(
    redis_server: str, shelves: Any, cluster: Any, contributor: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.setattr(drafts, "WAIT_S", 0.01)  # here the worker comes after the question
    return Desk(client_for(contributor), shelves["vi"], cluster)


@pytest.fixture
def drawing() -> Any:
    """The render worker works off its queue."""

    def work() -> None:
        queue = django_rq.get_queue("draft")
        SimpleWorker([queue], connection=queue.connection).work(burst=True)

    return work


def test_what_is_typed_is_drawn_and_nothing_of_it_is_kept(desk, drawing):
    typed = desk.types().json()
    assert (typed["state"], typed["errors"]) == ("drawing", [])
    drawing()
    seen = desk.looks(typed["order"]).json()
    assert seen["state"] == "done"
    assert [scene["ms"] > 0 for scene in seen["scenes"]] == [True, True]
    assert set(seen["scenes"][0]["faces"]) == {"a", "b"}
    assert "bt-readable" in seen["facts"]
    for kept in (ItemPage, Revision, Proof, ProofJob, ProofAsset, Drawn):
        assert not kept.objects.exists(), kept


def test_its_pictures_are_those_a_proof_would_have(desk, drawing, make_item, contributor, draw_waiting):
    page = make_item("Chào mừng đến Tịnh Biên", by=contributor)
    cards = [
        ("title", {"kicker": "Thông báo", "title": "Chào mừng đến Tịnh Biên"}),
        ("text", {"title": "", "text": "Cửa khẩu mở cửa từ 7 giờ đến 18 giờ hằng ngày."}),
    ]
    order = desk.types(cards, on=page).json()["order"]
    drawing()
    layer = desk.looks(order).json()["scenes"][0]["faces"]["a"][0]
    (job,) = draw_waiting(page)
    assert layer["url"].endswith(job.proof.value.scenes[0].faces["a"][0].asset)
    picture = Image.open(io.BytesIO(b"".join(desk.client.get(layer["url"]).streaming_content)))
    assert picture.size == (256, 192)


def test_the_same_draft_is_not_drawn_twice(desk, drawing):
    desk.types()
    drawing()
    assert desk.types().json()["state"] == "done"
    assert django_rq.get_queue("draft").count == 0


def test_only_the_newest_draft_is_drawn(desk, drawing):
    first = desk.types().json()["order"]
    second = desk.types([("title", {"kicker": "", "title": "Chào mừng"})]).json()["order"]
    queue = django_rq.get_queue("draft")
    assert queue.job_ids == [f"draft-{second}"]
    assert not Job.exists(f"draft-{first}", connection=queue.connection)
    draw_draft(first)  # it had been taken up already
    assert desk.looks(first).json()["state"] == "superseded"
    drawing()
    assert desk.looks(second).json()["state"] == "done"


def test_a_draft_goes_before_waiting_proofs(desk, make_item, contributor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_item(by=contributor)
    order = desk.types().json()["order"]
    assert django_rq.get_queue("draft").job_ids == [f"draft-{order}"]
    assert len(django_rq.get_queue("render").job_ids) == 1


def test_the_answer_brings_the_picture_when_it_is_drawn_at_once(desk, monkeypatch):
    monkeypatch.setattr(drafts, "_enqueue", lambda order: draw_draft(order.token))
    assert desk.types().json()["state"] == "done"


def test_whoever_waits_for_a_draft_is_woken_when_it_is_ready(desk, drawing, contributor, monkeypatch):
    order = drafts.find(desk.types().json()["order"], contributor)
    drawing()
    monkeypatch.setattr(drafts, "WAIT_S", 3600)
    drafts.wait(order)
    drafts.wait(order)  # and so is the next


@pytest.mark.parametrize(
    ("cards", "name", "said"),
    [
        ([("title", {"kicker": "", "title": "dài " * 60})], "body-0-value-title", "120"),
        (
            [("text", {"title": "", "text": "Giờ"}), ("title", {"kicker": "", "title": "ᚠᚢᚦ"})],
            "body-1-value-title",
            "ᚠ",
        ),
        ([("table", {"title": "", "rows": "Ngày\tGiờ\nThứ Hai", "note": ""})], "body-0-value-rows", "2"),
    ],
)
def test_an_error_stands_at_its_own_field_while_one_types(desk, cards, name, said):
    typed = desk.types(cards).json()
    assert typed["state"] == "errors"
    (error,) = typed["errors"]
    assert error["name"] == name
    assert said in error["text"]


def test_errors_follow_cards_that_were_moved_or_removed(desk):
    data = item_post("Tin", [("title", {"kicker": "", "title": "Một"}), ("title", {"kicker": "", "title": "d" * 130})])
    data |= {"body-0-deleted": "1", "bt-cluster": str(desk.cluster.pk)}
    typed = desk.client.post(reverse("content:draft_new", args=(desk.shelf.pk,)), data).json()
    assert [one["name"] for one in typed["errors"]] == ["body-1-value-title"]


def test_a_field_that_is_still_empty_is_no_error_while_one_types(desk):
    assert desk.types([("title", {"kicker": "", "title": ""})], title="").json()["errors"] == []


def test_what_nobody_could_read_is_said_in_words(desk, drawing):
    order = desk.types([("title", {"kicker": "", "title": "Chào mừng", "seconds": "3"}), *_long()]).json()["order"]
    drawing()
    seen = desk.looks(order).json()
    assert seen["state"] == "failed"
    assert "giây" in seen["message"]


def _long() -> list[tuple[str, dict[str, str]]]:
    return [("text", {"title": "", "text": "Mời bà con và du khách xem hội. " * 12, "seconds": "3"})]


def test_sample_words_are_told_while_one_types(desk):
    typed = desk.types([("title", {"kicker": "", "title": "Tạm dừng từ [giờ, ngày]"})]).json()
    assert typed["samples"] == ["[giờ, ngày]"]


def test_a_draft_answers_its_own_person_only(desk, drawing, editor, outsider, client_for):
    order = desk.types().json()["order"]
    drawing()
    url = desk.looks(order).json()["scenes"][0]["faces"]["a"][0]["url"]
    for other in (editor, outsider):
        client = client_for(other)
        assert client.get(reverse("content:draft_state", args=(order,))).status_code == 404
        assert client.get(url).status_code == 404
    assert desk.client.get(url).status_code == 200


def test_people_of_another_province_draw_nothing_here(desk, make_item, contributor, outsider, client_for):
    page = make_item(by=contributor)
    theirs = Desk(client_for(outsider), desk.shelf, desk.cluster)
    assert theirs.types().status_code == 404
    assert theirs.types(on=page).status_code == 404
    assert theirs.client.get(reverse("content:draft_other", args=(page.pk,))).status_code == 404
    assert django_rq.get_queue("draft").count == 0


def test_the_cluster_of_another_province_is_not_chosen(desk, other_province):
    from cms.places.models import Cluster, Face

    elsewhere = Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")
    Face.objects.create(
        cluster=elsewhere, letter="a", width=128, height=64, pitch_mm=10, distance_m=20, languages=["vi"]
    )
    desk.cluster = elsewhere
    assert desk.types().json()["state"] == "nowhere"


def test_an_operator_who_may_not_edit_draws_no_draft(desk, make_item, contributor, operator, client_for):
    page = make_item(by=contributor)
    answer = Desk(client_for(operator), desk.shelf, desk.cluster).types(on=page)
    assert answer.status_code in (302, 403)
    assert django_rq.get_queue("draft").count == 0


def test_a_drafts_files_go_when_nobody_looks_at_them_any_more(desk, drawing):
    order = desk.types().json()["order"]
    drawing()
    store = DraftStore()
    assert store.sweep() == 0
    assert store.sweep(before=2**40) > 0
    assert desk.looks(order).json()["state"] != "done"
    assert not [path for path in store.root.rglob("*") if path.is_file()]


def test_a_clip_is_stood_for_by_its_poster(desk, drawing, clip_file, private_assets):
    from django.core.files import File
    from django.core.files.base import ContentFile

    from cms.content.assets import file_sha256
    from cms.content.models import Clip
    from tests.content.makers import picture_bytes

    with clip_file.open("rb") as file:
        clip = Clip.objects.create(
            title="Thuyền",
            type="video",
            file=File(file, "boats.mp4"),
            duration=7.0,
            width=320,
            height=240,
            sha256=file_sha256(clip_file),
        )
    clip.thumbnail.save("boats.jpg", ContentFile(picture_bytes()))
    typed = desk.types([("video", {"clip": str(clip.pk), "caption": "Chợ nổi"})]).json()
    assert typed["errors"] == []
    drawing()
    seen = desk.looks(typed["order"]).json()
    assert [scene["ms"] for scene in seen["scenes"]] == [7000]
    assert not Drawn.objects.exists()


def test_another_language_stands_beside_as_it_was_drawn(desk, make_item, contributor, draw_waiting):
    vietnamese = make_item(by=contributor)
    english = make_item("Opening hours", by=contributor, language="en")
    ItemPage.objects.filter(pk=english.pk).update(translation_key=vietnamese.translation_key)
    (job,) = draw_waiting(ItemPage.objects.get(pk=english.pk))
    form = desk.client.get(reverse("wagtailadmin_pages:edit", args=(vietnamese.pk,))).content.decode()
    address = reverse("content:draft_other", args=(english.pk,))
    assert address in form
    scenes = desk.client.get(address, {"cluster": desk.cluster.pk}).json()["scenes"]
    assert scenes[0]["faces"]["a"] == reverse("content:face", args=(job.pk, 0, "a"))


def test_the_form_says_its_clusters_to_scale(desk):
    form = desk.client.get(
        reverse("wagtailadmin_pages:add", args=("content", "itempage", desk.shelf.pk))
    ).content.decode()
    assert f'"ask": "{reverse("content:draft_new", args=(desk.shelf.pk,))}"' in form
    assert '"pitch": 5.0' in form
    assert '"gap": 200.0' in form


def test_without_its_queue_the_form_says_so(desk, settings):
    settings.RQ_QUEUES = {name: {"URL": "unix:///nowhere/redis.sock"} for name in settings.RQ_QUEUES}
    typed = desk.types().json()
    assert typed["state"] == "failed"


def test_an_order_is_forgotten_when_its_worker_comes_too_late(desk, drawing):
    from django.core.cache import cache

    order = desk.types().json()["order"]
    cache.clear()
    drawing()
    assert desk.looks(order).status_code == 404
    assert drafts.taken(order) is None
