"""What a reviewer sees of the differences to the version approved last: words, and before, after and what changed of every face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.approval import compared
from cms.approval.differences import TextDifferences, last_approved, text_differences
from cms.approval.models import Approval, ApprovedProof
from cms.content.board import Board, TargetBoard
from cms.content.models import ProofJob
from cms.places.models import Province
from cms.plugin_api.types import JSON

SHAPES = {
    "same": "●", "changed": "◆", "moving": "◆", "added": "+", "removed": "–",
    "waiting": "◔", "failed": "▲", "alone": "○", "gone": "○",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FaceDifference:
    """Faces with the same pixels in both versions. Addresses are empty where there is no such picture; `boxes` are rectangles in
    pixels of the face: x, y, width, height."""

    letters: str
    kind: str
    width: int
    height: int
    before: str
    after: str
    boxes: tuple[tuple[int, int, int, int], ...]
    share: float

    @property
    def percent(self) -> str:
        """The share of pixels that changed; never 0 when some did."""
        share = 100 * self.share
        return f"{share:.0f}" if share >= 1 or not share else "< 1"

    @property
    def shape(self) -> str:
        return SHAPES[self.kind]

    @property
    def stroke(self) -> float:
        """How thick the outline is, so that it is seen on a large face and covers little of a small one."""
        return max(1.0, self.width / 200)


@dataclass(frozen=True, slots=True)
class SceneDifference:
    """A scene of the newer version beside that of the older one; numbers count from 1, None where there is none."""

    before: int | None
    after: int | None
    seconds: tuple[float | None, float | None]
    faces: tuple[FaceDifference, ...]

    @property
    def longer(self) -> bool:
        """Whether it is shown for another time than before."""
        return None not in self.seconds and self.seconds[0] != self.seconds[1]

    @property
    def same(self) -> bool:
        return not self.longer and all(one.kind == "same" for one in self.faces)


@dataclass(frozen=True, slots=True)
class TargetDifference:
    """The proof for clusters of one geometry. `kind`: same, changed, waiting (being drawn or compared), failed, alone (nothing of
    that shape was approved)."""

    clusters: str
    sizes: str
    kind: str
    scenes: tuple[SceneDifference, ...] = ()

    @property
    def shape(self) -> str:
        return SHAPES[self.kind]

    @property
    def changed(self) -> tuple[SceneDifference, ...]:
        return tuple(one for one in self.scenes if not one.same)

    @property
    def unchanged(self) -> int:
        return len(self.scenes) - len(self.changed)

    @property
    def word(self) -> str:
        return {
            "same": _("the same pictures as approved"),
            "changed": _("pictures changed"),
            "waiting": _("being compared"),
            "failed": _("could not be compared; look at the proofs themselves"),
            "alone": _("nothing of this shape was approved before: look at every picture"),
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`approval` None: never approved. `unchanged`: this very version was approved. `words` None: the approved text is not kept any
    more. `gone`: approved proofs of shapes that are no longer asked for."""

    approval: Approval | None = None
    unchanged: bool = False
    words: TextDifferences | None = None
    targets: tuple[TargetDifference, ...] = ()
    gone: int = 0

    @property
    def running(self) -> bool:
        return any(one.kind == "waiting" for one in self.targets)


def comparison_of(board: Board | None, province: Province | None = None) -> Comparison:
    """What changed since the last approval in a province, by default the item's own; pixels as far as they are compared by now: what
    is not, is asked for."""
    if board is None or board.revision is None:
        return Comparison()
    given = last_approved(board.page, province)
    if given is None:
        return Comparison()
    if given.revision == board.revision.pk:
        return Comparison(given, unchanged=True)
    approved = list(given.approved_proofs.all())
    partners = [(one, compared.partner_of(one.job, approved) if one.job else None) for one in board.targets]
    pairs = [(other.proof_id, one.job.proof_id) for one, other in partners if other and one.job and one.job.proof_id]
    found = compared.known(pair for pair in pairs if pair[0] != pair[1])
    met = {other.pk for _one, other in partners if other}
    return Comparison(
        given,
        words=_words(given, board.revision),
        targets=tuple(_target(one, other, found) for one, other in partners),
        gone=sum(one.pk not in met for one in approved),
    )


def _words(given: Approval, revision: Revision) -> TextDifferences | None:
    before = Revision.objects.filter(pk=given.revision, object_id=revision.object_id).first()
    return text_differences(before.as_object(), revision.as_object()) if before is not None else None


def _target(target: TargetBoard, other: ApprovedProof | None, found: dict[compared.Pair, JSON]) -> TargetDifference:
    names = (target.clusters, target.sizes)
    job = target.job
    if job is None or job.proof_id is None:
        return TargetDifference(
            *names, "waiting" if job is None or target.status in ("queued", "running") else "failed"
        )
    if other is None:
        return TargetDifference(*names, "alone")
    if other.proof_id == job.proof_id:
        return TargetDifference(*names, "same")
    pair = (other.proof_id, job.proof_id)
    if pair not in found:
        return TargetDifference(*names, "waiting" if compared.ask(pair) else "failed")
    scenes = tuple(_scene(one, job, other) for one in found[pair])
    return TargetDifference(*names, "same" if all(one.same for one in scenes) else "changed", scenes)


def _scene(scene: JSON, job: ProofJob, other: ApprovedProof) -> SceneDifference:
    old, new = scene["before"], scene["after"]
    before, after = (None if ms is None else ms / 1000 for ms in scene["ms"])
    return SceneDifference(
        None if old is None else old + 1,
        None if new is None else new + 1,
        (before, after),
        tuple(_face(face, job, other, old, new) for face in scene["faces"]),
    )


def _face(face: JSON, job: ProofJob, other: ApprovedProof, old: int | None, new: int | None) -> FaceDifference:
    letter, kind = face["letters"][0], face["kind"]
    width, height = face["size"]
    before: Any = old if kind != "added" else None
    after: Any = new if kind != "removed" else None
    return FaceDifference(
        ", ".join(one.upper() for one in face["letters"]),
        kind,
        width,
        height,
        "" if before is None else reverse("approval:approved_face", args=(other.pk, before, letter)),
        "" if after is None else reverse("content:face", args=(job.pk, after, letter)),
        tuple((x, y, wide, high) for x, y, wide, high in face["boxes"]),
        face["share"],
    )
