"""What may be sent to the web process, before it lands on the disk.

Django reads a whole body into a file before any view or middleware sees the request. Here the long ones of strangers are refused
by what their headers tell: files come from whoever is logged in, or holds a personal link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MIB = 1024 * 1024
STRANGERS = 3 * MIB
"""Longest body of whoever is not known; also of one that does not tell its length."""
FILES = {"/admin/": 1100 * MIB, "/yeu-cau/": 640 * MIB}
"""By the beginning of the address: the longest body of somebody known, a form with all its files."""
LINK = "/yeu-cau/l/"

SAID = "Nội dung gửi lên quá lớn, hoặc bạn chưa đăng nhập. – What was sent is too large, or you are not logged in.\n"


def bounded(inner: Application) -> Application:
    """An application that never sees a body longer than its sender may send."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        told = headers.get(b"content-length", b"").decode("latin-1")
        if told:
            length = int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else None
            if length is None or (length > STRANGERS and length > await _most(scope["path"], headers)):
                await _refuse(send)
                return
            await inner(scope, receive, send)
            return
        await _counted(inner, scope, receive, send)

    return application


async def _counted(inner: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """A body that does not tell its length is read no further than `STRANGERS`."""
    came, begun, over = 0, False, False

    async def counting() -> Message:
        nonlocal came, over
        message = await receive()
        came += len(message.get("body", b""))
        if came > STRANGERS:
            over = True
            return {"type": "http.disconnect"}
        return message

    async def sending(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    await inner(scope, counting, sending)
    if over and not begun:
        await _refuse(send)


async def _most(path: str, headers: Mapping[bytes, bytes]) -> int:
    """The longest body that this sender may send here."""
    most = next((one for prefix, one in FILES.items() if path.startswith(prefix)), STRANGERS)
    if most > STRANGERS and await sync_to_async(_known)(path, headers.get(b"cookie", b"").decode("latin-1")):
        return most
    return STRANGERS


def _known(path: str, cookie: str) -> bool:
    """Whether this is somebody's session or personal link."""
    from cms.requests.links import link_by

    close_old_connections()
    if path.startswith(LINK) and link_by(path.removeprefix(LINK).partition("/")[0]) is not None:
        return True
    try:
        found = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return False
    if found is None:
        return False
    session = import_module(settings.SESSION_ENGINE).SessionStore(found.value)
    return "_auth_user_id" in session


async def _refuse(send: Send) -> None:
    body = SAID.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
