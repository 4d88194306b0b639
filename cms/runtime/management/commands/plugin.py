"""`bangtin plugin list | check | install | new | sync`: the provinces and layouts of this instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.plugin_host.host import get_host, reset_host
from cms.plugin_host.install import InstallFailed, install
from cms.plugin_host.load import installed
from cms.plugin_host.probe import probe
from cms.plugin_host.problems import Nonsense, Problem
from cms.plugin_host.scaffold import make
from cms.runtime import plugins


class Command(BaseCommand):
    help = "Lists, checks, installs and starts plugins (provinces, layouts)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="What is installed, and what is wrong with it.")
        check = verbs.add_parser("check", help="Try plugins in a process of their own.")
        check.add_argument("name", nargs="*", help="Plugin or distribution; all when none is named.")
        one = verbs.add_parser("install", help="Install a plugin, keeping every version the instance stands on.")
        one.add_argument("what", help="A requirement, a wheel or a folder.")
        one.add_argument("--target", type=Path, help="A folder on PYTHONPATH instead of the environment.")
        new = verbs.add_parser("new", help="Write the beginnings of a province's plugin.")
        new.add_argument("code", help="For example dong_thap.")
        new.add_argument("--name", help="The province's name as people write it.")
        new.add_argument("--in", dest="parent", type=Path, default=Path("plugins"), help="Where (default: plugins).")
        verbs.add_parser("sync", help="Create what the plugins' provinces describe and the database lacks.")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        host = get_host()
        problems = host.problems()
        owners = {spec.code: spec for spec in host.provinces().values()}
        for one in host.plugins():
            spec = owners.get(one.plugin.code)
            offers = f"{spec.name.vi}: {', '.join(c.code for c in spec.clusters) or '–'}" if spec else one.plugin.name
            self.stdout.write(f"✓ {one.plugin.code:<14} {one.distribution} {one.version:<10} {offers}")
        for code in plugins.switched_off():
            self.stdout.write(f"– {code:<14} đang tắt / switched off")
        self._tell(problems)
        if problems:
            raise CommandError("Có phần mở rộng bị lỗi. / Some plugins have failed.")

    def _check(self, options: dict[str, Any]) -> None:
        names = options["name"] or [entry.name for entry in installed()]
        failed = False
        for name in names:
            found = probe(name)
            plugins.record(name, found)
            if found:
                failed = True
                self._tell(found)
            else:
                self.stdout.write(f"✓ {name}")
        if failed:
            raise CommandError("Phần mở rộng có lỗi, chưa được bật. / The plugin has errors and stays off.")

    def _install(self, options: dict[str, Any]) -> None:
        try:
            names = install(options["what"], target=options["target"])
        except InstallFailed as error:
            raise CommandError(f"Không cài được. / Could not be installed.\n{error}") from error
        reset_host()
        entries = [one for one in installed() if one.dist and one.dist.name in names]
        if not entries:
            raise CommandError(
                f"Gói {options['what']} không có phần mở rộng nào (bangtin.plugins). / It brings no plugin."
            )
        self._check({"name": [one.name for one in entries]})
        self._sync(options)

    def _sync(self, options: dict[str, Any]) -> None:
        from cms.places.services import sync_provinces

        reset_host()
        sync_provinces()
        for spec in get_host().provinces().values():
            self.stdout.write(f"✓ {spec.name.vi}: {', '.join(one.code for one in spec.clusters) or '–'}")

    def _new(self, options: dict[str, Any]) -> None:
        code = options["code"]
        try:
            folder = make(code, options["name"] or code.replace("_", " ").title(), options["parent"])
        except Nonsense as error:
            raise CommandError(f"Mã tỉnh không hợp lệ. / Not a code. {error}") from error
        except FileExistsError as error:
            raise CommandError(f"Đã có thư mục này. / The folder exists: {error.filename}") from error
        self.stdout.write(f"✓ {folder}\n  bangtin plugin install {folder}")

    def _tell(self, problems: list[Problem]) -> None:
        for problem in problems:
            self.stdout.write(f"✗ {problem.text.vi}\n  {problem.text.en}")
