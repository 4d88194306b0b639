"""The ceremony of a province's root: what makes it count, and everything that does not."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation
from tuf.api.metadata import Metadata, Root

from cms.accounts.models import AuditEntry
from cms.release import keys
from cms.release.keys import ceremony, holders, papers, places, roots, store
from cms.release.keys.ceremony import Wish
from cms.release.keys.papers import Proposal
from cms.release.keys.words import CeremonyError

from .holders import NAMES, PASSPHRASE, Circle

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A passphrase that is tried once need not cost half a second."""
    monkeypatch.setattr(holders, "SCRYPT_N", 16)


@pytest.fixture
def circle(tmp_path: Path) -> Circle:
    return Circle(tmp_path / "stick")


@pytest.fixture
def own(province, keys) -> bytes:
    """The province with the keys that the instance made by itself."""
    return keys


def newest(province) -> Root:
    return Metadata[Root].from_bytes(keys.root_json(province)).signed


def test_three_holders_take_the_root_over_and_two_of_them_change_it(province, own, circle, queues):
    circle.take_over(province)
    root = newest(province)
    assert (root.version, root.roles["root"].threshold) == (2, 2)
    assert [one.name for one in roots.holders(root)] == list(NAMES)
    circle.change(province, days=400)
    assert newest(province).version == 3
    assert [version for version, _ in keys.root_versions(province)] == [1, 2, 3]


def test_each_step_stands_in_the_audit_log_once(province, own, circle, queues):
    circle.take_over(province)
    ceremony.accept(province, [])
    entries = {one.action: one for one in AuditEntry.objects.filter(action__startswith="keys.")}
    assert set(entries) == {"keys.propose", "keys.accept"}
    assert entries["keys.accept"].data["signed_by"][1:] == list(NAMES[:2])
    assert NAMES[2] in entries["keys.accept"].reason
    assert AuditEntry.objects.filter(action="keys.accept").count() == 1


def test_one_signature_is_too_few_and_is_kept_for_the_next(province, own, circle, queues):
    found = ceremony.propose(province, Wish([circle.join(one) for one in NAMES]))
    after = ceremony.accept(province, [circle.sign(NAMES[0], found.paper)])
    assert not after.done
    assert newest(province).version == 1
    assert ceremony.accept(province, [circle.sign(NAMES[2], found.paper)]).done
    assert newest(province).version == 2


def test_the_same_holder_twice_is_still_one(province, own, circle, queues):
    found = ceremony.propose(province, Wish([circle.join(one) for one in NAMES]))
    twice = circle.sign(NAMES[0], found.paper)
    assert not ceremony.accept(province, [twice, replace(twice, holder=NAMES[1])]).done


def test_once_people_hold_the_root_the_server_alone_changes_nothing(province, own, circle, queues):
    circle.take_over(province)
    assert not ceremony.propose(province, Wish(rotate={"timestamp": ""})).done
    assert not ceremony.accept(province, []).done
    assert newest(province).version == 2


def test_somebody_who_holds_no_key_of_this_root_cannot_sign(province, own, circle, queues):
    circle.take_over(province)
    found = ceremony.propose(province, Wish(rotate={"timestamp": ""}))
    circle.join("Người lạ")
    with pytest.raises(CeremonyError, match="not asked to sign"):
        circle.sign("Người lạ", found.paper)
    forged = circle.sign(NAMES[0], found.paper)
    stranger = holders.public_key(circle.keys["Người lạ"].public_key).keyid
    with pytest.raises(CeremonyError, match="holds no key that this proposal asks for"):
        ceremony.accept(province, [replace(forged, keyid=stranger)])
    with pytest.raises(CeremonyError, match="does not hold"):
        ceremony.accept(province, [replace(forged, signature="00" * 64)])
    assert newest(province).version == 2


def test_a_signature_under_an_older_proposal_is_stale(province, own, circle, queues):
    circle.take_over(province)
    first = ceremony.propose(province, Wish(days=300))
    old = circle.sign(NAMES[0], first.paper)
    ceremony.cancel(province)
    ceremony.propose(province, Wish(days=301))
    with pytest.raises(CeremonyError, match="signed another proposal"):
        ceremony.accept(province, [old])


def test_a_second_proposal_waits_until_the_first_is_settled(province, own, circle, queues):
    ceremony.propose(province, Wish(days=300))
    with pytest.raises(CeremonyError, match="keys cancel an_giang"):
        ceremony.propose(province, Wish(days=301))
    ceremony.cancel(province)
    with pytest.raises(CeremonyError, match="No proposal waits"):
        ceremony.cancel(province)


def test_a_proposal_that_was_altered_on_its_way_is_not_signed(province, own, circle, queues):
    found = ceremony.propose(province, Wish([circle.join(one) for one in NAMES]))
    path = found.paper.write(circle.folder)
    value = json.loads(path.read_text())
    value["root"]["signed"]["roles"]["root"]["threshold"] = 1
    path.write_text(json.dumps(value))
    read = papers.read(path)
    assert isinstance(read, Proposal)
    with pytest.raises(CeremonyError, match="changed on its way"):
        holders.sign(read, circle.keys[NAMES[0]], PASSPHRASE)


def test_a_proposal_altered_with_its_check_code_is_caught_by_the_code_and_by_the_server(province, own, circle, queues):
    found = ceremony.propose(province, Wish([circle.join(one) for one in NAMES]))
    value = json.loads(found.paper.to_bytes())
    value["root"]["signed"]["roles"]["root"]["threshold"] = 1
    altered = Metadata[Root].from_dict(json.loads(json.dumps(value["root"])))
    paper = replace(found.paper, root=value["root"], code=roots.code(altered))
    assert paper.code != found.paper.code
    with pytest.raises(CeremonyError, match="changed on its way"):
        ceremony.accept(province, [circle.sign(one, paper) for one in NAMES[:2]])
    assert newest(province).version == 1


@pytest.mark.parametrize("field", ["holder", "province", "public_key"])
def test_a_holders_file_that_was_altered_is_refused(province, own, circle, queues, field):
    other = holders.make("an_giang", "Người lạ", PASSPHRASE)[1]
    values = {"holder": "Người khác", "province": "cao_bang", "public_key": other.public_key}
    with pytest.raises(CeremonyError):
        ceremony.propose(province, Wish([replace(circle.join(NAMES[0]), **{field: values[field]})], threshold=1))
    assert ceremony.pending(province) is None


def test_what_is_no_file_of_the_ceremony_is_named(tmp_path):
    for number, data in enumerate([b"", b"[]", b"{", b'{"kind": "bangtin.proposal", "format": 1}', b"\xff" * 10]):
        path = tmp_path / f"{number}.json"
        path.write_bytes(data)
        with pytest.raises(CeremonyError, match=path.name):
            papers.read(path)
    path.write_text('{"kind": "bangtin.holder", "format": 2}')
    with pytest.raises(CeremonyError, match="another version"):
        papers.read(path)


def test_every_paper_says_in_words_what_it_is_and_comes_back_as_it_was(province, own, circle, queues):
    found = ceremony.propose(province, Wish([circle.join(one) for one in NAMES]))
    for paper in (circle.keys[NAMES[0]], circle.papers[NAMES[0]], found.paper, circle.sign(NAMES[1], found.paper)):
        value = json.loads(paper.to_bytes())
        assert len(value["la_gi"]) > 40
        assert value["la_gi"] != value["what"]
        assert papers.parse(paper.to_bytes(), "x") == paper
    assert found.paper.name == "de-nghi--an_giang--goc-2.json"
    assert circle.keys[NAMES[0]].name == "GIU-KIN--an_giang--truong-phong-cntt.json"


def test_a_holders_key_is_encrypted_and_opens_with_its_passphrase_alone(circle):
    circle.join(NAMES[0])
    key = circle.keys[NAMES[0]]
    assert "BEGIN ENCRYPTED PRIVATE KEY" in key.private_key
    assert holders.unlock(key, PASSPHRASE).public_key.keyid == holders.public_key(key.public_key).keyid
    with pytest.raises(CeremonyError, match="passphrase is wrong"):
        holders.unlock(key, "another passphrase")


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa", "truong phong cntt"])
def test_a_weak_passphrase_is_refused(weak):
    with pytest.raises(CeremonyError, match="too weak"):
        holders.make("an_giang", "Trưởng phòng CNTT", weak)


def test_a_holder_leaves_and_another_one_comes(province, own, circle, queues):
    circle.take_over(province)
    circle.change(province, drop=[NAMES[2]], holders=[circle.join("Phó chánh văn phòng")])
    assert [one.name for one in roots.holders(newest(province))] == [*NAMES[:2], "Phó chánh văn phòng"]
    found = ceremony.propose(province, Wish(days=100))
    with pytest.raises(CeremonyError, match="not asked to sign"):
        circle.sign(NAMES[2], found.paper)


def test_too_few_holders_and_strange_wishes_are_refused(province, own, circle, queues):
    circle.take_over(province)
    for wish, words in (
        (Wish(drop=NAMES[:2]), "1 holders would be left"),
        (Wish(drop=["Người lạ"]), "Holders are"),
        (Wish(threshold=4), "4 signatures"),
        (Wish(days=5), "between 30 and 3650 days"),
        (Wish(rotate={"root": ""}), "no online role"),
        (Wish(holders=[circle.papers[NAMES[0]]]), "in the root already"),
        (Wish(holders=[holders.make("an_giang", NAMES[0], PASSPHRASE)[1]]), "two holders of the name"),
        (Wish(rotate={"timestamp": "ftp://x"}), "Known are"),
    ):
        with pytest.raises(CeremonyError, match=words):
            ceremony.propose(province, wish)
    assert ceremony.pending(province) is None


def test_a_proposal_that_cannot_be_kept_leaves_no_key_behind(province, own, queues):
    folder = store.folder("online", province)
    before = sorted(folder.iterdir())
    with pytest.raises(CeremonyError):
        ceremony.propose(province, Wish(rotate={"timestamp": ""}, threshold=9))
    assert sorted(folder.iterdir()) == before
    ceremony.propose(province, Wish(rotate={"timestamp": ""}))
    assert len(list(folder.iterdir())) == 4
    ceremony.cancel(province)
    assert sorted(folder.iterdir()) == before


def test_a_new_online_key_is_for_its_owners_eyes_alone(province, own, queues):
    ceremony.propose(province, Wish(rotate={"timestamp": ""}))
    for path in store.folder("online", province).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_root_that_ends_before_it_was_accepted_is_not_taken(province, own, circle, queues, monkeypatch):
    ceremony.propose(province, Wish(days=30))
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(int(timedelta(days=31).total_seconds() * 1000)))
    with pytest.raises(CeremonyError, match="ended meanwhile"):
        ceremony.accept(province, [])
    assert newest(province).version == 1


def test_a_root_whose_online_key_is_lost_is_not_taken(province, own, queues):
    ceremony.propose(province, Wish(rotate={"snapshot": ""}))
    next(store.folder("online", province).glob("snapshot-*.pem")).unlink()
    with pytest.raises(CeremonyError, match=r"cannot be used|not the one"):
        ceremony.accept(province, [])
    assert newest(province).version == 1


def test_a_chain_that_was_changed_on_disk_is_named(province, own, circle, queues):
    circle.take_over(province)
    path = store.folder("root", province) / "2.root.json"
    path.write_bytes(path.read_bytes().replace(b'"threshold":2', b'"threshold":1'))
    with pytest.raises(CeremonyError, match="Root 2"):
        ceremony.chain(province)


@pytest.mark.parametrize("write", range(1, 5))
def test_power_that_fails_at_any_write_leaves_the_old_root_or_the_new_and_going_on_finishes_it(
    province, own, circle, queues, monkeypatch, write
):
    """Writes of a change of a key: the new key, the places, the proposal, the proposal with its signatures, the root."""
    circle.take_over(province)

    class PowerCut(Exception):
        pass

    real, left = ceremony.write_atomic, [write]

    def failing(path, data, **options):
        left[0] -= 1
        if left[0] == 0:
            raise PowerCut
        real(path, data, **options)

    for module in (ceremony, store):
        monkeypatch.setattr(module, "write_atomic", failing)

    def change() -> None:
        found = ceremony.propose(province, Wish(rotate={"timestamp": ""}))
        ceremony.accept(province, [circle.sign(one, found.paper) for one in NAMES[:2]])

    with pytest.raises(PowerCut):
        change()
    monkeypatch.undo()
    monkeypatch.setattr(holders, "SCRYPT_N", 16)
    assert newest(province).version == 2
    assert keys.online_signer(province, "timestamp").public_key.keyid in newest(province).roles["timestamp"].keyids
    waiting = ceremony.pending(province) or ceremony.propose(province, Wish(rotate={"timestamp": ""}))
    ceremony.accept(province, [circle.sign(one, waiting.paper) for one in NAMES[:2]])
    assert newest(province).version == 3
    assert keys.online_signer(province, "timestamp").public_key.keyid in newest(province).roles["timestamp"].keyids


def test_power_that_fails_right_after_the_root_is_in_place_is_made_up_by_accepting_again(
    province, own, circle, queues, monkeypatch
):
    found = ceremony.propose(province, Wish([circle.join(one) for one in NAMES]))
    signed = [circle.sign(one, found.paper) for one in NAMES[:2]]
    with monkeypatch.context() as patch:
        patch.setattr(ceremony, "_finish", lambda province: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ceremony.accept(province, signed)
    assert newest(province).version == 2
    assert not AuditEntry.objects.filter(action="keys.accept").exists()
    assert ceremony.accept(province, signed).done
    assert AuditEntry.objects.filter(action="keys.accept").count() == 1


def test_an_online_key_may_lie_in_the_environment(province, own, circle, queues, monkeypatch, tmp_path):
    pem = (store.folder("online", "an_giang") / "targets.pem").read_text()
    monkeypatch.setenv("AN_GIANG_TIMESTAMP", _other_key())
    ceremony.propose(province, Wish(rotate={"timestamp": "envvar:AN_GIANG_TIMESTAMP"}))
    ceremony.accept(province, [])
    signer = keys.online_signer(province, "timestamp")
    assert signer.public_key.keyid == newest(province).roles["timestamp"].keyids[0]
    root = newest(province)
    root.keys[signer.public_key.keyid].verify_signature(signer.sign(b"x"), b"x")
    monkeypatch.setenv("AN_GIANG_TIMESTAMP", pem)
    with pytest.raises(keys.KeysMissing, match="AN_GIANG_TIMESTAMP"):
        keys.online_signer(province, "timestamp").sign(b"x")
    monkeypatch.delenv("AN_GIANG_TIMESTAMP")
    with pytest.raises(keys.KeysMissing, match="AN_GIANG_TIMESTAMP is not set"):
        keys.online_signer(province, "timestamp")
    (tmp_path / "secret").write_text(pem)
    monkeypatch.setenv("AN_GIANG_TARGETS_FILE", str(tmp_path / "secret"))
    assert places.key_at("envvar:AN_GIANG_TARGETS").keyid == newest(province).roles["targets"].keyids[0]


def _other_key() -> str:
    from securesystemslib.signer import CryptoSigner

    return CryptoSigner.generate_ecdsa().private_bytes.decode()


@pytest.mark.parametrize("scheme", sorted(places.NEEDS))
def test_a_key_service_without_its_package_says_which_to_install(scheme):
    uri = f"{scheme}:https://x.vault.azure.net/keys/k" if scheme == "azurekms" else f"{scheme}:2"
    with pytest.raises(CeremonyError, match=f"pip install {places.NEEDS[scheme]}"):
        places.key_at(uri)


def test_keys_that_players_cannot_verify_are_refused(province, own, tmp_path, queues):
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path = tmp_path / "p384.pem"
    key = ec.generate_private_key(ec.SECP384R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(CeremonyError, match="cannot verify"):
        ceremony.propose(province, Wish(rotate={"timestamp": f"file2:{path}"}))


def test_no_paper_for_others_holds_a_private_byte(province, own, circle, queues):
    circle.take_over(province)
    ceremony.propose(province, Wish(rotate={"timestamp": ""}))
    public = [*store.folder("root", province).iterdir(), *(one for one in circle.folder.iterdir())]
    assert len(public) > 5
    for path in public:
        assert b"PRIVATE" not in path.read_bytes()
