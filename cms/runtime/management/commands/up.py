"""`bangtin up`: the whole instance in one command."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from cms.runtime import demo_clock, folders, health, prepare, redis_server, tls, web
from cms.runtime.process import Spec
from cms.runtime.say import Stop, say
from cms.runtime.supervisor import Supervisor

# Withdrawals and blackouts go through `release`: nothing long may stand before them, so it has a worker of its own.
# Drafts neither: somebody looks at the screen and waits.
WORKERS = {"release": ("release",), "draft": ("draft",), "render": ("default", "render"), "sign": ("sign",)}
DRAWING_NICE = 10
"""Drawing takes the time that nobody else wants: pages stay quick and releases prompt."""


class Command(BaseCommand):
    help = "Runs the web server, the workers, the signer, cron and a private Redis until Ctrl-C."
    # What the checks need may not be there yet on the first run; `bangtin check` is for them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: this machine only).")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument(
            "--tls", action="store_true", help="HTTPS with a local authority (players on other machines)."
        )
        parser.add_argument("--then", nargs="+", metavar="WORD", help="A command to run once everything is ready.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = run(options["host"], options["port"], tls_wanted=options["tls"], then=options["then"] or [])
        except Stop as stop:
            say(f"✗ {stop.text.vi}", f"✗ {stop.text.en}", sys.stderr)
            raise SystemExit(stop.code) from stop
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        if code:
            raise SystemExit(code)


def run(host: str, port: int, *, tls_wanted: bool = False, then: list[str] | None = None) -> int:
    """Prepare what is missing and supervise until a signal. Raises `Stop` for what a person must put right."""
    data = Path(settings.DATA)
    prepare.refuse_without_shaping()
    folders.prepare(data)
    lock = folders.lock(data)
    try:
        folders.check_port(host, port)
        scheme = "https" if tls_wanted else "http"
        address = f"{scheme}://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::', '::1') else host}:{port}"  # noqa: S104
        folders.describe(lock, address)
        private = "BANGTIN_REDIS_URL" not in os.environ and "BANGTIN_REDIS_URL_FILE" not in os.environ
        redis_binary = redis_server.find() if private else ""
        if not private and not health.redis_answers(settings.REDIS_URL):
            raise Stop(
                f"Redis không trả lời tại {settings.REDIS_URL}; kiểm tra BANGTIN_REDIS_URL.",
                f"Redis does not answer at {settings.REDIS_URL}; check BANGTIN_REDIS_URL.",
            )
        offset = demo_clock.begin(data, os.environ.get("BANGTIN_CLOCK"))
        names = tls.addresses(host)
        certificate = tls.ensure(data / "tls", names) if tls_wanted else None
        with _cached_nowhere() if private else contextlib.nullcontext():
            prepare.instance(data)
        prepare.preload()
        _export(names, address, host)
        specs = _specs(host, port, certificate, redis_binary)

        def ready() -> Spec | None:
            _announce(address, prepare.first_password(data), offset, certificate)
            return Spec("then", [sys.executable, "-m", "cms.runtime", *then]) if then else None

        supervisor = Supervisor(
            specs,
            wait_for=frozenset({"redis"}),
            on_ready=ready,
            before_start=prepare.close_database,
            on_tick=lambda: demo_clock.remember(data, offset) if offset else None,
        )
        return supervisor.run()
    finally:
        lock.close()


@contextlib.contextmanager
def _cached_nowhere() -> Iterator[None]:
    """Our own Redis starts after everything is prepared; until then Wagtail, which has it forget the names of languages, is content."""
    caches[DEFAULT_CACHE_ALIAS] = DummyCache("", {})
    try:
        yield
    finally:
        del caches[DEFAULT_CACHE_ALIAS]


def _export(names: list[str], address: str, host: str) -> None:
    """What the children must know beyond what was set before: they are forks, so the settings themselves are changed,
    and the environment for commands."""
    if host not in ("127.0.0.1", "::1") and "BANGTIN_ALLOWED_HOSTS" not in os.environ:
        settings.ALLOWED_HOSTS = [f"[{name}]" if ":" in name else name for name in names]
        os.environ["BANGTIN_ALLOWED_HOSTS"] = ",".join(settings.ALLOWED_HOSTS)
    if "BANGTIN_BASE_URL" not in os.environ:
        settings.WAGTAILADMIN_BASE_URL = os.environ["BANGTIN_BASE_URL"] = address
    if address.startswith("https"):
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    if "BANGTIN_LOG_LEVEL" not in os.environ:
        os.environ["BANGTIN_LOG_LEVEL"] = "WARNING"
        logging.getLogger().setLevel(logging.WARNING)


def _specs(host: str, port: int, certificate: tuple[Path, Path, Path] | None, redis_binary: str) -> list[Spec]:
    url = settings.REDIS_URL
    found: list[Spec] = []
    if redis_binary:
        socket = Path(url.removeprefix("unix://"))
        folder = Path(settings.DATA) / "run"
        start = redis_server.command(redis_binary, socket, folder)
        alive = lambda _pid: health.redis_answers(url)  # noqa: E731
        found.append(Spec("redis", start, healthy=alive, grace_s=20, death_signal=signal.SIGTERM))
    pair = certificate[1:] if certificate else ()
    found.append(
        Spec(
            "web",
            lambda: web.serve(host, port, *pair),
            healthy=lambda _pid: health.web_answers(host, port, certificate is not None),
        )
    )
    for name, queues in workers():
        nice = DRAWING_NICE if "render" in queues else 0
        work = partial(call_command, "worker", *queues, nice=nice)
        found.append(Spec(name, work, healthy=lambda pid: health.worker_beats(url, pid)))
    found.append(Spec("cron", partial(call_command, "cron"), healthy=lambda _pid: health.cron_beats(url)))
    return found


def workers() -> list[tuple[str, tuple[str, ...]]]:
    """Names and queues of the workers: as many that draw as the settings say, by default one for each core."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for name, queues in WORKERS.items():
        count = settings.RENDER_WORKERS if "render" in queues else 1
        found += [(f"{name}-{number}" if count > 1 else name, queues) for number in range(1, count + 1)]
    return found


def _announce(address: str, password: str | None, offset: int, certificate: tuple[Path, Path, Path] | None) -> None:
    say(f"\n✓ Bảng Tin đang chạy: {address}/admin/", f"✓ Bảng Tin is running: {address}/admin/")
    name = prepare.administrator_name()
    if password:
        say(
            f"  Đăng nhập: {name}   Mật khẩu (chỉ hiện một lần): {password}",
            f"  Log-in: {name}   Password (shown once): {password}",
        )
    else:
        say(
            f"  Đăng nhập: {name}   Đặt mật khẩu mới: bangtin changepassword {name}",
            f"  Log-in: {name}   New password: bangtin changepassword {name}",
        )
    say(
        f"  Mở trình phát: {address}/player/ rồi nhập mã ghép nối trong trang quản trị.",
        f"  Open a player: {address}/player/ and enter its pairing code in the admin.",
    )
    if certificate:
        say(
            f"  Chứng chỉ cần nhập vào máy điều khiển: {certificate[0]}",
            f"  Certificate to import on the controllers: {certificate[0]}",
        )
    if offset:
        from cms import clock

        local = clock.now().astimezone(demo_clock.ZONE)
        say(
            f"  Đồng hồ trình diễn: {local:%d/%m/%Y %H:%M} (không phải giờ thật).",
            f"  Demo clock: {local:%Y-%m-%d %H:%M} (not the real time).",
        )
    say("  Dừng: Ctrl-C", "  Stop: Ctrl-C")
