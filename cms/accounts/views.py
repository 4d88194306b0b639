"""What those who look after people do for them, and what everybody does for their own sessions."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as django_csrf_failure

from cms.accounts import sessions
from cms.accounts.forms import ReasonForm
from cms.accounts.models import User
from cms.accounts.people import administers_any, people_of
from cms.accounts.services import has_second_factor, reset_second_factor


def looked_after(request: HttpRequest, user_id: int) -> User:
    """This person, when the one who asks may administer the account. Raises PermissionDenied or Http404 otherwise."""
    if not administers_any(request.user):
        raise PermissionDenied
    return get_object_or_404(people_of(request.user), pk=user_id)


def second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let an administrator take a person's lost authenticator away."""
    person = looked_after(request, user_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reset_second_factor(person, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(user)s sets up a new second factor at the next log-in.") % {"user": person})
        return redirect("wagtailusers_users:edit", person.pk)
    context = {"person": person, "form": form, "active": has_second_factor(person)}
    return render(request, "accounts/second_factor.html", context)


def person_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """Where a person is logged in; an administrator ends all of it."""
    person = looked_after(request, user_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = sessions.end(person, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("%(user)s is logged out everywhere (%(count)s).") % {"user": person, "count": count}
        )
        return redirect("wagtailusers_users:edit", person.pk)
    context = {"person": person, "form": form, "devices": sessions.devices_of(person)}
    return render(request, "accounts/person_sessions.html", context)


def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in oneself; a forgotten session is ended from here."""
    if request.method == "POST":
        _end_own(request)
        return redirect("accounts:sessions")
    return render(request, "accounts/own_sessions.html", {"devices": sessions.devices_of(request.user)})


def _end_own(request: HttpRequest) -> None:
    wanted = request.POST.get("session", "")
    if wanted and not re.fullmatch(r"[0-9]{1,18}", wanted):
        raise Http404
    count = sessions.end(request.user, by=request.user, only=int(wanted) if wanted else None, keep_current=True)
    if count:
        messages.success(request, _("Ended. Whoever sat there is logged out at the next click."))
    else:
        messages.info(request, _("That session had ended already."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or a log-in in another tab: say what to do."""
    if request.headers.get("accept", "").startswith("application/json"):
        return django_csrf_failure(request, reason)
    return render(request, "accounts/csrf.html", status=403)
