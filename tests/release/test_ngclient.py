"""A client of TUF that is not ours, against the running CMS over HTTP. In a file of its own: a live server's tests empty the
database."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tuf.api.exceptions import RepositoryError
from tuf.ngclient import Updater

from cms.release.keys import root_json
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.schedule.format import CHUNK_BYTES

from .made import approve, put_asset, scene_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def updater(home: Path, url: str, cluster: str = "tinh-bien") -> Updater:
    for name in ("metadata", "targets"):
        (home / name).mkdir(parents=True, exist_ok=True)
    base = f"{url}/releases/{cluster}/"
    return Updater(
        str(home / "metadata"),
        f"{base}metadata/",
        str(home / "targets"),
        f"{base}targets/",
        bootstrap=root_json("an_giang"),
    )


def test_python_tuf_verifies_a_clusters_release_and_every_chunk_of_it(
    desk, province, cluster, administrator, live_server, tmp_path
):
    film = put_asset(os.urandom(CHUNK_BYTES + 1000), "video/mp4")
    desk.shown.append(approve(province, cluster, administrator, scene_of(film, kind="video")))
    assert sign_release(desk.release()) == "published"
    client = updater(tmp_path, live_server.url)
    info = client.get_targetinfo("tinh-bien/schedule.json")
    data = Path(client.download_target(info)).read_bytes()
    assert data == ClusterRepository("tinh-bien", "an_giang").read_target("schedule")
    assert client.get_targetinfo("vinh-xuong/schedule.json") is None
    for digest, asset in json.loads(data)["assets"].items():
        names = [digest]
        if "manifest" in asset:
            manifest = asset["manifest"]
            assert digest_of(fetch(live_server.url, f"/store/{manifest[:2]}/{manifest}")) == manifest
            names = json.loads(fetch(live_server.url, f"/store/{manifest[:2]}/{manifest}"))["chunks"]
        for name in names:
            assert digest_of(fetch(live_server.url, f"/store/{name[:2]}/{name}")) == name
    again = updater(tmp_path, live_server.url)
    ClusterRepository("tinh-bien", "an_giang").publish("now", b'{"n":1}')
    assert Path(again.download_target(again.get_targetinfo("tinh-bien/now.json"))).read_bytes() == b'{"n":1}'


def test_python_tuf_refuses_what_was_changed_on_the_way(desk, live_server, tmp_path):
    assert sign_release(desk.release()) == "published"
    repository = ClusterRepository("tinh-bien", "an_giang")
    path = next(one for one in repository.named_files() if one.name.endswith(".targets.json"))
    path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":2'))
    with pytest.raises(RepositoryError):
        updater(tmp_path, live_server.url).get_targetinfo("tinh-bien/schedule.json")


def test_over_the_wire_a_head_has_no_body_and_a_schedule_comes_compressed(desk, live_server):
    release = desk.release()
    assert sign_release(release) == "published"
    host = urlsplit(live_server.url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=10)
    path = f"/releases/tinh-bien/targets/tinh-bien/{release.sha256}.schedule.json"
    connection.request("HEAD", path, headers={"Accept-Encoding": "gzip"})
    head = connection.getresponse()
    assert head.read() == b""
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert head.getheader("Content-Length") == str(len(body))
    assert head.getheader("ETag") == answer.getheader("ETag")
    assert digest_of(gzip.decompress(body)) == release.sha256
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.getheader("ETag")})
    unchanged = connection.getresponse()
    assert (unchanged.status, unchanged.read()) == (304, b"")
    connection.close()


def fetch(url: str, path: str) -> bytes:
    host = urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    data = answer.read()
    assert answer.status == 200
    assert len(data) <= CHUNK_BYTES
    connection.close()
    return data


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
