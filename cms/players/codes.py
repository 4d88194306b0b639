"""Codes that a person reads off a screen and types in: short, unmistakable, kept only as hashes."""

from __future__ import annotations

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U/V
LENGTH = 8


def make_code() -> str:
    """A new code as it is shown: `XXXX-XXXX`, 30⁸ possibilities."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def normal(code: str) -> str | None:
    """What was typed, without dashes and spaces and in capitals; None when it cannot be a code."""
    plain = "".join(code.upper().split()).replace("-", "")
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def shown(code: str) -> str:
    """A code as screens show it, `XXXX-XXXX`; empty when it cannot be a code."""
    plain = normal(code)
    return f"{plain[:4]}-{plain[4:]}" if plain else ""


def hash_code(code: str) -> str:
    """What is stored of a code: keyed, so that a copy of the database does not give codes away. 64 hex digits."""
    plain = normal(code)
    if plain is None:
        raise ValueError("not a pairing code")
    return salted_hmac("cms.players.code", plain, algorithm="sha256").hexdigest()


def make_secret() -> str:
    """What a screen shows the server when it asks whether somebody has typed its code in."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    return salted_hmac("cms.players.secret", secret, algorithm="sha256").hexdigest()


def same(first: str, second: str) -> bool:
    """Compare without telling by the time it takes how much was right."""
    return bool(constant_time_compare(first, second))
