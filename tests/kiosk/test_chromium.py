"""How Chromium is started: one window, no questions, no memory of a crash."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from bangtin_kiosk.chromium import arguments, environment, forget_crash
from bangtin_kiosk.config import Config, State, load
from bangtin_kiosk.say import Stop

WANTED = [
    "--kiosk",
    "--autoplay-policy=no-user-gesture-required",  # sound without a gesture
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--no-first-run",
    "--hide-crash-restore-bubble",
    "--noerrdialogs",
    "--disable-component-update",
    "--remote-debugging-pipe",  # and never a port
]


def test_it_is_one_window_that_asks_nothing(config: Config, state: State) -> None:
    given = arguments(config, state)
    assert set(WANTED) <= set(given)
    assert given[-1] == f"--app=http://localhost:{config.port}/player/?seat=tinh-bien-1"
    assert not [one for one in given if one.startswith("--remote-debugging-port")]
    assert any("Translate" in one for one in given if one.startswith("--disable-features="))


def test_a_canvas_that_is_no_whole_screen_has_its_window(config: Config, state: State) -> None:
    given = arguments(dataclasses.replace(config, window="0,0,3840,640"), state)
    assert {"--window-position=0,0", "--window-size=3840,640"} <= set(given)
    assert "--kiosk" not in given


def test_everything_it_writes_lies_in_our_folder(config: Config, state: State) -> None:
    given = arguments(config, state)
    places = [one.partition("=")[2] for one in given if one.startswith(("--user-data-dir", "--disk-cache-dir"))]
    home = environment(state)
    places += [home[name] for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")]
    assert len(places) == 6
    assert all(Path(place).is_relative_to(state.folder) for place in places)


def test_a_profile_forgets_that_it_crashed_and_who_held_it(tmp_path: Path) -> None:
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(
        json.dumps({"profile": {"exit_type": "Crashed", "exited_cleanly": False, "name": "x"}, "a": 1})
    )
    (tmp_path / "SingletonLock").symlink_to("another-machine-1234")
    (tmp_path / "Default" / "Sessions").mkdir()
    forget_crash(tmp_path)
    read = json.loads(preferences.read_text())
    assert read == {"profile": {"exit_type": "Normal", "exited_cleanly": True, "name": "x"}, "a": 1}
    assert not (tmp_path / "SingletonLock").is_symlink()
    assert not (tmp_path / "Default" / "Sessions").exists()


@pytest.mark.parametrize("content", [b"", b"{cut", b"[]", bytes(64)])
def test_preferences_that_a_power_cut_spoiled_are_made_anew(content: bytes, tmp_path: Path) -> None:
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_bytes(content)
    forget_crash(tmp_path)
    assert not preferences.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"cms": "http://bangtin.example"},
        {"cms": "https://bangtin.example/sub"},
        {"cms": "https://user@bangtin.example"},
        {"cluster": "../x"},
        {"seat": "a b"},
        {"port": 80},
        {"window": "full"},
    ],
    ids=lambda wrong: next(iter(wrong.values())),
)
def test_settings_that_cannot_be_are_named(wrong: dict[str, object], config: Config) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        dataclasses.replace(config, **wrong)


def test_settings_are_read_back_as_they_were_written(config: Config, state: State) -> None:
    assert load(state) == config


def test_settings_edited_wrongly_say_where(state: State) -> None:
    state.settings.write_text('cms = "https://x.example"\ncluster = "a"\nfoo = 1\n')
    with pytest.raises(Stop, match=r"kiosk\.toml"):
        load(state)
