"""Messages about requests, in Vietnamese, as plain text. A line of the thread is the order to send; a mail server that is away is asked
again by the tick, so that nothing is lost and no page waits for it twice."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from cms import clock
from cms.requests.access import editors_of
from cms.requests.models import ContentRequest, Entry, SenderLink
from cms.requests.senders import sender_behind
from cms.requests.states import State

log = logging.getLogger("bangtin.requests")
GIVEN_UP = timedelta(days=3)
"""So long a message is tried."""


def deliver(entry_id: int) -> bool:
    """Send the messages of a line, once; whether that was done now."""
    if not Entry.objects.filter(pk=entry_id, mail_due=True).update(mail_due=False):
        return False
    entry = Entry.objects.select_related("request__province", "request__organisation", "request__link", "by").get(
        pk=entry_id
    )
    with translation.override("vi"):
        sent = _send(_messages(entry))
    if not sent:
        Entry.objects.filter(pk=entry_id).update(mail_due=True)
    return sent


def deliver_due() -> int:
    """Try the messages again that could not be sent; how many went out."""
    waiting = Entry.objects.filter(mail_due=True, at__gt=clock.now() - GIVEN_UP).values_list("pk", flat=True)
    return sum(deliver(pk) for pk in list(waiting))


def tell_assigned(request_id: int, person_id: int) -> None:
    """To an editor who was given a request. Nobody is told twice when it fails: the request is in their list."""
    request = ContentRequest.objects.select_related("province", "organisation").get(pk=request_id)
    person = get_user_model()._default_manager.filter(pk=person_id, is_active=True).exclude(email="").first()
    if person is not None:
        with translation.override("vi"):
            _send([_message(request, "assigned", [person.email], inside=True)])


def send_link(link: SenderLink, address: str) -> bool:
    """The personal link to its owner; whether the mail server took it."""
    with translation.override("vi"):
        text = render_to_string(
            "requests/mail/link.txt", {"link": link, "address": settings.WAGTAILADMIN_BASE_URL + address}
        )
    return _send([EmailMessage("[Bảng Tin] Đường dẫn gửi yêu cầu đăng tin", text, to=[link.email])])


def _messages(entry: Entry) -> list[EmailMessage]:
    request = entry.request
    if entry.kind == Entry.Kind.REPLY:
        return [_message(request, "reply", _handlers(request), entry, inside=True)]
    if entry.kind == Entry.Kind.QUESTION:
        return [_message(request, "question", [request.email], entry)]
    found = [_message(request, "received" if entry.state == State.RECEIVED else "state", [request.email], entry)]
    if entry.state == State.RECEIVED:
        found.append(_message(request, "new", _handlers(request), entry, inside=True))
    return found


def _handlers(request: ContentRequest) -> list[str]:
    """The editor who has the request; before somebody has it, all editors of the province."""
    if request.assigned_to is not None and request.assigned_to.is_active:
        return [request.assigned_to.email]
    return list(editors_of(request).values_list("email", flat=True))


def _message(
    request: ContentRequest, name: str, to: Iterable[str], entry: Entry | None = None, *, inside: bool = False
) -> EmailMessage:
    """`inside`: to people of the admin, each without the others' addresses."""
    from cms.requests.airing import airing_of

    sender = sender_behind(request)
    path = request.get_absolute_url() if inside else sender.address("state", request.number) if sender else ""
    context: dict[str, Any] = {
        "request": request,
        "entry": entry,
        "airing": airing_of(request) if name == "state" else None,
        "address": settings.WAGTAILADMIN_BASE_URL + path if path else "",
    }
    subject, _line, body = render_to_string(f"requests/mail/{name}.txt", context).partition("\n")
    addresses = sorted({one for one in to if one})
    message = EmailMessage(" ".join(subject.split()), body.strip() + "\n")
    if inside:
        message.bcc = addresses
    else:
        message.to = addresses
    return message


def _send(messages: list[EmailMessage]) -> bool:
    try:
        with get_connection() as connection:
            connection.send_messages([one for one in messages if one.recipients()])
    except (OSError, SMTPException):
        log.warning("A message about a request could not be sent; it is tried again.", exc_info=True)
        return False
    return True
