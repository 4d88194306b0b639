"""What plays when: programmes (ordered items) and slots (where, when, how urgent, how often)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from cms.content.models import ItemPage
from cms.places.models import Cluster, DisplayMode, Province


class Programme(ClusterableModel):
    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("province")
    )
    title = models.CharField(_("title"), max_length=160)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["province", "title"]

    def __str__(self) -> str:
        return self.title


class ProgrammeEntry(models.Model):
    """An item in its place; the item is referenced in its source language and airs in every approved one."""

    programme = ParentalKey(Programme, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey(ItemPage, on_delete=models.CASCADE, related_name="+", verbose_name=_("item"))
    sort_order = models.IntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["programme", "sort_order"]

    def __str__(self) -> str:
        return str(self.item)

    sort_order_field = "sort_order"


def all_week() -> list[int]:
    return list(range(7))


class Slot(ClusterableModel):
    """Plays a programme on clusters (all faces or some) on dates, weekdays and hours."""

    class Priority(models.IntegerChoices):
        NORMAL = 0, _("Normal")
        PRIORITY = 1, _("Priority")
        URGENT = 2, _("Urgent")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="slots", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)
    clusters = ParentalManyToManyField(Cluster, related_name="slots", verbose_name=_("clusters"))
    faces = models.JSONField(_("faces"), default=list, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=DisplayMode.choices, blank=True)
    date_from = models.DateField(_("from day"))
    date_until = models.DateField(_("until day"), null=True, blank=True)
    weekdays = models.JSONField(_("weekdays"), default=all_week)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["-priority", "title"]

    def __str__(self) -> str:
        return self.title


class SlotWindow(models.Model):
    """Hours of a slot; an end at or before the start means the next morning. None at all: the whole day."""

    slot = ParentalKey(Slot, on_delete=models.CASCADE, related_name="windows")
    start = models.TimeField(_("from"))
    end = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ["slot", "start"]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"
