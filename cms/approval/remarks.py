"""What reviewers say about a place of a face, answered and marked done by those who edit the item. Nothing is deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from cms import clock
from cms.accounts.audit import record
from cms.accounts.services import has_role
from cms.content.board import Note
from cms.content.models import ItemPage, Proof, ProofJob
from cms.content.previews import face_size
from cms.content.services import may_see

REVIEWERS = ("appraiser", "approver", "editor", "administrator")
MAX_LENGTH = 2000


class RemarkRefused(PermissionDenied):
    """The remark cannot be written or changed; `str()` says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a remark points: a face (its letter) of a scene (from 0) of a proof, and a rectangle in the face's pixels."""

    job: ProofJob
    scene: int
    face: str
    rect: tuple[int, int, int, int]


class Remark(models.Model):
    """A reviewer's word about a rectangle of a face, on the very proof it was said of."""

    page = models.ForeignKey(ItemPage, on_delete=models.CASCADE, related_name="remarks")
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, related_name="+")
    clusters = models.CharField(max_length=255, help_text="names of the clusters that show this proof")
    scene = models.PositiveSmallIntegerField(help_text="counts from 1")
    face = models.CharField(max_length=4, help_text="letter")
    width = models.PositiveIntegerField(help_text="of the face, pixels")
    height = models.PositiveIntegerField()
    rect = models.JSONField(help_text="x, y, width, height in pixels of the face")
    text = models.TextField(_("remark"), max_length=MAX_LENGTH)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True, db_index=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def stroke(self) -> float:
        """How thick its outline is on its picture, in pixels of the face."""
        return max(1.0, self.width / 150)


class Answer(models.Model):
    """A word in answer to a remark."""

    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField(_("answer"), max_length=MAX_LENGTH)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a remark")
        verbose_name_plural = _("answers to remarks")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


def may_write(user: Any, page: ItemPage) -> bool:
    """Whether a person may remark on an item: reviewers of its own province."""
    return may_see(user, page) and has_role(user, page.province.code, *REVIEWERS)


def may_answer(user: Any, page: ItemPage) -> bool:
    """Whether a person may answer and mark as done: anyone with a role in the item's own province."""
    return has_role(user, page.province.code)


def remarks_on(page: ItemPage) -> QuerySet[Remark]:
    """All remarks on an item in this language with their answers, the open ones first, in two queries."""
    found = Remark.objects.filter(page=page).select_related("author", "done_by").prefetch_related("answers__author")
    return found.order_by(models.F("done_at").asc(nulls_first=True), "at", "pk")


def open_counts(pages: Iterable[ItemPage]) -> Counter[int]:
    """How many remarks are open, by page id, in one query."""
    rows = Remark.objects.filter(page__in=list(pages), done_at__isnull=True).order_by().values_list("page")
    return Counter(dict(rows.annotate(count=models.Count("pk"))))


def notes(page: ItemPage, _revision: Revision, _user: Any) -> list[Note]:
    """What stands above the proofs while remarks are open: all of them, so that a returned item lists what to change."""
    left = Remark.objects.filter(page=page, done_at__isnull=True)
    lines = [
        gettext("Scene %(scene)s, face %(face)s: %(text)s")
        % {"scene": one.scene, "face": one.face.upper(), "text": " ".join(one.text.split())}
        for one in left
    ]
    if not lines:
        return []
    count = ngettext("%(count)d remark is open.", "%(count)d remarks are open.", len(lines)) % {"count": len(lines)}
    url = f"{reverse('approval:review', args=(page.pk,))}#remarks-{page.pk}"
    return [Note("warning", "\n".join([count, *lines]), url, gettext("Look and answer"))]


@transaction.atomic
def write(page: ItemPage, place: Place, text: str, *, by: Any) -> Remark:
    """Put a remark beside a proof of the item's latest draft. Raises `RemarkRefused`."""
    if not may_write(by, page):
        raise RemarkRefused(gettext("Only those who review items of this province write remarks."))
    job = place.job
    if job.page_id != page.pk or job.revision_id != page.latest_revision_id or job.proof is None:
        raise RemarkRefused(
            gettext("This picture is of an older draft. Load the page again, then point at the new one.")
        )
    scenes = job.proof.value.scenes
    layers = scenes[place.scene].faces.get(place.face, ()) if 0 <= place.scene < len(scenes) else ()
    if not layers:
        raise RemarkRefused(gettext("There is no such face in this scene. Choose the picture again."))
    width, height = face_size(layers)
    made = Remark.objects.create(
        page=page,
        revision=job.revision,
        proof=job.proof,
        clusters=job.cluster.name,
        scene=place.scene + 1,
        face=place.face,
        width=width,
        height=height,
        rect=within(place.rect, width, height),
        text=_told(text),
        author=by,
        at=clock.now(),
    )
    _audit("remark.write", made, by, made.text)
    return made


def within(rect: tuple[int, int, int, int], width: int, height: int) -> list[int]:
    """The part of a rectangle that lies on a face; the whole face when none of it does."""
    x, y = max(0, rect[0]), max(0, rect[1])
    right, bottom = min(width, rect[0] + rect[2]), min(height, rect[1] + rect[3])
    return [x, y, right - x, bottom - y] if right > x and bottom > y else [0, 0, width, height]


def _told(text: str) -> str:
    found = text.strip()
    if not found:
        raise RemarkRefused(gettext("Write what you have to say."))
    if len(found) > MAX_LENGTH:
        raise RemarkRefused(gettext("This is too long: at most %(count)d letters.") % {"count": MAX_LENGTH})
    return found


@transaction.atomic
def answer(remark: Remark, text: str, *, by: Any, done: bool = False) -> None:
    """Answer a remark, and mark it as done if asked. Raises `RemarkRefused`."""
    _allowed(remark, by)
    made = Answer.objects.create(remark=remark, text=_told(text), author=by, at=clock.now())
    _audit("remark.answer", remark, by, made.text)
    if done:
        mark_done(remark, by=by)


@transaction.atomic
def mark_done(remark: Remark, *, by: Any) -> None:
    """What the remark asked for is done. Nothing happens to one that is done already. Raises `RemarkRefused`."""
    _allowed(remark, by)
    if Remark.objects.filter(pk=remark.pk, done_at__isnull=True).update(done_at=clock.now(), done_by=by):
        _audit("remark.done", remark, by)


@transaction.atomic
def reopen(remark: Remark, *, by: Any) -> None:
    """It is not done after all. Raises `RemarkRefused`."""
    _allowed(remark, by)
    if Remark.objects.filter(pk=remark.pk, done_at__isnull=False).update(done_at=None, done_by=None):
        _audit("remark.reopen", remark, by)


def _allowed(remark: Remark, by: Any) -> None:
    if not may_answer(by, remark.page):
        raise RemarkRefused(gettext("Only people of this item's province answer remarks."))


def _audit(action: str, remark: Remark, by: Any, reason: str = "") -> None:
    record(
        action,
        remark.page.title,
        user=by,
        province=remark.page.province.code,
        reason=reason,
        item=remark.page.item_id,
        remark=remark.pk,
        revision=remark.revision_id,
        proof=remark.proof_id,
        scene=remark.scene,
        face=remark.face,
        rect=remark.rect,
    )
