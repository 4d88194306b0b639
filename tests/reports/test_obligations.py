"""The regulation as a list: clause, duty, who, how often, evidence."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from cms.plugin_host.host import get_host
from cms.reports.evidence import evidence_for
from cms.reports.obligations import grouped


def test_every_obligation_of_a_province_stands_once_under_its_regulation():
    for code in ("an_giang", "cao_bang", "lang_son"):
        rows = [row for group in grouped(code) for row in group.rows]
        assert len(rows) == len(get_host().obligations(code)) > 0
    keys = [group.key for group in grouped("an_giang")]
    assert set(keys) >= {"AG", "TT06"}
    assert len(keys) == len(set(keys))
    assert all(group.regulation is not None for group in grouped("an_giang"))


def test_every_evidence_that_a_bundled_plugin_names_is_known():
    named = {one.evidence for code in ("an_giang", "cao_bang", "lang_son") for one in get_host().obligations(code)}
    assert {code for code in named if code and evidence_for(code) is None} == set()


def test_words_are_found_without_their_marks():
    with translation.override("vi"):
        found = [row.clause for group in grouped("an_giang", "tieng campuchia") for row in group.rows]
    assert found == ["AG 7.3"]


@pytest.mark.django_db
def test_people_read_the_list_of_their_province_in_vietnamese(client_for, contributor, other_province):
    page = client_for(contributor).get(reverse("reports:obligations")).content.decode()
    assert "17/2021/QĐ-UBND" in page
    assert "AG 7.4" in page
    assert "CB 7.1" not in page
    other = client_for(contributor).get(reverse("reports:obligations"), {"province": "cao_bang"}).content.decode()
    assert "CB 7.1" not in other


@pytest.mark.django_db
def test_a_search_that_finds_nothing_says_what_to_do(client_for, contributor):
    page = client_for(contributor).get(reverse("reports:obligations"), {"q": "khủng long"}).content.decode()
    assert "Hãy bớt từ" in page
