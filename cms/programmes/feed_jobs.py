"""Asks the feeds that are due (queue `default`). What is due stands in the database; one source never keeps another waiting."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cms import clock
from cms.plugin_api.types import Feed
from cms.programmes.feed_fetch import Fetched, FetchRefused, fetch
from cms.programmes.feed_values import FeedSubscription, ReadingRefused, accept, confirm, refuse

log = logging.getLogger(__name__)

AT_ONCE = 8
WHOLE_S = 40.0
CLAIM = timedelta(minutes=2)
"""Who is asked at present is nobody else's; after this long whoever asked was killed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and the feeds that read its answer. `etag` and `modified` are theirs when all hold the same document."""

    url: str
    etag: str
    modified: str
    readers: tuple[tuple[int, Feed], ...]


Outcome = Callable[[], None]


def read_due() -> int:
    """Ask every source that is due and write down what it said; returns how many feeds were read or refused."""
    questions = _claimed()
    outcomes: queue.Queue[list[tuple[int, Outcome]]] = queue.Queue()
    waiting: queue.SimpleQueue[Question] = queue.SimpleQueue()
    for one in questions:
        waiting.put(one)
    # Daemons that nobody waits for: a name server that never answers, or a plugin that never returns, ends with this process.
    for _ in range(min(AT_ONCE, len(questions))):
        threading.Thread(target=_work, args=(waiting, outcomes), daemon=True).start()
    ends = time.monotonic() + WHOLE_S
    done: set[int] = set()
    for _ in questions:
        try:
            answered = outcomes.get(timeout=max(0.0, ends - time.monotonic()))
        except queue.Empty:
            break
        for pk, write in answered:  # here, since each thread would have a connection to the database of its own
            _write(pk, write)
            done.add(pk)
    for question in questions:
        for pk, feed in question.readers:
            if pk not in done:
                refuse(pk, feed, FetchRefused("slow", question.url[:200]))
    return sum(len(one.readers) for one in questions)


def _claimed() -> list[Question]:
    """Those due, no longer due for anybody else, by what they ask."""
    now = clock.now()
    grouped: dict[str, list[tuple[FeedSubscription, Feed]]] = {}
    due = FeedSubscription._default_manager.filter(active=True, next_at__lte=now, province__active=True)
    for one in due.select_related("province", "live"):
        claim = FeedSubscription._default_manager.filter(pk=one.pk, active=True, next_at=one.next_at)
        if not claim.update(next_at=now + CLAIM):
            continue
        feed = one.offered
        if feed is None:
            refuse(one.pk, None, FetchRefused("gone"))
        else:
            grouped.setdefault(one.address or feed.url, []).append((one, feed))
    return [_question(url, readers) for url, readers in grouped.items()]


def _question(url: str, readers: Iterable[tuple[FeedSubscription, Feed]]) -> Question:
    readers = list(readers)
    held = {(one.etag, one.modified) for one, _feed in readers}
    etag, modified = held.pop() if len(held) == 1 else ("", "")
    return Question(url, etag, modified, tuple((one.pk, feed) for one, feed in readers))


def _work(waiting: queue.SimpleQueue[Question], outcomes: queue.Queue[list[tuple[int, Outcome]]]) -> None:
    while True:
        try:
            question = waiting.get_nowait()
        except queue.Empty:
            return
        outcomes.put(_asked(question))


def _asked(question: Question) -> list[tuple[int, Outcome]]:
    """What is to be written for each reader of an answer. Never raises, touches no database."""
    try:
        fetched = fetch(question.url, etag=question.etag, modified=question.modified)
    except FetchRefused as error:
        return [(pk, _refusal(pk, feed, error)) for pk, feed in question.readers]
    except Exception as error:
        log.exception("feed %s", question.url)
        unforeseen = FetchRefused("unreachable", f"{type(error).__name__}: {error}")
        return [(pk, _refusal(pk, feed, unforeseen)) for pk, feed in question.readers]
    return [(pk, _read(pk, feed, fetched)) for pk, feed in question.readers]


def _read(pk: int, feed: Feed, fetched: Fetched) -> Outcome:
    if fetched.data is None:
        return lambda: confirm(pk, feed)
    try:
        reading: Any = feed.parse(fetched.data, fetched.type)
    except Exception as error:  # a plugin's word on a stranger's document: anything may happen
        return _refusal(pk, feed, ReadingRefused("unreadable", detail=f"{type(error).__name__}: {error}"))
    return lambda: accept(pk, feed, reading, fetched)


def _refusal(pk: int, feed: Feed, why: ReadingRefused | FetchRefused) -> Outcome:
    return lambda: refuse(pk, feed, why)


def _write(pk: int, write: Outcome) -> None:
    try:
        write()
    except ReadingRefused as error:
        found = FeedSubscription._default_manager.select_related("province").get(pk=pk)
        refuse(pk, found.offered, error)
    except Exception:
        log.exception("feed %s: what was read could not be written down", pk)
