"""What changed since the last approval: words, pixels, and where a reviewer sees them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, ImageDraw

from cms.approval import compared
from cms.approval.comparison import comparison_of
from cms.approval.differences import last_approved, text_differences, words_between
from cms.approval.models import ApprovedProof
from cms.approval.versions import versions_of
from cms.content.board import board_of
from cms.content.models import Drawn, ItemPage
from cms.places.models import Face
from tests.approval.reviewing import other_hours

pytestmark = pytest.mark.django_db


def told(pieces) -> str:
    marks = {"same": "{}", "added": "+[{}]", "removed": "-[{}]"}
    return "".join(marks[one.kind].format(one.text) for one in pieces)


def words_of(page: ItemPage, before: ItemPage):
    return text_differences(before, page.get_latest_revision_as_object())


class TestWords:
    def test_words_that_went_and_came_stand_beside_those_that_stayed(self):
        assert told(words_between("từ 7 giờ đến 18 giờ", "từ 8 giờ rưỡi đến 18 giờ", "vi")) == (
            "từ -[7]+[8] giờ +[rưỡi ]đến 18 giờ"
        )

    def test_changes_that_only_a_space_parts_are_told_as_one(self):
        assert told(words_between("mở cửa hằng ngày", "đóng lại hằng ngày", "vi")) == "-[mở cửa]+[đóng lại] hằng ngày"

    @pytest.mark.parametrize(
        ("language", "before", "after", "whole"),
        [("zh-hans", "口岸每天开放", "口岸每天关闭", "口岸"), ("km", "ច្រកទ្វារបើក", "ច្រកទ្វារបិទ", "ច្រកទ្វារ")],
    )
    def test_scripts_without_spaces_are_parted_between_words(self, language, before, after, whole):
        pieces = words_between(before, after, language)
        assert [one.kind for one in pieces] == ["same", "removed", "added"]
        assert whole in pieces[0].text
        assert "".join(one.text for one in pieces if one.kind != "removed") == after

    def test_a_changed_card_tells_its_field_and_the_others_are_counted(self, edited):
        page = edited(other_hours)
        before = page.get_latest_revision().get_previous().as_object()
        found = words_of(page, before)
        (card,) = found.cards
        assert (card.kind, card.before, card.after, found.unchanged) == ("changed", 2, 2, 1)
        assert told(card.fields[0].pieces).startswith("Cửa khẩu mở cửa từ -[7]+[8] giờ +[rưỡi ]đến")

    def test_cards_that_came_went_and_moved_are_told_by_their_places(self, edited):
        def change(draft):
            quoted = {"type": "quote", "value": {"text": "Biên giới bình yên."}}
            draft.body = ItemPage.body.field.to_python([*reversed([dict(one) for one in draft.body.raw_data]), quoted])

        page = edited(change)
        before = page.get_latest_revision().get_previous().as_object()
        found = words_of(page, before)
        assert sorted((card.kind, card.before, card.after) for card in found.cards) == [
            ("added", 0, 3),
            ("moved", 2, 1),
        ]
        back = text_differences(page.get_latest_revision_as_object(), before)
        assert ("removed", 3, 0) in [(card.kind, card.before, card.after) for card in back.cards]

    def test_dates_places_and_name_of_the_item_are_compared_too(self, edited, cluster):
        def change(draft):
            draft.title, draft.valid_until, draft.sudden = "Giờ mới", "2027-06-30", True
            draft.destinations.set([cluster])

        page = edited(change)
        found = words_of(page, page.get_latest_revision().get_previous().as_object())
        facts = {one.label: told(one.pieces) for one in found.facts}
        assert "+[30/06/2027]" in facts.values()
        assert "+[Tịnh Biên]" in "".join(facts.values())
        assert any("-[" in one and "+[" in one for one in facts.values())
        assert not found.cards

    def test_another_picture_of_the_same_name_is_another_picture(self, edited, picture_record):
        picture = [{"type": "picture", "value": {"picture": picture_record.pk}}]
        page = edited(lambda draft: setattr(draft, "body", ItemPage.body.field.to_python(picture)))
        before = page.get_latest_revision_as_object()
        picture_record.pk = None
        picture_record.save()
        other = [{"type": "picture", "value": {"picture": picture_record.pk}}]
        after = page.get_latest_revision_as_object()
        after.body = ItemPage.body.field.to_python(other)
        assert "Núi Cấm" in told(text_differences(before, after).cards[0].fields[0].pieces)


class TestPixels:
    def test_changed_regions_are_outlined_exactly(self):
        before = Image.new("RGB", (256, 192), "#102030")
        after = before.copy()
        pen = ImageDraw.Draw(after)
        pen.rectangle((10, 20, 49, 29), fill="white")
        pen.point((200, 150), fill="#112030")
        boxes, share = compared.changed_boxes(before, after)
        assert sorted(boxes) == [[10, 20, 40, 10], [200, 150, 1, 1]]
        assert share == round(401 / (256 * 192), 4)

    def test_the_same_picture_has_no_region_and_a_speckled_one_few(self):
        before = Image.new("RGB", (640, 64))
        assert compared.changed_boxes(before, before.copy()) == ([], 0.0)
        after = before.copy()
        for x in range(0, 640, 32):
            after.putpixel((x, x % 64), (255, 255, 255))
        boxes, _share = compared.changed_boxes(before, after)
        assert 1 <= len(boxes) <= compared.MOST_BOXES
        assert all(any(x <= px < x + w and y <= px % 64 < y + h for x, y, w, h in boxes) for px in range(0, 640, 32))

    def test_only_the_scenes_that_changed_are_compared(self, edited, administrator):
        page = edited(other_hours)
        board = board_of(page, administrator)
        (waiting,) = comparison_of(board).targets
        assert waiting.kind == "waiting", "nothing is compared while somebody waits for the page"
        given = last_approved(page)
        compared.compare(given.approved_proofs.get().proof_id, board.targets[0].job.proof_id)
        (target,) = comparison_of(board).targets
        assert target.kind == "changed"
        (scene,) = target.changed
        (face,) = scene.faces
        assert (face.letters, face.kind) == ("A, B", "changed"), "faces with the same pixels are compared once"
        assert face.boxes
        assert 0 < face.share < 1
        assert face.after == reverse("content:face", args=(board.targets[0].job.pk, scene.after - 1, "a"))

    def test_a_comparison_is_made_once_and_kept(self, edited, administrator, monkeypatch):
        page = edited(other_hours)
        pair = (
            last_approved(page).approved_proofs.get().proof_id,
            board_of(page, administrator).targets[0].job.proof_id,
        )
        first = compared.compare(*pair)
        assert Drawn.objects.filter(pk=compared.key_of(pair)).exists()
        monkeypatch.setattr(compared, "draw", None)
        assert compared.compare(*pair) == first == compared.known([pair])[pair]

    def test_the_queue_compares_as_soon_as_a_proof_is_drawn(
        self, edited, administrator, redis_server, django_capture_on_commit_callbacks
    ):
        import django_rq

        with django_capture_on_commit_callbacks(execute=True):
            page = edited(other_hours)
        comparing = [job for job in django_rq.get_queue("render").jobs if job.func_name.endswith("compared.compare")]
        assert len(comparing) == 1
        assert comparison_of(board_of(page, administrator)).running
        again = [job for job in django_rq.get_queue("render").jobs if job.func_name.endswith("compared.compare")]
        assert len(again) == 1, "however often it is looked at"
        comparing[0].perform()
        assert not comparison_of(board_of(page, administrator)).running

    def test_clocks_of_both_pictures_tell_the_same_time(self, approved, administrator):
        proof = last_approved(approved).approved_proofs.get().proof
        scenes = proof.value.scenes
        from cms.content.assets import AssetStore

        found = compared.compared(scenes, scenes, 0, AssetStore().path)
        assert all(face["kind"] == "same" for scene in found for face in scene["faces"])

    def test_a_shape_that_was_never_approved_has_no_partner_and_says_so(
        self, edited, administrator, approver, client_for
    ):
        page = edited(other_hours)
        Face.objects.filter(letter="b").update(width=300)
        from cms.content.proofs import request_proofs

        request_proofs(page, page.latest_revision)
        found = comparison_of(board_of(page, administrator))
        assert found.gone == 1
        assert [one.kind for one in found.targets] == ["waiting"]
        shown = client_for(approver).get(reverse("approval:differences", args=(page.pk,))).content.decode()
        assert "không còn" in shown


class TestReviewPage:
    def test_the_first_time_it_says_so(self, submitted, appraiser, client_for):
        page = submitted()
        shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
        assert "Đây là lần đầu" in shown

    def test_words_are_marked_for_eyes_and_ears(self, edited, appraiser, client_for):
        page = edited(other_hours)
        shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
        assert "12/CV-SVHTTDL" in shown
        assert '<del><span class="w-sr-only">[bỏ: </span>7<span class="w-sr-only">]</span></del>' in shown
        assert '<ins><span class="w-sr-only">[thêm: </span>8<span class="w-sr-only">]</span></ins>' in shown

    def test_before_and_after_are_pictures_one_can_open(self, edited, administrator, appraiser, client_for):
        page = edited(other_hours)
        pair = (
            last_approved(page).approved_proofs.get().proof_id,
            board_of(page, administrator).targets[0].job.proof_id,
        )
        compared.compare(*pair)
        browser = client_for(appraiser)
        shown = browser.get(reverse("approval:differences", args=(page.pk,))).content.decode()
        given = ApprovedProof.objects.get()
        scene = next(one for one in compared.known([pair])[pair] if one["faces"][0]["kind"] == "changed")
        address = reverse("approval:approved_face", args=(given.pk, scene["before"], "a"))
        assert address in shown
        assert "bt-outlined__line" in shown
        assert browser.get(address)["Content-Type"] == "image/png"
        assert browser.get(reverse("approval:approved_face", args=(given.pk, 99, "a"))).status_code == 404

    def test_the_very_version_that_was_approved_has_no_differences(self, approved, approver, client_for):
        shown = client_for(approver).get(f"/admin/items/{approved.pk}/review/").content.decode()
        assert "chính là bản đã được phê duyệt" in shown

    def test_nobody_from_another_province_sees_any_of_it(self, edited, outsider, client_for):
        page, browser = edited(other_hours), client_for(outsider)
        given = ApprovedProof.objects.get()
        for name, args in [
            ("version", (page.pk,)),
            ("differences", (page.pk,)),
            ("remarks", (page.pk,)),
            ("approved_face", (given.pk, 0, "a")),
        ]:
            assert browser.get(reverse(f"approval:{name}", args=args)).status_code == 404, name


class TestLanguages:
    @pytest.fixture
    def in_five(self, province, make_item, contributor):
        """An item, and its versions in four more languages."""
        from cms.approval.services import ensure_workflow
        from cms.content.services import ensure_tree

        province.languages = ["vi", "en", "km", "zh-hans", "lo"]
        province.save()
        trees = ensure_tree(province)
        ensure_workflow(province)
        page = make_item(by=contributor)

        def others():
            for code, shelf in trees.items():
                if code != "vi":
                    other = ItemPage(
                        title=f"{code}", locale=shelf.locale, live=False, translation_key=page.translation_key
                    )
                    other.body = page.body
                    shelf.add_child(instance=other)
                    other.save_revision(user=contributor)

        return page, others

    def test_every_version_has_a_tab_with_its_state_and_missing_ones_are_named(self, in_five, appraiser, client_for):
        page, others = in_five
        assert [(one.code, one.page is not None) for one in versions_of(page)][:2] == [("vi", True), ("en", False)]
        others()
        shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
        for other in ItemPage.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk):
            assert f'data-bt-load="{reverse("approval:version", args=(other.pk,))}"' in shown
        assert shown.count("bt-languages__state") == 5

    def test_five_languages_ask_no_more_of_the_database_than_one(self, in_five, cluster, appraiser, client_for):
        page, others = in_five
        browser, address = client_for(appraiser), f"/admin/items/{page.pk}/review/"
        browser.get(address)
        with CaptureQueriesContext(connection) as one:
            browser.get(address)
        others()
        with CaptureQueriesContext(connection) as five:
            browser.get(address)
        assert len(five) <= len(one)

    def test_another_language_brings_its_proofs_but_no_word_about_the_decision(
        self, in_five, cluster, appraiser, client_for, draw_waiting
    ):
        page, others = in_five
        others()
        other = ItemPage.objects.get(translation_key=page.translation_key, locale__language_code="en")
        job = draw_waiting(other)[0]
        shown = client_for(appraiser).get(reverse("approval:version", args=(other.pk,))).content.decode()
        assert reverse("content:face", args=(job.pk, 0, "a")) in shown
        assert 'loading="lazy"' in shown
        assert 'name="seen"' not in shown, "what is decided about is the page's own version"
