"""Proofs: drawn once, stored by hash, asked for by every draft."""

from __future__ import annotations

import pytest
from PIL import Image

from cms.content import proofs
from cms.content.assets import AssetStore
from cms.content.jobs import find_stuck, make_proof
from cms.content.models import Proof, ProofJob
from cms.content.proofs import missing, ready, request_proofs, targets
from cms.places.models import Cluster, DisplayMode, Face

pytestmark = pytest.mark.django_db


def twin_of(cluster: Cluster, slug: str, width: int = 256) -> Cluster:
    made = Cluster.objects.create(slug=slug, province=cluster.province, name=slug, gaps_mm=[200.0])
    for letter in "ab":
        Face.objects.create(cluster=made, letter=letter, width=width, height=192, pitch_mm=5.0, distance_m=15.0)
    return made


def test_a_draft_is_drawn_for_the_faces_of_its_clusters(cluster, make_item, contributor, draw_waiting):
    page = make_item(by=contributor)
    (job,) = draw_waiting(page)
    assert job.status == ProofJob.Status.DONE, job.error
    assert job.proof.value.id == job.proof.pk
    assert {face for scene in job.proof.value.scenes for face in scene.faces} == {"a", "b"}
    store = AssetStore()
    for sha in job.proof.value.assets():
        with Image.open(store.path(sha)) as picture:
            assert picture.size == (256, 192)
    assert ready(page, page.latest_revision)


def test_clusters_of_equal_geometry_share_a_proof(cluster, make_item, contributor):
    twin_of(cluster, "twin")
    twin_of(cluster, "other", width=320)
    page = make_item(by=contributor)
    found = targets(page)
    assert sorted([one.slug for one in target.clusters] for target in found) == [["other"], ["tinh-bien", "twin"]]


def test_only_chosen_destinations_are_drawn(cluster, make_item, contributor):
    other = twin_of(cluster, "other", width=320)
    page = make_item(by=contributor)
    page.destinations = [other]
    revision = page.save_revision(user=contributor)
    assert [target.clusters for target in targets(revision.as_object())] == [(other,)]


def test_a_cluster_that_spans_needs_both_a_flat_and_a_wide_proof(cluster, make_item, contributor):
    cluster.mode = DisplayMode.SPAN
    cluster.save()
    assert sorted(target.span for target in targets(make_item(by=contributor))) == [False, True]


def test_a_cluster_without_faces_asks_for_nothing(province, make_item, contributor, client_for):
    Cluster.objects.create(slug="bare", province=province, name="Cụm chưa có màn hình")
    page = make_item(by=contributor)
    assert request_proofs(page, page.latest_revision) == []
    assert not ready(page, page.latest_revision)
    said = client_for(contributor).get(f"/admin/items/{page.pk}/board/").content.decode()
    assert "chưa có mặt màn hình" in said or "no faces" in said


def test_asking_twice_draws_once(cluster, make_item, contributor, draw_waiting):
    page = make_item(by=contributor)
    (first,) = draw_waiting(page)
    (again,) = draw_waiting(page)
    assert (again.pk, again.attempts, again.finished_at) == (first.pk, first.attempts, first.finished_at)


def test_the_same_content_in_a_later_draft_is_taken_over_without_drawing(cluster, make_item, contributor, draw_waiting):
    page = make_item(by=contributor)
    (first,) = draw_waiting(page)
    revision = page.save_revision(user=contributor)
    page.refresh_from_db()
    (second,) = request_proofs(page, revision)
    assert second.pk != first.pk
    assert (second.status, second.attempts, second.proof_id) == (ProofJob.Status.DONE, 0, first.proof_id)


def test_a_newer_draft_makes_waiting_work_useless(cluster, make_item, contributor):
    page = make_item(by=contributor)
    (old,) = request_proofs(page, page.latest_revision)
    page.title = "Giờ mở cửa mới"
    page.body[0].value["title"] = "Giờ mở cửa mới"
    newer = page.save_revision(user=contributor)
    request_proofs(page, newer)
    make_proof(old.pk)
    assert not ProofJob.objects.filter(pk=old.pk).exists()
    assert Proof.objects.count() == 0


def test_changed_content_makes_a_proof_stale(cluster, make_item, contributor, draw_waiting):
    page = make_item(by=contributor)
    draw_waiting(page)
    revision = page.latest_revision
    content = revision.content
    content["body"] = content["body"].replace("7 gi", "8 gi")
    revision.content = content
    revision.save()
    assert not ready(page, revision)
    assert [one.slug for target in missing(page, revision) for one in target.clusters] == ["tinh-bien"]


def test_a_changed_geometry_makes_a_proof_stale(cluster, make_item, contributor, draw_waiting):
    page = make_item(by=contributor)
    draw_waiting(page)
    cluster.faces.update(width=128)
    assert not ready(page, page.latest_revision)


def test_changed_faces_ask_for_new_proofs_of_their_items(
    redis_server, cluster, make_item, contributor, draw_waiting, django_capture_on_commit_callbacks
):
    import django_rq
    from rq import SimpleWorker

    from cms.places.signals import cluster_changed

    page = make_item(by=contributor)
    draw_waiting(page)
    cluster.faces.update(width=320)
    with django_capture_on_commit_callbacks(execute=True):
        cluster_changed.send(sender=None, cluster_ids=[cluster.pk])
    queue = django_rq.get_queue("default")
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    assert [job.status for job in page.proof_jobs.all()] == [ProofJob.Status.QUEUED]


def test_what_cannot_be_read_on_the_face_fails_with_advice(cluster, make_item, contributor, draw_waiting):
    cluster.faces.update(width=24, height=16, distance_m=60)
    page = make_item(by=contributor)
    (job,) = draw_waiting(page)
    assert job.status == ProofJob.Status.FAILED
    assert job.error
    assert job.error_en
    assert job.error != job.error_en


def test_a_lost_picture_is_said_beside_the_form(cluster, make_item, contributor, picture_record, draw_waiting):
    cards = [{"type": "picture", "value": {"picture": picture_record.pk, "title": "Núi Cấm", "caption": ""}}]
    page = make_item("Núi Cấm", by=contributor, cards=cards)
    picture_record.file.storage.delete(picture_record.file.name)
    (job,) = draw_waiting(page)
    assert job.status == ProofJob.Status.FAILED
    assert "Thẻ 1" in job.error


def test_pictures_and_clips_are_drawn(cluster, make_item, contributor, picture_record, clip_file, draw_waiting):
    from django.core.files.base import ContentFile

    from cms.content.models import Clip

    clip = Clip(title="Thuyền", type="video", duration=1)
    clip.file.save("boats.mp4", ContentFile(clip_file.read_bytes()), save=False)
    clip.save()
    cards = [
        {"type": "picture", "value": {"picture": picture_record.pk, "title": "Núi Cấm", "caption": "Tịnh Biên"}},
        {"type": "video", "value": {"clip": clip.pk, "caption": "Trên sông"}},
    ]
    (job,) = draw_waiting(make_item("Núi Cấm", by=contributor, cards=cards))
    assert job.status == ProofJob.Status.DONE, job.error
    kinds = {layer.kind for scene in job.proof.value.scenes for layer in scene.faces["a"]}
    assert "video" in kinds
    picture_record.refresh_from_db()
    assert len(picture_record.sha256) == 64


def test_a_saved_draft_asks_for_its_proofs_and_a_worker_draws_them(
    redis_server, cluster, make_item, contributor, django_capture_on_commit_callbacks
):
    import django_rq
    from rq import SimpleWorker

    with django_capture_on_commit_callbacks(execute=True):
        page = make_item(by=contributor)
    queue = django_rq.get_queue("render")
    assert queue.count == 1
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    assert ready(page, page.latest_revision)


def test_a_job_of_a_lost_worker_is_brought_back_and_in_the_end_given_up(redis_server, cluster, make_item, contributor):
    from datetime import timedelta

    from django.utils import timezone

    page = make_item(by=contributor)
    (job,) = request_proofs(page, page.latest_revision)
    long_ago = timezone.now() - timedelta(hours=1)
    for attempts in (1, 2):
        ProofJob.objects.filter(pk=job.pk).update(
            status=ProofJob.Status.RUNNING, attempts=attempts, updated_at=long_ago
        )
        assert find_stuck() == 1
        job.refresh_from_db()
        assert job.status == ProofJob.Status.QUEUED
    ProofJob.objects.filter(pk=job.pk).update(status=ProofJob.Status.RUNNING, attempts=3, updated_at=long_ago)
    assert find_stuck() == 0
    job.refresh_from_db()
    assert job.status == ProofJob.Status.FAILED
    assert job.error


def test_without_redis_the_job_waits_for_find_stuck(settings, tmp_path, cluster, make_item, contributor):
    from cms.content.jobs import enqueue

    settings.RQ_QUEUES = {"render": {"URL": f"unix://{tmp_path}/nobody.sock"}}
    page = make_item(by=contributor)
    (job,) = request_proofs(page, page.latest_revision)
    enqueue(job.pk)
    job.refresh_from_db()
    assert job.status == ProofJob.Status.QUEUED


class TestAssets:
    def test_the_same_bytes_lie_there_once(self, tmp_path):
        store = AssetStore(tmp_path / "store")
        assert store.put(b"pixels", "image/png") == store.put(b"pixels", "image/png")
        sha = store.put(b"pixels", "image/png")
        assert store.path(sha).read_bytes() == b"pixels"
        files = [path for path in (tmp_path / "store").rglob("*") if path.is_file() and path.name != ".lock"]
        assert files == [store.path(sha)]
        assert store.info([sha])[sha].bytes == 6

    def test_a_file_is_stored_by_its_bytes(self, tmp_path):
        source = tmp_path / "x.mp4"
        source.write_bytes(b"frames" * 1000)
        sha = AssetStore().put_file(source, "video/mp4")
        assert AssetStore().info([sha])[sha].type == "video/mp4"

    @pytest.mark.parametrize("name", ["../../etc/passwd", "ABC", "a" * 63, "A" * 64])
    def test_only_hashes_are_names(self, name):
        with pytest.raises(ValueError, match="SHA-256"):
            AssetStore().path(name)


def test_an_app_above_can_ask_for_wide_pictures_of_a_cluster(cluster, make_item, contributor, monkeypatch):
    monkeypatch.setattr(proofs, "_span_requests", [])
    other, page = twin_of(cluster, "other", width=320), make_item(by=contributor)
    proofs.register_span_request(lambda: {other.pk})
    wide = [target.clusters for target in targets(page) if target.span]
    assert wide == [(other,)]
