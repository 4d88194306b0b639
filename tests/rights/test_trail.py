"""Whatever people change, and whatever they take out, is in the audit log in words."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation

from cms.accounts import audit
from cms.accounts.exports import as_text
from cms.accounts.models import AuditEntry
from cms.accounts.words import action_label
from cms.places.models import Organisation
from cms.programmes.models import Programme, Slot
from tests.content.makers import *  # noqa: F403
from tests.content.makers import item_post, picture_bytes

pytestmark = pytest.mark.django_db
EMPTY = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}


def told(action: str) -> AuditEntry:
    entry = AuditEntry.objects.get(action=action)
    assert action_label(action) != action, "it has words"
    return entry


def test_the_edit_of_an_item_is_told_with_its_province(cluster, make_item, contributor, client_for):
    item = make_item("Chợ Tịnh Biên", by=contributor)
    data = item_post("Chợ nổi", [("headline", {"text": "Chợ nổi"})])
    client_for(contributor).post(reverse("wagtailadmin_pages:edit", args=[item.pk]), data)
    entry = AuditEntry.objects.filter(action="item.edit").first()
    assert entry is not None
    assert (entry.user, entry.province) == (contributor, "an_giang")
    assert action_label("item.edit") != "item.edit"


def test_a_translated_passage_is_told(cluster, make_item, contributor, editor, client_for):
    item = make_item("Chợ Tịnh Biên", by=contributor)
    locale = Locale.objects.get(language_code="km")
    client = client_for(editor)
    client.post(f"/admin/localize/submit/page/{item.pk}/", {"locales": [locale.pk]})
    following = Translation.objects.get(source__object_id=item.translation_key)
    segment = StringSegment.objects.filter(source=following.source).first()
    address = f"/admin/localize/translate/{following.pk}/strings/{segment.pk}/edit/"
    client.put(address, "value=ផ្សារ", content_type="application/x-www-form-urlencoded")
    entry = told("item.translate")
    assert (entry.user, entry.province, entry.subject) == (editor, "an_giang", "Chợ Tịnh Biên (km)")


def test_changes_of_slots_are_told_whatever_page_makes_them(cluster, province, editor):
    from wagtail.log_actions import LogContext

    programme = Programme.objects.create(province=province, title="Buổi sáng")
    with LogContext(user=editor):
        slot = Slot.objects.create(programme=programme, title="Mỗi sáng", date_from="2027-01-04")
        slot.title = "Mỗi chiều"
        slot.save()
    with LogContext(user=editor):
        slot.save()
        slot.delete()
    found = AuditEntry.objects.filter(action__startswith="slot.").order_by("id").values_list("action", "province")
    assert list(found) == [(f"slot.{verb}", "an_giang") for verb in ("create", "edit", "delete")]


def test_a_programme_and_a_unit_are_told_from_wagtails_pages(province, administrator, client_for):
    client = client_for(administrator)
    unit = {"province": province.pk, "name": "UBND phường", "name_en": "", "code": "phuong", "successor": ""}
    data = {**unit, "level": "commune", **{f"roles-{key}": value for key, value in EMPTY.items()}}
    answer = client.post(reverse("wagtailsnippets_places_organisation:add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    entry = told("organisation.create")
    assert (entry.user, entry.province, entry.subject) == (administrator, "an_giang", "UBND phường")
    client.post(reverse("wagtailsnippets_places_organisation:delete", args=[Organisation.objects.get().pk]))
    assert told("organisation.delete").province == "an_giang"


def test_an_uploaded_picture_and_its_deletion_are_told(contributor, editor, client_for, shelves):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from cms.content.models import Picture

    file = SimpleUploadedFile("nui.jpg", picture_bytes(), "image/jpeg")
    client_for(contributor).post(reverse("wagtailimages:add_multiple"), {"files[]": file, "title": "Núi"})
    made = told("picture.create")
    assert (made.user, made.province) == (contributor, "an_giang")
    picture = Picture.objects.get()
    client_for(editor).post(reverse("wagtailimages:delete", args=[picture.pk]))
    assert Picture.objects.exists() or told("picture.delete").user == editor


def test_who_belongs_to_which_unit_is_told(manager, editor, province, client_for):
    unit = Organisation.objects.create(province=province, code="phuong", name="UBND phường")
    rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    row = {"organisation": unit.pk, "valid_from": "01/01/2027", "valid_until": ""}
    data = {f"memberships-{key}": value for key, value in rows.items()}
    data |= {f"memberships-0-{key}": value for key, value in row.items()}
    address = reverse("places:organisations_of", args=[editor.pk])
    answer = client_for(manager).post(address, data)
    assert answer.status_code == 302, answer.content.decode()
    entry = told("membership.added")
    assert (entry.user, entry.subject, entry.province, entry.reason) == (manager, "editor", "an_giang", "UBND phường")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_taking_the_log_out_is_in_the_log(client_for, approver, kind):
    audit.record("approval.approve", "Chợ nổi", province="an_giang")
    answer = client_for(approver).get(reverse("accounts:audit"), {"export": kind})
    assert answer.status_code == 200
    entry = told("export")
    assert (entry.user, entry.subject, entry.province) == (approver, f"audit-log.{kind}", "an_giang")


@pytest.mark.parametrize("text", ["=1+1", "+84 296", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_nothing_that_somebody_typed_becomes_a_formula(client_for, administrator, text):
    assert as_text(text) == f"'{text}"
    audit.record("approval.approve", text, province="an_giang", reason=text)
    client = client_for(administrator)
    book = load_workbook(io.BytesIO(b"".join(client.get(reverse("accounts:audit"), {"export": "xlsx"}))))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value]
    assert not [
        cell for cell in cells if cell.data_type == "f" or str(cell.value).lstrip().startswith(("=", "+", "-", "@"))
    ]
    csv = b"".join(client.get(reverse("accounts:audit"), {"export": "csv"})).decode()
    assert f",{text}" not in csv


def test_the_log_is_filtered_by_person(client_for, administrator, editor, contributor):
    audit.record("item.edit", "Của Minh", user=editor, province="an_giang")
    audit.record("item.edit", "Của Hoa", user=contributor, province="an_giang")
    page = client_for(administrator).get(reverse("accounts:audit"), {"person": editor.pk}).content.decode()
    assert "Của Minh" in page
    assert "Của Hoa" not in page


def test_the_administrator_of_a_province_reads_its_log(client_for, manager, stranger):
    audit.record("item.edit", "Chợ nổi", province="an_giang")
    audit.record("item.edit", "Thác Bản Giốc", user=stranger, province="cao_bang")
    page = client_for(manager).get(reverse("accounts:audit")).content.decode()
    assert "Chợ nổi" in page
    assert "Thác Bản Giốc" not in page
    assert "Hoàng Bình" not in page, "nor whose name might be filtered by"
