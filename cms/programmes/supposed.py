"""What would be on record if somebody saved or approved what is being looked at. `inputs.gather` takes it in place of the records,
so that what a change does is known before it is made; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cms.approval.models import Approval, ApprovedProof
from cms.content.services import SOURCE_LANGUAGE
from cms.programmes.filters import Facts, facts_of
from cms.programmes.models import Programme
from cms.schedule.inputs import SlotInput


@dataclass(frozen=True, slots=True)
class Supposed:
    """`programmes` by primary key (0: a new one), with their entries. `slots` by primary key ("0": a new one), None where a cluster loses
    it. `approvals`: unsaved ones, each in place of what is in force of the same item translation, with their unsaved proofs by item
    translation. `facts`: of their items, for filters, newest first."""

    programmes: Mapping[int, Programme] = field(default_factory=dict)
    slots: Mapping[str, SlotInput | None] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    proofs: Mapping[str, Sequence[ApprovedProof]] = field(default_factory=dict)
    facts: Mapping[UUID, Facts] = field(default_factory=dict)

    def of_slots(self, recorded: Iterable[SlotInput]) -> tuple[SlotInput, ...]:
        """The slots of a cluster, these instead of theirs."""
        kept = [one for one in recorded if one.id not in self.slots]
        return (*kept, *(one for one in self.slots.values() if one is not None))

    def of_programmes(self, recorded: Iterable[Programme]) -> list[Programme]:
        """Programmes with their entries; those supposed in place of the recorded ones."""
        found = {one.pk: one for one in recorded}
        found.update(self.programmes)
        return list(found.values())

    def of_approvals(self, recorded: Iterable[Approval], geometry: str) -> list[Approval]:
        """Approvals in force, these in place of older ones, each with its proofs for a geometry in `fitting`."""
        for one in self.approvals:
            vars(one)["fitting"] = self._fitting(one, geometry)
        mine = {one.item for one in self.approvals}
        return [*(one for one in recorded if one.item not in mine), *self.approvals]

    def still(self, withdrawn: frozenset[str]) -> frozenset[str]:
        """What stays withdrawn: an approval lifts the withdrawal of its item."""
        lifted = {one.proof_id for proofs in self.proofs.values() for one in proofs} | self.proofs.keys()
        return withdrawn - lifted

    def drawn(self, geometry: str) -> set[UUID]:
        """Items that these approvals have pictures of for a geometry."""
        return {one.item_key for one in self.approvals if self._fitting(one, geometry)}

    def _fitting(self, approval: Approval, geometry: str) -> list[ApprovedProof]:
        return [one for one in self.proofs.get(approval.item, ()) if one.geometry == geometry]


NOTHING = Supposed()


def approved(proposed: Sequence[tuple[Approval, Sequence[ApprovedProof]]]) -> Supposed:
    """What holds once these (unsaved) approvals are in force. One query."""
    found = tuple(one for one, _proofs in proposed)
    sources = {one.item_key: one.revision for one in found if one.language == SOURCE_LANGUAGE}
    facts = facts_of(list(sources.values()))
    return Supposed(
        approvals=found,
        proofs={one.item: proofs for one, proofs in proposed},
        facts={key: facts[revision] for key, revision in sources.items() if revision in facts},
    )
