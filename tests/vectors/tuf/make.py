"""Writes `vectors.json` and `delegations.json`: stories of a TUF repository, made by python-tuf, that a client must follow or refuse.

A story is a list of steps; at each the repository has the given files (text by name) and the client refreshes at `now`
(UTC milliseconds). `expect` is the version of the targets it then trusts, or `[file, reason]` of the refusal, or `"missing"`; `finds` says
for paths which role speaks for them. Files are named by their number in `texts`, since most stay the same from step to step.

Run it when a story is added: `python tests/vectors/tuf/make.py`. Keys are made from fixed seeds; ECDSA and RSA signatures
differ from run to run.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import delegations
import edges  # noqa: F401 – tells stories
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from repository import CLUSTER, MANY, NOW, STORIES, Repository, Step, ed25519, flip, ms, step, story
from securesystemslib.signer import CryptoSigner, Signer


@story
def a_release_and_the_next() -> tuple[str, list[Step]]:
    one = Repository()
    steps = [step(one, 1), step(one, 1)]
    one.publish()
    return one.files["1.root.json"], [*steps, step(one, 2)]


@story
def all_three_kinds_of_keys() -> tuple[str, list[Step]]:
    keys: dict[str, list[Signer]] = {
        "root": [ed25519("root"), CryptoSigner(ec.generate_private_key(ec.SECP256R1()))],
        "timestamp": [CryptoSigner(ec.generate_private_key(ec.SECP256R1()))],
        "snapshot": [CryptoSigner(rsa.generate_private_key(public_exponent=65537, key_size=2048))],
        "targets": [ed25519("targets")],
    }
    one = Repository(keys=keys)
    return one.files["1.root.json"], [step(one, 1)]


@story
def one_character_changed_in_the_timestamp() -> tuple[str, list[Step]]:
    one = Repository()
    bad = flip(one.files["timestamp.json"], '"expires": "', "7", "8")
    return one.files["1.root.json"], [step(one, ["timestamp.json", "signature"], timestamp__json=bad), step(one, 1)]


@story
def one_character_changed_in_the_snapshot() -> tuple[str, list[Step]]:
    one = Repository()
    bad = flip(one.files["1.snapshot.json"], '"version"', "1", "2")
    return one.files["1.root.json"], [step(one, ["snapshot.json", "hash"], v1__snapshot__json=bad), step(one, 1)]


@story
def one_character_changed_in_the_targets() -> tuple[str, list[Step]]:
    one = Repository()
    bad = flip(one.files["1.targets.json"], '"sha256": "', "4", "5")
    return one.files["1.root.json"], [step(one, ["targets.json", "hash"], v1__targets__json=bad), step(one, 1)]


@story
def not_even_json() -> tuple[str, list[Step]]:
    one = Repository()
    return one.files["1.root.json"], [step(one, ["timestamp.json", "format"], timestamp__json="{"), step(one, 1)]


@story
def an_older_timestamp_is_a_rollback() -> tuple[str, list[Step]]:
    one = Repository()
    old = one.files["timestamp.json"]
    one.publish()
    steps = [step(one, 2), step(one, ["timestamp.json", "version"], timestamp__json=old), step(one, 2)]
    return one.files["1.root.json"], steps


@story
def a_new_timestamp_with_an_older_snapshot_is_a_rollback() -> tuple[str, list[Step]]:
    one = Repository()
    one.publish()
    steps = [step(one, 2)]
    one.versions["snapshot"] = 1
    one.publish(only=("timestamp",))
    return one.files["1.root.json"], [*steps, step(one, ["timestamp.json", "version"])]


@story
def a_new_snapshot_with_older_targets_is_a_rollback() -> tuple[str, list[Step]]:
    one = Repository()
    one.publish()
    steps = [step(one, 2)]
    one.versions["targets"] = 1
    one.publish(only=("snapshot", "timestamp"))
    return one.files["1.root.json"], [*steps, step(one, ["snapshot.json", "version"])]


@story
def an_expired_timestamp_is_refused_and_a_new_one_taken() -> tuple[str, list[Step]]:
    one = Repository()
    later = NOW + timedelta(days=4)
    steps = [step(one, 1), step(one, ["timestamp.json", "expired"], now=later)]
    one.days["timestamp"] = 9
    one.publish(only=("timestamp",))
    return one.files["1.root.json"], [*steps, step(one, 1, now=later)]


@story
def a_frozen_timestamp_expires_although_nothing_changes() -> tuple[str, list[Step]]:
    one = Repository()
    just_before, just_after = NOW + timedelta(days=3, seconds=-1), NOW + timedelta(days=3)
    return one.files["1.root.json"], [
        step(one, 1),
        step(one, 1, now=just_before),
        step(one, ["timestamp.json", "expired"], now=just_after),
    ]


@story
def an_expired_root_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    return one.files["1.root.json"], [step(one, ["root.json", "expired"], now=NOW + timedelta(days=366))]


@story
def another_cluster_with_the_same_keys_is_refused_and_poisons_nothing() -> tuple[str, list[Step]]:
    one, other = Repository(), Repository("ta-lung")
    for _ in range(5):
        other.publish()
    foreign = {"files": other.files, "now": ms(NOW), "expect": ["timestamp.json", "cluster"]}
    return one.files["1.root.json"], [step(one, 1), foreign, step(one, 1)]


@story
def another_clusters_targets_in_ours_are_refused() -> tuple[str, list[Step]]:
    one, other = Repository(), Repository("ta-lung")
    one.files["1.targets.json"] = other.files["1.targets.json"]
    one.publish(only=("snapshot", "timestamp"))
    return one.files["1.root.json"], [step(one, ["targets.json", "cluster"])]


@story
def mixed_snapshots_are_refused() -> tuple[str, list[Step]]:
    one = Repository()
    old = one.files["1.snapshot.json"]
    one.publish()
    return one.files["1.root.json"], [step(one, ["snapshot.json", "hash"], v2__snapshot__json=old), step(one, 2)]


@story
def a_missing_snapshot_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    return one.files["1.root.json"], [step(one, ["snapshot.json", "missing"], v1__snapshot__json=None), step(one, 1)]


@story
def nothing_published_yet() -> tuple[str, list[Step]]:
    one = Repository()
    return one.files["1.root.json"], [step(one, "missing", timestamp__json=None), step(one, 1)]


@story
def a_timestamp_that_does_not_end_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    endless = one.files["timestamp.json"] + " " * 20_000
    return one.files["1.root.json"], [step(one, ["timestamp.json", "length"], timestamp__json=endless), step(one, 1)]


@story
def one_signature_of_two_is_not_a_root() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    one.root()
    root = json.loads(one.files["2.root.json"])
    root["signatures"] = root["signatures"][:1]
    one.files["2.root.json"] = json.dumps(root)
    one.publish()
    return pinned, [*steps, step(one, ["root.json", "signature"])]


@story
def the_root_rotates_its_own_keys() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    before = one.keys["root"]
    one.keys["root"] = [ed25519(f"next root {n}") for n in range(3)]
    one.root(also=before)
    one.root()
    one.publish()
    return pinned, [*steps, step(one, 2)]


@story
def a_root_that_its_predecessor_did_not_sign_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    one.keys["root"] = [ed25519(f"stranger {n}") for n in range(3)]
    one.root()
    one.publish()
    return pinned, [*steps, step(one, ["root.json", "signature"])]


@story
def a_root_that_skips_a_version_is_refused() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    one.versions["root"] = 2
    one.root()
    one.files["2.root.json"] = one.files.pop("3.root.json")
    one.publish()
    return pinned, [*steps, step(one, ["root.json", "version"])]


@story
def a_stolen_timestamp_key_is_replaced_and_its_high_versions_forgotten() -> tuple[str, list[Step]]:
    one = Repository()
    pinned = one.files["1.root.json"]
    one.versions["timestamp"] = 1000
    one.publish()
    steps = [step(one, 2)]
    one.keys["timestamp"] = [ed25519("new timestamp")]
    one.root()
    one.versions["timestamp"] = 1
    one.publish()
    return pinned, [*steps, step(one, 3)]


@story
def what_the_old_timestamp_key_signs_no_longer_counts() -> tuple[str, list[Step]]:
    one = Repository()
    pinned, steps = one.files["1.root.json"], [step(one, 1)]
    stolen = one.keys["timestamp"]
    one.keys["timestamp"] = [ed25519("new timestamp")]
    one.root()
    one.keys["timestamp"] = stolen
    one.publish()
    return pinned, [*steps, step(one, ["timestamp.json", "signature"])]


@story
def metadata_in_many_languages() -> tuple[str, list[Step]]:
    one = Repository(MANY)
    return one.files["1.root.json"], [step(one, 1)]


def main() -> None:
    stories, texts = [], list[str]()

    def number(text: str) -> int:
        if text not in texts:
            texts.append(text)
        return texts.index(text)

    for name, make in STORIES.items():
        pinned, steps = make()
        cluster = MANY if "languages" in name else CLUSTER
        for one in steps:
            one["files"] = {file: number(text) for file, text in one["files"].items()}
        stories.append({"name": name, "cluster": cluster, "root": number(pinned), "steps": steps})
    text = json.dumps({"texts": texts, "stories": stories}, ensure_ascii=True, indent=1)
    Path(__file__).with_name("vectors.json").write_text(text + "\n", encoding="utf-8")
    said = {"patterns": delegations.patterns(), "bins": delegations.bins()}
    Path(__file__).with_name("delegations.json").write_text(json.dumps(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
