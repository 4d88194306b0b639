"""The language versions of an item, and the remarks beside a version's proofs, as the review page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale

from cms.approval.remarks import MAX_LENGTH, Place, Remark, may_answer, may_write, open_counts, remarks_on
from cms.content.board import Board
from cms.content.models import ItemPage, ProofJob
from cms.content.services import SOURCE_LANGUAGE
from cms.content.states import State, states_of

PARTS = {
    "all": (gettext_lazy("The whole face"), (0.0, 0.0, 1.0, 1.0)),
    "top": (gettext_lazy("The upper part"), (0.0, 0.0, 1.0, 0.34)),
    "middle": (gettext_lazy("The middle"), (0.0, 0.33, 1.0, 0.34)),
    "bottom": (gettext_lazy("The lower part"), (0.0, 0.66, 1.0, 0.34)),
    "left": (gettext_lazy("The left part"), (0.0, 0.0, 0.34, 1.0)),
    "right": (gettext_lazy("The right part"), (0.66, 0.0, 0.34, 1.0)),
    "own": (gettext_lazy("The place marked on the picture"), (0.0, 0.0, 1.0, 1.0)),
}
"""Parts of a face by name: their words and their shares of it (x, y, width, height). `own` comes with a rectangle."""


@dataclass(frozen=True, slots=True)
class Version:
    """A language version: its page (None: not made yet), its state and its open remarks."""

    code: str
    name: str
    page: ItemPage | None
    state: State
    remarks: int = 0


def versions_of(page: ItemPage) -> list[Version]:
    """All language versions of an item, the source first, then in the province's order; languages of the province that have
    none come last. As many queries for one language as for ten."""
    found = ItemPage.objects.filter(translation_key=page.translation_key, alias_of=None).select_related("locale")
    pages = {one.locale.language_code: one for one in found}
    states, remarks = states_of(list(pages.values())), open_counts(pages.values())
    order = list(dict.fromkeys([SOURCE_LANGUAGE, *page.province.languages, *pages]))
    names = {one.language_code: one.get_display_name() for one in Locale.objects.all()}
    missing = State("draft", _("not made yet"))
    versions = []
    for code in order:
        one = pages.get(code)
        state = states[one.pk] if one else missing
        versions.append(Version(code, str(names.get(code, code)), one, state, remarks[one.pk] if one else 0))
    return sorted(versions, key=lambda version: version.page is None)


@dataclass(frozen=True, slots=True)
class Picture:
    """A face of a scene that a remark can point at. `value` names it in the form; size in pixels."""

    value: str
    label: str
    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Said:
    """A remark with its number in the list. `at` is the address of the same picture on the board, empty when the draft that was
    remarked on is no longer the latest."""

    number: int
    remark: Remark
    at: str
    mine: bool


@dataclass(slots=True)
class RemarkBoard:
    """What stands beside a version's proofs."""

    page: ItemPage
    said: list[Said] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    may_write: bool = False
    may_answer: bool = False

    @property
    def parts(self) -> list[tuple[str, str]]:
        return [(code, str(words)) for code, (words, _share) in PARTS.items()]

    @property
    def open(self) -> int:
        return sum(one.remark.done_at is None for one in self.said)


def pictures_of(board: Board | None) -> list[Picture]:
    """The faces on a board, in its order."""
    found = []
    for target in board.targets if board else ():
        for scene in target.scenes if target.job else ():
            for face in scene.faces:
                letter = face.letters.partition(",")[0].lower()
                words = {"clusters": target.clusters, "scene": scene.number, "face": face.letters}
                label = _("%(clusters)s: scene %(scene)s, face %(face)s") % words
                if target.span:
                    label = f"{label} ({_('one picture across the faces')})"
                value = f"{target.job.pk}-{scene.number - 1}-{letter}" if target.job else ""
                found.append(Picture(value, label, face.url, face.width, face.height))
    return found


def remark_board(page: ItemPage, user: Any, board: Board | None) -> RemarkBoard:
    """The remarks on a version and who may do what with them."""
    jobs = {one.job.proof_id: one.job.pk for one in (board.targets if board else ()) if one.job and one.job.proof_id}
    said = []
    for number, remark in enumerate(remarks_on(page), 1):
        job = jobs.get(remark.proof_id)
        at = reverse("content:face", args=(job, remark.scene - 1, remark.face)) if job else ""
        said.append(Said(number, remark, at, remark.author_id == user.pk))
    return RemarkBoard(page, said, pictures_of(board), may_write(user, page), may_answer(user, page))


class RemarkForm(forms.Form):
    """A remark: which picture, where on it, and the words."""

    picture = forms.RegexField(
        r"^\d{1,18}-\d{1,5}-[a-z]$", error_messages={"invalid": gettext_lazy("Choose the picture that is meant.")}
    )
    place = forms.ChoiceField(choices=[(code, words) for code, (words, _share) in PARTS.items()])
    rect = forms.RegexField(r"^\d{1,5},\d{1,5},\d{1,5},\d{1,5}$", required=False)
    text = forms.CharField(
        max_length=MAX_LENGTH, error_messages={"required": gettext_lazy("Write what you have to say.")}
    )

    def where(self, page: ItemPage, board: Board | None) -> Place | None:
        """The place that is pointed at; None when the item has no such picture (any more). Of a valid form."""
        number, scene, face = self.cleaned_data["picture"].split("-")
        job = ProofJob.objects.filter(pk=number, page_id=page.pk).select_related("proof", "revision", "cluster").first()
        shown = {one.value: one for one in pictures_of(board)}.get(self.cleaned_data["picture"])
        if job is None or shown is None:
            return None
        return Place(job, int(scene), face, self._rect(shown))

    def _rect(self, picture: Picture) -> tuple[int, int, int, int]:
        code, own = self.cleaned_data["place"], self.cleaned_data["rect"]
        if code == "own" and own:
            x, y, width, height = (int(one) for one in own.split(","))
            return x, y, width, height
        _words, (left, top, wide, high) = PARTS[code]
        sizes = (left * picture.width, top * picture.height, wide * picture.width, high * picture.height)
        x, y, width, height = (round(one) for one in sizes)
        return x, y, width, height
