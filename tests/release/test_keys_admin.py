"""Signing keys in the admin: for administrators with a second factor, in words, without a private byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cms.release import jobs
from cms.release.keys import ceremony, ensure_province_keys, holders, roots, store
from cms.release.keys.status import overviews
from cms.release.signer import sign_release

from .holders import NAMES, Circle
from .made import HOUR

DAY = 24 * HOUR


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(holders, "SCRYPT_N", 16)


@pytest.fixture
def circle(tmp_path: Path) -> Circle:
    return Circle(tmp_path / "stick")


@pytest.fixture
def page(administrator, client_for, keys):
    """`page()`: what an administrator reads."""
    client = client_for(administrator)

    def read() -> str:
        answer = client.get(reverse("releases:keys"))
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_the_page_says_who_holds_what_and_what_comes_next(province, page, circle, queues):
    assert "Khoá gốc đang nằm trên máy chủ này" in page()
    found = ceremony.propose(province, ceremony.Wish([circle.join(one) for one in NAMES]))
    text = page()
    assert found.paper.code in text
    assert "còn thiếu 2 trong số" in text
    ceremony.accept(province, [circle.sign(one, found.paper) for one in NAMES[:2]])
    text = page()
    assert "Khoá gốc cũ vẫn nằm trên máy chủ này" in text
    assert all(name in text for name in NAMES)
    ceremony.offline_copy(province).unlink()
    text = page()
    assert "Chưa phải làm gì" in text
    assert "2 trên 3" in text
    assert "trong một tệp trên máy chủ này" in text


def test_a_technician_gets_the_root_beside_its_check_code(province, cluster, desk, page, queues):
    assert "root.json" not in page(), "before the first release there is no file"
    assert sign_release(desk.release()) == "published"
    text = page()
    address = re.search(r'href="(/releases/tinh-bien/metadata/1\.root\.json)"', text)[1]
    answer = Client().get(address)
    assert roots.code(roots.parse(b"".join(answer))) in text


def test_the_state_reads_in_english_too(province, keys):
    with translation.override("en"):
        assert "The root key lies on this server" in str(overviews([province])[0].steps[0].text)


def test_nobody_but_an_administrator_with_a_second_factor_gets_in(
    province, approver, operator, outsider, administrator, client_for, keys
):
    address = reverse("releases:keys")
    for person in (approver, operator, outsider):
        answer = client_for(person).get(address)
        assert answer.status_code == 302
        assert answer.url == "/admin/"
    alone = Client()
    alone.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert alone.get(address).status_code == 302
    assert Client().get(address).status_code == 302
    assert client_for(administrator).get(address).status_code == 200


def test_no_private_byte_stands_on_the_page(province, page, queues):
    text = page()
    for path in [*store.folder("online", province).glob("*.pem"), ceremony.offline_copy(province)]:
        secret = "".join(path.read_text().splitlines()[1:-1])
        assert secret not in text
    assert "PRIVATE" not in text


def test_the_page_costs_the_same_queries_for_any_number_of_provinces(
    province, other_province, cluster, keys, django_assert_num_queries
):
    with django_assert_num_queries(2):
        assert len(overviews([province])) == 1
    ensure_province_keys("cao_bang")
    with django_assert_num_queries(2):
        assert len(overviews([province, other_province])) == 2


def test_the_state_warns_before_anything_ends(province, desk, cluster, monkeypatch, keys, queues):
    assert sign_release(desk.release()) == "published"

    def said(days: float) -> str:
        monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(int(days * DAY)))
        with translation.override("en"):
            return " ".join(f"{one.level}: {one.text}" for one in overviews([province])[0].steps)

    assert "Signatures" not in said(0)
    assert "warning: Signatures are not renewed: Tịnh Biên" in said(6)
    assert "error: Signatures have ended: Tịnh Biên" in said(15)
    assert "warning: The root ends on" in said(3650 - 170)
    assert "error: The root ends on" in said(3650 - 20)
    assert "error: The root ended on" in said(3651)


def test_the_state_says_which_clusters_wait_for_the_new_keys(province, desk, cluster, circle, queues):
    assert sign_release(desk.release()) == "published"
    circle.take_over(province)
    circle.change(province, rotate={"timestamp": ""})
    assert overviews([province])[0].clusters[0].stale
    jobs.resign(cluster.pk)
    assert not overviews([province])[0].clusters[0].stale


def test_holders_who_must_all_sign_are_told_to_find_another(province, circle, queues, keys):
    ceremony.propose(province, ceremony.Wish([circle.join(one) for one in NAMES[:2]]))
    ceremony.accept(province, [circle.sign(one, ceremony.pending(province).paper) for one in NAMES[:2]])
    with translation.override("en"):
        steps = [str(one.text) for one in overviews([province])[0].steps]
    assert any("if one key is lost" in one for one in steps)


def test_the_doctor_tells_of_the_former_root_key_until_it_is_gone(province, circle, queues, keys):
    from cms.runtime.doctor import roots

    assert [one.trouble for one in roots() if one.name == "root an_giang"] == [None]
    circle.take_over(province)
    trouble = [one.trouble for one in roots() if one.name == "root an_giang"]
    assert "shred -u" in trouble[0].vi
    ceremony.offline_copy(province).unlink()
    assert [(one.trouble, one.fact[:3]) for one in roots() if one.name == "root an_giang"] == [(None, "2/3")]


def test_a_damaged_chain_is_told_and_breaks_no_page(province, page, circle, queues):
    circle.take_over(province)
    (store.folder("root", province) / "2.root.json").write_bytes(b"{}")
    assert "Khoá gốc" in page()
