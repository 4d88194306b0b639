"""What waits for a person: decisions with their pictures, and the next steps of their roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import TaskState, WorkflowState

from cms.accounts.models import Role
from cms.accounts.services import roles_of
from cms.approval.models import ApprovalTask, ThemeApproval
from cms.content.models import ItemPage, ProofJob
from cms.content.translating.waiting import waiting_for as waiting_translations
from cms.home.wall import ClusterNow
from cms.plugin_host.host import get_host
from cms.requests.senders import sender_of
from cms.requests.waiting import waiting_for as waiting_requests

THUMBNAIL_PX = 360


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits for this person's decision. `picture` is the address of a proof; empty while it is drawn."""

    title: str
    language: str
    url: str
    final: bool
    by: str
    since: Any
    picture: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next. `level`: `do` (waits for this person), `warn`, or `idea`."""

    text: str
    url: str
    level: str = "idea"


def link(name: str, *args: Any) -> str:
    """The address of a page; empty when the app that serves it is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def waiting_for(user: Any) -> list[Waiting]:
    """Items whose appraisal or approval this person may decide, oldest first, with the picture of their first proof."""
    states = list(
        TaskState.objects.reviewable_by(user)
        .select_related("task", "revision", "revision__user", "workflow_state", "workflow_state__requested_by")
        .order_by("started_at")
    )
    pages = ItemPage.objects.select_related("locale").in_bulk([int(one.revision.object_id) for one in states])
    jobs: dict[int, ProofJob] = {}
    done = ProofJob.objects.filter(revision__in=[one.revision_id for one in states], status=ProofJob.Status.DONE)
    for job in done.order_by("-pk"):
        jobs[job.revision_id] = job
    final = ContentType.objects.get_for_model(ApprovalTask).pk
    found = []
    for one in states:
        page = pages.get(int(one.revision.object_id))
        if page is None:
            continue
        drawn = jobs.get(one.revision_id)
        picture = link("content:face", drawn.pk, 0, "a") if drawn else ""
        found.append(
            Waiting(
                title=page.draft_title or page.title,
                language=page.locale.language_code,
                url=link("approval:review", page.pk) or reverse("wagtailadmin_pages:edit", args=[page.pk]),
                final=one.task.content_type_id == final,
                by=str(one.workflow_state.requested_by or one.revision.user or ""),
                since=one.started_at,
                picture=f"{picture}?w={THUMBNAIL_PX}" if picture else "",
            )
        )
    return found


def next_steps(user: Any, waiting: list[Waiting], clusters: list[ClusterNow]) -> list[Step]:
    """What a person of these roles would do next, the pressing things first."""
    roles = {role for _province, role in roles_of(user)}
    steps = _decisions(waiting)
    if user.is_superuser or Role.OPERATOR in roles:
        steps += _players(clusters)
    if user.is_superuser:
        steps += _administration(clusters)
    if user.is_superuser or roles & {Role.CONTRIBUTOR, Role.EDITOR}:
        steps += _content(user)
    if user.is_superuser or Role.EDITOR in roles:
        steps += _requests(user)
    if Role.CONTRIBUTOR in roles:
        steps += _sending(user)
    if Role.TRANSLATOR in roles:
        steps += _translations(user)
    return sorted(steps, key=lambda step: ("do", "warn", "idea").index(step.level))


def _decisions(waiting: list[Waiting]) -> list[Step]:
    appraisals = sum(not one.final for one in waiting)
    approvals = sum(one.final for one in waiting)
    text = ngettext("%(count)s item waits for your appraisal", "%(count)s items wait for your appraisal", appraisals)
    steps = _counted(appraisals, text, "#waiting")
    text = ngettext("%(count)s item waits for your approval", "%(count)s items wait for your approval", approvals)
    return steps + _counted(approvals, text, "#waiting")


def _counted(count: int, text: str, url: str, level: str = "do") -> list[Step]:
    """A step about so many things, none about none. `text` says it with %(count)s."""
    return [Step(text % {"count": count}, url, level)] if count else []


def _requests(user: Any) -> list[Step]:
    """Content requests of units: the late ones above all."""
    waiting, page = waiting_requests(user), link("content_requests:index")
    late = ngettext(
        "%(count)s content request has reached its wished day",
        "%(count)s content requests have reached their wished day",
        waiting.late,
    )
    new = ngettext(
        "%(count)s content request waits for an editor", "%(count)s content requests wait for an editor", waiting.new
    )
    mine = ngettext(
        "%(count)s content request is yours to finish", "%(count)s content requests are yours to finish", waiting.mine
    )
    return [
        *_counted(waiting.late, late, f"{page}?due=late", "warn"),
        *_counted(waiting.new, new, f"{page}?whose=nobody"),
        *_counted(waiting.mine, mine, f"{page}?whose=mine"),
    ]


def _sending(user: Any) -> list[Step]:
    """The form of the unit that a contributor belongs to."""
    sender = sender_of(user)
    if sender is None:
        return []
    unit = sender.organisations[0].name
    return [Step(_("Ask for something to be shown, for %(unit)s") % {"unit": unit}, sender.address("form"))]


def _translations(user: Any) -> list[Step]:
    count = waiting_translations(user)
    text = ngettext("%(count)s item waits for your translation", "%(count)s items wait for your translation", count)
    return _counted(count, text, f"{link('content:translations')}?cell=mine")


def _players(clusters: list[ClusterNow]) -> list[Step]:
    steps = []
    for one in clusters:
        page = reverse("home:cluster", args=[one.cluster.slug])
        for view in one.troubled:
            text = _("%(controller)s at %(cluster)s: %(state)s. Look at it, or call the site.")
            words = {"controller": view.controller, "cluster": one.cluster, "state": view.health.label}  # type: ignore[union-attr]
            steps.append(Step(text % words, page, "warn"))
        if one.unpaired:
            text = _("%(cluster)s has a controller without a player. Open a player there.")
            steps.append(Step(text % {"cluster": one.cluster}, page, "warn"))
    return steps


def _administration(clusters: list[ClusterNow]) -> list[Step]:
    steps = []
    if get_host().problems():
        steps.append(Step(_("A plugin does not work."), link("places:plugins"), "warn"))
    approved = set(ThemeApproval.objects.values_list("theme", flat=True))
    missing = sorted({one.cluster.province.theme for one in clusters} - approved)
    if missing:
        steps.append(
            Step(
                _("Look at the themes and allow them on the screens: %(themes)s.") % {"themes": ", ".join(missing)},
                link("approval:themes"),
                "do",
            )
        )
    if not clusters:
        steps.append(
            Step(_("Install the plugin of a province; its clusters appear here."), link("places:plugins"), "do")
        )
    if not get_user_model().objects.filter(groups__province_group__isnull=False).exists():
        steps.append(
            Step(
                _("Make accounts for the people of your province and give them roles."),
                link("wagtailusers_users:add"),
                "do",
            )
        )
    return steps


def _content(user: Any) -> list[Step]:
    returned = WorkflowState.objects.filter(requested_by=user, status=WorkflowState.STATUS_NEEDS_CHANGES).count()
    text = ngettext(
        "%(count)s of your items came back for changes", "%(count)s of your items came back for changes", returned
    )
    steps = _counted(returned, text, link("content:items"))
    if link("content:items"):
        steps.append(Step(_("Write an item or go on with a draft"), link("content:items")))
    return steps
