"""When which slot is due on a cluster, as an iCalendar feed (RFC 5545) that a calendar program reads without logging in.

The address carries a secret: per person and cluster, made of a random number in the database and the instance's secret key,
so neither a copy of the database nor of the key alone gives it away. It works as long as the person may see the cluster."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar as Feed
from icalendar import Event

from cms import clock
from cms.accounts import audit
from cms.places.models import Cluster
from cms.programmes.inputs import gather
from cms.programmes.models import FeedAddress, Slot
from cms.programmes.previews import local_day, local_midnight_ms
from cms.programmes.services import may_see_cluster
from cms.schedule.calendar import Calendar, Opening
from cms.schedule.inputs import SlotInput
from cms.schedule.timeline import bits, due

DAYS = 35
FRESH_S = 900
SALT = "cms.programmes.feeds"


# --- the address --------------------------------------------------------------------------------------------------------


def address_of(request: HttpRequest, cluster: Cluster) -> str:
    """The reader's own address of a cluster's feed; empty until they ask for one."""
    found = FeedAddress.objects.filter(user=request.user.pk, cluster=cluster).first()
    if found is None:
        return ""
    return request.build_absolute_uri(reverse("calendar_feed", args=(found.pk, secret_of(found))))


@transaction.atomic
def renew(user: Any, cluster: Cluster) -> bool:
    """Give a person a new address for the feed of a cluster. Returns whether an older one has thereby become useless."""
    _found, made = FeedAddress.objects.update_or_create(
        user=user, cluster=cluster, defaults={"nonce": secrets.token_hex(16), "made_at": clock.now()}
    )
    audit.record("calendar.address", cluster.slug, user=user, province=cluster.province.code)
    return not made


def secret_of(address: FeedAddress) -> str:
    """The secret in an address."""
    named = f"{address.pk}:{address.user_id}:{address.cluster_id}:{address.nonce}"
    return salted_hmac(SALT, named, algorithm="sha256").hexdigest()[:40]


@require_safe
def feed(request: HttpRequest, number: int, secret: str) -> HttpResponse:
    """The feed. 404 for a secret that is wrong or was renewed, and when the person may no longer see the cluster."""
    found = FeedAddress.objects.select_related("user", "cluster__province").filter(pk=number).first()
    if found is None or not constant_time_compare(secret_of(found), secret):
        raise Http404
    if not found.cluster.active or not may_see_cluster(found.user, found.cluster):
        raise Http404
    profile = getattr(found.user, "wagtail_userprofile", None)
    with translation.override((profile and profile.preferred_language) or settings.LANGUAGE_CODE):
        text = calendar_of(found.cluster, clock.now()).to_ical()
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{found.cluster.slug}.ics"'
    response["Cache-Control"] = f"private, max-age={FRESH_S}"
    response["X-Robots-Tag"] = "noindex"
    return response


# --- what is in it ------------------------------------------------------------------------------------------------------


def calendar_of(cluster: Cluster, now: datetime) -> Feed:
    """An event for each time that a slot is due within operating hours, on the local day of `now` and the 34 after it, in the
    language that is active."""
    first = local_day(cluster, now)
    inputs = gather(cluster, first_day=first, days=DAYS, valid_from_ms=local_midnight_ms(cluster, first))
    calendar = Calendar(inputs.cluster.timezone, inputs.cluster.hours, inputs.cluster.holidays)
    made = Feed()
    made.add("prodid", "-//Bảng Tin//NONSGML//VI")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("Screens: %(cluster)s") % {"cluster": cluster.name})
    made.add("x-wr-timezone", inputs.cluster.timezone)
    made.add("refresh-interval", timedelta(seconds=FRESH_S), parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT15M")
    slots = {
        str(one.pk): one
        for one in Slot.objects.filter(pk__in=[int(one.id) for one in inputs.slots]).select_related("programme")
    }
    midnight = calendar.at(first, 0)
    days = (first - timedelta(days=1), first + timedelta(days=DAYS - 1))  # an evening may still be going on
    openings = [one for one in calendar.openings(*days) if one.end > midnight]
    for slot, day, number, span in occurrences(inputs.slots, calendar, openings):
        if slot.id in slots:
            made.add_component(_event(cluster, slots[slot.id], day, number, span, now))
    year = timedelta(days=366)  # the offsets of the whole time that the events may lie in
    made.add_missing_timezones(first_date=first - year, last_date=first + year)
    return made


def occurrences(
    slots: tuple[SlotInput, ...], calendar: Calendar, openings: list[Opening]
) -> Iterator[tuple[SlotInput, date, int, tuple[int, int]]]:
    """Slot, local day, its number among the slot's of that day, and the span (UTC ms) of each time that a slot is due while
    the faces are lit."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for start, end, mask in due(slots, calendar, openings):
        for bit in bits(mask):
            spans.setdefault(bit, []).append((start, end))
    for bit, found in spans.items():
        counted: dict[date, int] = {}
        for span in _lit(found, openings):
            day = calendar.day_of(span[0])
            counted[day] = counted.get(day, 0) + 1
            yield slots[bit], day, counted[day], span


def _lit(spans: list[tuple[int, int]], openings: Iterable[Opening]) -> Iterator[tuple[int, int]]:
    """What of spans lies within openings; both are in order of their starts."""
    begin = 0
    longest = max(end - start for start, end in spans)
    for opening in openings:
        while begin < len(spans) and spans[begin][0] + longest <= opening.start:
            begin += 1
        for start, end in spans[begin:]:
            if start >= opening.end:
                break
            if end > opening.start:
                yield max(start, opening.start), min(end, opening.end)


def _event(cluster: Cluster, slot: Slot, day: date, number: int, span: tuple[int, int], now: datetime) -> Event:
    zone = ZoneInfo(cluster.timezone)
    start, end = (datetime.fromtimestamp(one / 1000, tz=UTC).astimezone(zone) for one in span)
    letters = ", ".join(sorted(slot.faces)).upper()
    lines = (
        _("Programme: %(programme)s") % {"programme": slot.programme.title},
        _("Faces: %(faces)s") % {"faces": letters or _("all")},
        _("Priority: %(priority)s") % {"priority": slot.get_priority_display()},
    )
    event = Event()
    event.add("uid", f"slot-{slot.pk}-{day:%Y%m%d}-{number}@{cluster.slug}.bangtin")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", slot.title)
    event.add("description", "\n".join(lines))
    event.add("location", ", ".join(filter(None, (cluster.name, cluster.place))))
    event.add("transp", "TRANSPARENT")
    return event
