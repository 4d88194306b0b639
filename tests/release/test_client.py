"""A client of TUF that is not ours, against the running CMS. In a file of its own: a live server's tests empty the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from tuf.ngclient import Updater

from cms.release.keys import root_json
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_tuf_client_verifies_a_cluster_from_the_running_cms(desk, live_server, tmp_path):
    assert sign_release(desk.release()) == "published"
    base = f"{live_server.url}/releases/tinh-bien/"
    (tmp_path / "metadata").mkdir()
    (tmp_path / "targets").mkdir()
    updater = Updater(
        str(tmp_path / "metadata"),
        f"{base}metadata/",
        str(tmp_path / "targets"),
        f"{base}targets/",
        bootstrap=root_json("an_giang"),
    )
    info = updater.get_targetinfo("tinh-bien/schedule.json")
    data = Path(updater.download_target(info)).read_bytes()
    assert data == ClusterRepository("tinh-bien", "an_giang").read_target("schedule")
    assert updater.get_targetinfo("vinh-xuong/schedule.json") is None
