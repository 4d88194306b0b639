"""What higher apps hear about: `slots_changed(cluster_ids: set[int])`, sent after the transaction that changed what is
scheduled on these clusters has committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal

slots_changed = Signal()


def announce(cluster_ids: Iterable[int]) -> None:
    """Send `slots_changed` once this transaction commits."""
    clusters = set(cluster_ids)
    if clusters:
        transaction.on_commit(lambda: slots_changed.send(None, cluster_ids=clusters))


def ask_for_spans(slot: Any) -> None:
    """Have the wide pictures drawn that a slot across the faces needs, once this transaction commits."""
    from cms.content.jobs import refresh_later
    from cms.places.models import DisplayMode

    clusters = _of_slots(pk=slot.pk) if slot.active and slot.mode == DisplayMode.SPAN else []
    if clusters:
        transaction.on_commit(lambda: refresh_later(clusters))


def connect() -> None:
    """Listen to every change of a programme, an entry, a slot or its hours, wherever it is made."""
    from cms.programmes.models import Programme, ProgrammeEntry, Slot, SlotWindow

    for model, handler in ((Slot, _slot), (SlotWindow, _window), (Programme, _programme), (ProgrammeEntry, _entry)):
        uid = f"programmes.{model.__name__}"
        post_save.connect(_slot_saved if model is Slot else handler, sender=model, dispatch_uid=f"{uid}.saved")
        # Before deleting, while the rows that say which clusters are concerned still exist.
        pre_delete.connect(handler, sender=model, dispatch_uid=f"{uid}.going")
    post_delete.connect(_entry, sender=ProgrammeEntry, dispatch_uid="programmes.ProgrammeEntry.gone")
    pre_save.connect(_slot_moves, sender=Slot, dispatch_uid="programmes.Slot.moves")
    m2m_changed.connect(_clusters, sender=Slot.clusters.through, dispatch_uid="programmes.Slot.clusters")


def _of_slots(**wanted: Any) -> list[int]:
    from cms.programmes.models import Slot

    return [one for one in Slot.objects.filter(**wanted).values_list("clusters", flat=True) if one is not None]


def _slot(instance: Any, **_: Any) -> None:
    announce(_of_slots(pk=instance.pk))


def _slot_saved(instance: Any, **_: Any) -> None:
    _slot(instance)
    ask_for_spans(instance)


def _slot_moves(instance: Any, **_: Any) -> None:
    if instance.pk:
        announce(_of_slots(pk=instance.pk))


def _window(instance: Any, **_: Any) -> None:
    announce(_of_slots(pk=instance.slot_id))


def _programme(instance: Any, **_: Any) -> None:
    announce(_of_slots(programme=instance.pk))


def _entry(instance: Any, **_: Any) -> None:
    announce(_of_slots(programme=instance.programme_id))


def _clusters(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    if action in ("post_add", "post_remove", "pre_clear"):
        announce([instance.pk] if reverse else (pk_set or _of_slots(pk=instance.pk)))
    if action == "post_add" and not reverse:
        ask_for_spans(instance)
