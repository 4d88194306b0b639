"""People of a commune that is bound to its cluster, on the pages that name many items, or name an item by something else."""

from __future__ import annotations

import hashlib

import pytest
from django.utils import timezone

from cms.approval.decisions import Decision
from cms.approval.remarks import Remark
from cms.content.models import ItemPage, Proof
from tests.content.makers import *  # noqa: F403
from tests.content.translating import begun
from tests.rights.test_confinement import supplied

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(make_item, cluster, contributor) -> ItemPage:
    """An item that the department supplies."""
    return supplied(make_item("Của sở", by=contributor), None)


@pytest.fixture
def own(make_item, cluster, commune) -> ItemPage:
    return supplied(make_item("Của phường"), commune)


@pytest.mark.parametrize(
    ("act", "value"), [("tag", "chợ"), ("extend", "2030-01-01"), ("submit", ""), ("withdraw", "x")]
)
def test_no_act_on_many_reaches_what_others_supply(villager, theirs, own, client_for, act, value):
    sent = {"act": act, "item": [theirs.pk, own.pk], "value": value, "confirmed": "1"}
    told = client_for(villager).post("/admin/items/bulk/", sent)
    assert [one.title for one in told.context["outcomes"]] == ["Của phường"]


def test_the_board_of_translations_and_its_files_keep_to_what_they_supply(villager, theirs, own, client_for, editor):
    client = client_for(villager)
    for page in (theirs, own):
        begun(page, editor)
    board = client.get("/admin/translations/").content.decode()
    assert "Của phường" in board
    assert "Của sở" not in board
    sent = {"item": [theirs.pk, own.pk], "language": ["km"], "province": "an_giang"}
    handed_out = client.post("/admin/translations/file.po", sent).content.decode()
    assert "Của phường" in handed_out
    assert "Của sở" not in handed_out
    client.post("/admin/translations/act/", {**sent, "act": "begin", "language": ["en"]})
    begun_in_english = ItemPage.objects.filter(locale__language_code="en").values_list("translation_key", flat=True)
    assert list(begun_in_english) == [own.translation_key]


def test_new_items_start_from_their_own(villager, theirs, own, client_for):
    page = client_for(villager).get("/admin/items/new/").content.decode()
    assert "Của phường" in page
    assert "Của sở" not in page


def test_remarks_and_files_of_others_items_are_not_found(villager, theirs, client_for, editor):
    proof = Proof.objects.create(id=hashlib.sha256(b"x").hexdigest(), document={"scenes": []})
    remark = Remark.objects.create(
        page=theirs, proof=proof, clusters="x", scene=1, face="a", width=8, height=8, rect=[0, 0, 4, 4], text="x",
        author=editor, at=timezone.now(),
    )  # fmt: skip
    decision = Decision.objects.create(
        kind="appraisal", page=theirs, item=theirs.item_id, title="x", province=theirs.province, by=editor,
        at=timezone.now(), file="x.pdf", file_name="x.pdf",
    )  # fmt: skip
    client = client_for(villager)
    assert client.post(f"/admin/remarks/{remark.pk}/", {"action": "done"}).status_code == 404
    assert client.get(f"/admin/remarks/{remark.pk}/picture.png").status_code == 404
    assert client.get(f"/admin/decisions/{decision.pk}/own/").status_code == 404
    remark.refresh_from_db()
    assert remark.done_at is None
