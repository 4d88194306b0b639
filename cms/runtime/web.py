"""The web process: granian around the ASGI application. `python -m cms.runtime.web HOST PORT [CERTIFICATE KEY]`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from cms.runtime.orphans import die_with_parent


def main(arguments: list[str]) -> None:
    host, port, *tls = arguments
    certificate, key = (Path(tls[0]), Path(tls[1])) if tls else (None, None)
    Server(
        "cms.runtime.web:application",
        address=host,
        port=int(port),
        interface=Interfaces.ASGINL,
        workers=int(os.environ.get("BANGTIN_WEB_WORKERS", "1")),
        log_access=False,
        log_level=LogLevels(os.environ.get("BANGTIN_LOG_LEVEL", "WARNING").lower()),
        ssl_cert=certificate,
        ssl_key=key,
        respawn_failed_workers=True,
        backpressure=256,
        workers_kill_timeout=5,
    ).serve()


def __getattr__(name: str) -> object:
    """The application, made where granian's own worker process asks for it."""
    if name == "application":
        die_with_parent()
        return import_module("cms.asgi").application
    raise AttributeError(name)


if __name__ == "__main__":
    main(sys.argv[1:])
