"""A player as the server sees one: a real P-256 key that signs like WebCrypto does."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.test import Client

from cms import clock
from cms.players import keys

API = "/api/player/v1/"
SCREEN = {"width": 512, "height": 192}


class Device:
    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.jwk = {
            "crv": "P-256",
            "kty": "EC",
            "x": keys.encode(numbers.x.to_bytes(32)),
            "y": keys.encode(numbers.y.to_bytes(32)),
        }
        text = f'{{"crv":"P-256","kty":"EC","x":"{self.jwk["x"]}","y":"{self.jwk["y"]}"}}'
        self.key_id = hashlib.sha256(text.encode()).hexdigest()
        self.client = Client(enforce_csrf_checks=True)

    def sign(self, message: bytes) -> str:
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return keys.encode(r.to_bytes(32) + s.to_bytes(32))

    def headers(self, path: str, body: bytes, *, at: int | None = None, method: str = "POST") -> dict[str, str]:
        time = str(clock.now_ms() if at is None else at)
        message = f"{method}\n{path}\n{time}\n{hashlib.sha256(body).hexdigest()}".encode()
        return {"X-Bangtin-Key": self.key_id, "X-Bangtin-Time": time, "X-Bangtin-Signature": self.sign(message)}

    def report(self, name: str, content: Any, *, at: int | None = None, headers: dict[str, str] | None = None):
        """Send a signed report."""
        body = json.dumps(content).encode()
        headers = headers or self.headers(API + name, body, at=at)
        return self.client.post(API + name, body, content_type="application/json", headers=headers)

    def unsigned(self, name: str, content: Any):
        """Send it without a word about who sends it."""
        return self.client.post(API + name, json.dumps(content), content_type="application/json")

    def status(self, offer: dict[str, Any], **more: Any):
        """Ask whether the code has been typed in."""
        return self.report(f"pairings/{offer['id']}/status", {"secret": offer["secret"]}, **more)

    def claim(self, code: str, **more: Any):
        """Take an invitation."""
        return self.report("pairings/claim", {"code": code, "public_key": self.jwk, "screen": SCREEN}, **more)

    def ask(self, seat: str = ""):
        """Ask for a code; the answer."""
        return self.report("pairings", {"public_key": self.jwk, "screen": SCREEN, "seat": seat})


def heartbeat(**fields: Any) -> dict[str, Any]:
    """A heartbeat of a player that is well."""
    return {
        "boot": "boot-1",
        "sent_at": clock.now_ms(),
        "release": {"schedule": 3, "schedule_sha256": "a" * 64, "now_version": 5},
        "pending": None,
        "storage": {"used": 1000, "quota": 100_000},
        "faces": {"a": {"kind": "programme", "scene": "x:vi#0@0123456789ab"}, "b": {"kind": "closed", "scene": None}},
        "player_version": "0123456789ab",
        "errors": [],
        **fields,
    }


def played(seq: int, **fields: Any) -> dict[str, Any]:
    """A line of a play log: eight seconds of an item on face a."""
    start = 1_800_000_000_000 + seq * 8000
    return {
        "seq": seq,
        "face": "a",
        "kind": "programme",
        "scene": "x:vi#0@0123456789ab",
        "item": "x:vi",
        "proof": "b" * 64,
        "from": start,
        "until": start + 8000,
        "status": "success",
        **fields,
    }
