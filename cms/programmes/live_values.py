"""Live values: numbers, or one of some fixed words, that screens set from approved atlases of glyphs. An editor changes them; players hear
within seconds, through the notices. A sentence can never come this way: what an atlas does not hold is not shown."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import clock
from cms.accounts import audit
from cms.accounts.services import has_role, provinces_of
from cms.places.confinement import bounds_of
from cms.places.models import Cluster, Province

ROLES = ("editor",)
LARGEST = 10**12
YEAR_MIN = 366 * 24 * 60
NAME = RegexValidator(r"^[a-z][a-z0-9_]*\Z", gettext_lazy("Small letters a–z, digits and _, beginning with a letter."))


class LiveValueRefused(Exception):
    """Why a value was not changed; `code` for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class LiveValue(models.Model):
    """A number or a fixed word of a province, when it was true and how long it holds. `name` is what cards refer to."""

    class Kind(models.TextChoices):
        NUMBER = "number", gettext_lazy("A number")
        WORD = "word", gettext_lazy("One of fixed words")

    _default_manager: ClassVar[models.Manager[Self]]
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="live_values", verbose_name=gettext_lazy("province")
    )
    name = models.CharField(
        gettext_lazy("short name"),
        max_length=40,
        validators=[NAME],
        help_text=gettext_lazy("What cards call it, e.g. usd or nhiet_do. It cannot be changed later."),
    )
    label = models.CharField(
        gettext_lazy("what it is"), max_length=120, help_text=gettext_lazy("E.g. “US dollar, selling rate”.")
    )
    kind = models.CharField(gettext_lazy("kind"), max_length=10, choices=Kind.choices, default=Kind.NUMBER)
    words = models.JSONField(gettext_lazy("fixed words"), default=list, blank=True)
    unit = models.CharField(gettext_lazy("unit"), max_length=20, blank=True)
    number = models.FloatField(gettext_lazy("number"), null=True, blank=True)
    word = models.CharField(gettext_lazy("word"), max_length=40, blank=True)
    at = models.DateTimeField(gettext_lazy("true since"))
    max_age_min = models.PositiveIntegerField(
        gettext_lazy("holds for (minutes)"),
        default=24 * 60,
        validators=[MinValueValidator(1), MaxValueValidator(YEAR_MIN)],
        help_text=gettext_lazy("After that the screens show what the card shows instead of an old value."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = gettext_lazy("live value")
        verbose_name_plural = gettext_lazy("live values")
        ordering = ["province", "label"]
        constraints = [models.UniqueConstraint(fields=["province", "name"], name="one_live_value_of_a_name")]

    def __str__(self) -> str:
        return self.label

    @property
    def value(self) -> float | str | None:
        """What screens are told: a number (whole where it is), a word, or None while nothing was ever set."""
        if self.kind == self.Kind.WORD:
            return self.word or None
        if self.number is None:
            return None
        return int(self.number) if self.number.is_integer() else self.number

    @property
    def ends(self) -> datetime:
        """When it is too old."""
        return self.at + timedelta(minutes=self.max_age_min)

    @property
    def stale(self) -> bool:
        return clock.now() > self.ends

    @property
    def facts(self) -> dict[str, Any]:
        """What the audit log keeps of it."""
        return {"name": self.name, "value": self.value, "at": self.at.isoformat(), "max_age_min": self.max_age_min}


def visible(user: Any) -> models.QuerySet[LiveValue]:
    """The values of the provinces in which a person has any role."""
    codes = provinces_of(user)
    found = LiveValue._default_manager.select_related("province", "by", "feed")
    return found if codes is None else found.filter(province__code__in=codes)


def may_change(user: Any, province_code: str) -> bool:
    """Editors of the province, and administrators. A value stands on all screens of the province: people of a commune only look."""
    return has_role(user, province_code, *ROLES) and bounds_of(user) is None


@transaction.atomic
def set_value(live: LiveValue, value: float | str, *, by: Any, at: datetime | None = None) -> LiveValue:
    """Give a value anew, true since `at` (default: now), and tell the screens. Raises `LiveValueRefused` `forbidden`, `number`,
    `word` or `future`."""
    if not may_change(by, live.province.code):
        raise LiveValueRefused("forbidden", _("Only an editor of this province may change its live values."))
    at = at or clock.now()
    if at > clock.now() + timedelta(minutes=1):
        raise LiveValueRefused("future", _("A value cannot be true before its time. Correct the time."))
    locked = LiveValue._default_manager.select_for_update().select_related("province").get(pk=live.pk)
    before = locked.value
    if locked.kind == LiveValue.Kind.WORD:
        if value not in locked.words:
            raise LiveValueRefused("word", _("Choose one of the fixed words."))
        locked.word = str(value)
    else:
        if isinstance(value, str) or not math.isfinite(value) or abs(value) >= LARGEST:
            raise LiveValueRefused("number", _("Write a number below a thousand billion."))
        locked.number = float(value)
    locked.at, locked.by = at, by
    locked.save()
    tell("values.set", locked, by, before=before)
    return locked


def tell(action: str, live: LiveValue, by: Any, **more: Any) -> None:
    """Into the audit log, and to the screens of the province once this is committed."""
    from cms.programmes.signals import values_changed

    audit.record(action, live.label, user=by, province=live.province.code, **live.facts, **more)
    values_changed.send(sender=LiveValue, province_ids={live.province_id})


def told_to(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """What the players of a cluster are told: `{name: {value, at, max_age}}` in milliseconds, also of what is too old, which they
    judge by their own clock. National values come with them, for national items; a province's own of the same name comes first."""
    mine = models.Q(province=cluster.province_id) | models.Q(province__national=True)
    found = LiveValue._default_manager.filter(mine)
    own_last = sorted(found, key=lambda one: one.province_id == cluster.province_id)
    told = {
        one.name: {"value": one.value, "at": round(one.at.timestamp() * 1000), "max_age": one.max_age_min * 60_000}
        for one in own_last
        if one.value is not None
    }
    return dict(sorted(told.items()))


def names() -> list[tuple[str, str]]:
    """Names that cards may refer to, each once, with what they are called; the same name means the same in every province."""
    found = LiveValue._default_manager.order_by("label", "pk").values_list("name", "label")
    return list({name: (name, label) for name, label in found}.values())
