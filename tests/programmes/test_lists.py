"""The lists of programmes and slots: what each one looks like, and no more queries for more of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.content.models import ProofJob
from cms.places.services import geometry_of
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from tests.programmes.test_admin import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(client_for, editor):
    """`seen(model)`: the page of the list, and how many queries it took."""
    client = client_for(editor)

    def look(model):
        client.get(url(model, "list"))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(url(model, "list")).content.decode()
        return page, len(asked)

    return look


@pytest.fixture
def drawn(write, approved, cluster):
    """An approved item with its drawing."""
    page = write("Chợ nổi")
    approved(page)
    job = ProofJob.objects.create(
        page=page, revision=page.latest_revision, geometry=geometry_of(cluster).id, cluster=cluster, theme="national",
        status=ProofJob.Status.DONE,
    )  # fmt: skip
    return page, reverse("content:face", args=(job.pk, 0, "a"))


@pytest.fixture
def fill(province, cluster):
    """`fill(number, **entry)`: so many programmes of one row each, every one with a slot."""

    def make(number, **entry):
        for place in range(number):
            programme = Programme(province=province, title=f"Chương trình {place}")
            programme.entries = [ProgrammeEntry(**entry)]
            programme.save()
            slot = Slot(programme=programme, title=f"Lịch {place}", date_from=date(2026, 1, 1))
            slot.clusters = [cluster]
            slot.save()
        return programme

    return make


@pytest.mark.parametrize("model", ["programme", "slot"])
def test_every_row_shows_its_first_item_however_that_comes_into_it(seen, fill, drawn, model):
    page, picture = drawn
    inner = fill(1, item=page)
    fill(1, nested=inner)
    fill(1, kind=ProgrammeEntry.ANY)
    fill(1, kind="no_such_kind")
    text, _ = seen(model)
    assert text.count(picture) == 3
    assert text.count("Chưa có hình") == 1


@pytest.mark.parametrize("model", ["programme", "slot"])
def test_the_number_of_queries_does_not_depend_on_the_rows(seen, fill, drawn, model):
    page, _ = drawn

    def more(number):
        inner = fill(number, item=page)
        fill(number, nested=inner)
        fill(number, kind=ProgrammeEntry.ANY)
        return seen(model)[1]

    few = more(1)
    assert more(5) == few
    assert few <= 40
