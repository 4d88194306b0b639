"""Live streams of an item: their pixels cannot be approved, so an approver confirms each address by name, and only servers that
administrators allow may send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.approval.models import Approval
from cms.content.models import ItemPage, ProofJob
from cms.content.proofs import ready_jobs
from cms.places.models import Province
from cms.places.streams import responsible_for


@dataclass(frozen=True, slots=True)
class Live:
    """A stream as an approver reads it; `responsible` is "" where its server may not send."""

    url: str
    responsible: str

    def to_json(self) -> dict[str, str]:
        return {"url": self.url, "responsible": self.responsible}


def of_jobs(jobs: Iterable[ProofJob], province: Province) -> list[Live]:
    """The streams in the proofs of these jobs, each once, by address."""
    found: set[str] = set()
    for job in jobs:
        if job.proof is not None:
            found |= job.proof.value.streams()
    return [Live(url, by) for url, by in responsible_for(found, province).items()] if found else []


def of_item(page: ItemPage, revision: Revision | None, province: Province) -> list[Live]:
    """The streams in the proofs of an item's revision that a province would approve; none while proofs are missing."""
    if revision is None:
        return []
    return of_jobs(ready_jobs(page, revision, None if province == page.province else province) or (), province)


def against(live: Iterable[Live]) -> str:
    """Why nobody can approve these streams, and what to do; "" when their servers may send."""
    shut = [one.url for one in live if not one.responsible]
    if not shut:
        return ""
    return _(
        "This server may not send live streams to the screens of the province: %(address)s. An administrator allows it under Places, "
        "Servers of live streams; or return the item for changes."
    ) % {"address": ", ".join(shut)}


def approved_for(approvals: Iterable[int], province: Province) -> dict[int, frozenset[str]]:
    """The addresses that approvals (by primary key) name and whose servers may still send to a province; only approvals with any."""
    named = {
        one.pk: [entry["url"] for entry in one.streams]
        for one in Approval.objects.filter(pk__in=list(approvals)).exclude(streams=[])
    }
    allowed = responsible_for({url for urls in named.values() for url in urls}, province) if named else {}
    return {pk: frozenset(url for url in urls if allowed.get(url)) for pk, urls in named.items()}


def no_longer_allowed() -> list[Approval]:
    """Approvals in force that name a stream whose server may not send any more."""
    return [
        one
        for one in Approval.objects.filter(revoked_at__isnull=True)
        .exclude(streams=[])
        .select_related("province", "page")
        if not all(responsible_for((entry["url"] for entry in one.streams), one.province).values())
    ]
