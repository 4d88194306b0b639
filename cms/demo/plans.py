"""The demo's programmes and slots: a daily bulletin, a programme about the land that gets a share, and conduct at opening."""

from __future__ import annotations

from datetime import date, time

from cms.content.models import ItemPage
from cms.demo.texts import DemoProvince
from cms.places.models import Province
from cms.programmes.models import Programme, ProgrammeEntry, Slot, SlotWindow

START = date(2026, 11, 1)
LAND = ("tourism", "culture", "economy")


def _programme(province: Province, title: str, pages: list[ItemPage]) -> Programme:
    programme = Programme(province=province, title=title)
    programme.entries = [ProgrammeEntry(item=page, sort_order=place) for place, page in enumerate(pages)]
    programme.save()
    return programme


def fill_plans(province: Province, texts: DemoProvince, pages: list[ItemPage], national: list[ItemPage]) -> None:
    """Programmes of a province and the slots on all its clusters; nothing when it has programmes already."""
    if Programme.objects.filter(province=province).exists():
        return
    clusters = list(province.clusters.all())
    daily = _programme(province, texts.programme, [*pages, *national])
    land = _programme(province, f"Quê hương {province.name}", [page for page in pages if page.kind in LAND])
    conduct = _programme(
        province, f"Khi qua cửa khẩu – {province.name}", [page for page in pages if page.kind == "border"]
    )
    slots = [
        Slot(programme=daily, title=f"{daily.title}: cả ngày", date_from=START, weight=3),
        Slot(programme=land, title=f"{land.title}: cả ngày", date_from=START, weight=1),
        Slot(programme=conduct, title=f"{conduct.title}: đầu buổi", date_from=START, priority=Slot.Priority.PRIORITY),
    ]
    slots[2].windows = [SlotWindow(start=time(7, 0), end=time(7, 45)), SlotWindow(start=time(13, 30), end=time(14, 15))]
    for slot in slots:
        slot.clusters = clusters
        slot.save()
