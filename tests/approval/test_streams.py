"""Live streams: each address is confirmed by name, and only servers that administrators allow may send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cms.accounts.models import AuditEntry
from cms.approval.models import Approval, Withdrawal
from cms.places.models import StreamHost
from cms.release.models import ReleaseRequest

pytestmark = pytest.mark.django_db
URL = "https://live.example.vn/hop-bao/playlist.m3u8"
UNIT = "Đài Phát thanh – Truyền hình An Giang"


@pytest.fixture
def host(province) -> StreamHost:
    return StreamHost.objects.create(origin="https://live.example.vn", responsible=UNIT, province=province)


@pytest.fixture
def broadcast(cluster, make_item, contributor, appraiser, client_for, draw_waiting, decide) -> Callable[[], Any]:
    """An appraised item with a live stream."""

    def make() -> Any:
        page = make_item("Lễ thông quan", by=contributor)
        page.body = [("stream", {"url": URL, "title": "Lễ thông quan", "minutes": 30, "sound": "off", "latency": "30"})]
        page.save_revision(user=contributor)
        draw_waiting(page)
        client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
        decide(appraiser, page, "approve")
        return page

    return make


def test_an_approver_confirms_the_address_by_name_and_it_is_on_record(host, broadcast, approver, decide, client_for):
    page = broadcast()
    seen = client_for(approver).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert URL in seen
    assert UNIT in seen
    assert "không được duyệt từng khung hình" in seen
    told = decide(approver, page, "approve", confirmed="on", streams_shown=URL)
    assert "xác nhận từng địa chỉ" in told.content.decode()
    assert not Approval.objects.exists()
    decide(approver, page, "approve", confirmed="on", streams_shown=URL, streams=URL)
    approval = Approval.objects.get()
    assert approval.streams == [{"url": URL, "responsible": UNIT}]
    assert AuditEntry.objects.get(action="approval.approve").data["streams"] == approval.streams


@pytest.mark.parametrize("named", [{}, {"streams": URL + "?other"}])
def test_a_form_that_hides_the_address_approves_nothing(host, broadcast, approver, decide, named):
    page = broadcast()
    decide(approver, page, "approve", confirmed="on", **named)
    assert not Approval.objects.exists()


def test_nobody_approves_a_stream_of_a_server_that_may_not_send(host, broadcast, approver, decide):
    page = broadcast()
    host.delete()
    told = decide(approver, page, "approve", confirmed="on", streams_shown=URL, streams=URL)
    assert "Máy chủ truyền trực tiếp" in told.content.decode()
    assert not Approval.objects.exists()


def test_a_server_that_is_taken_off_the_list_takes_its_streams_off_the_screens(
    host, broadcast, approver, decide, cluster
):
    page = broadcast()
    decide(approver, page, "approve", confirmed="on", streams_shown=URL, streams=URL)
    ReleaseRequest.objects.all().delete()
    host.delete()
    assert Approval.objects.get().revoked_at is not None
    assert Withdrawal.objects.get().item == page.item_id
    assert ReleaseRequest.objects.filter(cluster=cluster).exists()


def test_another_server_that_is_taken_off_changes_nothing(host, broadcast, approver, decide, province):
    other = StreamHost.objects.create(origin="https://other.example.vn", responsible="Đài khác", province=province)
    page = broadcast()
    decide(approver, page, "approve", confirmed="on", streams_shown=URL, streams=URL)
    other.delete()
    assert Approval.objects.get().revoked_at is None


class TestTheForm:
    @pytest.fixture
    def block(self) -> Any:
        from cms.content.card_blocks import StreamAddress

        return StreamAddress()

    def test_without_a_server_it_says_what_to_do(self, block) -> None:
        from cms.places.streams import allowed_in_words

        assert "quản trị viên" in allowed_in_words()
        with pytest.raises(Exception, match=r"live\.example\.vn"):
            block.clean(URL)

    def test_an_address_of_an_allowed_server_is_taken_and_no_other(self, host, block) -> None:
        assert block.clean(URL) == URL
        for url in (
            "https://evil.example/a.m3u8",
            "http://live.example.vn/a.m3u8",
            "https://live.example.vn:444/a.m3u8",
        ):
            with pytest.raises(Exception, match=r"live\.example\.vn|m3u8"):
                block.clean(url)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Live.example.vn/", "https://live.example.vn"),
        ("https://live.example.vn:8443", "https://live.example.vn:8443"),
        ("http://live.example.vn", None),
        ("http://localhost", None),
        ("https://live.example.vn/hop-bao", None),
        ("live.example.vn", None),
        ("https://*.example.vn", None),
    ],
)
def test_administrators_write_down_servers_alone_and_only_over_https(client_for, administrator, typed, kept) -> None:
    data = {"origin": typed, "responsible": UNIT, "document": "", "province": ""}
    client_for(administrator).post("/admin/snippets/places/streamhost/add/", data)
    assert list(StreamHost.objects.values_list("origin", flat=True)) == ([kept] if kept else [])


def test_only_administrators_allow_servers(client_for, approver) -> None:
    data = {"origin": "https://live.example.vn", "responsible": UNIT, "document": "", "province": ""}
    client_for(approver).post("/admin/snippets/places/streamhost/add/", data)
    assert not StreamHost.objects.exists()
