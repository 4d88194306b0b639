"""Long bodies come from people who are known; those of strangers are refused before they lie on the disk."""

from __future__ import annotations

import uuid

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from cms.places.models import Organisation
from cms.requests.links import make_link, token_of
from cms.runtime.bodies import MIB, STRANGERS, bounded
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def sent(path, *, length=None, pieces=(10,), cookie=""):
    """The status that somebody gets who sends this, and how many bytes the application behind was given."""
    waiting = [{"type": "http.request", "body": bytes(one), "more_body": True} for one in pieces]
    waiting[-1]["more_body"] = False
    given, said = 0, []

    async def application(scope, receive, send):
        nonlocal given
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            given += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return waiting.pop(0)

    async def send(message):
        said.append(message)

    headers = [(b"cookie", cookie.encode())] if cookie else []
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    async_to_sync(bounded(application))({"type": "http", "path": path, "headers": headers}, receive, send)
    return said[0]["status"], given


def session(user):
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest.fixture
def editor(province):
    return make_user("editor", "an_giang", "editor")


LONG = 100 * MIB
PLACES = ["/account/login/", "/api/player/v1/pairings", "/yeu-cau/", "/yeu-cau/l/x/", "/admin/images/add/", "/"]


@pytest.mark.parametrize("path", PLACES)
def test_a_strangers_long_body_is_refused_unread(path):
    assert sent(path, length=LONG) == (413, 0)
    assert sent(path, length=LONG, cookie=f"sessionid={uuid.uuid4().hex}") == (413, 0)
    assert sent(path, length=STRANGERS) == (200, 10)


@pytest.mark.parametrize("told", ["-1", "1e9", "9" * 30, "x"])
def test_a_length_that_is_no_number_is_refused(told):
    assert sent("/", length=told) == (413, 0)


def test_a_body_without_a_length_is_read_no_further_than_a_strangers(editor):
    assert sent("/account/login/", pieces=(MIB,) * 40) == (413, STRANGERS)
    assert sent("/admin/images/add/", pieces=(MIB,) * 40, cookie=session(editor))[0] == 413
    assert sent("/account/login/", pieces=(MIB, 10)) == (200, MIB + 10)


def test_files_come_from_whoever_is_logged_in_where_files_are_taken(editor):
    cookie = session(editor)
    assert sent("/admin/images/add/", length=LONG, cookie=cookie)[0] == 200
    assert sent("/yeu-cau/", length=LONG, cookie=cookie)[0] == 200
    assert sent("/yeu-cau/", length=2000 * MIB, cookie=cookie)[0] == 413
    assert sent("/account/login/", length=LONG, cookie=cookie)[0] == 413


def test_files_come_by_a_personal_link_while_it_works(editor, province):
    unit = Organisation.objects.create(province=province, code="so", name="Sở Văn hóa")
    link = make_link(unit, name="Tâm", email="", days=30, by=editor)
    path = f"/yeu-cau/l/{token_of(link)}/tep/"
    assert sent(path, length=LONG)[0] == 200
    assert sent(path.replace(token_of(link), token_of(link)[:-2] + "aa"), length=LONG)[0] == 413
    link.revoked_at = link.made_at
    link.save()
    assert sent(path, length=LONG)[0] == 413


def test_the_web_process_has_this_bound():
    from cms.asgi import application

    said = []

    async def receive():
        raise AssertionError("the body is not read")

    async def send(message):
        said.append(message)

    headers = [(b"content-length", b"99999999")]
    scope = {"type": "http", "method": "POST", "path": "/account/login/", "headers": headers}
    async_to_sync(application)(scope, receive, send)
    assert said[0]["status"] == 413
