"""A province's server speaks HTTPS only; asked of the production settings themselves, in a process of their own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The instance has a database of its own, copied from the migrated one that this mark asks for.
pytestmark = pytest.mark.django_db

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
found = {}
for name, headers in {"plain": {}, "secure": {"X-Forwarded-Proto": "https"}}.items():
    answer = Client(headers={"Host": "bangtin.example", **headers}).get("/admin/login/?next=/admin/", follow=False)
    while name == "secure" and answer.status_code in (301, 302):
        answer = Client(headers={"Host": "bangtin.example", **headers}).get(answer["Location"].replace("https://bangtin.example", ""))
    cookies = {key: [bool(one["secure"]), bool(one["httponly"]), one["samesite"]] for key, one in answer.cookies.items()}
    found[name] = {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
stranger = Client(headers={"Host": "elsewhere.example", "X-Forwarded-Proto": "https"}).get("/health/")
session = [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE]
print(json.dumps(found | {"stranger": stranger.status_code, "session": session}))
"""


@pytest.fixture(scope="module")
def answers(migrated_data: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = migrated_data(tmp_path_factory.mktemp("https") / "var")
    env = {name: value for name, value in os.environ.items() if not name.startswith("BANGTIN_")}
    env |= {
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "BANGTIN_DATA": str(data),
        "BANGTIN_SECRET_KEY": secrets.token_urlsafe(64),
        "BANGTIN_ALLOWED_HOSTS": "bangtin.example",
        "BANGTIN_LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_plain_question_is_sent_to_https(answers: dict[str, Any]) -> None:
    assert answers["plain"]["status"] == 301
    assert answers["plain"]["headers"]["Location"] == "https://bangtin.example/admin/login/?next=/admin/"
    assert answers["plain"]["cookies"] == {}


def test_browsers_are_told_to_ask_by_https_alone_for_a_year(answers: dict[str, Any]) -> None:
    assert answers["secure"]["status"] == 200
    assert "max-age=31536000" in answers["secure"]["headers"]["Strict-Transport-Security"]


def test_no_cookie_travels_in_the_open(answers: dict[str, Any]) -> None:
    assert answers["secure"]["cookies"], "the log-in page sets one"
    assert all(secure for secure, _, _ in answers["secure"]["cookies"].values())
    assert answers["session"] == [True, True, "Lax"]


def test_a_name_that_is_not_ours_is_not_answered(answers: dict[str, Any]) -> None:
    assert answers["stranger"] == 400
