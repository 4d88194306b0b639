"""The demo's releases over the wire of `bangtin up`, read by a client that is not ours."""

from __future__ import annotations

import hashlib
import http.client
import json
from pathlib import Path

import pytest
from tuf.ngclient import Updater

from tests.e2e.instance import Instance

CLUSTERS = {"tinh-bien": "an_giang", "ta-lung": "cao_bang", "huu-nghi": "lang_son"}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_python_tuf_verifies_a_demo_cluster_from_the_running_cms(
    instance: Instance, tmp_path: Path, cluster: str
) -> None:
    base = f"{instance.url}/releases/{cluster}/"
    for name in ("metadata", "targets"):
        (tmp_path / name).mkdir()
    roots = sorted((instance.data / "keys" / "root" / CLUSTERS[cluster]).glob("*.root.json"))
    updater = Updater(
        str(tmp_path / "metadata"),
        f"{base}metadata/",
        str(tmp_path / "targets"),
        f"{base}targets/",
        bootstrap=roots[0].read_bytes(),
    )
    info = updater.get_targetinfo(f"{cluster}/schedule.json")
    assert info is not None
    schedule = json.loads(Path(updater.download_target(info)).read_bytes())
    assert schedule["cluster"] == cluster
    assert len(schedule["assets"]) > 10
    for digest, asset in list(schedule["assets"].items())[:20]:
        name = asset.get("manifest", digest)
        assert hashlib.sha256(get(instance, f"/store/{name[:2]}/{name}")).hexdigest() == name


def test_the_running_cms_answers_a_head_without_a_body(instance: Instance) -> None:
    path = "/releases/tinh-bien/metadata/timestamp.json"
    body, headers = ask(instance, "HEAD", path)
    assert body == b""
    assert headers["cache-control"] == "public, no-cache"
    assert int(headers["content-length"]) == len(get(instance, path))


def get(instance: Instance, path: str) -> bytes:
    return ask(instance, "GET", path)[0]


def ask(instance: Instance, method: str, path: str) -> tuple[bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("localhost", instance.port, timeout=30)
    connection.request(method, path)
    answer = connection.getresponse()
    assert answer.status == 200
    body = answer.read()
    connection.close()
    return body, {name.lower(): value for name, value in answer.getheaders()}
