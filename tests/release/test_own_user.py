"""The signer as a system user of its own, as the units in `deploy/` have it: it publishes, and nobody else can read its keys."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB, SIGN, GROUP = 61_001, 61_002, 61_000
UMASK = 0o007
"""What the units say."""
START = (
    "import runpy, site, sys; site.addsitedir(sys.argv.pop(1)); runpy.run_module('cms.runtime', run_name='__main__')"
)
CLUSTER = """
from cms.places.models import Cluster, Controller, Face, Placement, Province
province = Province.objects.create(code="an_giang", name="An Giang", name_en="An Giang", languages=["vi"], theme="national")
cluster = Cluster.objects.create(slug="tinh-bien", province=province, name="Tịnh Biên", clause="AG 7.1")
controller = Controller.objects.create(cluster=cluster, slug="tinh-bien-1", canvas_width=256, canvas_height=192)
face = Face.objects.create(cluster=cluster, letter="a", width=256, height=192, pitch_mm=5.0, distance_m=15.0, languages=["vi"])
Placement.objects.create(controller=controller, face=face, x=0, y=0)
from cms.release.services import request_notices
request_notices([cluster.pk])
"""
BLACKOUT = """
from cms.accounts.models import User
from cms.alerts.services import black_out
from cms.places.models import Cluster
person = User.objects.create_superuser("administrator", "a@example.vn", "x")
black_out(Cluster.objects.get(), faces=["a"], by=person, reason="Thử nghiệm")
"""
TIDY = """
from cms.release import prune
prune.UNTOUCHED_S = -60
prune.tidy()
"""
WORK = """
from django.core.management import call_command
call_command("worker", *{queues!r}, burst=True)
"""
LOOK = """
from pathlib import Path
from django.conf import settings
from cms.release.keys import root_json
from cms.release.keys.status import overviews
from cms.release.models import Release
from cms.runtime import doctor
root_json("an_giang")
for folder in ("online", "offline"):
    for path in Path(settings.KEYS_ROOT, folder).glob("*/*"):
        raise SystemExit(f"the web server sees {path}")
    try:
        list(Path(settings.KEYS_ROOT, folder).iterdir())
    except PermissionError:
        continue
    raise SystemExit(f"the web server reads {folder}")
print("steps", [str(step.text) for one in overviews() for step in one.steps])
print("troubles", [one.trouble.en for one in doctor.keys() if one.trouble])
print("versions", sorted(Release.objects.filter(status="published").values_list("version", flat=True)))
"""


def interpreter() -> str | None:
    """A Python of this very version that any user may run, in a checkout that any user may read; what lies in somebody's home is
    closed to others."""
    asked = "import platform, site, sys; site.addsitedir(sys.argv[1]); import cms.runtime, django; print(platform.python_version())"
    for command in filter(
        None, (sys.executable, shutil.which(f"python3.{sys.version_info.minor}"), "/usr/bin/python3")
    ):
        told = [command, "-c", asked, sysconfig.get_path("purelib")]
        try:
            done = subprocess.run(
                told, cwd=ROOT, capture_output=True, text=True, check=False, user=SIGN, group=GROUP, extra_groups=[]
            )
        except OSError:
            continue
        if done.stdout.strip() == platform.python_version():
            return command
    return None


pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may run programs as other users")
As = Callable[[int, str], str]


@pytest.fixture
def run(migrated_data: Callable[[Path], Path]) -> Iterator[As]:
    """`run(user, script)`: what a script prints that this user runs in an instance of the test's own."""
    python = interpreter()
    if python is None:
        pytest.skip("other users may not run this Python, or not read this checkout")
    with tempfile.TemporaryDirectory(prefix="bangtin-own-user-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        data, socket = migrated_data(folder / "data"), folder / "redis.sock"
        (data / "keys").mkdir()
        os.chown(data / "keys", SIGN, GROUP)
        (data / "keys").chmod(0o750)
        os.chown(data, WEB, GROUP)
        data.chmod(0o2770)  # `install -d -g bangtin -m 2770`
        os.chown(data / "bangtin.sqlite3", WEB, GROUP)
        (data / "bangtin.sqlite3").chmod(0o660)
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o1777)
        env = {
            "TMPDIR": str(folder / "tmp"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "BANGTIN_DATA": str(data),
            "BANGTIN_REDIS_URL": f"unix://{socket}",
            "DJANGO_SETTINGS_MODULE": "cms.settings.testing",
        }

        def run(user: int, script: str) -> str:
            told = [python, "-c", START, sysconfig.get_path("purelib"), "shell", "--no-imports", "--verbosity", "0"]
            done = subprocess.run(
                told,
                cwd=ROOT,
                env=env,
                input=script,
                capture_output=True,
                text=True,
                check=False,
                user=user,
                group=GROUP,
                extra_groups=[],
                umask=UMASK,
                timeout=300,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Permission" not in done.stderr, done.stderr
            return done.stdout

        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        if binary is None:
            pytest.skip("no redis-server that other users may reach")
        redis = subprocess.Popen(
            [binary, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "777", "--save", ""],
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 20
            while not socket.exists():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield run
        finally:
            redis.terminate()
            redis.wait(10)


def test_the_signer_publishes_as_a_user_of_its_own_and_nobody_else_reads_its_keys(run: As) -> None:
    web, signer = WORK.format(queues=["release", "default"]), WORK.format(queues=["sign"])
    run(WEB, CLUSTER + web)
    run(SIGN, signer)
    run(WEB, BLACKOUT + web + TIDY)
    run(SIGN, signer)
    said = run(WEB, LOOK)
    assert "troubles []" in said
    assert "versions [1, 2]" in said
    assert "root key lies on this server" in said or "Khoá gốc đang nằm trên máy chủ này" in said
