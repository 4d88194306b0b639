"""Is each process well? Asked by the supervisor, by `bangtin doctor` and by whatever stands before the web server."""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

WORKER_SILENCE_S = 90


def view(request: HttpRequest) -> HttpResponse:
    """200 when the web process reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def web_answers(host: str, port: int, tls: bool) -> bool:
    """Does the web server answer its health page within 3 s?"""
    target = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    client: http.client.HTTPConnection
    if tls:
        # Asked of ourselves, on this machine: whose certificate it is does not matter here.
        client = http.client.HTTPSConnection(target, port, timeout=3, context=ssl._create_unverified_context())  # noqa: S323
    else:
        client = http.client.HTTPConnection(target, port, timeout=3)
    try:
        client.request("GET", "/health/", headers={"Host": _allowed_host(), "X-Forwarded-Proto": "https"})
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def _allowed_host() -> str:
    """A name that Django lets in; our own question must not fail over it."""
    hosts = settings.ALLOWED_HOSTS
    return "localhost" if not hosts or {"localhost", "*"} & set(hosts) else hosts[0].lstrip(".")


def redis_answers(url: str) -> bool:
    """Does Redis answer a PING within 2 s?"""
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def worker_beats(url: str, pid: int) -> bool:
    """Has the RQ worker with this process id given a sign of life within 90 s?"""
    try:
        with redis.Redis.from_url(url, socket_timeout=2, decode_responses=True) as client:
            for key in client.smembers("rq:workers"):
                if str(key).endswith(f"-{pid}"):
                    beat = client.hget(str(key), "last_heartbeat")
                    if not beat:
                        return False
                    seen = datetime.fromisoformat(str(beat).replace("Z", "+00:00"))
                    seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
                    return datetime.now(UTC) - seen < timedelta(seconds=WORKER_SILENCE_S)
    except redis.RedisError:
        return False
    return False


def cron_beats(url: str) -> bool:
    """Has the cron process given a sign of life within a minute?"""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.exists("bangtin:cron"))
    except redis.RedisError:
        return False
