"""What plays when: programmes (ordered items) and slots (where, when, how urgent, how often)."""

from __future__ import annotations

import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from cms.content.models import ItemPage
from cms.places.models import Cluster, ClusterTag, DisplayMode, Province

MAX_PER_HOUR = 720
"""Once every five seconds: more cannot be shown."""
DAY_S = 86_400


def new_seed() -> str:
    """A seed for a shuffle of its own."""
    return secrets.token_hex(4)


class Programme(ClusterableModel):
    class Order(models.TextChoices):
        LISTED = "listed", _("As listed")
        SHUFFLE = "shuffle", _("Shuffled anew at each pass")

    class Missing(models.TextChoices):
        """What a face shows in the turn of a language in which an item is not approved (`cms.schedule.inputs.Missing`)."""

        NEXT = "next", _("Go on with the next language that the face shows")
        LEAVE = "leave", _("Leave the item out on that face; it shows the next item that has the language")
        VIETNAMESE = "vietnamese", _("Show the item in Vietnamese")
        THEME = "theme", _("Hold the neutral picture of the theme")

    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("province")
    )
    title = models.CharField(_("title"), max_length=160)
    order = models.CharField(_("order"), max_length=10, choices=Order.choices, default=Order.LISTED)
    seed = models.CharField(
        _("seed of the shuffle"),
        max_length=40,
        blank=True,
        default=new_seed,
        help_text=_("Programmes with the same seed are shuffled alike. Change it for another order."),
    )
    missing = models.CharField(
        _("when a translation is missing"),
        max_length=12,
        choices=Missing.choices,
        default=Missing.NEXT,
        help_text=_(
            "What a face shows when it is the turn of a language in which the item is not approved. It holds for every slot that plays "
            "this programme, also for what lies within it. An item with no language of the face is shown in another only by the "
            "first and the third choice."
        ),
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["province", "title"]

    def __str__(self) -> str:
        return self.title


class ProgrammeEntry(models.Model):
    """A place in a programme: an item (referenced in its source language, airing in every approved one), another programme, or
    a filter, which shows what is approved of a kind (`ANY`: of every kind) and with all of some tags, newest first."""

    ANY = "any"
    KINDS = [(ANY, _("Every kind")), *ItemPage.Kind.choices]

    programme = ParentalKey(Programme, on_delete=models.CASCADE, related_name="entries")
    item = models.ForeignKey(
        ItemPage, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("item")
    )
    nested = models.ForeignKey(
        Programme,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="nested_in",
        verbose_name=_("another programme"),
    )
    kind = models.CharField(_("all of a kind"), max_length=20, choices=KINDS, blank=True)
    tags = models.JSONField(_("all with these tags"), default=list, blank=True)  # ids of taggit's tags
    most = models.PositiveSmallIntegerField(
        _("at most"), default=0, blank=True, help_text=_("The newest so many of what was gathered. 0: all of it.")
    )
    take = models.PositiveSmallIntegerField(
        _("at each pass"),
        default=0,
        blank=True,
        help_text=_("So many of the other programme, or of what was gathered, whenever it is its turn. 0: all of it."),
    )
    sort_order = models.IntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["programme", "sort_order"]

    def __str__(self) -> str:
        return str(self.item or self.nested or self.get_kind_display())

    sort_order_field = "sort_order"


def all_week() -> list[int]:
    return list(range(7))


class Slot(ClusterableModel):
    """Plays a programme on clusters (all faces or some) on dates, weekdays and hours."""

    class Priority(models.IntegerChoices):
        NORMAL = 0, _("Normal")
        PRIORITY = 1, _("Priority")
        URGENT = 2, _("Urgent")

    class Holidays(models.TextChoices):
        ANY = "any", _("On holidays as on other days")
        ONLY = "only", _("Only on holidays")
        NEVER = "never", _("Never on holidays")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="slots", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)
    clusters = ParentalManyToManyField(Cluster, blank=True, related_name="slots", verbose_name=_("clusters"))
    cluster_tags = ParentalManyToManyField(
        ClusterTag, blank=True, related_name="slots", verbose_name=_("groups of clusters")
    )
    faces = models.JSONField(_("faces"), default=list, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=DisplayMode.choices, blank=True)
    date_from = models.DateField(_("from day"))
    date_until = models.DateField(_("until day"), null=True, blank=True)
    weekdays = models.JSONField(_("weekdays"), default=all_week)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    holidays = models.CharField(_("holidays"), max_length=10, choices=Holidays.choices, default=Holidays.ANY)
    rrule = models.CharField(_("rule for the days"), max_length=255, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    max_per_hour = models.PositiveIntegerField(
        _("most times an hour"), default=0, blank=True, validators=[MaxValueValidator(MAX_PER_HOUR)]
    )
    spacing_s = models.PositiveIntegerField(
        _("seconds between two turns"), default=0, blank=True, validators=[MaxValueValidator(DAY_S)]
    )
    required_s = models.PositiveIntegerField(
        _("seconds on every day"), default=0, blank=True, validators=[MaxValueValidator(DAY_S)]
    )
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


class SlotException(models.Model):
    """A day on which a slot is left out."""

    slot = ParentalKey(Slot, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField(_("day left out"))
    note = models.CharField(_("reason"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["slot", "day"]
        constraints = [models.UniqueConstraint(fields=["slot", "day"], name="one_exception_of_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class FeedAddress(models.Model):
    """A person's own address of the calendar feed of a cluster (`feeds.py`). A new `nonce` makes the old address useless."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")
        constraints = [models.UniqueConstraint(fields=["user", "cluster"], name="one_feed_address_of_a_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.cluster}"


from cms.programmes.feed_values import FeedSubscription  # noqa: E402 - models that lie beside their verbs
from cms.programmes.live_values import LiveValue  # noqa: E402

__all__ = [
    "FeedAddress",
    "FeedSubscription",
    "LiveValue",
    "Programme",
    "ProgrammeEntry",
    "Slot",
    "SlotException",
    "SlotWindow",
]
