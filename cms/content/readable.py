"""How legible a proof is, in words: a score with its shape, and what an editor can do, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.content.models import ProofJob
from cms.plugin_api.types import JSON

GOOD, FAIR = 80, 60


@dataclass(frozen=True, slots=True)
class Score:
    """Points of 100 with a word and a mark that do not rest on colour."""

    value: int

    @property
    def code(self) -> str:
        return "good" if self.value >= GOOD else "fair" if self.value >= FAIR else "poor"

    @property
    def word(self) -> str:
        return {"good": _("Easy to read"), "fair": _("Readable"), "poor": _("Hard to read")}[self.code]

    @property
    def shape(self) -> str:
        return {"good": "●", "fair": "◐", "poor": "▲"}[self.code]


@dataclass(frozen=True, slots=True)
class Advice:
    """What makes cards harder to read, and what to do about it."""

    where: str
    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Readable:
    """Of a whole proof: the score of its hardest scene, each scene's own, and what can be done."""

    score: Score
    scenes: tuple[Score, ...]
    advice: tuple[Advice, ...]

    @property
    def first(self) -> tuple[Advice, ...]:
        return self.advice[:3]

    @property
    def rest(self) -> tuple[Advice, ...]:
        return self.advice[3:]


def readable(job: ProofJob) -> Readable | None:
    """What is known of a job's proof; None when nothing was measured."""
    return readable_of(job.legibility)


def readable_of(measured: Sequence[JSON]) -> Readable | None:
    """The same from what was measured (one `Legibility` as JSON for each scene), for a draft too."""
    if not measured:
        return None
    scenes: dict[tuple[int, int], int] = {}
    for one in measured:
        place = one["card"], one["page"]
        scenes[place] = min(scenes.get(place, 100), one["score"])
    return Readable(
        Score(min(scenes.values())), tuple(Score(value) for value in scenes.values()), tuple(_advice(measured))
    )


def sentences(notes: Iterable[JSON]) -> tuple[str, ...]:
    """Notes (`vi`, `en`) in the reader's language."""
    return tuple(one[_language()] for one in notes)


def _language() -> str:
    return "vi" if (get_language() or "vi").startswith("vi") else "en"


def _advice(measured: Sequence[JSON]) -> list[Advice]:
    faces = {face for one in measured for face in one["faces"]}
    found: dict[tuple[str, str], list[tuple[int, JSON]]] = {}
    for one in measured:
        for reason in one["reasons"]:
            found.setdefault((reason["code"], reason[_language()]), []).append((reason["points"], one))
    advice = []
    for (_code, text), cases in found.items():
        cards = ", ".join(str(card + 1) for card in sorted({case["card"] for _points, case in cases}))
        letters = sorted({face for _points, case in cases for face in case["faces"]})
        where = _("Card %(cards)s") % {"cards": cards}
        if set(letters) != faces:
            where = _("Card %(cards)s, face %(faces)s") % {
                "cards": cards,
                "faces": ", ".join(one.upper() for one in letters),
            }
        advice.append(Advice(where, text, max(points for points, _case in cases)))
    return sorted(advice, key=lambda one: -one.points)
