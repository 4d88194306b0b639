"""“Việc đang vẽ”: the drawings of a person's provinces that run, wait, failed or stand still, with what can be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cms.accounts.services import has_role, provinces_of
from cms.content import jobs, redrawing
from cms.content.models import ItemPage, ProofJob, ProvincePage
from cms.places.models import Province

Status = ProofJob.Status
AT_MOST = 40
"""Rows of each group that are shown; the others are counted."""
NOBODY = timedelta(minutes=1)
"""After so long without anybody drawing, a waiting job says that nobody does."""
EDITORS = ("contributor", "editor")


@dataclass(frozen=True, slots=True)
class Work:
    """One drawing, as the list shows it."""

    job: ProofJob
    province: Province
    stuck: bool
    may_act: bool

    @property
    def percent(self) -> int:
        return round(100 * self.job.progress)

    @property
    def since(self) -> datetime:
        """Of what moves: when it was asked for; of what ended: when."""
        return self.job.finished_at or self.job.queued_at

    @property
    def can_stop(self) -> bool:
        return self.may_act and self.job.status in (Status.QUEUED, Status.RUNNING)

    @property
    def can_draw(self) -> bool:
        return self.may_act and (self.stuck or self.job.status in (Status.FAILED, Status.STOPPED))


@dataclass(slots=True)
class Group:
    """Drawings in one state. `left` are those beyond `AT_MOST`."""

    code: str
    word: str
    shape: str
    rows: list[Work] = field(default_factory=list)
    left: int = 0

    @property
    def count(self) -> int:
        return len(self.rows) + self.left


def _provinces(user: Any) -> QuerySet[Province]:
    codes = provinces_of(user)
    found = Province.objects.filter(active=True)
    return found if codes is None else found.filter(Q(code__in=codes))


def groups_of(user: Any) -> list[Group]:
    """What is under way for a person's provinces, in three queries."""
    now = timezone.now()
    shelves = {one.path: one.province for one in redrawing.shelves(_provinces(user))}
    found = {
        "stuck": Group("stuck", _("No sign of life"), "▲"),
        "failed": Group("failed", _("Failed"), "▲"),
        "running": Group("running", _("Being drawn"), "◔"),
        "queued": Group("queued", _("Waiting"), "◌"),
        "stopped": Group("stopped", _("Stopped"), "■"),
    }
    rows = (
        ProofJob.objects.filter(page__path__regex=redrawing.under(shelves), revision=F("page__latest_revision"))
        .exclude(status=Status.DONE)
        .select_related("page__locale", "cluster")
        .order_by("queued_at", "pk")
        if shelves
        else ProofJob.objects.none()
    )
    for job in rows:
        province = shelves[job.page.path[: -ItemPage.steplen]]
        stuck = jobs.is_stuck(job, now)
        group = found["stuck" if stuck else job.status]
        if len(group.rows) < AT_MOST:
            group.rows.append(Work(job, province, stuck, has_role(user, province.code, *EDITORS)))
        else:
            group.left += 1
    return [one for one in found.values() if one.count]


@require_GET
def working(request: HttpRequest) -> HttpResponse:
    """The page; with `?part` only what changes by itself."""
    groups = groups_of(request.user)
    by_code = {one.code: one for one in groups}
    waiting = by_code.get("queued")
    nobody = (
        waiting is not None and "running" not in by_code and waiting.rows[0].job.updated_at < timezone.now() - NOBODY
    )
    context: dict[str, Any] = {
        "groups": groups,
        "moving": bool({"queued", "running", "stuck"} & set(by_code)),
        "nobody": nobody,
    }
    if "part" in request.GET:
        response = render(request, "content/_working.html", context)
        response["Cache-Control"] = "no-store"
        return response
    mine = [one for one in _provinces(request.user) if has_role(request.user, one.code, *EDITORS)]
    older = redrawing.outdated(mine)
    context["older"] = [(one, len(older[one.code])) for one in mine if older.get(one.code)]
    return render(request, "content/working.html", context)


def _actionable(request: HttpRequest, job_id: int) -> ProofJob:
    """The job, for those who may edit its item; an outsider learns nothing."""
    job = get_object_or_404(ProofJob.objects.select_related("page"), pk=job_id)
    province = job.page.province
    if not has_role(request.user, province.code):
        raise Http404
    if not has_role(request.user, province.code, *EDITORS):
        raise PermissionDenied
    return job


@require_POST
def stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """End a drawing; 204 for scripts, else back to the list."""
    if not jobs.stop(_actionable(request, job_id), by=request.user):
        return HttpResponseBadRequest(_("This drawing has already ended."))
    return _answer(request)


@require_POST
def again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Draw once more what failed, was stopped or stands still."""
    if not jobs.again(_actionable(request, job_id)):
        return HttpResponseBadRequest(_("There is nothing to draw again: it is under way, done, or of an older draft."))
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect("content:working")


@require_POST
def redraw_all(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the items of a province in the present way, as new drafts; approvals stay."""
    province = get_object_or_404(Province, code=code, active=True)
    if not has_role(request.user, code):
        raise Http404
    if not has_role(request.user, code, *EDITORS):
        raise PermissionDenied
    count = len(redrawing.outdated([province])[code]) if ProvincePage.objects.filter(province=province).exists() else 0
    if count:
        redrawing.redraw_later(province, by=request.user)
        messages.success(
            request,
            ngettext(
                "%(count)d item is drawn anew as a draft. What is on the screens stays until the draft is approved.",
                "%(count)d items are drawn anew as drafts. What is on the screens stays until the drafts are approved.",
                count,
            )
            % {"count": count},
        )
    return redirect("content:working")
