"""What higher apps hear about: `slots_changed(cluster_ids: set[int])`, sent within the transaction that changes what is scheduled
on these clusters, so that a listener's record of it stands or falls with the change. It may come more than once. Likewise
`values_changed(province_ids: set[int])` when live values of these provinces change."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal

from cms.places.announcing import Announcer

slots_changed = Signal()
values_changed = Signal()
_announcer = Announcer(slots_changed, "slots_changed")
announce = _announcer.announce
together = _announcer.together


def ask_for_spans(slot: Any) -> None:
    """Have the wide pictures drawn that a slot across the faces needs, once this transaction commits."""
    from cms.content.jobs import refresh_later
    from cms.places.models import DisplayMode

    clusters = _of_slots(pk=slot.pk) if slot.active and slot.mode == DisplayMode.SPAN else set()
    if clusters:
        transaction.on_commit(lambda: refresh_later(clusters))


def connect() -> None:
    """Listen to every change of a programme, an entry, a slot, its hours and exceptions, and of the groups of clusters,
    wherever it is made."""
    from cms.places.models import Cluster, ClusterTag
    from cms.programmes.models import Programme, ProgrammeEntry, Slot, SlotException, SlotWindow

    handlers = (
        (Slot, _slot),
        (SlotWindow, _of_slot),
        (SlotException, _of_slot),
        (Programme, _programme),
        (ProgrammeEntry, _entry),
    )
    for model, handler in handlers:
        uid = f"programmes.{model.__name__}"
        post_save.connect(_slot_saved if model is Slot else handler, sender=model, dispatch_uid=f"{uid}.saved")
        # Before deleting, while the rows that say which clusters are concerned still exist.
        pre_delete.connect(handler, sender=model, dispatch_uid=f"{uid}.going")
    post_delete.connect(_entry, sender=ProgrammeEntry, dispatch_uid="programmes.ProgrammeEntry.gone")
    pre_save.connect(_slot_moves, sender=Slot, dispatch_uid="programmes.Slot.moves")
    pre_save.connect(_programme_moves, sender=Programme, dispatch_uid="programmes.Programme.moves")
    pre_delete.connect(_tag, sender=ClusterTag, dispatch_uid="programmes.ClusterTag.going")
    m2m_changed.connect(_clusters, sender=Slot.clusters.through, dispatch_uid="programmes.Slot.clusters")
    m2m_changed.connect(_tags, sender=Slot.cluster_tags.through, dispatch_uid="programmes.Slot.cluster_tags")
    m2m_changed.connect(_tagged, sender=Cluster.tags.through, dispatch_uid="programmes.Cluster.tags")


def _of_slots(**wanted: Any) -> set[int]:
    from cms.programmes.models import Slot
    from cms.programmes.services import clusters_of

    return set(clusters_of(Slot.objects.filter(**wanted)).values_list("pk", flat=True))


def _slot(instance: Any, **_: Any) -> None:
    announce(_of_slots(pk=instance.pk))


def _slot_saved(instance: Any, **_: Any) -> None:
    _slot(instance)
    ask_for_spans(instance)


def _slot_moves(instance: Any, **_: Any) -> None:
    if instance.pk:
        announce(_of_slots(pk=instance.pk))


def _of_slot(instance: Any, **_: Any) -> None:
    announce(_of_slots(pk=instance.slot_id))


def _programme(instance: Any, **_: Any) -> None:
    _of_programme(instance.pk)


def _programme_moves(instance: Any, **_: Any) -> None:
    """To another province, whose clusters its slots then reach by their groups instead."""
    if instance.pk:
        _of_programme(instance.pk)


def _entry(instance: Any, **_: Any) -> None:
    _of_programme(instance.programme_id)


def _of_programme(programme: int) -> None:
    from cms.programmes import nesting

    announce(_of_slots(programme__in=nesting.holding([programme])))


def _clusters(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    if action in ("post_add", "post_remove", "pre_clear"):
        announce([instance.pk] if reverse else (pk_set or _of_slots(pk=instance.pk)))
    if action == "post_add" and not reverse:
        ask_for_spans(instance)


def _tags(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """Groups of a slot. Before groups go, the clusters that they bring are still known."""
    if action in ("post_add", "pre_remove", "pre_clear"):
        announce(_of_slots(pk__in=pk_set or []) if reverse else _of_slots(pk=instance.pk))
    if action == "post_add" and not reverse:
        ask_for_spans(instance)


def _tag(instance: Any, **_: Any) -> None:
    announce(_of_slots(cluster_tags=instance.pk))


def _tagged(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """Groups of a cluster: what plays on the cluster may change."""
    if action in ("post_add", "post_remove", "pre_clear"):
        announce((pk_set or instance.clusters.values_list("pk", flat=True)) if reverse else [instance.pk])
