"""Files for translators outside: handed out for many items, compared when they come back, never more than drafts."""

from __future__ import annotations

import io

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from cms.accounts.models import AuditEntry
from cms.approval.models import Approval
from cms.content.models import ItemPage
from cms.content.services import untranslated
from cms.content.translating.models import ReceivedFile
from cms.content.translating.passages import problem, shown, stored
from tests.content.translating import begun, fill, locale

pytestmark = pytest.mark.django_db
ZERO = "\u200b"


@pytest.fixture
def page(cluster, make_item, contributor, editor) -> ItemPage:
    """The Khmer translation of an item with three passages, just begun."""
    cards = [
        {"type": "title", "value": {"kicker": "", "title": "Xin chào"}},
        {"type": "text", "value": {"title": "", "text": "=1+1 & {giờ}\nDòng hai"}},
    ]
    return begun(make_item("Xin chào", by=contributor, cards=cards), editor)


def original(page: ItemPage) -> ItemPage:
    return ItemPage.objects.get(translation_key=page.translation_key, locale=locale("vi"))


def hand_out(browser, page: ItemPage, kind: str) -> bytes:
    data = {"province": "an_giang", "item": [original(page).pk], "language": ["km"]}
    answer = browser.post(f"/admin/translations/file.{kind}", data)
    assert "attachment" in answer["Content-Disposition"]
    return answer.content


def filled_xlsx(data: bytes, words: dict[str, str]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    for row in book.worksheets[0].iter_rows(min_row=2):
        if row[3].value in words:
            row[4].value = words[row[3].value]
            row[4].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled_po(data: bytes, words: dict[str, str]) -> bytes:
    file = polib.pofile(data.decode())
    for entry in file:
        entry.msgstr = words.get(entry.msgid, entry.msgstr)
    return str(file).encode()


def take_in(browser, data: bytes, name: str = "back.xlsx"):
    file = SimpleUploadedFile(name, data)
    return browser.post("/admin/translations/received/", {"province": "an_giang", "file": file})


def keep_all(browser, answer) -> None:
    shown_ = browser.get(answer.url).content.decode()
    ticks = [part.split('"')[0] for part in shown_.split('name="keep" value="')[1:]]
    browser.post(answer.url, {"keep": ticks})


TEXT = "=1+1 & {giờ}\nDòng hai"
DONE = {"Xin chào": f"សូម{ZERO}ស្វាគមន៍", TEXT: f"=ម៉ោង{ZERO} & {{giờ}}\nពីរ"}


@pytest.mark.parametrize(("kind", "filled"), [("xlsx", filled_xlsx), ("po", filled_po)])
def test_what_comes_back_becomes_a_draft_with_every_sign_kept(page, editor, client_for, kind, filled):
    browser = client_for(editor)
    data = filled(hand_out(browser, page, kind), DONE)
    answer = take_in(browser, data, f"back.{kind}")
    assert answer.status_code == 302, answer.content.decode()
    assert untranslated(page) > 0  # nothing is kept before it was looked at
    keep_all(browser, answer)
    assert untranslated(page) == 0
    page.refresh_from_db()
    draft = page.get_latest_revision_as_object()
    assert draft.title == DONE["Xin chào"]
    assert draft.body[1].value["text"] == DONE[TEXT]
    assert not page.workflow_in_progress
    assert not Approval.objects.exists()
    assert not ReceivedFile.objects.exists()
    entry = AuditEntry.objects.get(action="translation.import")
    assert (entry.user, entry.data["language"], entry.data["passages"]) == (editor, "km", 3)
    assert AuditEntry.objects.filter(action="translation.export", user=editor).exists()


def test_no_cell_is_a_formula_and_only_translations_may_be_written(page, editor, client_for):
    sheet = load_workbook(io.BytesIO(hand_out(client_for(editor), page, "xlsx"))).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert TEXT in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert sheet.protection.sheet
    assert {cell.column_letter for cell in cells if not cell.protection.locked} == {"E"}


def test_what_changed_here_meanwhile_is_a_conflict_that_nobody_ticked(page, editor, client_for):
    browser = client_for(editor)
    data = filled_po(hand_out(browser, page, "po"), DONE)
    fill(page, {"Xin chào": "ជំរាបសួរ"})
    answer = take_in(browser, data, "back.po")
    said = browser.get(answer.url).content.decode()
    assert "ជំរាបសួរ" in said
    assert DONE["Xin chào"] in said
    assert " checked" not in said
    browser.post(answer.url, {"keep": []})
    page.refresh_from_db()
    fill_again = browser.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert fill_again
    assert untranslated(page) == 0


def test_a_change_after_the_preview_is_never_overwritten(page, editor, client_for):
    browser = client_for(editor)
    answer = take_in(browser, filled_po(hand_out(browser, page, "po"), DONE), "back.po")
    said = browser.get(answer.url).content.decode()
    ticks = [part.split('"')[0] for part in said.split('name="keep" value="')[1:]]
    fill(page, {"Xin chào": "ជំរាបសួរ", "x": ""})
    browser.post(answer.url, {"keep": ticks})
    assert AuditEntry.objects.get(action="translation.import").data["passages"] == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ម៉ោង", "{giờ}"),  # a placeholder is gone
        ("{giờ} \u202etxt", "điều khiển"),
        ("{giờ} " + "ក" * 6000, "5000"),
    ],
)
def test_what_cannot_be_a_translation_is_refused_with_the_reason(page, editor, client_for, text, why):
    browser = client_for(editor)
    answer = take_in(browser, filled_po(hand_out(browser, page, "po"), {TEXT: text}), "back.po")
    said = browser.get(answer.url).content.decode()
    assert 'name="keep"' not in said
    assert why in said


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.po", b"/etc/passwd"),
        ("x.po", b'msgid ""\nmsgstr ""\n"Language: km\\n"\n\nmsgid "a"\nmsgstr "b"\n'),
        ("x.po", b"\xff\xfe\x00m"),
        ("x.xlsx", b"PK\x03\x04garbage"),
        ("x.po", b'msgid "a\nmsgstr'),
    ],
)
def test_foreign_and_broken_files_are_refused(page, editor, client_for, name, data):
    said = take_in(client_for(editor), data, name)
    assert said.status_code == 200
    assert 'role="alert"' in said.content.decode()
    assert not ReceivedFile.objects.exists()


def test_an_outsider_reaches_neither_passages_nor_files(page, editor, outsider, client_for):
    browser, other = client_for(editor), client_for(outsider)
    data = filled_po(hand_out(browser, page, "po"), DONE)
    answer = take_in(browser, data, "back.po")
    assert other.get(answer.url).status_code == 404
    refused = other.post(
        "/admin/translations/file.po", {"province": "an_giang", "item": [original(page).pk], "language": ["km"]}
    )
    assert "Content-Disposition" not in refused
    mine = SimpleUploadedFile("back.po", data)
    other.post("/admin/translations/received/", {"province": "cao_bang", "file": mine})
    assert ReceivedFile.objects.count() == 1  # Cao Bằng has no Khmer
    assert untranslated(page) > 0


def test_plain_words_go_out_and_come_back_as_they_are_stored():
    for data in ("A &amp; B", "Dòng<br>hai", "x &lt;b&gt;"):
        assert stored(data, shown(data)).replace("<br/>", "<br>") == data
    assert problem('<a id="a1">x</a>', '<a id="a2">x</a>')
    assert problem("<b>x</b>", "<script>x</script>")
    assert not problem("<b>x</b>", "<b>y</b>")
