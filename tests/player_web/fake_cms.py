"""A CMS in miniature that answers a player as the real one does: pairing, reports, a TUF repository made by python-tuf, a
content store. It fakes the port, not the cryptography: signatures of reports are checked by `cms.players.keys`.
"""

from __future__ import annotations

import hashlib
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, Signer
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from cms.players import keys
from cms.players.qr import rows
from cms.players.web import TYPES, read
from tests.player_web.fake_http import Handler as _Handler

PLAYER = Path(__file__).parents[2] / "player_web"
CHUNK = 1024 * 1024
ROLES = ("root", "timestamp", "snapshot", "targets")


def _signer(name: str) -> Signer:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


class FakeCms:
    """`files` is the public tree by path; answers for paths in `held` wait for their event. Somebody on the line may put other
    bytes in their place or nothing (`line`), or have them come in pieces and without a length (`streams`). `start()` and `stop()` like a
    machine's power; what it heard stays."""

    def __init__(self, cluster: str = "tinh-bien", controller: str = "tinh-bien-1", *, poll_ms: int = 300) -> None:
        self.cluster, self.controller, self.poll_ms = cluster, controller, poll_ms
        self.offset_ms = 0
        self.web = read(PLAYER)
        self.signers = {role: _signer(role) for role in ROLES}
        self.files: dict[str, bytes] = {}
        self._seen: dict[str, bytes] | None = None
        self.targets: dict[str, TargetFile] = {}
        self.versions = dict.fromkeys(ROLES, 0)
        self.timestamp_days = 5.0
        self.service_pin: dict[str, Any] | None = None
        self.pairings: dict[int, dict[str, Any]] = {}
        self.players: dict[str, dict[str, str]] = {}
        self.revoked: set[str] = set()
        self.heartbeats: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.play_log: dict[tuple[str, int], dict[str, Any]] = {}
        self.begins: dict[str, int] = {}
        self.wanted: str | None = None
        self.shots: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.changed = threading.Condition()
        self.held: dict[str, threading.Event] = {}
        self.streams: dict[str, Callable[[], Iterator[bytes]]] = {}
        self.line: dict[str, bytes | None] = {}
        self.hints = False
        self.queries: list[str] = []  # of who asked for hints
        self.listeners: list[queue.SimpleQueue[bytes | None]] = []
        self._server: ThreadingHTTPServer | None = None
        self._connections: set[socket.socket] = set()
        self.port = 0
        self.sign_root()

    # --- time -----------------------------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset_ms

    def wait_for(self, what: Callable[[], Any], seconds: float = 30) -> Any:
        """The first true value of `what()`, looked at whenever the player says something."""
        with self.changed:
            if not self.changed.wait_for(what, seconds):
                raise AssertionError(f"not seen in {seconds} s; events: {self.events}")
            return what()

    # --- releases ---------------------------------------------------------------------------------------------------------

    def store(self, data: bytes, type_: str) -> tuple[str, dict[str, Any]]:
        """Put an asset in the content store; its hash and its entry in a schedule."""
        sha = hashlib.sha256(data).hexdigest()
        entry: dict[str, Any] = {"bytes": len(data), "type": type_}
        if len(data) <= CHUNK:
            self._put_chunk(data)
        else:
            chunks = [self._put_chunk(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK)]
            entry["manifest"] = self._put_chunk(rfc8785.dumps({"chunks": chunks}))
        return sha, entry

    def _put_chunk(self, data: bytes) -> str:
        sha = hashlib.sha256(data).hexdigest()
        self.files[f"store/{sha[:2]}/{sha}"] = data
        return sha

    def publish(self, name: str, document: dict[str, Any]) -> int:
        """Sign a new `schedule.json` or `now.json`; the version it got."""
        data = rfc8785.dumps(document)
        version = self.versions["targets"] + 1
        path = f"{self.cluster}/{name}"
        target = TargetFile.from_data(path, data, ["sha256"])
        target.unrecognized_fields["custom"] = {"version": version, "made_at": self.now_ms()}
        self.targets[path] = target
        self.files[f"releases/{self.cluster}/targets/{self.cluster}/{target.hashes['sha256']}.{name}"] = data
        self.sign()
        return version

    def sign(self, roles: tuple[str, ...] = ("targets", "snapshot", "timestamp"), cluster: str | None = None) -> None:
        """New metadata of these roles."""
        mark = {"x-bangtin-cluster": cluster or self.cluster}
        for role in roles:
            self.versions[role] += 1
            version = self.versions[role]
            signed: Any
            if role == "targets":
                signed = Targets(
                    version, expires=self._expires(90), targets=dict(self.targets), unrecognized_fields=mark
                )
            elif role == "snapshot":
                signed = Snapshot(
                    version,
                    expires=self._expires(90),
                    meta={"targets.json": self._meta("targets")},
                    unrecognized_fields=mark,
                )
            else:
                signed = Timestamp(
                    version,
                    expires=self._expires(self.timestamp_days),
                    snapshot_meta=self._meta("snapshot"),
                    unrecognized_fields={**mark, "x-bangtin-made-at": self.now_ms()},
                )
            metadata: Metadata[Any] = Metadata(signed)
            metadata.sign(self.signers[role])
            self.files[self.metadata_path(role)] = metadata.to_bytes()
        if "timestamp" in roles:
            self.hint()

    def hint(self) -> None:
        """Say on every open line that there is something newer."""
        for one in self.listeners:
            one.put(b"data: %d\n\n" % self.versions["timestamp"])

    def metadata_path(self, role: str) -> str:
        name = "timestamp.json" if role == "timestamp" else f"{self.versions[role]}.{role}.json"
        return f"releases/{self.cluster}/metadata/{name}"

    def _meta(self, role: str) -> MetaFile:
        return MetaFile.from_data(self.versions[role], self.files[self.metadata_path(role)], ["sha256"])

    def _expires(self, days: float) -> datetime:
        now = datetime.fromtimestamp(self.now_ms() / 1000, tz=UTC)
        return (now + timedelta(days=days)).replace(microsecond=0)

    def sign_root(self, before: Signer | None = None) -> None:
        """The next version of the root; `before` is the former root's key where that changes."""
        self.versions["root"] += 1
        root = Root(self.versions["root"], expires=self._expires(365), consistent_snapshot=True)
        for role, signer in self.signers.items():
            root.add_key(signer.public_key, role)
        metadata: Metadata[Any] = Metadata(root)
        for signer in filter(None, (self.signers["root"], before)):
            metadata.sign(signer, append=True)
        self.files[self.metadata_path("root")] = metadata.to_bytes()

    def replace_keys(self, *roles: str) -> None:
        """What a province does when keys may be known to others: a new root names other keys, and these sign at once."""
        before = self.signers["root"]
        self.signers |= {role: _signer(f"{role} after root {self.versions['root']}") for role in roles}
        self.sign_root(before if "root" in roles else None)
        self.sign()

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Players see none of the changes before all are made."""
        self._seen, self.files = self.files, dict(self.files)
        try:
            yield
        finally:
            self._seen = None

    @contextmanager
    def tampered(self) -> Iterator[None]:
        """Somebody stands on the line, without any key."""
        try:
            yield
        finally:
            self.line, self.streams = {}, {}

    @contextmanager
    def attacked(self, *stolen: str) -> Iterator[None]:
        """Somebody answers in place of the CMS with the stolen keys of these roles and their own for the others."""
        kept = self.files, dict(self.targets), dict(self.versions)
        signers, self.files = self.signers, dict(self.files)
        self.signers = {role: signers[role] if role in stolen else _signer(f"a stranger's {role}") for role in ROLES}
        try:
            yield
        finally:
            self.files, self.targets, self.versions = kept
            self.signers = signers

    # --- operators --------------------------------------------------------------------------------------------------------

    def invite(self) -> str:
        """The path of an invitation link."""
        code = f"ABCD-{len(self.pairings) + 2222}"
        self.pairings[len(self.pairings) + 1] = {"code": code, "invitation": True}
        return f"/player/?seat={self.controller}&test=1#code={code}"

    def confirm(self, code: str) -> None:
        """An operator types in the code that a screen shows."""
        found = next(one for one in self.pairings.values() if one["code"] == code)
        found["paired"] = self._pair(found["public_key"])

    def _pair(self, jwk: dict[str, Any]) -> dict[str, Any]:
        public = keys.canonical(jwk)
        self.players[keys.key_id(public)] = public
        return {
            "status": "paired",
            "key_id": keys.key_id(public),
            "controller": self.controller,
            "cluster": self.cluster,
            "root": json.loads(self.files[f"releases/{self.cluster}/metadata/1.root.json"]),
            "poll_ms": self.poll_ms,
            "server_time": self.now_ms(),
        }

    def refusals(self) -> list[dict[str, Any]]:
        return [one["detail"] for one in self.events if one["kind"] == "refused"]

    # --- the port ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        fake = self

        class Handler(_Handler):
            cms = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Like pulling the plug: open connections die too."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for one in self.listeners:
            one.put(None)
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._connections.clear()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        """Status, type and body."""
        self.asked.append(path)
        if path.lstrip("/") in self.held:
            self.held[path.lstrip("/")].wait(30)
        if path.startswith("/api/player/v1/"):
            status, said = self._api(method, path, headers, body)
            return status, "application/json", json.dumps(said).encode()
        if path == "/player/":
            return 200, TYPES[".html"], self._template("index.html")
        if path == "/player/service_worker.js":
            return 200, TYPES[".js"], self._template("service_worker.js")
        if path.startswith(f"/player/{self.web.version}/"):
            name = path.split("/", 3)[3]
            if name in self.web.shell:
                return 200, TYPES[Path(name).suffix], self.web.files[name]
        name, files = path.lstrip("/"), self.files if self._seen is None else self._seen
        found = self.line.get(name, files.get(name))
        return (404, "text/plain", b"") if found is None else (200, "application/octet-stream", found)

    def send(self, out: BufferedIOBase, path: str, data: bytes) -> None:
        """The body of an answer on its way."""
        out.write(data)

    def _template(self, name: str) -> bytes:
        text = self.web.files[name].decode()
        return text.replace("{{version}}", self.web.version).replace("{{files}}", json.dumps(self.web.shell)).encode()

    def _api(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        action = path.removeprefix("/api/player/v1/")
        if action == "time":
            return 200, {"now": self.now_ms()}
        asked = json.loads(body or b"{}")
        if action.startswith("pairings") and not self._proved(action, method, path, headers, body, asked):
            return 401, {"error": "signature", "server_time": self.now_ms()}
        if action == "pairings":
            number = len(self.pairings) + 1
            code, secret = f"WXYZ-{2222 + number}", f"secret-of-pairing-{number:04d}"
            self.pairings[number] = {"code": code, "secret": secret, "public_key": asked["public_key"]}
            address = f"{self.origin}/admin/players/pair/"
            return 200, {
                "id": number,
                "code": code,
                "secret": secret,
                "expires_at": self.now_ms() + 600_000,
                "address": address,
                "qr": rows(address, code),
            }
        if action == "pairings/claim":
            for one in self.pairings.values():
                if one["code"] == asked["code"] and one.pop("invitation", False):
                    return 200, self._pair(asked["public_key"])
            return 404, {"error": "code"}
        if action.startswith("pairings/"):
            found = self.pairings.get(int(action.split("/")[1]), {})
            if found.get("secret") != asked["secret"]:
                return 404, {"error": "unknown"}
            return 200, found.get("paired", {"status": "pending"})
        return self._report(action, method, path, headers, body, asked)

    def _proved(self, action: str, method: str, path: str, headers: Any, body: bytes, asked: dict[str, Any]) -> bool:
        """Whether a screen that is not paired yet signed its question with the key that it names."""
        jwk = asked.get("public_key")
        if jwk is None:
            jwk = self.pairings.get(int(action.split("/")[1]), {}).get("public_key")
        if jwk is None:
            return True  # it is answered below that nothing is known of it
        message = keys.signed_message(method, path, headers.get("X-Bangtin-Time", ""), body)
        return keys.verify(keys.canonical(jwk), headers.get("X-Bangtin-Signature", ""), message)

    def _report(
        self, action: str, method: str, path: str, headers: Any, body: bytes, asked: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        key, time_ms = headers.get("X-Bangtin-Key", ""), headers.get("X-Bangtin-Time", "0")
        jwk = self.players.get(key)
        if jwk is None or abs(int(time_ms) - self.now_ms()) > 300_000:
            return 401, {"error": "unknown_key" if jwk is None else "skew", "server_time": self.now_ms()}
        message = keys.signed_message(method, path, time_ms, body)
        if not keys.verify(jwk, headers.get("X-Bangtin-Signature", ""), message):
            return 401, {"error": "signature", "server_time": self.now_ms()}
        if key in self.revoked:
            return 403, {"revoked": True}
        with self.changed:
            said = getattr(self, f"_take_{action}")(asked)
            self.changed.notify_all()
        return 200, said

    def _take_heartbeat(self, beat: dict[str, Any]) -> dict[str, Any]:
        from cms.players.formats import Heartbeat

        Heartbeat.model_validate(beat)
        self.heartbeats.append(beat)
        return {
            "server_time": self.now_ms(), "poll_ms": self.poll_ms, "revoked": False, "screenshot": self.wanted,
            "service_pin": self.service_pin,
        }  # fmt: skip

    def _take_events(self, batch: dict[str, Any]) -> dict[str, Any]:
        from cms.players.formats import Events

        Events.model_validate(batch)
        self.events.extend(batch["events"])
        return {"ok": True}

    def _take_playlog(self, batch: dict[str, Any]) -> dict[str, Any]:
        from cms.players.formats import PlayLog

        PlayLog.model_validate(batch)
        boot = batch["boot"]
        plays = [
            {**batch["shown"][place], "seq": seq, "from": start, "until": until}
            for seq, place, start, until in batch.get("plays", [])
        ]
        for entry in [*batch.get("entries", []), *plays]:
            self.play_log.setdefault((boot, entry["seq"]), entry)
        acknowledged = self.begins[boot] = max(self.begins.get(boot, 0), (batch.get("oldest") or 1) - 1)
        while (boot, acknowledged + 1) in self.play_log:
            acknowledged += 1
        return {"acknowledged": acknowledged}

    def _take_screenshot(self, shot: dict[str, Any]) -> dict[str, Any]:
        from cms.players.formats import Shot

        Shot.model_validate(shot)
        self.wanted = None
        self.shots.append(shot)
        return {"ok": True}
