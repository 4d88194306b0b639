"""The public tree over HTTP, as the CMS serves it."""

from __future__ import annotations

import gzip

import pytest

from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.store import ContentStore


@pytest.fixture
def published(desk):
    release = desk.release()
    assert sign_release(release) == "published"
    return release


def test_only_the_timestamp_is_asked_for_again(published, client):
    timestamp = client.get("/releases/tinh-bien/metadata/timestamp.json")
    assert timestamp["Cache-Control"] == "public, no-cache"
    again = client.get("/releases/tinh-bien/metadata/timestamp.json", HTTP_IF_NONE_MATCH=timestamp["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    for url in (
        "metadata/1.root.json",
        "metadata/1.snapshot.json",
        "metadata/1.targets.json",
        f"targets/tinh-bien/{published.sha256}.schedule.json",
    ):
        response = client.get(f"/releases/tinh-bien/{url}")
        assert response.status_code == 200
        assert "immutable" in response["Cache-Control"]
        assert response["ETag"]


def test_a_new_timestamp_has_a_new_etag(published, client):
    before = client.get("/releases/tinh-bien/metadata/timestamp.json")["ETag"]
    ClusterRepository("tinh-bien", "an_giang").publish("now", b"{}")
    response = client.get("/releases/tinh-bien/metadata/timestamp.json", HTTP_IF_NONE_MATCH=before)
    assert response.status_code == 200


def test_a_chunk_is_served_by_its_hash_and_never_changes(published, desk, client):
    (digest,) = desk.shown[0][1].assets()
    response = client.get(f"/store/{digest[:2]}/{digest}")
    assert response.content == ContentStore().path(digest).read_bytes()
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/store/{digest[:2]}/{digest}", HTTP_IF_NONE_MATCH=f'"{digest}"').status_code == 304


def test_a_schedule_travels_compressed(published, client):
    url = f"/releases/tinh-bien/targets/tinh-bien/{published.sha256}.schedule.json"
    plain = client.get(url)
    response = client.get(url, HTTP_ACCEPT_ENCODING="gzip")
    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Type"] == "application/json"
    assert gzip.decompress(response.content) == plain.content
    assert response["ETag"] != plain["ETag"], "a strong tag names bytes, not what they mean"
    assert response["Vary"] == plain["Vary"] == "Accept-Encoding"
    again = client.get(url, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=response["ETag"])
    assert again.status_code == 304
    assert again["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=0, *", None),
        ("gzip;q=much", None),
        ("identity", None),
        ("", None),
    ],
)
def test_who_does_not_take_gzip_gets_the_plain_bytes(published, client, accepted, encoding):
    url = f"/releases/tinh-bien/targets/tinh-bien/{published.sha256}.schedule.json"
    assert client.get(url, HTTP_ACCEPT_ENCODING=accepted).get("Content-Encoding") == encoding


def test_a_schedule_is_compressed_better_than_gzip_does(published):
    path = ClusterRepository("tinh-bien", "an_giang").root / f"targets/tinh-bien/{published.sha256}.schedule.json"
    small = path.with_name(f"{path.name}.gz").read_bytes()
    assert gzip.decompress(small) == path.read_bytes()
    assert len(small) <= len(gzip.compress(path.read_bytes(), 9))


def test_a_head_says_what_a_get_would_without_the_body(published, desk, client):
    (digest,) = desk.shown[0][1].assets()
    for url in (f"/store/{digest[:2]}/{digest}", "/releases/tinh-bien/metadata/timestamp.json"):
        whole, head = client.get(url), client.head(url)
        assert head.status_code == 200
        assert head.content == b""
        names = ("Content-Length", "Content-Type", "ETag", "Cache-Control")
        assert [head[name] for name in names] == [whole[name] for name in names]
        assert int(head["Content-Length"]) == len(whole.content)


def test_a_public_file_is_the_same_for_every_visitor(published, client, administrator):
    """Neither a cookie nor a language, which would keep a CDN from sharing it."""
    client.force_login(administrator)
    response = client.get("/releases/tinh-bien/metadata/timestamp.json", HTTP_ACCEPT_LANGUAGE="en")
    assert response.get("Vary") == "Accept-Encoding"
    assert not response.cookies
    assert "Content-Language" not in response
    assert response["X-Content-Type-Options"] == "nosniff"


def test_no_cache_remembers_what_is_not_there_yet(published, client):
    response = client.get("/releases/tinh-bien/metadata/2.root.json")
    assert response.status_code == 404
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/store/ab/" + "a" * 64,
        "/store/../keys/" + "a" * 64,
        "/releases/tinh-bien/metadata/2.root.json",
        "/releases/tinh-bien/metadata/../../../keys/secret_key",
        "/releases/tinh-bien/metadata/%2e%2e/%2e%2e/%2e%2e/keys/secret_key",
        "/releases/../keys/metadata/timestamp.json",
        "/releases/nowhere/metadata/timestamp.json",
        "/releases/tinh-bien/targets/ta-lung/" + "a" * 64 + ".schedule.json",
        "/releases/tinh-bien/metadata/",
    ],
)
def test_nothing_else_is_found(published, client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "immutable" not in response.headers.get("Cache-Control", "")


def test_it_is_for_reading_only(published, client):
    for method in (client.post, client.put, client.delete):
        assert method("/releases/tinh-bien/metadata/timestamp.json").status_code == 405


def test_an_asset_that_no_release_carries_is_not_public(published, client):
    from .made import put_asset

    digest = put_asset(b"not approved yet")
    assert client.get(f"/store/{digest[:2]}/{digest}").status_code == 404


def test_a_root_that_does_not_exist_yet_is_no_news_but_a_missing_chunk_is(published, client, caplog):
    client.get("/releases/tinh-bien/metadata/2.root.json")
    assert not caplog.records
    client.get("/store/ab/ab" + "a" * 62)
    assert "/store/ab/" in caplog.text
