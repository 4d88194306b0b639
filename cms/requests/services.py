"""The verbs of requests: send, assign, ask, reply, decline, answer. Each writes a line of the thread, the audit log, and a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts import audit
from cms.places.models import Cluster, Organisation, Province
from cms.requests import declaration, mails
from cms.requests.access import editors_of, may_handle
from cms.requests.errors import Changed, RequestRefused
from cms.requests.models import ContentRequest, Entry, Series
from cms.requests.senders import Sender
from cms.requests.states import OPEN, State

ASSIGNABLE = (State.RECEIVED, State.ASSIGNED, State.WRITING, State.APPRAISAL)
MAX_TEXT = 4000
"""Of a message, in characters."""


def prefix_of(province: Province) -> str:
    """The letters of a province's numbers: the first of each word of its code, `cao_bang` → CB."""
    return "".join(word[0] for word in province.code.replace("-", "_").split("_") if word).upper()


def _series(province: Province, year: int) -> Series:
    """The numbers of a year, locked until the transaction ends: of two who send at once, one waits here."""
    Series.objects.get_or_create(province=province, year=year)
    return Series.objects.select_for_update().get(province=province, year=year)


@transaction.atomic
def send(
    sender: Sender,
    *,
    draft: UUID,
    organisation: Organisation,
    fields: Mapping[str, Any],
    clusters: Iterable[Cluster] = (),
    declared: str,
) -> tuple[ContentRequest, bool]:
    """Store what a sender asks, with the files of its form; (request, True), or (the earlier one, False) when the same form came
    before. `declared`: the words they confirmed. Raises `RequestRefused`."""
    province = organisation.province
    if organisation not in sender.organisations:
        raise RequestRefused(_("You do not send in the name of this organisation."))
    year = timezone.localtime(clock.now()).year
    series = _series(province, year)
    earlier = ContentRequest.objects.filter(draft=draft).first()
    if earlier is not None:
        if not sender.requests().filter(pk=earlier.pk).exists():
            raise RequestRefused(_("This form belongs to somebody else. Open a new one."))
        return earlier, False
    series.last += 1
    series.save(update_fields=["last"])
    now = clock.now()
    made = ContentRequest.objects.create(
        **fields,
        province=province,
        organisation=organisation,
        year=year,
        serial=series.last,
        number=f"{prefix_of(province)}-{year}-{series.last:04}",
        draft=draft,
        sender=sender.user,
        link=sender.link,
        declared_at=now,
        declaration=declaration.VERSION,
        declaration_text=declared,
        sent_at=now,
        changed_at=now,
    )
    made.clusters.set(one for one in clusters if one.province_id == province.pk)
    count = sender.files().filter(draft=draft).update(request=made)
    _say(made, Entry.Kind.STATE, state=State.RECEIVED, by=sender.user)
    audit.record(
        "request.sent",
        made,
        user=sender.user,
        province=province.code,
        organisation=organisation.name,
        sender=made.sender_name,
        link=sender.link.pk if sender.link else None,
        declaration=made.declaration,
        files=count,
    )
    return made, True


def _say(
    request: ContentRequest, kind: str, *, state: str = "", text: str = "", by: Any = None, mail: bool = True
) -> Entry:
    """A line of the thread; its message goes out after the transaction."""
    made = Entry.objects.create(
        request=request, kind=kind, state=state, text=text, by=by, at=clock.now(), mail_due=mail
    )
    if mail:
        transaction.on_commit(lambda: mails.deliver(made.pk))
    return made


def move(
    request: ContentRequest,
    state: State,
    *,
    by: Any = None,
    text: str = "",
    action: str = "request.state",
    mail: bool = True,
    **changes: Any,
) -> None:
    """Bring a locked request into a state, with a line, a message and an entry in the audit log."""
    before = request.state
    request.state = state
    for name, value in changes.items():
        setattr(request, name, value)
    request.version += 1
    request.changed_at = clock.now()
    request.save()
    _say(request, Entry.Kind.STATE, state=state, text=text, by=by, mail=mail)
    audit.record(action, request, user=by, province=request.province.code, reason=text, before=before, after=str(state))


def _locked(request: ContentRequest, by: Any, version: int | None) -> ContentRequest:
    """The request as it is now, for a decision of this person who saw `version`. Raises `RequestRefused`."""
    current = ContentRequest.objects.select_for_update().select_related("province").get(pk=request.pk)
    if not may_handle(by, current.province):
        raise RequestRefused(_("Only an editor of %(province)s decides about this.") % {"province": current.province})
    if version is not None and version != current.version:
        raise Changed(_("Somebody else changed this request in the meantime. Look at it again, then decide."))
    if current.state not in OPEN:
        raise RequestRefused(_("This request is closed."))
    return current


@transaction.atomic
def assign(request: ContentRequest, person: Any, *, by: Any, version: int | None = None) -> ContentRequest:
    """Give a request to an editor of its province. Raises `RequestRefused`."""
    current = _locked(request, by, version)
    if not editors_of(current).filter(pk=person.pk).exists():
        raise RequestRefused(
            _("%(person)s is no editor of %(province)s.") % {"person": person, "province": current.province}
        )
    if current.assigned_to_id == person.pk:
        return current
    first = current.state == State.RECEIVED
    current.assigned_to = person
    current.version += 1
    current.changed_at = clock.now()
    if first:
        current.state = State.ASSIGNED
    current.save()
    _say(current, Entry.Kind.STATE, state=State.ASSIGNED, text=str(person), by=by, mail=first)
    transaction.on_commit(lambda: mails.tell_assigned(current.pk, person.pk))
    audit.record("request.assigned", current, user=by, province=current.province.code, to=person.get_username())
    return current


@transaction.atomic
def ask(request: ContentRequest, text: str, *, by: Any) -> Entry:
    """A question to the sender. Raises `RequestRefused`."""
    current = _locked(request, by, None)
    if not text.strip():
        raise RequestRefused(_("Write the question."))
    audit.record("request.asked", current, user=by, province=current.province.code, reason=text[:500])
    return _say(current, Entry.Kind.QUESTION, text=text.strip()[:MAX_TEXT], by=by)


@transaction.atomic
def reply(request: ContentRequest, text: str, *, sender: Sender, draft: UUID | None = None) -> Entry:
    """What the sender answers, with the files of its form (`draft`). Raises `RequestRefused`."""
    current = ContentRequest.objects.select_for_update().select_related("province").get(pk=request.pk)
    if not sender.requests().filter(pk=current.pk).exists():
        raise RequestRefused(_("This request is not yours."))
    if current.state not in OPEN:
        raise RequestRefused(_("This request is closed. Send a new one, and name its number."))
    count = sender.files().filter(draft=draft).update(request=current) if draft else 0
    if not text.strip() and not count:
        raise RequestRefused(_("Write your reply or add a file."))
    audit.record("request.replied", current, user=sender.user, province=current.province.code, files=count)
    return _say(current, Entry.Kind.REPLY, text=text.strip()[:MAX_TEXT], by=sender.user)


@transaction.atomic
def decline(request: ContentRequest, reason: str, *, by: Any, version: int | None = None) -> None:
    """Close a request that will not be shown; the sender reads the reason. Raises `RequestRefused`."""
    current = _locked(request, by, version)
    if not reason.strip():
        raise RequestRefused(_("Give the sender the reason."))
    if current.state in (State.APPROVED, State.AIRING):
        raise RequestRefused(_("Its item is approved. Withdraw the item first, or answer the request instead."))
    move(current, State.DECLINED, by=by, text=reason.strip()[:MAX_TEXT], action="request.declined", making_since=None)


@transaction.atomic
def answer(request: ContentRequest, text: str, *, by: Any, version: int | None = None) -> None:
    """Close a request with an answer: it was shown, or dealt with in another way. Raises `RequestRefused`."""
    current = _locked(request, by, version)
    if not text.strip():
        raise RequestRefused(_("Write the answer to the sender."))
    move(current, State.ANSWERED, by=by, text=text.strip()[:MAX_TEXT], action="request.answered", making_since=None)


def record_download(request: ContentRequest, name: str, *, by: Any) -> None:
    """An editor took an original out of the system."""
    audit.record("request.file", request, user=by, province=request.province.code, file=name)
