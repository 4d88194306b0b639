"""The web process: granian around the ASGI application."""

from __future__ import annotations

import gc
import multiprocessing
import os
import warnings
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.urls import get_resolver
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from cms.runtime.orphans import die_with_parent


def serve(host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> None:
    """Serve until a signal; with a certificate and its key by HTTPS."""
    # Our files are chunks of at most 1 MiB; Django reads them in a thread and warns of it each time.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
    # So the worker shares what is loaded here; granian would spawn it afresh on newer Pythons.
    multiprocessing.set_start_method("fork", force=True)
    Server(
        "cms.runtime.web:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=int(os.environ.get("BANGTIN_WEB_WORKERS", "1")),
        log_access=False,
        log_level=LogLevels(os.environ.get("BANGTIN_LOG_LEVEL", "WARNING").lower()),
        ssl_cert=certificate,
        ssl_key=key,
        respawn_failed_workers=True,
        # Requests at once; an open connection for hints counts as one all the time.
        backpressure=256 + settings.BANGTIN_HINTS,
        workers_kill_timeout=5,
    ).serve()


def __getattr__(name: str) -> object:
    """The application, made where granian's own worker process asks for it."""
    if name == "application":
        die_with_parent()
        made = import_module("cms.asgi").application
        # The first visitor need not wait for the addresses; and what is loaded by now is never garbage, so the collector
        # need not walk through it in the middle of somebody's page.
        _ = get_resolver().url_patterns
        gc.collect()
        gc.freeze()
        return made
    raise AttributeError(name)
