"""Stories at the edges of the specification: other forms of repositories, fields, keys and thresholds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from repository import NOW, Repository, Step, ed25519, step, story
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Signer
from tuf.api.metadata import Metadata
from tuf.api.serialization.json import JSONSerializer


def altered(text: str, signer: Signer, change: Callable[[dict[str, Any]], object]) -> str:
    """Metadata with a change that python-tuf would not make, signed by one key as they then are."""
    document = json.loads(text)
    change(document["signed"])
    signature = signer.sign(str(encode_canonical(document["signed"])).encode())
    document["signatures"] = [{"keyid": signature.keyid, "sig": signature.signature}]
    return json.dumps(document)


@story
def a_repository_without_consistent_snapshots() -> tuple[str, list[Step]]:
    one = Repository(consistent=False)
    steps = [step(one, 1)]
    old = one.files["targets.json"]
    one.publish()
    steps += [step(one, ["targets.json", "hash"], targets__json=old), step(one, 2)]
    return one.files["1.root.json"], steps


@story
def unknown_fields_are_signed_and_otherwise_mean_nothing() -> tuple[str, list[Step]]:
    one = Repository()

    def more(signed: dict[str, Any]) -> None:
        signed["x-note"] = {"vi": "đã ký", "__proto__": [None, True, -1, {"": '\u0001\\"'}], "constructor": 2**53 - 1}
        signed["meta"]["snapshot.json"]["x-more"] = []

    text = altered(one.files["timestamp.json"], one.keys["timestamp"][0], more)
    return one.files["1.root.json"], [step(one, 1, timestamp__json=text)]


@story
def a_key_of_an_unknown_kind_beside_a_known_one_is_no_obstacle() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    stranger = ed25519("post-quantum").public_key
    stranger.keytype, stranger.scheme = "sphincs", "sphincs-shake-256s"
    metadata = Metadata.from_bytes(one.files["1.root.json"].encode())
    metadata.signed.version = 2
    metadata.signed.add_key(stranger, "timestamp")
    metadata.signatures.clear()
    for signer in one.keys["root"]:
        metadata.sign(signer, append=True)
    one.files["2.root.json"] = metadata.to_bytes(JSONSerializer()).decode()
    one.publish()
    return pinned, [*steps, step(one, 2)]


@story
def one_key_under_two_names_is_one_signature() -> tuple[str, list[Step]]:
    one = Repository()
    pinned = one.files["1.root.json"]
    signer = one.keys["timestamp"][0]
    document = json.loads(one.files["1.root.json"])["signed"]
    document["version"] = 2
    (keyid,) = document["roles"]["timestamp"]["keyids"]
    document["keys"]["twin"] = {**document["keys"][keyid], "x-twin": True}
    document["roles"]["timestamp"] = {"keyids": [keyid, "twin"], "threshold": 2}
    metadata = Metadata.from_dict({"signed": document, "signatures": []})
    for root in one.keys["root"]:
        metadata.sign(root, append=True)
    one.files["2.root.json"] = metadata.to_bytes(JSONSerializer()).decode()
    one.publish()
    timestamp = json.loads(one.files["timestamp.json"])
    timestamp["signatures"].append({"keyid": "twin", "sig": timestamp["signatures"][0]["sig"]})
    assert signer.public_key.keyid == keyid
    return pinned, [step(one, ["timestamp.json", "signature"], timestamp__json=json.dumps(timestamp))]


@story
def a_signature_that_stands_twice_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    timestamp = json.loads(one.files["timestamp.json"])
    timestamp["signatures"] *= 2
    return one.files["1.root.json"], [step(one, ["timestamp.json", "format"], timestamp__json=json.dumps(timestamp))]


@story
def a_later_specification_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    key = one.keys["timestamp"][0]
    later = altered(one.files["timestamp.json"], key, lambda signed: signed.update(spec_version="2.0.0"))
    return one.files["1.root.json"], [step(one, ["timestamp.json", "format"], timestamp__json=later), step(one, 1)]


@story
def lengths_are_exact() -> tuple[str, list[Step]]:
    one = Repository()
    key, length = one.keys["timestamp"][0], len(one.files["1.snapshot.json"].encode())

    def stating(number: int) -> str:
        def change(signed: dict[str, Any]) -> None:
            signed["meta"]["snapshot.json"]["length"] = number
            del signed["meta"]["snapshot.json"]["hashes"]

        return altered(one.files["timestamp.json"], key, change)

    return one.files["1.root.json"], [
        step(one, ["snapshot.json", "length"], timestamp__json=stating(length - 1)),
        step(one, ["snapshot.json", "length"], timestamp__json=stating(length + 1)),
        step(one, ["snapshot.json", "length"], timestamp__json=stating(2**53 - 1)),
    ]


@story
def a_hash_that_nobody_knows_is_refused() -> tuple[str, list[Step]]:
    one = Repository()

    def change(signed: dict[str, Any]) -> None:
        signed["meta"]["snapshot.json"]["hashes"] = {"constructor": "00"}

    text = altered(one.files["timestamp.json"], one.keys["timestamp"][0], change)
    return one.files["1.root.json"], [step(one, ["snapshot.json", "hash"], timestamp__json=text)]


@story
def a_snapshot_of_the_same_number_with_other_bytes_is_fetched_anew() -> tuple[str, list[Step]]:
    one = Repository()
    steps = [step(one, 1)]
    one.publish(only=("targets",))
    one.versions["snapshot"] = 0
    one.publish(only=("snapshot", "timestamp"))
    return one.files["1.root.json"], [*steps, step(one, 2)]


@story
def a_fast_forwarded_snapshot_is_forgotten_with_its_key() -> tuple[str, list[Step]]:
    one = Repository()
    pinned = one.files["1.root.json"]
    one.versions["targets"] = one.versions["snapshot"] = 900
    one.publish()
    steps = [step(one, 901)]
    one.keys["snapshot"] = [ed25519("new snapshot")]
    one.root()
    one.versions["targets"] = one.versions["snapshot"] = 1
    one.publish()
    return pinned, [*steps, step(one, 2)]


@story
def without_a_new_key_no_version_goes_back() -> tuple[str, list[Step]]:
    one = Repository()
    pinned = one.files["1.root.json"]
    one.versions["targets"] = one.versions["snapshot"] = 900
    one.publish()
    steps = [step(one, 901)]
    one.root()
    one.versions["targets"] = one.versions["snapshot"] = 1
    one.publish()
    return pinned, [*steps, step(one, ["timestamp.json", "version"])]


@story
def a_new_root_helps_even_when_everything_else_has_ended() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    later = NOW + timedelta(days=700)
    steps.append(step(one, ["root.json", "expired"], now=later))
    one.days = {"root": 1000, "timestamp": 703, "snapshot": 730, "targets": 790}
    one.root()
    one.publish()
    return pinned, [*steps, step(one, 2, now=later)]
