"""Typed readings of `BANGTIN_*` variables. `BANGTIN_X_FILE` names a file that holds the value. What cannot be read fails
loudly, naming the variable."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The text of a variable, or of the file that `<name>_FILE` names. Raises when neither is set and there is no default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE).")
    return value


def boolean(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def integer(name: str, default: int, *, minimum: int | None = None) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error
    if minimum is not None and number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """Values separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def machine_translator() -> dict[str, Any] | None:
    """wagtail-localize's setting, from `BANGTIN_MACHINE_TRANSLATOR` (empty: none) with its `_URL` and `_KEY`. Items are public in the
    end, but drafts leave this server for the machine's: whoever sets this decides that."""
    name = text("BANGTIN_MACHINE_TRANSLATOR", "").lower()
    if not name:
        return None
    key = text("BANGTIN_MACHINE_TRANSLATOR_KEY", "")
    package = "wagtail_localize.machine_translators"
    if name == "libretranslate":
        options = {"LIBRETRANSLATE_URL": text("BANGTIN_MACHINE_TRANSLATOR_URL"), "API_KEY": key}
        return {"CLASS": f"{package}.libretranslate.LibreTranslator", "OPTIONS": options}
    if name == "deepl":
        return {"CLASS": f"{package}.deepl.DeepLTranslator", "OPTIONS": {"AUTH_KEY": key}}
    raise ImproperlyConfigured(f"BANGTIN_MACHINE_TRANSLATOR must be libretranslate, deepl or nothing, not {name!r}.")


def database(name: str, default: dict[str, Any]) -> dict[str, Any]:
    """A database by its address, `postgresql://user:password@host:port/name`; the default when the variable is not set."""
    address = text(name, "")
    if not address:
        return default
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def socket_path(wanted: Path) -> Path:
    """A unix socket's path may have about 100 bytes; for a longer one a short name in the folder of temporary files."""
    if len(os.fsencode(wanted)) <= 100:
        return wanted
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"bangtin-{os.getuid()}-{digest}.sock"


def demo_clock(data: Path) -> None:
    """Share the shifted time of a demonstration that runs, or ran, on this data, unless this process was given one."""
    kept = data / "clock.json"
    if "BANGTIN_CLOCK_OFFSET_MS" not in os.environ and kept.exists():
        try:
            os.environ["BANGTIN_CLOCK_OFFSET_MS"] = str(int(json.loads(kept.read_text())["offset_ms"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ImproperlyConfigured(f"{kept} cannot be read; delete it to return to the real time.") from error
