"""The demo's programmes and slots: a daily bulletin that holds what the national level supplies, a programme about the land that
gets a share, and conduct at opening, which finds its items by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from cms.content.models import ItemPage
from cms.demo.texts import DemoProvince
from cms.places.models import Cluster, ClusterTag, Province
from cms.programmes.models import Programme, ProgrammeEntry, Slot, SlotWindow

START = date(2026, 11, 1)
LAND = ("tourism", "culture", "economy")
GATES = "Cửa khẩu quốc tế"  # as the plugins' names of the clusters say


def _programme(province: Province, title: str, entries: Iterable[ProgrammeEntry]) -> Programme:
    programme = Programme(province=province, title=title)
    programme.entries = list(entries)
    for place, entry in enumerate(programme.entries.all()):
        entry.sort_order = place
    programme.save()
    return programme


def _items(pages: Iterable[ItemPage]) -> list[ProgrammeEntry]:
    return [ProgrammeEntry(item=page) for page in pages]


def _national(pages: list[ItemPage]) -> Programme:
    """What the national level supplies (TT06 k5), which the provinces' programmes hold."""
    nation = Province.objects.get(national=True)
    known = Programme.objects.filter(province=nation).order_by("pk").first()
    return known or _programme(nation, "Nội dung Trung ương cung cấp", _items(pages))


def _gates() -> ClusterTag:
    """The group of the clusters at international border gates."""
    group, _ = ClusterTag.objects.get_or_create(name=GATES, province=None)
    for cluster in Cluster.objects.filter(name__contains=GATES.lower()).exclude(tags=group):
        cluster.tags.add(group)
        cluster.save()
    return group


def fill_plans(province: Province, texts: DemoProvince, pages: list[ItemPage], national: list[ItemPage]) -> None:
    """Programmes of a province and the slots on its clusters, conduct on those at international gates only; nothing when it
    has programmes already."""
    if Programme.objects.filter(province=province).exists():
        return
    clusters = list(province.clusters.all())
    supplied = ProgrammeEntry(nested=_national(national), take=1)
    daily = _programme(province, texts.programme, [*_items(pages), supplied])
    land = _programme(province, f"Quê hương {province.name}", _items(page for page in pages if page.kind in LAND))
    # Conduct at the gate: whatever of this kind is approved, so that a new item needs nobody to add it here.
    conduct = _programme(province, f"Khi qua cửa khẩu – {province.name}", [ProgrammeEntry(kind="border")])
    slots = [
        Slot(programme=daily, title=f"{daily.title}: cả ngày", date_from=START, weight=3),
        Slot(programme=land, title=f"{land.title}: cả ngày", date_from=START, weight=1),
        Slot(programme=conduct, title=f"{conduct.title}: đầu buổi", date_from=START, priority=Slot.Priority.PRIORITY),
    ]
    slots[2].windows = [SlotWindow(start=time(7, 0), end=time(7, 45)), SlotWindow(start=time(13, 30), end=time(14, 15))]
    for slot in slots[:2]:
        slot.clusters = clusters
    slots[2].cluster_tags = [_gates()]
    for slot in slots:
        slot.save()
