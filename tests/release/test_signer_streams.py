"""The signer and live streams: an address that no approval names is never signed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cms.approval.models import Approval, ThemeApproval, Withdrawal
from cms.places.models import StreamHost
from cms.plugin_api.types import Scene, Stream
from cms.release.signer import sign_release

from .made import approve, put_asset, scene_of
from .test_signer import refused

URL = "https://live.example.vn/hop/playlist.m3u8"


@pytest.fixture
def host(province) -> StreamHost:
    return StreamHost.objects.create(
        origin="https://live.example.vn", responsible="Đài PT-TH An Giang", province=province
    )


def streaming(url: str = URL) -> Scene:
    made = scene_of(put_asset(b"poster"), kind="stream", duration_ms=60_000)
    return replace(made, faces={face: (replace(layers[0], stream=Stream(url)),) for face, layers in made.faces.items()})


@pytest.fixture
def live(desk, province, cluster, administrator) -> Approval:
    """An approval of a stream as the decision stores it."""
    approval, proof = approve(province, cluster, administrator, streaming())
    approval.streams = [{"url": URL, "responsible": "Đài PT-TH An Giang"}]
    approval.save()
    desk.shown.append((approval, proof))
    return approval


def test_a_stream_whose_address_was_approved_is_signed(host, live, desk):
    assert sign_release(desk.release()) == "published"


@pytest.mark.parametrize("streams", [[], [{"url": URL + "?other", "responsible": "Đài"}]])
def test_a_stream_whose_address_no_approval_names_is_refused(host, live, desk, streams):
    live.streams = streams
    live.save()
    release = desk.release()
    assert refused(desk, release) == ["stream_not_approved"]
    assert URL in release.error


def test_a_server_that_may_not_send_any_more_is_refused_even_with_an_approval(live, desk):
    assert "stream_not_approved" in refused(desk, desk.release())


def test_a_server_of_another_province_may_not_send_here(live, desk, other_province):
    here = StreamHost(origin="https://live.example.vn", responsible="Đài khác", province=other_province)
    StreamHost.objects.bulk_create([here])  # unheard, or the item would be withdrawn already
    assert "stream_not_approved" in refused(desk, desk.release())


def test_an_approval_of_another_item_does_not_lend_its_address(host, live, desk, province, cluster, administrator):
    other, proof = approve(province, cluster, administrator, streaming(URL + "?b"))
    desk.shown.append((other, proof))
    assert "stream_not_approved" in refused(desk, desk.release())


def test_a_theme_brings_no_stream(host, desk):
    desk.fallback = streaming()
    ThemeApproval.objects.update(scene=desk.fallback.to_json())
    assert "stream_not_approved" in refused(desk, desk.release())


def test_taking_a_server_off_the_list_withdraws_what_shows_it(host, live, desk):
    assert sign_release(desk.release()) == "published"
    host.delete()
    live.refresh_from_db()
    assert live.revoked_at is not None
    assert not Withdrawal.objects.exists(), "its page is gone, so there is nothing else to tell of"
