"""How far the quotas of a province's plugin are met: so many items of a source in each week, month, quarter or year.

An item counts once, in the period in which it can first be seen: approved, from its first day on, and in a programme that a slot
plays on a cluster of the province. What really aired is known to higher apps only; one may register what it knows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.models import Revision, WorkflowState

from cms import clock
from cms.approval.models import Approval
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.places.models import Cluster, Organisation, Province
from cms.plugin_api.types import QuotaSpec
from cms.plugin_host.host import get_host
from cms.programmes import contents, filters
from cms.programmes.models import Slot
from cms.programmes.services import slots_on

State = Literal["met", "on-course", "behind"]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Aired = Callable[[Province, date, date, Collection[UUID]], Collection[UUID] | None]
"""Which of some items were seen on screens of a province from a day to a day; None where that is not known."""
_aired: list[Aired] = []


def register_aired(provider: Aired) -> None:
    """Called from a higher app's `ready()`."""
    if provider not in _aired:
        _aired.append(provider)


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class QuotaState:
    """`seen`: items that count and can be seen by now (`aired`: of these were seen, None where nobody knows); `coming`: approved and
    scheduled for later in the period; `under_way`: sent for appraisal. `source`: the organisation or level by name."""

    spec: QuotaSpec
    period: Period
    source: str
    seen: tuple[str, ...]
    coming: tuple[str, ...]
    under_way: int
    aired: int | None

    @property
    def name(self) -> str:
        """What the quota is called, in the reader's language."""
        text = self.spec.name
        return text.vi if (get_language() or "vi").startswith("vi") else text.en or text.vi

    @property
    def state(self) -> State:
        if len(self.seen) >= self.spec.at_least:
            return "met"
        return "on-course" if len(self.seen) + len(self.coming) + self.under_way >= self.spec.at_least else "behind"

    @property
    def lacks(self) -> int:
        return max(0, self.spec.at_least - len(self.seen) - len(self.coming) - self.under_way)

    @property
    def unseen(self) -> bool:
        """It would be met, but by the play log fewer were seen on the screens."""
        return self.state == "met" and self.aired is not None and self.aired < self.spec.at_least

    @property
    def advice(self) -> str:
        """What to do; empty once it is met and seen on the screens, as far as that is known."""
        words = {"count": self.lacks, "source": self.source, "until": f"{self.period.last:%d/%m/%Y}"}
        if self.state == "behind":
            said = ngettext(
                "%(count)s more item of %(source)s must be approved and put into a programme that plays before %(until)s is over.",
                "%(count)s more items of %(source)s must be approved and put into a programme that plays before %(until)s is over.",
                self.lacks,
            )
            return said % words
        if self.state == "on-course" and self.under_way:
            return (
                _("Approve what was submitted, and put it into a programme that plays before %(until)s is over.")
                % words
            )
        if self.unseen:
            return _(
                "No screen has shown enough of them yet. Look whether their slots play and whether the players report."
            )
        return ""


def period_of(per: str, day: date) -> Period:
    """The week (from Monday), month, quarter or year that a day lies in."""
    if per == "week":
        first = day - timedelta(days=day.weekday())
        return Period(first, first + timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}[per]
    begin = (day.month - 1) // months * months
    first = date(day.year, begin + 1, 1)
    following = date(day.year + (begin + months) // 12, (begin + months) % 12 + 1, 1)
    return Period(first, following - timedelta(days=1))


def quotas_of(province: Province, day: date | None = None) -> list[QuotaState]:
    """The quotas of a province on a day (today), what is behind first. The number of queries grows with the quotas and the clusters
    only."""
    specs = get_host().quotas(province.code)
    if not specs:
        return []
    today = day or clock.now().astimezone(ZONE).date()
    scheduled = _scheduled(province)
    found = [_state(spec, province, today, scheduled) for spec in specs]
    return sorted(found, key=lambda one: ("behind", "on-course", "met").index(one.state))


def _state(spec: QuotaSpec, province: Province, today: date, scheduled: Collection[UUID]) -> QuotaState:
    period = period_of(spec.per, today)
    begun = _begun(spec, province, period)
    counted = {key: one for key, one in begun.items() if key in scheduled}
    seen = {key for key, (_title, first) in counted.items() if first <= today}
    told = [ask(province, period.first, min(today, period.last), seen) for ask in _aired]
    known = [one for one in told if one is not None]
    sent = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS).values_list("object_id", flat=True)
    waiting = _supplied(spec, province).filter(pk__in=[int(one) for one in sent if str(one).isdecimal()])
    return QuotaState(
        spec,
        period,
        _source_name(spec, province),
        tuple(sorted(counted[key][0] for key in seen)),
        tuple(sorted(counted[key][0] for key in counted.keys() - seen)),
        waiting.exclude(translation_key__in=begun).count(),
        len(seen & {key for one in known for key in one}) if known else None,
    )


def _supplied(spec: QuotaSpec, province: Province) -> QuerySet[ItemPage]:
    """Items of the quota's source, kind and tag, in their source language."""
    found = ItemPage.objects.filter(alias_of=None, locale__language_code=SOURCE_LANGUAGE)
    if spec.source in Organisation.Level.values:
        found = found.filter(supplier__level=spec.source)
    elif spec.source:
        found = found.filter(Q(supplier__code=spec.source) | Q(supplier__in=_successors(spec.source, province)))
    if spec.kind:
        found = found.filter(kind=spec.kind)
    if spec.tag:
        found = found.filter(tags__name=spec.tag)
    if spec.source and spec.source not in Organisation.Level.values:
        found = found.filter(supplier__province=province)
    return found


def _successors(code: str, province: Province) -> list[int]:
    """Organisations that took the place of the one that a quota names, one after the other. One query for each."""
    found: list[int] = []
    one = Organisation.objects.filter(province=province, code=code).first()
    while one is not None and one.successor_id and one.successor_id not in found:
        found.append(one.successor_id)
        one = one.successor
    return found


def _begun(spec: QuotaSpec, province: Province, period: Period) -> dict[UUID, tuple[str, date]]:
    """Title and first day of the source's items that are approved in the province and can first be seen within the period."""
    keys = _supplied(spec, province).values("translation_key")
    approvals = Approval.objects.filter(province=province, language=SOURCE_LANGUAGE, item_key__in=keys)
    first: dict[UUID, date] = {}
    in_force: dict[UUID, tuple[str, int]] = {}
    rows = approvals.order_by("approved_at", "pk").values_list(
        "item_key", "title", "revision", "approved_at", "revoked_at"
    )
    for key, title, revision, at, revoked in rows:
        first.setdefault(key, at.astimezone(ZONE).date())
        if revoked is None:
            in_force[key] = title, revision
    days = dict(
        Revision.objects.filter(pk__in=[revision for _title, revision in in_force.values()]).values_list(
            "pk", "content__valid_from"
        )
    )
    found = {}
    for key, (title, revision) in in_force.items():
        since = days.get(revision)
        begins = max(first[key], date.fromisoformat(since)) if since else first[key]
        if period.first <= begins <= period.last:
            found[key] = title, begins
    return found


def _scheduled(province: Province) -> set[UUID]:
    """Items in programmes that active slots play on clusters of the province, themselves or by a filter."""
    slots: set[int] = set()
    for cluster in Cluster.objects.filter(province=province, active=True):
        slots.update(slots_on(cluster).values_list("pk", flat=True))
    programmes = contents.programmes_of(Slot.objects.filter(pk__in=slots).values_list("programme", flat=True))
    entries = [entry for one in programmes for entry in one.entries.all()]
    found = {entry.item.translation_key for entry in entries if entry.item is not None}
    asked = [one for entry in entries if (one := filters.filter_of(entry))]
    known = filters.candidates(province.pk, None) if asked else []
    return found | {key for key, facts in known if any(one.finds(facts) for one in asked)}


def _source_name(spec: QuotaSpec, province: Province) -> str:
    if spec.source in Organisation.Level.values:
        return str(Organisation.Level(spec.source).label)
    found = Organisation.objects.filter(province=province, code=spec.source).first() if spec.source else None
    return str(found or spec.source or _("all sources"))
