"""The glossary: a province's own words beside the national ones, lists in and out, and hints beside a translation."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from cms.accounts.models import AuditEntry
from cms.content.translating.glossary import Term, hints_of, keep, occurring, terms
from cms.content.translating.models import GlossaryEntry
from cms.places.models import Province
from cms.plugin_host.host import get_host
from tests.content.translating import begun, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def national(db):
    return Province.objects.create(
        code="national", name="Toàn quốc", name_en="National", languages=["vi", "en"], theme="national", national=True
    )


def book(rows) -> SimpleUploadedFile:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("terms.xlsx", out.getvalue())


def test_national_words_hold_everywhere_and_a_province_may_say_otherwise(
    province, other_province, national, administrator, editor
):
    keep(national, {"vi": "Hải quan", "en": "Customs"}, "", by=administrator)
    for one in (province, other_province):
        assert "Hải quan" in {term.words["vi"] for term in terms(one)}
    keep(province, {"vi": "hải quan", "en": "Customs office"}, "", by=editor)
    found = {term.words["vi"].lower(): term.words["en"] for term in terms(province) if "en" in term.words}
    assert found["hải quan"] == "Customs office"


def test_bundled_plugins_name_their_gates():
    host = get_host()
    for code, gate in (("an_giang", "Tịnh Biên"), ("cao_bang", "Tà Lùng")):
        assert any(gate in term.words["vi"] for term in host.glossary(code)), code
    assert host.glossary("national")
    assert all(len(term.words) > 1 for code in ("an_giang", "cao_bang", "lang_son") for term in host.glossary(code))


def test_an_editor_writes_a_term_changes_and_removes_it(province, editor, client_for):
    browser = client_for(editor)
    browser.post(
        "/admin/glossary/new/", {"province": "an_giang", "word-vi": " Núi  Cấm ", "word-km": "ភ្នំគីជ", "note": ""}
    )
    entry = GlossaryEntry.objects.get()
    assert entry.words == {"vi": "Núi Cấm", "km": "ភ្នំគីជ"}
    twice = browser.post("/admin/glossary/new/", {"province": "an_giang", "word-vi": "núi cấm"}).content.decode()
    assert 'role="alert"' in twice
    assert 'value="núi cấm"' in twice
    assert "Núi Cấm" in browser.get("/admin/glossary/?q=NÚI").content.decode()
    browser.post(f"/admin/glossary/{entry.pk}/", {"word-vi": "Núi Cấm", "word-en": "Cam Mountain", "note": "An Giang"})
    entry.refresh_from_db()
    assert entry.words["en"] == "Cam Mountain"
    browser.post(f"/admin/glossary/{entry.pk}/", {"remove": "1"})
    assert not GlossaryEntry.objects.exists()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"glossary.add", "glossary.change", "glossary.remove"} <= actions


def test_other_provinces_and_other_roles_change_nothing(province, national, editor, operator, outsider, client_for):
    entry = keep(province, {"vi": "Núi Cấm"}, "", by=editor)
    browser = client_for(outsider)
    assert browser.get(f"/admin/glossary/{entry.pk}/").status_code == 404
    assert "Núi Cấm" not in browser.get("/admin/glossary/?province=an_giang").content.decode()
    assert "Núi Cấm" not in browser.get("/admin/glossary/list.csv?province=an_giang").content.decode()
    browser.post("/admin/glossary/new/", {"province": "national", "word-vi": "Của tôi"})
    client_for(operator).post(f"/admin/glossary/{entry.pk}/", {"remove": "1"})
    assert [one.words["vi"] for one in GlossaryEntry.objects.all()] == ["Núi Cấm"]


class TestLists:
    def test_a_workbook_adds_and_changes_and_tells_what_it_cannot_take(self, province, editor, client_for):
        keep(province, {"vi": "Núi Cấm", "en": "Cam Hill"}, "", by=editor)
        rows = [
            ["vi", "en", "note"],
            ["Núi Cấm", "Cam Mountain", ""],
            ["Chợ nổi", "Floating market", ""],
            ["", "Nothing", ""],
        ]
        said = client_for(editor).post("/admin/glossary/take-in/", {"province": "an_giang", "file": book(rows)})
        found = {one.words["vi"]: one.words["en"] for one in GlossaryEntry.objects.all()}
        assert found == {"Núi Cấm": "Cam Mountain", "Chợ nổi": "Floating market"}
        assert " 4:" in said.content.decode()

    def test_what_is_handed_out_comes_in_again_and_no_cell_is_a_formula(self, province, editor, client_for):
        keep(province, {"vi": '=HYPERLINK("http://x.vn")', "en": "+1"}, "@note", by=editor)
        browser = client_for(editor)
        csv = browser.get("/admin/glossary/list.csv?province=an_giang").content
        assert b"\n'=HYPERLINK" in csv or b"\"'=HYPERLINK" in csv
        xlsx = browser.get("/admin/glossary/list.xlsx?province=an_giang").content
        cells = [cell for row in load_workbook(io.BytesIO(xlsx)).active.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        GlossaryEntry.objects.all().delete()
        browser.post("/admin/glossary/take-in/", {"province": "an_giang", "file": SimpleUploadedFile("x.csv", csv)})
        entry = GlossaryEntry.objects.get(key__startswith="=hyperlink")
        assert (entry.words["en"], entry.note) == ("+1", "@note")

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("x.csv", "vi,en\nNúi,Hill\n".encode("utf-16")),
            ("x.csv", b"word;word2\n1;2\n"),
            ("x.xlsx", b"PK\x03\x04 and then nothing"),
            ("x.xlsx", b"not a workbook"),
        ],
    )
    def test_foreign_files_are_refused_in_words(self, province, editor, client_for, name, data):
        file = SimpleUploadedFile(name, data)
        said = client_for(editor).post("/admin/glossary/take-in/", {"province": "an_giang", "file": file})
        assert 'role="alert"' in said.content.decode()
        assert not GlossaryEntry.objects.exists()

    def test_a_formula_is_refused_with_its_cell(self, province, editor, client_for):
        said = client_for(editor).post(
            "/admin/glossary/take-in/", {"province": "an_giang", "file": book([["vi", "en"], ["Núi", "=1+1"]])}
        )
        assert "B2" in said.content.decode()


class TestHints:
    GATE = Term({"vi": "Tịnh Biên", "en": "Tinh Bien"}, "")
    LONG = Term({"vi": "Cửa khẩu quốc tế Tịnh Biên", "en": "Tinh Bien International Border Gate"}, "")

    def test_the_longer_term_counts_and_words_are_whole(self):
        among = [self.GATE, self.LONG]
        assert occurring("CỬA KHẨU quốc tế  Tịnh Biên mở cửa", among, "en") == [self.LONG]
        assert occurring("Tịnh Biên<br>và &amp;", among, "en") == [self.GATE]
        assert occurring("Tịnh Biênh", among, "en") == []
        assert occurring("Tịnh Biên", among, "km") == []

    def test_a_translation_that_says_something_else_is_a_warning(self):
        (good,) = hints_of([("Chợ Tịnh Biên", "Market of TINH BIEN")], [self.GATE], "en")
        (bad,) = hints_of([("Chợ Tịnh Biên", "Market of Tinhbien"), ("Tịnh Biên", None)], [self.GATE], "en")
        (later,) = hints_of([("Tịnh Biên", None)], [self.GATE], "en")
        assert [one.state for one in (good, bad, later)] == ["good", "warning", "open"]
        assert bad.missing == ("chợ tịnh biên",)

    def test_they_stand_on_the_page_of_the_translation(self, make_item, contributor, editor, province, client_for):
        keep(province, {"vi": "Núi Cấm", "en": "Cam Mountain"}, "", by=editor)
        page = begun(make_item("Lên Núi Cấm", by=contributor), editor, "en")
        browser = client_for(editor)
        assert "Cam Mountain" in browser.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        fill(page, {"Lên Núi Cấm": "Up the hill"})
        assert "“lên núi cấm”" in browser.get(f"/admin/translations/{page.pk}/hints/").content.decode()
        fill(page, {"Lên Núi Cấm": "Up Cam Mountain"})
        assert "“lên núi cấm”" not in browser.get(f"/admin/translations/{page.pk}/hints/").content.decode()
