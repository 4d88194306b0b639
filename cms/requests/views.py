"""Pages of senders, also for telephones: the form, what was sent, how far it is, and the files of a form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cms.accounts.limits import TooOften
from cms.requests import services
from cms.requests.airing import airing_of
from cms.requests.declaration import declaration_for
from cms.requests.entrance import for_senders, limited, too_often
from cms.requests.errors import RequestRefused
from cms.requests.files import MAX_BYTES, MAX_FILES, drop, keep
from cms.requests.forms import SendForm
from cms.requests.models import ContentRequest, RequestFile
from cms.requests.pictures import preview_of
from cms.requests.senders import Sender
from cms.requests.states import WAY, State

PER_PAGE = 50


def _draft(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error


def _number(text: str) -> int:
    """A primary key; 0, which is nothing's, for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


def _taken_in(request: HttpRequest, sender: Sender, draft: uuid.UUID) -> list[str]:
    """Keep the files that came with a form; what is wrong with those that were refused."""
    said: list[str] = []
    for field in ("letter_file", "files"):
        for upload in request.FILES.getlist(field):
            try:
                limited("files", sender)
                keep(upload, draft=draft, owner=sender.key, letter=field == "letter_file")
            except RequestRefused as refused:
                said.append(str(refused))
    return said


@require_http_methods(["GET", "HEAD", "POST"])
@for_senders
def form(request: HttpRequest, sender: Sender) -> HttpResponseBase:
    """The form. Whatever is wrong, what was typed and the files that came with it are still there."""
    filled = SendForm(request.POST or None, sender=sender)
    if request.method != "POST":
        return _form(request, sender, filled, filled["draft"].value())
    draft = _draft(request.POST.get("draft", ""))
    refused = _taken_in(request, sender, draft)
    if number := request.POST.get("drop", ""):
        drop(sender.files().filter(draft=draft, pk=_number(number)))
        return _form(request, sender, SendForm(None, sender=sender, typed=request.POST), draft)
    earlier = sender.requests().filter(draft=draft).first()
    if earlier is not None:
        return _sent_before(request, sender, filled, earlier)
    if not filled.is_valid() or refused:
        return _form(request, sender, filled, draft, refused, status=422)
    try:
        limited("send", sender)
        made = _sent(request, sender, filled, draft)
    except TooOften as error:
        return _form(request, sender, filled, draft, [too_often(error)], status=429)
    except RequestRefused as error:
        return _form(request, sender, filled, draft, [str(error)], status=422)
    return redirect(f"{sender.address('state', made.number)}?sent={draft}")


def _sent_before(request: HttpRequest, sender: Sender, filled: SendForm, earlier: ContentRequest) -> HttpResponse:
    """A form that comes again: the same one was received; another one, written over it after Back, begins anew with its files."""
    draft = earlier.draft
    more = sender.files().filter(draft=draft, request=None)
    same = filled.is_valid() and all(getattr(earlier, name) == value for name, value in filled.stored().items())
    if same and not more.exists():
        return redirect(f"{sender.address('state', earlier.number)}?sent={draft}")
    fresh = uuid.uuid4()
    more.update(draft=fresh)
    told = _(
        "This form was already sent and received as %(number)s. What you wrote since is still here: press Send to send it as another "
        "request."
    ) % {"number": earlier.number}
    return _form(request, sender, filled, fresh, [told], status=422)


def _sent(request: HttpRequest, sender: Sender, filled: SendForm, draft: uuid.UUID) -> ContentRequest:
    unit = filled.cleaned_data["organisation"]
    made, _new = services.send(
        sender,
        draft=draft,
        organisation=unit,
        fields=filled.stored(),
        clusters=filled.cleaned_data["clusters"],
        declared=declaration_for(unit.province.code, get_language() or "vi"),
    )
    return made


def _form(
    request: HttpRequest,
    sender: Sender,
    filled: SendForm,
    draft: Any,
    refused: list[str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "sender": sender,
        "form": filled,
        "draft": draft,
        "files": _shown(sender, sender.files().filter(draft=draft)),
        "refused": refused or [],
        "wrong": [filled[name] for name in filled.errors if name in filled.fields],
        "declaration": declaration_for(sender.organisations[0].province.code, get_language() or "vi"),
        "count": sender.requests().count(),
        "limits": {"megabytes": MAX_BYTES >> 20, "files": MAX_FILES},
    }
    return render(request, "requests/form.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@for_senders
def sent(request: HttpRequest, sender: Sender) -> HttpResponseBase:
    """What this sender has sent, newest first."""
    return render(request, "requests/sent.html", {"sender": sender, "requests": sender.requests()[:PER_PAGE]})


@require_http_methods(["GET", "HEAD"])
@for_senders
def state(request: HttpRequest, sender: Sender, number: str) -> HttpResponseBase:
    """How far a request is, and the thread with the editors."""
    return _state(request, sender, _own(sender, number))


def _own(sender: Sender, number: str) -> ContentRequest:
    """The newest of this number: two provinces may share the letters."""
    found = sender.requests().select_related("assigned_to").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _state(
    request: HttpRequest,
    sender: Sender,
    found: ContentRequest,
    refused: list[str] | None = None,
    typed: str = "",
    draft: uuid.UUID | None = None,
) -> HttpResponse:
    """`typed` and the files of `draft`: a reply that was not sent."""
    place = WAY.index(State(found.state)) if found.state in WAY else -1
    context = {
        "sender": sender,
        "one": found,
        "steps": [(one, "done" if at < place else "now" if at == place else "") for at, one in enumerate(WAY)],
        "airing": airing_of(found) if found.state != State.DECLINED else None,
        "entries": found.entries.select_related("by"),
        "files": _shown(sender, found.files.all()),
        "clusters": found.clusters.all(),
        "refused": refused or [],
        "typed": typed,
        "kept": _shown(sender, sender.files().filter(draft=draft)) if draft else [],
        "here": sender.address("state", found.number),
        "sent": request.GET.get("sent", ""),
        "draft": draft or uuid.uuid4(),
    }
    return render(request, "requests/state.html", context, status=422 if refused else 200)


@require_POST
@for_senders
def reply(request: HttpRequest, sender: Sender, number: str) -> HttpResponseBase:
    """An answer to the editors, with files. Whatever is refused, the words and the files that were accepted are still there."""
    found = _own(sender, number)
    draft = _draft(request.POST.get("draft", ""))
    text = request.POST.get("text", "").replace("\x00", "")[: services.MAX_TEXT]
    refused = _taken_in(request, sender, draft)
    if dropped := request.POST.get("drop", ""):
        drop(sender.files().filter(draft=draft, pk=_number(dropped)))
    elif not refused:
        try:
            limited("reply", sender)
            services.reply(found, text, sender=sender, draft=draft)
            return redirect(f"{sender.address('state', number)}#thread")
        except TooOften as error:
            refused = [too_often(error)]
        except RequestRefused as error:
            refused = [str(error)]
    return _state(request, sender, found, refused, text, draft)


@require_http_methods(["GET", "HEAD", "POST"])
@for_senders
def files(request: HttpRequest, sender: Sender) -> HttpResponseBase:
    """For the form's script: the files of a form, or one more. A refusal says what to do."""
    given = request.POST if request.method == "POST" else request.GET
    draft = _draft(given.get("draft", ""))
    if request.method != "POST":
        return JsonResponse({"files": [_told(sender, one) for one in sender.files().filter(draft=draft)]})
    limited("files", sender)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": _("The file did not arrive. Send it again.")}, status=422)
    try:
        kept = keep(upload, draft=draft, owner=sender.key, letter=given.get("letter") == "1")
    except RequestRefused as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    return JsonResponse(_told(sender, kept))


@dataclass(frozen=True, slots=True)
class Shown:
    """A file on a sender's page, with the address of its picture ("": none) and the one that removes it."""

    file: RequestFile
    preview: str
    drop: str


def _shown(sender: Sender, found: Iterable[RequestFile]) -> list[Shown]:
    return [
        Shown(one, sender.address("preview", one.pk) if one.preview else "", sender.address("drop", one.pk))
        for one in found
    ]


def _told(sender: Sender, file: RequestFile) -> dict[str, Any]:
    (shown,) = _shown(sender, [file])
    return {
        "id": file.pk,
        "name": file.name,
        "kind": file.get_kind_display(),
        "letter": file.letter,
        "bytes": file.bytes,
        "preview": shown.preview,
        "drop": shown.drop,
    }


@require_POST
@for_senders
def drop_file(request: HttpRequest, sender: Sender, pk: int) -> HttpResponseBase:
    """Take a file off a form that was not sent yet."""
    drop(sender.files().filter(pk=pk))
    return JsonResponse({})


@require_http_methods(["GET", "HEAD"])
@for_senders
def preview(request: HttpRequest, sender: Sender, pk: int) -> HttpResponseBase:
    """Our own picture of a file of this sender."""
    mine = RequestFile.objects.filter(owner=sender.key) | RequestFile.objects.filter(request__in=sender.requests())
    return preview_of(get_object_or_404(mine.distinct(), pk=pk))
