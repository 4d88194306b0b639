"""Stories of delegations, and what python-tuf says of path patterns and hash bins."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from repository import NOW, Repository, Step, ed25519, step, story
from securesystemslib.signer import Signer
from tuf.api.metadata import DelegatedRole, Delegations, SuccinctRoles, TargetFile, Targets


class Graph(Repository):
    """A repository whose targets delegate. Each role signs with a key of its own name and speaks for `<role>.txt` in its own words."""

    def delegate(self, by: str, to: str, *paths: str, ends: bool = False, prefixes: list[str] | None = None) -> Targets:
        """`by` delegates paths to `to`, which gets metadata of its own if it has none."""
        role = DelegatedRole(to, [], 1, ends, None if prefixes else list(paths), prefixes)
        known = self.delegations if by == "targets" else self.delegated[by][0].delegations
        if known is None:
            known = Delegations({}, {})
        assert known.roles is not None
        known.roles[to] = role
        key = ed25519(f"delegated {to}").public_key
        role.keyids.append(key.keyid)
        known.keys[key.keyid] = key
        if by == "targets":
            self.delegations = known
        else:
            self.delegated[by][0].delegations = known
        return self.role(to, [ed25519(f"delegated {to}")])

    def role(self, name: str, signers: list[Signer]) -> Targets:
        targets, _ = self.delegated.setdefault(name, (Targets(1, expires=NOW + timedelta(days=30)), signers))
        return targets

    def offer(self, name: str, *paths: str) -> None:
        for path in paths:
            self.delegated[name][0].targets[path] = TargetFile.from_data(path, f"{path} by {name}".encode(), ["sha256"])


def told(graph: Graph, **finds: Any) -> tuple[str, list[Step]]:
    graph.publish()
    return graph.files["1.root.json"], [
        step(graph, 2, finds={path.replace("__", "."): one for path, one in finds.items()})
    ]


@story
def delegations_are_searched_depth_first_in_their_order() -> tuple[str, list[Step]]:
    graph = Graph()
    graph.delegate("targets", "first", "*.txt")
    graph.delegate("first", "deep", "a.*")
    graph.delegate("targets", "second", "*.txt")
    graph.offer("deep", "a.txt", "b.txt")
    graph.offer("second", "a.txt", "b.txt", "c.png")
    return told(graph, a__txt="deep", b__txt="second", c__png=None)


@story
def a_terminating_delegation_ends_the_search() -> tuple[str, list[Step]]:
    graph = Graph()
    graph.delegate("targets", "first", "a*", ends=True)
    graph.delegate("targets", "second", "*")
    graph.offer("second", "a.txt", "b.txt")
    return told(graph, a__txt=None, b__txt="second")


@story
def a_circle_of_delegations_is_walked_once() -> tuple[str, list[Step]]:
    graph = Graph()
    graph.delegate("targets", "first", "*")
    graph.delegate("first", "second", "*")
    graph.delegate("second", "first", "*")
    return told(graph, a__txt=None)


@story
def a_chain_of_delegations_without_end_is_left() -> tuple[str, list[Step]]:
    graph = Graph()
    last = "targets"
    for number in range(40):
        graph.delegate(last, f"role {number}", "*")
        last = f"role {number}"
    graph.offer("role 30", "near.txt")
    graph.offer("role 39", "far.txt")
    return told(graph, near__txt="role 30", far__txt=None)


@story
def delegations_by_the_hash_of_the_path() -> tuple[str, list[Step]]:
    graph = Graph()
    graph.delegate("targets", "low", prefixes=[f"{n:x}" for n in range(8)])
    graph.delegate("targets", "high", prefixes=[f"{n:x}" for n in range(8, 16)])
    for name in ("low", "high"):
        graph.offer(name, "a.txt", "b.txt", "c.txt", "d.txt")
    finds: dict[str, Any] = {}
    assert graph.delegations
    for path in ("a.txt", "b.txt", "c.txt", "d.txt"):
        finds[path.replace(".", "__")] = next(iter(graph.delegations.get_roles_for_target(path)))[0]
    return told(graph, **finds)


@story
def delegations_to_hash_bins() -> tuple[str, list[Step]]:
    graph = Graph()
    signer = ed25519("bins")
    succinct = SuccinctRoles([], 1, 3, "bin")
    graph.delegations = Delegations({}, None, succinct)
    succinct.keyids.append(signer.public_key.keyid)
    graph.delegations.keys[signer.public_key.keyid] = signer.public_key
    for name in succinct.get_roles():
        graph.role(name, [signer])
    finds: dict[str, Any] = {"e__txt": None}
    for path in ("a.txt", "b.txt", "c.txt"):
        name = succinct.get_role_for_target(path)
        graph.offer(name, path)
        finds[path.replace(".", "__")] = name
    return told(graph, **finds)


@story
def names_of_roles_cannot_leave_their_folder() -> tuple[str, list[Step]]:
    graph = Graph()
    names = ["../up", "/root", "?query", "#fragment", "2.root", "%2e%2e", "a'(b)*!", "ký tự"]
    for name in names:
        graph.delegate("targets", name, f"{names.index(name)}.txt")
        graph.offer(name, f"{names.index(name)}.txt")
    return told(graph, **{f"{number}__txt": name for number, name in enumerate(names)})


@story
def a_role_is_verified_through_whoever_delegates_to_it_now() -> tuple[str, list[Step]]:
    graph = Graph()
    graph.delegate("targets", "mother", "a*")
    graph.delegate("targets", "father", "b*")
    graph.delegate("mother", "child", "a*")
    graph.delegate("father", "child", "b*")
    other = ed25519("somebody else").public_key
    known = graph.delegated["father"][0].delegations
    assert known
    assert known.roles
    known.keys[other.keyid] = other
    known.roles["child"].keyids = [other.keyid]
    graph.offer("child", "a.txt", "b.txt")
    return told(graph, a__txt="child", b__txt=["child.json", "signature"])


@story
def delegated_metadata_that_do_not_hold_end_the_search() -> tuple[str, list[Step]]:
    graph = Graph()
    for name in ("absent", "old", "rolled"):
        graph.delegate("targets", name, f"{name}*")
        graph.offer(name, f"{name}.txt")
    graph.delegated["old"][0].expires = NOW - timedelta(seconds=1)
    graph.publish()
    stale = graph.files["1.rolled.json"]
    graph.delegated["rolled"][0].version = 2
    graph.publish()
    finds = {
        "absent.txt": ["absent.json", "missing"],
        "old.txt": ["old.json", "expired"],
        "rolled.txt": ["rolled.json", "version"],
    }
    changed = {"v1__absent__json": None, "v2__rolled__json": stale}
    return graph.files["1.root.json"], [step(graph, 3, finds=finds, **changed)]


@story
def a_delegated_role_that_the_snapshot_does_not_name_does_not_count() -> tuple[str, list[Step]]:
    graph = Graph()
    graph.delegate("targets", "first", "*")
    graph.offer("first", "a.txt")
    graph.publish(only=("targets",))
    del graph.delegated["first"]
    graph.publish(only=("snapshot", "timestamp"))
    return graph.files["1.root.json"], [step(graph, 2, finds={"a.txt": ["snapshot.json", "format"]})]


@story
def another_clusters_delegated_metadata_are_refused() -> tuple[str, list[Step]]:
    graph, other = Graph(), Graph("ta-lung")
    for one in (graph, other):
        one.delegate("targets", "first", "*")
        one.offer("first", "a.txt")
        one.publish()
    changed = {"v1__first__json": other.files["1.first.json"]}
    return graph.files["1.root.json"], [step(graph, 2, finds={"a.txt": ["first.json", "cluster"]}, **changed)]


def patterns() -> list[list[Any]]:
    """Path, pattern and whether python-tuf lets the one cover the other."""
    draw = random.Random(5)  # noqa: S311 – the same patterns every time
    known = [
        ("a.txt", "*.txt"), ("a/b.txt", "*.txt"), ("a/b.txt", "*/*.txt"), ("A.txt", "a.txt"), (".a", "*"), ("", ""), ("", "*"), ("a", ""),
        ("a/", "a/*"), ("a", "a/*"), ("[", "[[]"), ("]", "[]]"), ("a", "[!]]"), ("-", "[a-]"), ("[a", "[a"), ("b", "[a-c]"), ("d", "[!a-c]"),
        ("\U0001f600", "?"), ("cửa khẩu", "cửa*"), ("a.b", "a?b"), ("a" * 60, "*a" * 20 + "b"), ("x\\y", "x\\y"), ("a+b(c)", "a+b(c)"),
    ]  # fmt: skip
    letters = "ab./[]!-*?"
    while len(known) < 500:
        path = "".join(draw.choices("aab./-]", k=draw.randrange(5)))
        pattern = "".join(draw.choices(letters, k=draw.randrange(6)))
        known.append((path, pattern))
    return [[path, pattern, DelegatedRole._is_target_in_pathpattern(path, pattern)] for path, pattern in known]


def bins() -> list[list[Any]]:
    """Bits, path and python-tuf's bin."""
    found = []
    for bits in (1, 3, 4, 5, 8, 10, 16, 31, 32):
        for path in ("a.txt", "tinh-bien/schedule.json", "ký tự"):
            found.append([bits, path, SuccinctRoles([], 1, bits, "bin").get_role_for_target(path)])
    return found
