"""Feeds of a province: switched on by its editors, asked by the `default` queue, each reading judged before screens hear of it. What is
refused changes nothing: the last value stays until it is too old, then the screens show what the card shows instead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import clock
from cms.accounts import audit
from cms.places.models import Province
from cms.plugin_api.types import Feed, Reading
from cms.plugin_host.host import get_host
from cms.programmes import feed_fetch
from cms.programmes.live_values import LiveValue, LiveValueRefused, may_change, tell

RESTS_AFTER = 5
"""Failures in a row after which a feed counts as broken: it is asked seldom, and the pages say so."""
FIRST_WAIT_MIN, LONGEST_WAIT_MIN = 5, 6 * 60
AHEAD = timedelta(minutes=5)


class FeedSubscription(models.Model):
    """A feed that a province switched on at least once, and how it went. `live` is the value that it sets."""

    _default_manager: ClassVar[models.Manager[Self]]
    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="+")
    feed = models.CharField(gettext_lazy("feed"), max_length=40)
    live = models.OneToOneField(LiveValue, on_delete=models.CASCADE, related_name="feed")
    address = models.CharField(gettext_lazy("address"), max_length=500, blank=True)
    active = models.BooleanField(gettext_lazy("on"), default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    next_at = models.DateTimeField(gettext_lazy("asked next"))
    asked_at = models.DateTimeField(gettext_lazy("asked last"), null=True)
    read_at = models.DateTimeField(gettext_lazy("last good reading"), null=True)
    said = models.CharField(gettext_lazy("what the source said"), max_length=80, blank=True)
    refused = models.CharField(gettext_lazy("why it was refused"), max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(gettext_lazy("failures in a row"), default=0)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=60, blank=True)
    dated = models.BooleanField(default=False)  # whether the source says since when its value is true
    told_at = models.DateTimeField(null=True)  # the value's `at` that the screens heard of last

    class Meta:
        verbose_name = gettext_lazy("feed")
        verbose_name_plural = gettext_lazy("feeds")
        ordering = ["province", "feed"]
        constraints = [models.UniqueConstraint(fields=["province", "feed"], name="one_feed_of_a_name")]

    def __str__(self) -> str:
        return f"{self.province}: {self.feed}"

    @property
    def offered(self) -> Feed | None:
        """The feed as a plugin offers it now; None when none does."""
        found = get_host().feeds(self.province.code).get(self.feed)
        return found[1] if found else None

    @property
    def rests(self) -> bool:
        return self.failures >= RESTS_AFTER


class ReadingRefused(Exception):
    """Why a reading does not become a value; `code` is one of `feed_words.REASONS`, `said` what the source said."""

    def __init__(self, code: str, said: str = "", detail: str = "") -> None:
        super().__init__(f"{code}: {said} {detail}")
        self.code, self.said, self.detail = code, said, detail


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading that may be shown, since when it is true by this instance's clock, and whether the source said so."""

    value: float | str
    at: datetime
    dated: bool


def judge(feed: Feed, live: LiveValue, reading: Any, now: datetime) -> Judged:
    """Hold a reading against what its feed says can be. Raises ReadingRefused."""
    if not isinstance(reading, Reading):
        raise ReadingRefused("unreadable", detail=f"parse() returned {type(reading).__name__}")
    said = str(reading.value)[:80]
    at = now
    if reading.at is not None:
        if not isinstance(reading.at, datetime) or reading.at.tzinfo is None:
            raise ReadingRefused("unreadable", said, "its time has no zone")
        at = reading.at + timedelta(milliseconds=clock.offset_ms())  # a demonstration's time is not the world's
        if at > now + AHEAD:
            raise ReadingRefused("future", said, reading.at.isoformat())
        if now - at > timedelta(minutes=live.max_age_min):
            raise ReadingRefused("stale", said, reading.at.isoformat())
    if live.kind == LiveValue.Kind.WORD:
        if reading.value not in live.words:
            raise ReadingRefused("word", said)
    else:
        _number(feed, live, reading.value, said)
    return Judged(reading.value, min(at, now), reading.at is not None)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _number(feed: Feed, live: LiveValue, value: Any, said: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise ReadingRefused("number", said)
    if not feed.minimum <= value <= feed.maximum:
        raise ReadingRefused("range", said, f"{feed.minimum:g} … {feed.maximum:g}")
    # What is too old says nothing about today: after a long silence the bounds alone decide, or the feed would never recover.
    if live.number is not None and not live.stale and abs(value - live.number) > feed.largest_change:
        raise ReadingRefused("jump", said, f"{live.number:g} → {value:g}")


# --- what becomes of an attempt -----------------------------------------------------------------------------------------


@transaction.atomic
def accept(pk: int, feed: Feed, reading: Any, fetched: feed_fetch.Fetched) -> None:
    """Give the live value what was read, unless somebody set it later than the reading was true. Does nothing for a feed that was
    switched off meanwhile. Raises ReadingRefused."""
    one = _locked(pk)
    if one is None:
        return
    now = clock.now()
    judged = judge(feed, one.live, reading, now)
    one.said, one.dated, one.etag, one.modified = str(judged.value)[:80], judged.dated, fetched.etag, fetched.modified
    if one.live.value is None or judged.at >= one.live.at:
        _set(one, judged.value, judged.at)
    _good(one, feed, now)


@transaction.atomic
def confirm(pk: int, feed: Feed) -> None:
    """The source still says the same (304). A value that the source does not date is true again."""
    one = _locked(pk)
    if one is None:
        return
    now = clock.now()
    if not one.dated and one.live.value is not None:
        _set(one, one.live.value, now)
    elif one.live.stale:
        one.etag = one.modified = ""  # the whole document next time: it says since when
        _bad(one, feed, ReadingRefused("stale", one.said), now)
        return
    _good(one, feed, now)


@transaction.atomic
def refuse(pk: int, feed: Feed | None, why: ReadingRefused | feed_fetch.FetchRefused) -> None:
    """Keep why there is no reading, and ask again later and later."""
    one = _locked(pk)
    if one is not None:
        _bad(one, feed, why, clock.now())


def _locked(pk: int) -> FeedSubscription | None:
    found = FeedSubscription._default_manager.select_for_update().filter(pk=pk, active=True)
    return found.select_related("province", "live__province").first()


def _set(one: FeedSubscription, value: float | str, at: datetime) -> None:
    live, before = one.live, one.live.value
    if live.kind == LiveValue.Kind.WORD:
        live.word = str(value)
    else:
        live.number = float(value)
    live.at, live.by = at, None
    live.save()
    # Unchanged, the screens need to hear of it only well before they would count it as too old.
    fresh = one.told_at is not None and at - one.told_at < timedelta(minutes=live.max_age_min) / 2
    if live.value != before or not fresh:
        one.told_at = at
        tell("values.feed", live, None, before=before)


def _good(one: FeedSubscription, feed: Feed, now: datetime) -> None:
    one.asked_at = one.read_at = now
    one.refused = one.detail = ""
    one.failures = 0
    one.next_at = now + timedelta(minutes=feed.every_min)
    one.save()


def _kept(said: str) -> str:
    """What a stranger said, as every database can keep it."""
    return said.encode("utf-8", "replace").decode().replace("\x00", "")


def _bad(
    one: FeedSubscription, feed: Feed | None, why: ReadingRefused | feed_fetch.FetchRefused, now: datetime
) -> None:
    one.asked_at = now
    one.refused, one.detail = why.code, _kept(why.detail)[:300]
    if isinstance(why, ReadingRefused):
        one.said = _kept(why.said)[:80]
    one.etag = one.modified = ""  # what was refused is not held
    one.failures += 1
    if one.failures == RESTS_AFTER:
        audit.record(
            "feeds.rest", one.live.label, province=one.province.code, reason=f"{why.code} {why.detail}".strip()
        )
    every = feed.every_min if feed else LONGEST_WAIT_MIN
    wait = min(FIRST_WAIT_MIN, every) * 2 ** min(one.failures - 1, 10)
    one.next_at = now + timedelta(minutes=min(wait, max(every, LONGEST_WAIT_MIN)))
    one.save()


# --- switching ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def switch_on(province: Province, name: str, *, by: Any, address: str | None = None) -> FeedSubscription:
    """Have a feed asked for a province from now on. Its live value is made if the province has none of that name. `address` in
    place of the feed's own is for administrators; None keeps what was given before. Raises `LiveValueRefused`."""
    if not may_change(by, province.code):
        raise LiveValueRefused("forbidden", _("Only an editor of this province may change its live values."))
    found = get_host().feeds(province.code).get(name)
    if found is None:
        raise LiveValueRefused("gone", _("No plugin offers this feed."))
    feed = found[1]
    now = clock.now()
    one = FeedSubscription._default_manager.filter(province=province, feed=name).select_related("live").first()
    if one is None:
        one = FeedSubscription(province=province, feed=name, live=_value_for(province, feed, now))
    if address is not None and address != one.address:
        _check_address(address, by)
        one.address = address
    if not (one.address or feed.url):
        raise LiveValueRefused("address", _("An administrator has to give the address of this feed first."))
    one.active, one.by, one.next_at, one.failures = True, by, now, 0
    one.etag = one.modified = one.refused = one.detail = ""
    one.save()
    audit.record(
        "feeds.on", one.live.label, user=by, province=province.code, feed=name, address=one.address or feed.url
    )
    return one


@transaction.atomic
def switch_off(one: FeedSubscription, *, by: Any) -> None:
    """Stop asking. The value stays as long as it holds. Raises `LiveValueRefused`."""
    if not may_change(by, one.province.code):
        raise LiveValueRefused("forbidden", _("Only an editor of this province may change its live values."))
    FeedSubscription._default_manager.filter(pk=one.pk).update(active=False, by=by)
    audit.record("feeds.off", one.live.label, user=by, province=one.province.code, feed=one.feed)


def _check_address(address: str, by: Any) -> None:
    if not by.is_superuser:
        raise LiveValueRefused("forbidden", _("Only an administrator may change the address of a feed."))
    if address and (len(address) > 500 or not feed_fetch.allowed(address)):
        raise LiveValueRefused("address", _("Write an address that begins with https://."))


def _value_for(province: Province, feed: Feed, now: datetime) -> LiveValue:
    live, _made = LiveValue._default_manager.get_or_create(
        province=province,
        name=feed.name,
        defaults={
            "label": feed.label.vi,
            "kind": feed.kind,
            "words": list(feed.words),
            "unit": feed.unit,
            "at": now,
            "max_age_min": feed.max_age_min,
        },
    )
    if live.kind != feed.kind:
        text = _("“%(name)s” is a live value of another kind here. Delete that one first.")
        raise LiveValueRefused("kind", text % {"name": feed.name})
    return live
