"""Cards' forms come from templates; what is stored becomes what is drawn, and nothing is lost when a plugin goes away."""

from __future__ import annotations

import html
import json
from dataclasses import fields, replace
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cms.content.cards import content_hash
from cms.content.models import ItemPage, ProofJob
from cms.content.services import item_translation
from cms.content.tables import MAX_COLUMNS, RowsBlock, rows_of, text_of
from cms.plugin_api.types import Card, Live, Picture, canonical, sha256
from cms.plugin_host import host
from cms.plugin_host.host import get_host
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db
CELL = st.text(st.characters(whitelist_categories=("L", "N"), whitelist_characters=" :–"), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split()) or "x"
)


def stream():
    return ItemPage.body.field.stream_block


@pytest.fixture
def of_everything(cluster, make_item, contributor, every_kind, every_card):
    return make_item("Mọi thứ", by=contributor, cards=[{"type": "every", "value": every_card}])


def test_every_kind_of_every_plugin_has_a_form_under_a_heading(every_kind):
    groups = {str(name): [one.name for one in kinds] for name, kinds in stream().grouped_child_blocks()}
    offered = [kind for kinds in groups.values() for kind in kinds]
    assert sorted(offered) == sorted(get_host().card_templates())
    with translation.override("vi"):
        names = [str(name) for name, _kinds in stream().grouped_child_blocks()]
    assert "Chữ" in names
    assert "Ảnh và clip" in names
    assert all(str(one.label)[0].isupper() for one in stream().ordered_child_blocks())


def test_labels_and_helps_follow_the_readers_language(every_kind):
    field = stream().child_blocks["every"].child_blocks["author"]
    with translation.override("vi"):
        assert (str(field.label), str(field.field.help_text)) == ("Tác giả", "Họ và tên.")
    with translation.override("en"):
        assert (str(field.label), str(field.field.help_text)) == ("Author", "Full name.")


def test_an_editor_sees_the_form_in_the_language_of_the_page(cluster, every_kind, contributor, client_for, shelves):
    page = client_for(contributor).get(f"/admin/pages/add/content/itempage/{shelves['vi'].pk}/").content.decode()
    for said in ("Thẻ đủ loại", "Thời gian hiện (giây)", "Chuyển cảnh", "bt-table"):
        assert json.dumps(said)[1:-1] in html.unescape(page)


def test_what_items_stored_before_is_read_as_before(cluster, make_item, contributor, picture_record):
    cards = [
        {"type": "title", "value": {"kicker": "Thông báo", "title": "Xin chào"}},
        {"type": "picture", "value": {"picture": picture_record.pk, "title": "Núi", "caption": "Núi Cấm"}},
    ]
    item = item_translation(make_item(by=contributor, cards=cards))
    title, picture = item.cards
    assert title == Card("title", kicker="Thông báo", title="Xin chào")
    assert (picture.kind, picture.title, picture.caption) == ("picture", "Núi", "Núi Cấm")
    assert (picture.media.name, picture.focal) == ("nui-cam.jpg", (0.7, 0.195833, 0.2, 0.266667))
    # As it was before cards had more attributes: what was being appraised then stays valid.
    before = [
        {"kind": "title", "texts": ["Thông báo", "Xin chào", "", ""], "media": "", "focal": None, "duration": None},
        {
            "kind": "picture",
            "texts": ["", "Núi", "", "Núi Cấm"],
            "media": picture.media_sha256,
            "focal": list(picture.focal),
            "duration": None,
        },
    ]
    known = sha256(canonical({"language": "vi", "source": item.source, "cards": before}))
    assert content_hash(item) == known


def test_every_field_reaches_the_card(of_everything, picture_record):
    (card,) = item_translation(of_everything).cards
    assert (card.title, card.text) == ("Giờ mở cửa", "Cửa khẩu mở cửa.\nXin mời.")
    picture_record.refresh_from_db()
    assert card.media_sha256 == card.pictures[0].sha256 == picture_record.sha256
    assert [(one.caption, one.focal) for one in card.pictures] == [("Núi", card.focal), ("Sông", card.focal)]
    assert card.rows == (("Ngày", "Giờ"), ("Thứ Hai", "07:00"), ("Thứ Ba", "07:00"))
    assert card.head
    assert card.live == (Live("countdown", label="Còn lại", unit="ngày", until=1801846800000),)
    assert card.duration_ms == 12_000
    assert {name: card.get(name) for name in ("code", "url", "price", "day", "side", "author", "transition")} == {
        "code": "A-1",
        "url": "https://angiang.gov.vn/cua-khau",
        "price": "12.5",
        "day": "2027-02-03",
        "side": "r",
        "author": "Nguyễn Văn A",
        "transition": "wipe",
    }
    assert card.get("at").startswith("2027-02-03T")


def test_every_attribute_of_a_card_counts_in_the_hash(of_everything):
    item = item_translation(of_everything)
    (card,) = item.cards
    other = {
        "kind": "text", "title": "x", "text": "x", "kicker": "x", "caption": "x", "media_sha256": "0" * 64,
        "focal": None, "duration_ms": 1, "pictures": (replace(card.pictures[0], caption="x"),), "rows": (("x",),),
        "head": False, "live": (Live("clock"),), "fields": (("url", "x"),),
    }  # fmt: skip
    seen = {content_hash(item)}
    for name in (one.name for one in fields(Card) if one.name != "media"):
        seen.add(content_hash(replace(item, cards=(replace(card, **{name: other[name]}),))))
    assert len(seen) == len(fields(Card))
    moved = replace(card, pictures=(Picture(card.pictures[0].path, card.pictures[0].sha256, (0, 0, 0, 0), "Núi"),))
    assert content_hash(replace(item, cards=(moved,))) not in seen


class TestAPluginThatIsAway:
    @pytest.fixture
    def back(self, of_everything):
        """What brings the plugin back."""
        present = host._host
        return lambda: setattr(host, "_host", present)

    @pytest.fixture
    def away(self, of_everything, back, monkeypatch):
        monkeypatch.setattr(host, "_host", host.Host())
        return of_everything

    def test_its_card_goes_through_an_editors_form_unharmed(self, away, back, contributor, client_for):
        browser, address = client_for(contributor), f"/admin/pages/{away.pk}/edit/"
        assert "_unknown" in browser.get(address).content.decode()
        block = ItemPage.objects.get(pk=away.pk).get_latest_revision_as_object().body[0]
        post = item_post("Tên mới", [("title", {"kicker": "", "title": "Thêm"}), ("_unknown", {})])
        answer = browser.post(address, post | {"body-1-value": block.block.get_form_state(block.value)})
        assert answer.status_code == 302, answer.content.decode()
        back()
        page = ItemPage.objects.get(pk=away.pk).get_latest_revision_as_object()
        assert page.title == "Tên mới"
        _title, card = item_translation(page).cards
        assert (card.title, len(card.rows), card.get("author")) == ("Giờ mở cửa", 3, "Nguyễn Văn A")

    def test_its_card_comes_through_a_later_draft_unharmed(self, away, back, contributor):
        page = ItemPage.objects.get(pk=away.pk).get_latest_revision_as_object()
        assert item_translation(page).cards[0].kind == "every"  # read, so that it is written anew
        page.save_revision(user=contributor)
        back()
        card = item_translation(ItemPage.objects.get(pk=away.pk).get_latest_revision_as_object()).cards[0]
        assert (card.title, len(card.rows), card.get("author")) == ("Giờ mở cửa", 3, "Nguyễn Văn A")

    def test_its_drawing_says_what_to_do(self, away, draw_waiting):
        (job,) = draw_waiting(away)
        assert job.status == ProofJob.Status.FAILED
        assert "every" in job.error
        assert "every" in job.error_en


def test_a_new_kind_of_card_needs_no_migration(every_kind):
    assert "every" in stream().child_blocks
    out = StringIO()
    call_command("makemigrations", "content", check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


def test_a_form_that_cannot_be_made_is_told_and_closes_no_other(every_kind, monkeypatch):
    broken = replace(every_kind.fields[0], kind="number", default="many")
    monkeypatch.setattr(type(every_kind), "fields", (broken,))
    assert "every" not in stream().child_blocks
    assert "title" in stream().child_blocks
    assert [one.code for one in get_host().problems()] == ["every"]


class TestTables:
    @given(st.integers(1, MAX_COLUMNS).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=8)))  # fmt: skip
    def test_what_is_kept_is_what_was_typed(self, rows):
        if len(rows[0]) == 1:
            rows = [[row[0].replace("|", "")] for row in rows]
        block = RowsBlock()
        assert rows_of(block.clean(text_of(rows))) == tuple(map(tuple, rows))
        assert block.clean(block.clean(text_of(rows))) == block.clean(text_of(rows))

    def test_cells_from_a_spreadsheet_or_between_bars_are_the_same(self):
        assert rows_of("Tiền | Mua | Bán\n| USD | 25.100 | 25.400 |\n\n") == rows_of(
            "Tiền\tMua\tBán\t\r\nUSD\t25.100\t25.400\t\r\n\t\t\t\r\n"
        )

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a\tb\nc", "2"),
            ("\t".join("abcdefghi") + "\n" + "\t".join("abcdefghi"), "8"),
            ("a\tb\n" + "x" * 121 + "\tb", "120"),
            ("a\tb", ""),
        ],
    )
    def test_a_table_that_is_none_is_refused_with_the_row(self, text, said):
        with pytest.raises(ValidationError) as refused:
            RowsBlock().clean(text)
        assert said in refused.value.messages[0]

    def test_a_rune_in_a_cell_is_refused_at_its_card(self, cluster, make_item, contributor, every_kind, every_card):
        with pytest.raises(ValidationError) as refused:
            make_item(by=contributor, cards=[{"type": "every", "value": {**every_card, "rows": "a\tb\nᚠ\tb"}}])
        assert "rows" in refused.value.error_dict["body"][0].block_errors[0].block_errors
