"""Readings of the environment fail loudly and name the variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings import env

NAME = "BANGTIN_OF_A_TEST"


@pytest.mark.parametrize(("read", "value"), [(env.integer, "many"), (env.boolean, "perhaps")])
def test_what_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, read: object, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert callable(read)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        read(NAME, 0)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE"):
        env.text(NAME)


def test_a_file_may_hold_the_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("quiet\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert env.text(NAME) == "quiet"


def test_a_database_is_read_from_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.database(NAME, {"ENGINE": "sqlite"}) == {"ENGINE": "sqlite"}
    monkeypatch.setenv(NAME, "postgresql://b%40t:p%2Fw@db.example:5433/bangtin")
    found = env.database(NAME, {})
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("b@t", "p/w", "db.example", "5433")
    monkeypatch.setenv(NAME, "mysql://x/y")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.database(NAME, {})


def test_a_long_path_gives_a_short_socket(tmp_path: Path) -> None:
    assert env.socket_path(Path("/short/redis.sock")) == Path("/short/redis.sock")
    assert len(str(env.socket_path(tmp_path / ("x" * 120) / "redis.sock"))) <= 100
