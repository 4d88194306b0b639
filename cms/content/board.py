"""What stands beside an item's form: per target its clusters, its state and its pictures. Higher apps add their word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.accounts.services import has_role
from cms.content.models import ItemPage, Proof, ProofJob
from cms.content.previews import face_size
from cms.content.proofs import destination_clusters, jobs_for, targets
from cms.content.readable import Readable, Score, readable, sentences
from cms.content.services import may_see, untranslated
from cms.places.models import Province
from cms.plugin_api.types import Layer, Scene

SHAPES = {"queued": "◌", "running": "◔", "done": "●", "failed": "▲", "stopped": "■"}


@dataclass(frozen=True, slots=True)
class FacePicture:
    """Faces that show the same pixels: their letters, the picture's address and size in pixels, a clip's address."""

    letters: str
    url: str
    thumb: str
    width: int
    height: int
    clip: str = ""


@dataclass(frozen=True, slots=True)
class ScenePictures:
    number: int
    seconds: float
    faces: tuple[FacePicture, ...]
    score: Score | None = None
    streams: tuple[str, ...] = ()


@dataclass(slots=True)
class TargetBoard:
    clusters: str
    sizes: str
    span: bool
    job: ProofJob | None
    scenes: tuple[ScenePictures, ...] = ()
    readable: Readable | None = None
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        return self.job.status if self.job else "queued"

    @property
    def shape(self) -> str:
        return SHAPES[self.status]

    @property
    def word(self) -> str:
        return str(self.job.get_status_display()) if self.job else _("Waiting")

    @property
    def percent(self) -> int:
        return round(100 * self.job.progress) if self.job else 0


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence above the pictures; `kind` is good, waiting, warning or off; `url` and `action` make it a link."""

    kind: str
    text: str
    url: str = ""
    action: str = ""

    @property
    def shape(self) -> str:
        return {"good": "●", "waiting": "◔", "warning": "▲", "off": "■"}.get(self.kind, "○")


@dataclass(slots=True)
class Board:
    page: ItemPage
    revision: Revision | None
    targets: list[TargetBoard] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    may_edit: bool = False

    @property
    def running(self) -> bool:
        return any(one.status in ("queued", "running") for one in self.targets)

    @property
    def seen(self) -> str:
        """The proofs whose pictures stand on the board, so that a decision can say what it was about."""
        return ",".join(sorted({one.job.proof_id for one in self.targets if one.job and one.job.proof_id}))

    @property
    def ready(self) -> bool:
        return bool(self.targets) and all(one.status == "done" for one in self.targets)


NoteProvider = Callable[[ItemPage, Revision, Any], list[Note]]
_providers: list[NoteProvider] = []


def register(provider: NoteProvider) -> None:
    """Let a higher app say something about an item above its proofs: `provider(page, revision, user)`."""
    if provider not in _providers:
        _providers.append(provider)


def board_of(
    page: ItemPage, user: Any, revision: Revision | None = None, province: Province | None = None
) -> Board | None:
    """The board of an item's latest revision, or of `revision`; with `province` that of its clusters alone. None for a person who may
    not see the item."""
    if not may_see(user, page):
        return None
    writes = has_role(user, page.province.code, "contributor", "editor")
    board = Board(page, revision or page.get_latest_revision(), may_edit=writes and revision is None)
    if board.revision is None:
        return board
    draft = board.revision.as_object()
    left = untranslated(page) if revision is None else 0  # of the words that there are now
    if left:
        board.notes.append(Note("warning", _("%(count)d passages are not translated yet.") % {"count": left}))
    elif not draft.body:
        board.notes.append(
            Note("warning", _("An item needs at least one card. Add a headline, a text, a picture or a clip."))
        )
    elif not targets(draft, province):
        said = (
            _("The chosen clusters have no faces yet. Describe their faces under Places.")
            if destination_clusters(draft, province)
            else _("There is no cluster to show this on. Choose clusters that are in operation.")
        )
        board.notes.append(Note("warning", said))
    else:
        jobs = {(job.geometry, job.theme, job.span): job for job in jobs_for(page, board.revision)}
        for target in targets(draft, province):
            job = jobs.get(target.key)
            sizes = " · ".join(dict.fromkeys(f"{face.width} × {face.height}" for face in target.geometry.faces))
            names = ", ".join(cluster.name for cluster in target.clusters)
            board.targets.append(_target(names, sizes, target.span, job))
    for provider in _providers:
        board.notes.extend(provider(page, board.revision, user))
    return board


def _target(names: str, sizes: str, span: bool, job: ProofJob | None) -> TargetBoard:
    if job is None or job.proof is None:
        return TargetBoard(names, sizes, span, job)
    scenes, found = scenes_of(job.proof, job.pk), readable(job)
    if found is not None and len(found.scenes) == len(scenes):
        scenes = tuple(replace(one, score=score) for one, score in zip(scenes, found.scenes, strict=True))
    return TargetBoard(names, sizes, span, job, scenes, found, sentences(job.notes))


def scenes_of(proof: Proof, job_id: int) -> tuple[ScenePictures, ...]:
    """The pictures of a proof, scene by scene; faces with the same pixels share one."""
    return tuple(
        ScenePictures(
            number + 1, scene.duration_ms / 1000, _faces(scene, number, job_id), streams=tuple(sorted(scene.streams()))
        )
        for number, scene in enumerate(proof.value.scenes)
    )


def _faces(scene: Scene, number: int, job_id: int) -> tuple[FacePicture, ...]:
    groups: dict[tuple[Layer, ...], list[str]] = {}
    for letter, layers in sorted(scene.faces.items()):
        if layers:
            groups.setdefault(tuple(layers), []).append(letter)
    found = []
    for layers, letters in groups.items():
        width, height = face_size(layers)
        url = reverse("content:face", args=(job_id, number, letters[0]))
        clip = next((one.asset for one in layers if one.kind == "video"), "")
        found.append(
            FacePicture(
                ", ".join(letter.upper() for letter in letters),
                url,
                f"{url}?w={min(width, 640)}" if width > 640 else url,
                width,
                height,
                reverse("content:clip", args=(job_id, clip)) if clip else "",
            )
        )
    return tuple(found)
