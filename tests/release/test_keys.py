"""Keys: one root per province, private files for nobody else's eyes."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from tuf.api.metadata import Metadata, Root

from cms.release import keys


def test_a_province_has_one_root_however_often_and_by_whomever_it_is_asked_for(instance):
    with ThreadPoolExecutor(4) as pool:
        roots = set(pool.map(lambda _: keys.ensure_province_keys("an_giang"), range(8)))
    assert len(roots) == 1
    assert keys.root_json("an_giang") in roots
    assert keys.ensure_province_keys("cao_bang") not in roots


def test_the_root_signs_itself_and_names_a_key_of_its_own_for_each_role(keys_root):
    root = Metadata[Root].from_bytes(keys_root)
    root.signed.verify_delegate("root", root.signed_bytes, root.signatures)
    assert root.signed.consistent_snapshot
    key_ids = [root.signed.roles[role].keyids for role in ("root", "timestamp", "snapshot", "targets")]
    assert all(len(one) == 1 for one in key_ids)
    assert len({one[0] for one in key_ids}) == 4
    assert {key.scheme for key in root.signed.keys.values()} == {"ed25519"}


def test_private_keys_are_readable_by_their_owner_alone(instance, keys_root):
    private = [*(instance / "keys" / "offline").rglob("*.pem"), *(instance / "keys" / "online").rglob("*.pem")]
    assert len(private) == 4
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_without_keys_the_message_says_so(instance):
    with pytest.raises(keys.KeysMissing, match="an_giang"):
        keys.root_json("an_giang")


def test_a_lost_or_foreign_online_key_is_named(instance, keys_root):
    path = instance / "keys" / "online" / "an_giang" / "targets.pem"
    keys.ensure_province_keys("cao_bang")
    path.write_bytes((instance / "keys" / "online" / "cao_bang" / "targets.pem").read_bytes())
    with pytest.raises(keys.KeysMissing, match=r"targets\.pem"):
        keys.online_signer("an_giang", "targets")
    path.unlink()
    with pytest.raises(keys.KeysMissing, match=r"targets\.pem"):
        keys.online_signer("an_giang", "targets")


@pytest.fixture
def keys_root(instance):
    return keys.ensure_province_keys("an_giang")
