"""What an editor should look at: the compiler's diagnostics of the weeks to come in words, with the place where each is put
right, and the slots that they concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from cms import clock
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.places.models import Cluster
from cms.programmes.diagnostics import say
from cms.programmes.previews import Answer, compile_at
from cms.programmes.services import may_edit
from cms.schedule.inputs import Diagnostic, ScheduleInputs
from cms.schedule.programmes import Rounds

DAYS = 35
GRAVE = ("error", "warning")


@dataclass(frozen=True, slots=True)
class Matter:
    """A diagnostic in words. `url`: where it is put right, empty where the reader can do nothing; `slots`: ids of the slots that
    it concerns."""

    level: str
    label: str
    text: str
    url: str
    slots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Attention:
    matters: tuple[Matter, ...]

    def of_slots(self) -> dict[str, list[str]]:
        """What is wrong with each slot, by its id; notes are no reason for a mark."""
        found: dict[str, list[str]] = {}
        for one in self.matters:
            for slot in one.slots if one.level in GRAVE else ():
                found.setdefault(slot, []).append(one.text)
        return found

    @property
    def count(self) -> int:
        return sum(one.level in GRAVE for one in self.matters)


def attention_for(cluster: Cluster, user: Any, answer: Answer | None = None) -> Attention:
    """What the compiler says about the coming weeks of a cluster, or about those of `answer`."""
    answer = answer or compile_at(cluster, clock.now(), days=DAYS)
    diagnostics = answer.compiled.diagnostics
    pages = _pages(one.subject for one in diagnostics)
    holders = _holders(answer.inputs)
    edits = may_edit(user, cluster.province.code)
    found = []
    for one in diagnostics:
        said = say(one)
        slots = frozenset(holders.get(one.subject, ()))
        found.append(Matter(said.level, said.label, said.text, _url(cluster, one, pages, user, edits), slots))
    return Attention(tuple(found))


def _pages(subjects: Iterable[str]) -> dict[str, int]:
    """Pages of the items that are spoken of, by translation key."""
    keys = {one.removeprefix("item:").split(":")[0] for one in subjects if one.startswith("item:")}
    if not keys:
        return {}
    rows = ItemPage.objects.filter(
        translation_key__in=keys, alias_of=None, locale__language_code=SOURCE_LANGUAGE
    ).values_list("translation_key", "pk")
    return {str(key): pk for key, pk in rows}


def _holders(inputs: ScheduleInputs) -> Mapping[str, set[str]]:
    """Ids of slots by what a diagnostic may speak of: the slot, its programme, an item that it plays."""
    found: dict[str, set[str]] = {}
    rounds = Rounds(inputs.programmes)
    for slot in inputs.slots:
        items = rounds.members(slot.programme) if slot.programme in inputs.programmes else ()
        for subject in (f"slot:{slot.id}", f"programme:{slot.programme}", *(f"item:{key}" for key in items)):
            found.setdefault(subject, set()).add(slot.id)
    return found


def _url(cluster: Cluster, one: Diagnostic, pages: Mapping[str, int], user: Any, edits: bool) -> str:
    kind, _, name = one.subject.partition(":")
    if kind in ("slot", "programme") and name.isdecimal():
        return reverse(f"wagtailsnippets_programmes_{kind}:{'edit' if edits else 'inspect'}", args=(name,))
    if kind == "item":
        page = pages.get(name.split(":")[0])
        return reverse("wagtailadmin_pages:edit", args=(page,)) if page else ""
    if "first" in one.params:
        day = date.fromisoformat(one.params["first"])
        return reverse("programmes:calendar_cluster", args=(cluster.slug,)) + f"?day={day}"
    if kind in ("cluster", "face") and user.is_superuser:
        return reverse("wagtailsnippets_places_cluster:edit", args=(cluster.pk,))
    return ""
