"""Feeds in the admin: which a province may switch on, how each one goes, and why one was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import django_rq
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms import clock
from cms.accounts.services import provinces_of
from cms.places.models import Province
from cms.plugin_api.types import Feed, Text
from cms.plugin_host.host import get_host
from cms.programmes import feed_words
from cms.programmes.feed_values import FeedSubscription, switch_off, switch_on
from cms.programmes.live_forms import write_number
from cms.programmes.live_values import LARGEST, LiveValueRefused, may_change
from cms.programmes.live_views import said

OVERDUE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Row:
    """A feed as the page shows it: offered (`feed`), switched on once (`one`), or both."""

    province: Province
    name: str
    feed: Feed | None
    one: FeedSubscription | None
    may: bool
    may_address: bool

    @property
    def label(self) -> str:
        return _words(self.feed.label) if self.feed else self.one.live.label if self.one else self.name

    @property
    def help(self) -> str:
        return _words(self.feed.help) if self.feed else ""

    @property
    def address(self) -> str:
        return (self.one.address if self.one else "") or (self.feed.url if self.feed else "")

    @property
    def host(self) -> str:
        """The part of the address that says whose it is; the rest may hold a key."""
        return urlsplit(self.address).hostname or ""

    @property
    def on(self) -> bool:
        return bool(self.one and self.one.active)

    @property
    def said(self) -> str:
        """The value that the screens have."""
        return said(self.one.live) if self.one else ""

    @property
    def heard(self) -> str:
        """What the source said last, a number as it is written here."""
        text = self.one.said if self.one else ""
        try:
            number = float(text)
        except ValueError:
            return text
        return write_number(number) if abs(number) < LARGEST else text

    @property
    def reason(self) -> str:
        """Why the last attempt was refused; empty when it was not."""
        if self.one is None or not self.on:
            return ""
        if self.feed is None:
            return feed_words.said("gone")
        return feed_words.said(self.one.refused) if self.one.refused else ""

    @property
    def overdue(self) -> bool:
        """Nobody asks: no worker runs."""
        return self.on and self.one is not None and clock.now() - self.one.next_at > OVERDUE


def _words(text: Text) -> str:
    return text.vi if (translation.get_language() or "vi").startswith("vi") else text.en


def rows_for(user: Any) -> list[Row]:
    """What the provinces of a person may switch on, or did, in the order of the provinces."""
    codes = provinces_of(user)
    provinces = Province.objects.filter(active=True)
    if codes is not None:
        provinces = provinces.filter(code__in=codes)
    found = FeedSubscription._default_manager.filter(province__in=provinces).select_related("province", "live")
    known = {(one.province_id, one.feed): one for one in found}
    rows = []
    for province in provinces:
        may = may_change(user, province.code)
        offered = {name: feed for name, (_code, feed) in get_host().feeds(province.code).items()}
        names = [*offered, *(name for key, name in known if key == province.pk and name not in offered)]
        rows += [
            Row(province, name, offered.get(name), known.get((province.pk, name)), may, bool(user.is_superuser))
            for name in names
        ]
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All feeds of the person's provinces. Posted: `verb` (`on`, `off`, `ask`) of the `feed` of a `province`, for administrators
    with an `address`."""
    if provinces_of(request.user) == set():
        raise PermissionDenied
    if request.method == "POST":
        try:
            _act(request)
        except LiveValueRefused as refused:
            messages.error(request, str(refused))
        return redirect("programmes:feed_values")
    return render(request, "programmes/feed_values.html", {"rows": rows_for(request.user)})


def _act(request: HttpRequest) -> None:
    codes = provinces_of(request.user)
    province = get_object_or_404(Province, code=request.POST.get("province", ""), active=True)
    if codes is not None and province.code not in codes:
        raise PermissionDenied
    name, verb = request.POST.get("feed", ""), request.POST.get("verb", "")
    if verb == "off":
        switch_off(get_object_or_404(FeedSubscription, province=province, feed=name), by=request.user)
        messages.success(request, _("The feed is switched off. The screens show its last value as long as it holds."))
        return
    address = request.POST.get("address")
    one = switch_on(province, name, by=request.user, address=None if address is None else address.strip())
    ask_soon()
    text = _("“%(label)s” is asked now. Reload this page in a moment to see what it said.")
    messages.success(request, text % {"label": one.live.label})


def ask_soon() -> None:
    """Have what is due asked without waiting for the next tick, once this is committed. No queue: the tick does it."""

    def ask() -> None:
        django_rq.get_queue("default").enqueue("cms.programmes.feed_jobs.read_due", job_id="feeds-soon", result_ttl=60)

    transaction.on_commit(ask, robust=True)
