"""Drawings that people can see, stop and ask for again; how legible a proof is; the older way of drawing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from PIL import Image

from cms.content import jobs, redrawing
from cms.content.board import board_of
from cms.content.drawing import drawing_now
from cms.content.drawn import Drawings
from cms.content.jobs import Stopped, make_proof
from cms.content.models import Proof, ProofJob
from cms.content.overspec import notes_on
from cms.content.proofs import ready, request_proofs
from cms.content.readable import readable
from cms.plugin_api.types import Card, Face, Geometry, ItemTranslation, NoCache

pytestmark = pytest.mark.django_db
Status = ProofJob.Status


@pytest.fixture
def item(cluster, make_item, contributor, every_kind):
    return make_item("Mọi thứ", by=contributor, cards=[{"type": "every", "value": {"title": "Một"}}])


def ask(page) -> ProofJob:
    page.refresh_from_db()
    (job,) = request_proofs(page, page.latest_revision)
    return job


class TestStopping:
    def test_a_waiting_job_is_not_drawn_any_more(self, item, contributor):
        job = ask(item)
        assert jobs.stop(job, by=contributor)
        make_proof(job.pk)
        job.refresh_from_db()
        assert (job.status, job.proof) == (Status.STOPPED, None)
        assert "Nguyễn Hoa" in job.error
        assert "Nguyễn Hoa" in job.error_en

    def test_a_running_job_ends_at_its_next_sign_of_life_and_leaves_no_proof(
        self, item, contributor, every_kind, monkeypatch
    ):
        job = ask(item)
        monkeypatch.setattr(jobs._Reporter, "__call__", lambda self, share: self.beat())
        drawn = type(every_kind).scenes

        def stopped_meanwhile(self, request, card):
            assert jobs.stop(ProofJob.objects.get(pk=job.pk), by=contributor)
            return drawn(self, request, card)

        monkeypatch.setattr(type(every_kind), "scenes", stopped_meanwhile)
        make_proof(job.pk)
        job.refresh_from_db()
        assert (job.status, job.progress) == (Status.STOPPED, 0)
        assert not Proof.objects.exists()
        assert not ready(item, item.latest_revision)

    def test_a_run_that_was_stopped_does_not_end_its_successor(self, item, contributor):
        job = ask(item)
        ProofJob.objects.filter(pk=job.pk).update(status=Status.RUNNING, attempts=1)
        old = ProofJob.objects.select_related("page").get(pk=job.pk)
        jobs.stop(job, by=contributor)
        assert jobs.again(job)
        ProofJob.objects.filter(pk=job.pk).update(status=Status.RUNNING, attempts=1)
        with pytest.raises(Stopped):
            jobs._Reporter(old).beat()

    def test_what_was_stopped_is_drawn_again_when_asked(self, item, contributor):
        job = ask(item)
        jobs.stop(job, by=contributor)
        assert jobs.again(job)
        make_proof(job.pk)
        job.refresh_from_db()
        assert job.status == Status.DONE
        assert not jobs.again(job)
        assert not jobs.stop(job, by=contributor)

    def test_the_queue_never_meets_two_of_the_same_name(self, item, contributor):
        job = ask(item)
        first = jobs.rq_id(job)
        jobs.stop(job, by=contributor)
        jobs.again(job)
        job.refresh_from_db()
        assert jobs.rq_id(job) != first


class TestTheList:
    def states(self, item, make_item, contributor):
        """One drawing in each state, and one that stands still."""
        made = {}
        for state in (Status.RUNNING, Status.QUEUED, Status.FAILED, Status.STOPPED, "stuck"):
            page = make_item(f"Tin {state}", by=contributor, cards=[{"type": "every", "value": {"title": str(state)}}])
            job = made[str(state)] = ask(page)
            now = timezone.now()
            changes = {"status": Status.RUNNING if state == "stuck" else state, "error": "Lý do", "progress": 0.42}
            ProofJob.objects.filter(pk=job.pk).update(
                updated_at=now - timedelta(minutes=5) if state == "stuck" else now, **changes
            )
        return made

    def test_it_shows_every_state_with_what_can_be_done(self, item, make_item, contributor, client_for):
        made = self.states(item, make_item, contributor)
        browser = client_for(contributor)
        said = browser.get("/admin/drawings/").content.decode()
        for state in made:
            assert f"Tin {state}" in said
        assert "42 %" in said
        for state, verb in (("running", "stop"), ("queued", "stop"), ("failed", "again"), ("stopped", "again")):
            assert f"/admin/drawings/{made[state].pk}/{verb}/" in said
        assert f"/admin/drawings/{made['stuck'].pk}/again/" in said
        assert f"/admin/drawings/{made['failed'].pk}/stop/" not in said
        part = browser.get("/admin/drawings/?part").content.decode()
        assert "Tin failed" in part
        assert "<html" not in part

    def test_more_rows_ask_no_more_of_the_database(
        self, item, make_item, contributor, client_for, django_assert_num_queries
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        browser = client_for(contributor)
        ask(item)
        browser.get("/admin/drawings/?part")
        with CaptureQueriesContext(
            connection,
        ) as few:
            browser.get("/admin/drawings/?part")
        self.states(item, make_item, contributor)
        with django_assert_num_queries(len(few)):
            browser.get("/admin/drawings/?part")

    def test_an_outsider_sees_and_stops_nothing(self, item, outsider, client_for):
        job = ask(item)
        other = client_for(outsider)
        assert "Mọi thứ" not in other.get("/admin/drawings/").content.decode()
        assert other.post(f"/admin/drawings/{job.pk}/stop/").status_code == 404
        assert other.post("/admin/drawings/anew/an_giang/").status_code == 404

    def test_an_operator_looks_but_does_not_touch(self, item, operator, client_for):
        job = ask(item)
        browser = client_for(operator)
        said = browser.get("/admin/drawings/").content.decode()
        assert "Mọi thứ" in said
        assert "data-bt-post" not in said
        assert browser.post(f"/admin/drawings/{job.pk}/stop/").status_code in (302, 403)
        job.refresh_from_db()
        assert job.status == Status.QUEUED

    def test_a_button_stops_and_another_draws_again(self, item, contributor, client_for):
        job = ask(item)
        browser = client_for(contributor)
        fetch = {"X-Requested-With": "fetch"}
        assert browser.post(f"/admin/drawings/{job.pk}/stop/", headers=fetch).status_code == 204
        assert browser.post(f"/admin/drawings/{job.pk}/stop/", headers=fetch).status_code == 400
        assert browser.post(f"/admin/drawings/{job.pk}/again/", headers=fetch).status_code == 204
        job.refresh_from_db()
        assert job.status == Status.QUEUED

    def test_an_empty_list_says_what_belongs_there(self, shelves, contributor, client_for):
        assert "bt-empty" in client_for(contributor).get("/admin/drawings/").content.decode()


class TestLegibility:
    def test_the_board_says_how_legible_a_proof_is_and_what_to_do(self, item, contributor, draw_waiting, client_for):
        draw_waiting(item)
        (target,) = board_of(item, contributor).targets
        assert target.readable.score.value == 70
        assert target.scenes[0].score.value == 70
        said = client_for(contributor).get(f"/admin/items/{item.pk}/board/").content.decode()
        assert 'stroke-dasharray="70 100"' in said
        assert "Chữ nhỏ. Hãy rút gọn." in said or "Small letters. Shorten the text." in said

    def test_the_worst_comes_first_and_the_hardest_scene_counts(self):
        def one(card, score, *reasons, faces=("a", "b")):
            told = [{"code": code, "vi": f"{code} vi", "en": code, "points": points} for code, points in reasons]
            return {"card": card, "page": 0, "faces": list(faces), "score": score, "reasons": told}

        measured = [one(0, 90, ("lines", 10)), one(1, 55, ("small", 30), ("lines", 15)), one(1, 99, faces=("c",))]
        with translation.override("vi"):
            found = readable(ProofJob(legibility=measured))
        assert [score.value for score in found.scenes] == [90, 55]
        assert (found.score.value, found.score.word, found.score.shape) == (55, "Khó đọc", "▲")
        assert [(one.text, one.where) for one in found.advice] == [
            ("small vi", "Thẻ 2, mặt A, B"),
            ("lines vi", "Thẻ 1, 2, mặt A, B"),
        ]

    def test_a_proof_that_was_taken_over_is_as_legible(self, item, contributor, draw_waiting):
        draw_waiting(item)
        item.save_revision(user=contributor)
        assert ask(item).legibility[0]["score"] == 70


class TestWhatThePanelCannotShow:
    @pytest.mark.parametrize(("size", "codes"), [((60, 45), ["soft"]), ((640, 480), []), ((3000, 2250), ["wasted"])])
    def test_a_picture_is_remarked_on_with_its_card(self, tmp_path, size, codes):
        Image.new("RGB", size).save(tmp_path / "x.png")
        card = Card("picture", media=tmp_path / "x.png", media_sha256="0" * 64)
        item = ItemTranslation("x", "vi", (Card("title", title="x"), card))
        geometry = Geometry((Face("a", 256, 192, 5, 15),))
        found = notes_on(item, geometry, NoCache())
        assert [one["code"] for one in found] == codes
        assert all(one["vi"].startswith("Thẻ 2: ") and one["en"].startswith("Card 2: ") for one in found)

    def test_a_file_that_cannot_be_read_is_left_to_its_drawing(self, tmp_path):
        (tmp_path / "x.png").write_bytes(b"no picture")
        card = Card("picture", media=tmp_path / "x.png", media_sha256="0" * 64)
        assert notes_on(ItemTranslation("x", "vi", (card,)), Geometry((Face("a", 256, 192, 5, 15),)), NoCache()) == []


class TestTheOlderWay:
    def test_an_improved_kind_leaves_finished_proofs_alone(self, item, every_kind, draw_waiting, monkeypatch):
        (before,) = draw_waiting(item)
        monkeypatch.setattr(type(every_kind), "version", "2")
        assert ask(item).proof_id == before.proof_id
        assert ready(item, item.latest_revision)

    def test_a_new_draft_is_drawn_in_the_new_way(self, item, contributor, every_kind, draw_waiting, monkeypatch):
        (before,) = draw_waiting(item)
        monkeypatch.setattr(type(every_kind), "version", "2")
        item.save_revision(user=contributor)
        after = ask(item)
        assert (after.status, before.status) == (Status.QUEUED, Status.DONE)

    def test_older_proofs_are_counted_and_drawn_anew_without_touching_approvals(
        self,
        item,
        contributor,
        editor,
        approver,
        province,
        every_kind,
        draw_waiting,
        monkeypatch,
        client_for,
        appraiser,
    ):
        from cms.approval.models import Approval
        from cms.approval.services import approve

        draw_waiting(item)
        approve(
            item, item.latest_revision, province=province, by=approver, submitted_by=contributor, appraised_by=appraiser
        )
        assert redrawing.outdated([province]) == {"an_giang": []}
        monkeypatch.setattr(type(every_kind), "version", "2")
        assert redrawing.outdated([province]) == {"an_giang": [item.pk]}
        page = client_for(editor).get("/admin/drawings/").content.decode()
        assert "/admin/drawings/anew/an_giang/" in page
        approved = item.latest_revision_id
        assert redrawing.redraw("an_giang", editor.pk) == 1
        item.refresh_from_db()
        # Who wrote the words is still who may not decide on them.
        assert item.latest_revision.user == type(item.latest_revision).objects.get(pk=approved).user != editor
        assert item.latest_revision_id != approved
        (job,) = draw_waiting(item)
        assert job.status == Status.DONE
        assert redrawing.outdated([province]) == {"an_giang": []}
        record = Approval.objects.get()
        assert (record.revoked_at, record.revision) == (None, approved)

    def test_what_is_being_appraised_is_left_for_later(self, item, editor, every_kind, draw_waiting, monkeypatch):
        draw_waiting(item)
        item.get_workflow().start(item, editor)
        monkeypatch.setattr(type(every_kind), "version", "2")
        assert redrawing.redraw("an_giang", editor.pk) == 0

    def test_the_way_of_drawing_names_renderer_theme_and_kinds(self, every_kind):
        now = drawing_now("national", 2, ["every", "title", "gone"])
        assert now["cards"]["every"] == "1"
        assert now["cards"]["gone"] == ""
        assert len(now["theme"]) == 64


class TestDrawnOnce:
    def test_equal_cards_of_many_items_are_made_once(self, cluster, make_item, contributor, every_kind, draw_waiting):
        cards = [{"type": "every", "value": {"title": "Một"}}]
        for number in range(3):
            draw_waiting(make_item(f"Tin {number}", by=contributor, cards=[*cards, {"type": "title", "value": {"title": f"Số {number}"}}]))  # fmt: skip
        assert every_kind.made == ["Một"]

    def test_a_value_counts_only_while_its_assets_are_there(self, db):
        drawings = Drawings()
        made = []

        def make():
            made.append(1)
            return {"asset": drawings.store.put(b"pixels", "image/png"), "ms": 5}

        key = "0" * 64
        first = drawings.once(key, make)
        assert drawings.once(key, make) == first
        drawings.store.path(first["asset"]).unlink()
        assert drawings.once(key, make) == first
        assert len(made) == 2

    def test_what_raises_is_not_kept_and_its_lock_is_given_back(self, db):
        drawings = Drawings()
        with pytest.raises(ZeroDivisionError):
            drawings.once("1" * 64, lambda: 1 / 0)
        assert drawings.once("1" * 64, lambda: None) is None
        assert not list((drawings.store.root / "locks").iterdir())
