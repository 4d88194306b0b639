"""A request in the admin: what was sent, the thread, and what an editor does with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cms.requests import services
from cms.requests.access import editors_of, may_handle, seen
from cms.requests.airing import airing_of
from cms.requests.errors import RequestRefused
from cms.requests.forms import AssignForm, TextForm
from cms.requests.lists import due_of
from cms.requests.making import make_item
from cms.requests.models import ContentRequest, RequestFile
from cms.requests.pictures import original_of, preview_of
from cms.requests.states import WAY, State

Forms = dict[str, Any]
WRITTEN = ("ask", "answer", "decline")


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(seen(request.user), pk=pk)
    return _detail(request, found, _forms(found))


def _forms(found: ContentRequest) -> Forms:
    start = {"version": found.version}
    forms: Forms = {name: TextForm(initial=start, prefix=name) for name in WRITTEN}
    chosen = start | {"person": found.assigned_to_id}
    return forms | {"assign": AssignForm(initial=chosen, prefix="assign", people=editors_of(found))}


def _detail(request: HttpRequest, found: ContentRequest, forms: Forms, status: int = 200) -> HttpResponse:
    place = WAY.index(State(found.state)) if found.state in WAY else -1
    context = {
        "one": found,
        "due": due_of(found),
        "steps": [(step, "done" if at < place else "now" if at == place else "") for at, step in enumerate(WAY)],
        "clusters": found.clusters.all(),
        "files": found.files.all(),
        "entries": found.entries.select_related("by"),
        "airing": airing_of(found),
        "handles": may_handle(request.user, found.province) and found.is_open,
        "mine": found.assigned_to_id == request.user.pk,
        "forms": forms,
        "item_url": reverse("wagtailadmin_pages:edit", args=[found.item_id]) if found.item_id else "",
    }
    return render(request, "requests/detail.html", context, status=status)


@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponseBase:
    """Something that an editor does. When it is refused, what was typed is still there."""
    found = get_object_or_404(seen(request.user), pk=pk)
    forms = _forms(found)
    done: Callable[[], str] | None
    if action in WRITTEN:
        forms[action] = form = TextForm(request.POST, prefix=action)
        done = _written(request, found, action, form) if form.is_valid() else None
    elif action == "assign":
        forms[action] = chosen = AssignForm(request.POST, prefix=action, people=editors_of(found))
        done = _assigned(request, found, chosen) if chosen.is_valid() else None
    elif action in ("take", "item"):
        version = request.POST.get("version", "")
        seen_version = int(version) if re.fullmatch(r"[0-9]{1,9}", version) else None
        done = {"take": _taken, "item": _made}[action](request, found, seen_version)
    else:
        raise Http404
    if done is None:
        return _detail(request, found, forms, 422)
    try:
        target = done()
    except RequestRefused as refused:
        messages.error(request, str(refused))
        return _detail(request, get_object_or_404(seen(request.user), pk=pk), _renewed(forms, pk), 409)
    return redirect(target)


def _renewed(forms: Forms, pk: int) -> Forms:
    """The forms as typed, for the request as it is now: pressing again decides knowingly."""
    version = ContentRequest.objects.values_list("version", flat=True).get(pk=pk)
    for name, form in forms.items():
        if form.is_bound:
            form.data = form.data.copy()
            form.data[f"{name}-version"] = str(version)
        else:
            form.initial["version"] = version
    return forms


def _written(request: HttpRequest, found: ContentRequest, action: str, form: TextForm) -> Callable[[], str]:
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]

    def done() -> str:
        if action == "ask":
            services.ask(found, text, by=request.user)
            messages.success(request, _("The question is on its way to the sender."))
        elif action == "answer":
            services.answer(found, text, by=request.user, version=version)
            messages.success(request, _("Answered and closed."))
        else:
            services.decline(found, text, by=request.user, version=version)
            messages.success(request, _("Declined. The sender reads the reason."))
        return found.get_absolute_url()

    return done


def _assigned(request: HttpRequest, found: ContentRequest, form: AssignForm) -> Callable[[], str]:
    person, version = form.cleaned_data["person"], form.cleaned_data["version"]

    def done() -> str:
        services.assign(found, person, by=request.user, version=version)
        messages.success(request, _("Assigned to %(person)s.") % {"person": person})
        return found.get_absolute_url()

    return done


def _taken(request: HttpRequest, found: ContentRequest, version: int | None) -> Callable[[], str]:
    def done() -> str:
        services.assign(found, request.user, by=request.user, version=version)
        messages.success(request, _("The request is yours."))
        return found.get_absolute_url()

    return done


def _made(request: HttpRequest, found: ContentRequest, version: int | None) -> Callable[[], str]:
    def done() -> str:
        page, left = make_item(found, by=request.user, version=version)
        messages.success(request, _("The draft is made. Look it over, then submit it for appraisal."))
        for line in left:
            messages.warning(request, line)
        return reverse("wagtailadmin_pages:edit", args=[page.pk])

    return done


def _file(request: HttpRequest, pk: int) -> RequestFile:
    """A file of a request that this person reads; else 404 (an outsider learns nothing)."""
    return get_object_or_404(
        RequestFile.objects.select_related("request__province"), pk=pk, request__in=seen(request.user)
    )


@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Our picture of a file."""
    return preview_of(_file(request, pk))


@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it came, to be saved; the audit log says who took it."""
    file = _file(request, pk)
    response = original_of(file)
    assert file.request is not None  # noqa: S101 - for the type checker
    services.record_download(file.request, file.name, by=request.user)
    return response
