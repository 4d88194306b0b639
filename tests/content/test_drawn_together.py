"""Several workers that want the same picture: one makes it, the others wait, and a dead one keeps nobody waiting."""

from __future__ import annotations

import fcntl
import os
import signal
import threading

import pytest
from django.db import connection

from cms.content.drawn import Drawings

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
KEY = "a" * 64


def test_one_makes_and_the_others_wait():
    made, begun, go = [], threading.Event(), threading.Event()
    waited = threading.Event()

    def make():
        made.append(threading.get_ident())
        begun.set()
        assert go.wait(20)
        return {"n": 7}

    found = []

    def work():
        try:
            found.append(Drawings(waiting=waited.set).once(KEY, make))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    assert begun.wait(20)
    assert waited.wait(20)
    go.set()
    for one in threads:
        one.join(20)
    assert found == [{"n": 7}] * 4
    assert len(made) == 1


def test_one_who_waits_can_give_up():
    drawings = Drawings()

    def tired():
        raise InterruptedError

    with drawings._alone(KEY), pytest.raises(InterruptedError):
        Drawings(waiting=tired).once(KEY, lambda: 1)


def test_the_lock_of_a_killed_worker_is_free_at_once():
    folder = Drawings().store.root / "locks"
    folder.mkdir(parents=True)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        lock = os.open(folder / KEY, os.O_RDWR | os.O_CREAT)
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.write(writer, b"x")
        signal.pause()
        os._exit(0)
    assert os.read(reader, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert Drawings().once(KEY, lambda: "made") == "made"
