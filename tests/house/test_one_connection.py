"""The tests' own database bears the threads of the live server (`tests.one_connection`)."""

from __future__ import annotations

import faulthandler
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group
from django.db import connections

THREADS, TIMES = 3, 300


@pytest.fixture
def hasty():
    """Threads take turns as often as they can; if they wait for each other for ever, the process says where and ends."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    faulthandler.dump_traceback_later(90, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
    sys.setswitchinterval(before)


@pytest.mark.django_db(transaction=True)
def test_threads_on_one_connection_do_not_wait_for_each_other(hasty):
    lent = connections["default"]
    Group.objects.bulk_create(Group(name=f"Thẩm định {number}") for number in range(200))

    def search(_number: int) -> int:
        connections["default"] = lent
        return sum(len(Group.objects.filter(name__icontains="thẩm")[:20]) for _ in range(TIMES))

    lent.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            found = list(threads.map(search, range(THREADS)))
    finally:
        lent.dec_thread_sharing()
    assert found == [20 * TIMES] * THREADS
