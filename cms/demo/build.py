"""Fills an empty instance with the demo: provinces, people, items, proofs, approvals, programmes. Running it again adds what
is missing and changes nothing else."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from wagtail.models import Locale, Page, Revision

from cms.accounts.models import User
from cms.approval import services as approval
from cms.approval.models import Approval, ThemeApproval
from cms.content import jobs, proofs
from cms.content.models import ItemPage, ProofJob
from cms.content.services import ensure_tree
from cms.demo import shelf
from cms.demo.people import fill_people
from cms.demo.plans import fill_plans
from cms.demo.texts import DemoItem, province_texts
from cms.places.models import Province
from cms.places.services import sync_provinces

Step = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done and how many there are."""

SETTLE_SECONDS = 600
# Left in the appraiser's tray, so that the first person to log in finds something to do.
WAITING = ("gop-y-tinh-bien", "gop-y-cao-bang", "hoa-hoi-lang-son")


def is_filled() -> bool:
    """Whether the demo's content is there."""
    return ItemPage.objects.filter(slug="chao-mung-tinh-bien").exists() and ThemeApproval.objects.exists()


def fill(step: Step = lambda what, done, total: None) -> None:
    """Everything, in the order a province would do it. Raises what the services raise: a demo that cannot be approved
    is a defect."""
    step("Tỉnh, đơn vị, cụm thông tin", 0, 0)
    sync_provinces()
    provinces = list(Province.objects.filter(code__in=province_texts()).order_by("national", "code"))
    people = fill_people(provinces)
    _locales()
    written = {province.code: _write(province, people, step) for province in provinces}
    _draw(step)
    for theme in {province.theme for province in provinces}:
        approval.approve_theme(theme, by=people["", "administrator"])
    for province in provinces:
        approval.ensure_workflow(province)
        _approve(province, written[province.code], people, step)
    everywhere = [
        page for page, _, item in written["national"] if item.slug not in WAITING and page.locale.language_code == "vi"
    ]
    for province in provinces:
        if province.national:
            continue
        _approve_national(province, written["national"], people)
        sources = [page for page, _, _ in written[province.code] if page.locale.language_code == "vi"]
        fill_plans(province, province_texts()[province.code], sources, everywhere)


Written = list[tuple[ItemPage, Revision, DemoItem]]


def _locales() -> None:
    for language, _ in settings.WAGTAIL_CONTENT_LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    Page.objects.filter(depth=2, slug="home", title__startswith="Welcome").delete()


def _write(province: Province, people: dict[tuple[str, str], User], step: Step) -> Written:
    items = province_texts()[province.code].items
    shelves = ensure_tree(province)
    author, translator = people[province.code, "contributor"], people[province.code, "editor"]
    written: Written = []
    for place, item in enumerate(items):
        step(f"Tin của {province.name}", place, len(items))
        source, *others = item.languages()
        # An item is there in all its languages or not at all; nobody waits long for the lock.
        with transaction.atomic():
            page, revision = shelf.write(item, province, shelves[source], author)
            written.append((page, revision, item))
            for language in others:
                written.append((*shelf.translate(item, page, language, translator), item))
    return written


def _draw(step: Step) -> None:
    """Draw the waiting proofs on all cores, by the very job that the render queue runs."""
    waiting = list(ProofJob.objects.filter(status=ProofJob.Status.QUEUED).values_list("pk", flat=True))
    if not waiting:
        return
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1, mp_context=context) as pool:
        running = [pool.submit(jobs.make_proof, pk) for pk in waiting]
        for done, future in enumerate(as_completed(running), start=1):
            future.result()
            step("Vẽ bản duyệt", done, len(running))
    _settled(waiting)


def _settled(waiting: list[int]) -> None:
    """Wait for what the instance's own workers took on before we did; they give way to everything else, so it may take long
    on a busy machine. Raises RuntimeError after ten minutes."""
    left = ProofJob.objects.filter(pk__in=waiting, status__in=(ProofJob.Status.QUEUED, ProofJob.Status.RUNNING))
    until = time.monotonic() + SETTLE_SECONDS
    while left.exists():
        if time.monotonic() > until:
            raise RuntimeError(f"{left.count()} proofs are still being drawn: {left.first()}")
        time.sleep(0.25)


def _approve(province: Province, written: Written, people: dict[tuple[str, str], User], step: Step) -> None:
    for place, (page, revision, item) in enumerate(written):
        step(f"Phê duyệt của {province.name}", place, len(written))
        if item.slug in WAITING:
            _submit(page, people[province.code, "contributor"])
        else:
            _approve_one(page, revision, province, people)


def _approve_one(page: ItemPage, revision: Revision, province: Province, people: dict[tuple[str, str], User]) -> None:
    if Approval.objects.filter(item=page.item_id, province=province, revoked_at__isnull=True).exists():
        return
    problems = [job.error for job in proofs.jobs_for(page, revision) if job.status == ProofJob.Status.FAILED]
    if problems:
        raise RuntimeError(f"{page} ({page.locale.language_code}): {problems[0]}")
    approval.approve(
        page,
        revision,
        province=province,
        by=people[province.code, "approver"],
        submitted_by=people[province.code, "contributor"],
        appraised_by=people[province.code, "appraiser"],
        document="Trình diễn",
    )


def _approve_national(province: Province, written: Written, people: dict[tuple[str, str], User]) -> None:
    for page, revision, item in written:
        if item.slug not in WAITING:
            _approve_one(page, revision, province, people)


def _submit(page: ItemPage, by: User) -> None:
    """Send an item for appraisal through the workflow, as its contributor would."""
    if page.current_workflow_state is None:
        workflow: Any = page.get_workflow()
        workflow.start(page, by)
