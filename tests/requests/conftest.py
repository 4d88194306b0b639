"""A unit of An Giang with a contributor and a personal link, and the form as a browser sends it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from cms import clock
from tests.content.makers import *  # noqa: F403


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path) -> None:
    """Files and messages of each test lie in its own folder; no limit is used up."""
    cache.clear()
    settings.REQUESTS_ROOT = tmp_path / "requests"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture
def today() -> date:
    return timezone.localdate(clock.now())


@pytest.fixture
def unit(province) -> Any:
    """The department of culture of An Giang."""
    from cms.places.models import Organisation

    return Organisation.objects.create(
        province=province, code="so-vhttdl", name="Sở Văn hoá An Giang", level="province"
    )


@pytest.fixture
def member(contributor, unit, today) -> Any:
    """The contributor belongs to the unit."""
    from cms.places.models import Membership

    Membership.objects.create(user=contributor, organisation=unit, valid_from=today - timedelta(days=30))
    return contributor


@pytest.fixture
def link(unit, editor) -> Any:
    """A personal link of Mr Tám, who has no account."""
    from cms.requests.links import make_link

    return make_link(unit, name="Võ Văn Tám", email="tam@example.vn", days=90, by=editor)


@pytest.fixture
def filled(today) -> Callable[..., dict[str, Any]]:
    """`filled(title=…)`: what a browser sends when the form is filled in."""

    def make(**fields: Any) -> dict[str, Any]:
        return {
            "draft": str(uuid.uuid4()),
            "kind": "event",
            "title": "Lễ hội Vía Bà Chúa Xứ núi Sam",
            "text": "Lễ hội diễn ra từ ngày 22 đến 27 tháng Tư âm lịch tại Châu Đốc.\n\nMời du khách tham dự.",
            "wished_from": (today + timedelta(days=5)).isoformat(),
            "wished_until": (today + timedelta(days=12)).isoformat(),
            "languages": ["vi", "en"],
            "letter_number": "125/SVHTTDL-QLVH",
            "letter_date": today.isoformat(),
            "sender_name": "Nguyễn Hoa",
            "email": "hoa@example.vn",
            "phone": "0912 345 678",
            "declared": "on",
            "website": "",
        } | fields

    return make


@pytest.fixture
def sent(member, unit, client_for, filled) -> Callable[..., Any]:
    """`sent(title=…)`: a request that the contributor sent through the form."""
    from cms.requests.models import ContentRequest

    def make(**fields: Any) -> Any:
        data = filled(organisation=unit.pk, **fields)
        answer = client_for(member).post("/yeu-cau/", data)
        assert answer.status_code == 302, answer.content.decode()
        return ContentRequest.objects.get(draft=data["draft"])

    return make


@pytest.fixture
def mails(settings) -> Callable[[], list[str]]:
    """The messages that lie in the folder, oldest first, as text."""
    import email
    from email import policy
    from pathlib import Path

    def read() -> list[str]:
        found = []
        for path in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log")):
            for part in path.read_bytes().split(b"-" * 79 + b"\n"):
                if part.strip():
                    message = email.message_from_bytes(part, policy=policy.default)
                    found.append(f"An: {message['To']}\n{message['Subject']}\n{message.get_content()}")
        return found

    return read


@pytest.fixture(autouse=True)
def _commits_at_once(request, monkeypatch) -> None:
    """What waits for the commit happens at once: these tests run inside a transaction that never commits."""
    if "live_server" in request.fixturenames:
        return
    from django.db import transaction

    monkeypatch.setattr(transaction, "on_commit", lambda function, **kwargs: function())
