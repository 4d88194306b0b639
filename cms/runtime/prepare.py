"""What a start needs done, each step skipped when nothing has changed since the last one."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from django.urls import get_resolver

from cms.runtime import folders, translations
from cms.runtime.say import Stop

ADMINISTRATOR = "admin"


def refuse_without_shaping() -> None:
    """Without fribidi Pillow lays out Khmer and Lao wrongly and says nothing, so it may not start at all."""
    from PIL import features

    missing = [name for name in ("raqm", "fribidi") if not features.check(name)]
    if missing:
        raise Stop(
            f"Thiếu {', '.join(missing)}: chữ Khmer và Lào sẽ hiển thị sai. Cài bằng: apt-get install libfribidi0",
            f"{', '.join(missing)} is missing: Khmer and Lao would be drawn wrongly. Install: apt-get install libfribidi0",
        )


def instance(data: Path) -> None:
    """Everything that an instance needs before anything is written to it: folders, keys, tables, provinces, a log-in."""
    refuse_without_shaping()
    folders.prepare(data)
    if kept := getattr(settings, "SECRET_KEY_FILE", None):
        settings.SECRET_KEY = kept.read_text().strip()  # on the first run the settings were read before it was made
    translations.compile_stale()
    migrate(data)
    collect_static(data)
    sync_provinces()
    administrator(data)


def migrate(data: Path) -> bool:
    """Run the migrations unless the same ones ran before; say whether they ran."""
    return _unless_same(data / "run" / "migrated", _migrations(), lambda: call_command("migrate", verbosity=0))


def collect_static(data: Path) -> bool:
    """Gather static files unless none has changed; say whether they were gathered."""
    return _unless_same(
        data / "run" / "collected",
        _static_files(),
        lambda: call_command("collectstatic", interactive=False, verbosity=0),
    )


def sync_provinces() -> None:
    """Create what the plugins describe and the database lacks, and the keys that sign for each province. Its shelves follow once
    Redis runs (`cms.content.services.ensure_trees`)."""
    services = import_module("cms.places.services")
    services.sync_provinces()
    keys = import_module("cms.release.keys")
    for code in apps.get_model("places", "Province").objects.values_list("code", flat=True):
        keys.ensure_province_keys(code)


def administrator(data: Path) -> None:
    """Make the first administrator with a random password, unless there is one already. The password waits in a file that
    only its owner can read until it is shown."""
    users: Any = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    users.create_superuser(username=ADMINISTRATOR, email="", password=password)
    folders.write_secret(data / "run" / "first_password", password.encode())
    _forget_examples()


def _forget_examples() -> None:
    """Wagtail begins with groups and a way of approval of its own, named in English, that nobody here is in or goes."""
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval", workflow_states=None).delete()
    apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(
        name="Moderators approval", task_states=None
    ).delete()
    apps.get_model("auth", "Group").objects.filter(name__in=("Moderators", "Editors"), user=None).delete()


def first_password(data: Path) -> str | None:
    """The new administrator's password, once; None ever after."""
    path = data / "run" / "first_password"
    if not path.exists():
        return None
    password = path.read_text()
    path.unlink()
    return password


def administrator_name() -> str:
    """The user name of an administrator, for the line that says how to set a new password."""
    user = get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    return user.get_username() if user else ADMINISTRATOR


def preload() -> None:
    """Import what every process needs, before they are forked."""
    get_resolver().url_patterns  # noqa: B018 - reading them imports every view
    for module in ("cms.asgi", "rq.worker", "django_rq.workers", "cms.content.jobs", "cms.release.jobs"):
        import_module(module)
    close_database()


def close_database() -> None:
    """No connection may be open while a process is forked."""
    connections.close_all()


def _unless_same(stamp: Path, parts: Iterator[str], work: Callable[[], object]) -> bool:
    digest = hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest and _database_exists():
        return False
    stamp.unlink(missing_ok=True)
    work()
    stamp.write_text(digest)
    return True


def _database_exists() -> bool:
    database: dict[str, Any] = settings.DATABASES["default"]
    return "sqlite3" not in database["ENGINE"] or Path(database["NAME"]).exists()


def _migrations() -> Iterator[str]:
    database = settings.DATABASES["default"]
    yield f"{database['ENGINE']} {database['NAME']} {database.get('HOST', '')}"
    for app in apps.get_app_configs():
        folder = Path(app.path) / "migrations"
        if folder.is_dir():
            yield from (f"{app.label}.{file.name}" for file in folder.glob("[0-9]*.py"))


def _static_files() -> Iterator[str]:
    # Files of packages change with their version; our own are looked at one by one.
    yield from (f"{one.name} {one.version}" for one in distributions())
    site = os.sep + "site-packages" + os.sep
    for finder in get_finders():
        for path, storage in finder.list([]):
            if site not in storage.path(path):
                stat = Path(storage.path(path)).stat()
                yield f"{path} {stat.st_mtime_ns} {stat.st_size}"
