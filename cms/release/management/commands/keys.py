"""`bangtin keys …`: the ceremony of a province's root, on holders' machines and on the server (docs/keys.md)."""

from __future__ import annotations

import getpass
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django_rq
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_noop
from redis.exceptions import RedisError
from rq import Worker

from cms.accounts.audit import record
from cms.places.models import Cluster, Province
from cms.release import anew
from cms.release.files import StorageFull
from cms.release.keys import ceremony, holders, papers, roots
from cms.release.keys.papers import Holder, HolderKey, Proposal, SignaturePaper
from cms.release.keys.roots import ONLINE_ROLES
from cms.release.keys.status import Missing, Overview, day, overviews
from cms.release.keys.store import KeysMissing
from cms.release.keys.words import CeremonyError, Said
from cms.release.repository import ClusterRepository

PATIENCE_S = 20.0
YES = ("có", "co", "yes")
MARKS = {"error": "✗", "warning": "!", "info": "✓"}


class Command(BaseCommand):
    help = "The keys of a province: who holds them, how they are exchanged (docs/keys.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        _offline(verbs)
        _server(verbs)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(options)
        except CeremonyError as error:
            raise CommandError("\n".join(error.said.lines())) from error
        except KeyboardInterrupt:
            raise CommandError("\nĐã dừng, không có gì thay đổi. / Stopped; nothing was changed.") from None

    # --- on a holder's machine: no network, no database ---------------------------------------------------------------

    def _holder(self, options: dict[str, Any]) -> None:
        province, name = options["province"], options["name"].strip()
        out: Path = options["out"]
        secret_path = out / HolderKey(province, name, "", "", "").name
        if secret_path.exists():
            raise CeremonyError(
                gettext_noop("%(path)s is there already. Keys are never written over."), path=secret_path
            )
        first = _ask("Mật khẩu cho khoá (không hiện ra) / Passphrase (not shown): ")
        holders.check_passphrase(first, name)
        if _ask("Gõ lại lần nữa / Once more: ") != first:
            raise CeremonyError(gettext_noop("The two passphrases differ. Nothing was made."))
        secret, public = holders.make(province, name, first)
        self._say("✓", f"{secret.write(out, mode=0o600)}", secret.about())
        self._say("✓", f"{public.write(out)}", public.about())

    def _sign(self, options: dict[str, Any]) -> None:
        paper, key = papers.read(options["proposal"]), papers.read(options["key"])
        if not isinstance(paper, Proposal):
            raise CeremonyError(gettext_noop("%(name)s is no proposal."), name=options["proposal"].name)
        if not isinstance(key, HolderKey):
            raise CeremonyError(gettext_noop("%(name)s holds no holder's key (its name begins with GIU-KIN)."), name=options["key"].name)  # fmt: skip
        before, root = holders.proposed(paper)
        holders.must_be_asked(root, before, key, paper.province)
        self._show(paper)
        answer = input("\nMã kiểm này có trùng với mã trên máy chủ không? Gõ “có” để ký. / The same check code as on the server? Type “yes” to sign: ")  # fmt: skip
        if answer.strip().lower() not in YES:
            raise CeremonyError(gettext_noop("Nothing was signed."))
        passphrase = _ask(f"Mật khẩu của {key.holder} / Passphrase of {key.holder}: ")
        made = holders.sign(paper, key, passphrase)
        self._say("✓", f"{made.write(options['out'] or options['proposal'].parent)}", made.about())

    def _about(self, options: dict[str, Any]) -> None:
        for paper in papers.collect(options["file"]):
            self._say("•", paper.name, paper.about())
            if isinstance(paper, Holder):
                holders.key_of(paper)
            if isinstance(paper, Proposal):
                self._show(paper)

    def _show(self, paper: Proposal) -> None:
        before, root = holders.proposed(paper)
        signed = root.signed
        self._lines(paper.about())
        for one in roots.differences(before.signed, signed):
            self._say("  –", one)
        names, threshold = roots.names(roots.holders(signed)), signed.roles["root"].threshold
        text = gettext_noop("Holders: %(names)s. %(threshold)s of them sign every change. It lasts until %(date)s.")
        self._lines(Said(text, {"names": names, "threshold": threshold, "date": day(signed.expires)}))
        self.stdout.write(f"\n  Mã kiểm / check code:   {roots.code(root)}")

    # --- on the server ------------------------------------------------------------------------------------------------

    def _status(self, options: dict[str, Any]) -> None:
        chosen = [ceremony.find_province(one) for one in options["province"]] or None
        found = overviews(chosen)
        for one in found:
            self._overview(one)
        if any(one.level == "error" for one in found):
            raise SystemExit(1)

    def _overview(self, found: Overview) -> None:
        self.stdout.write(f"\n{found.province.name} ({found.province.code})")
        if found.expires:
            text = gettext_noop("Root %(version)s, check code %(code)s, until %(date)s; %(threshold)s of %(number)s must sign: %(names)s")  # fmt: skip
            values = {"version": found.version, "code": found.code, "date": day(found.expires)}
            values |= {"threshold": found.threshold, "number": len(found.holders), "names": roots.names(found.holders)}
            self._lines(Said(text, values))
        for key in found.online:
            self.stdout.write(f"  {key.role:<10} {key.keyid[:8]}  {key.kind:<22} {key.place}")
        for ends in found.clusters:
            until = f"→ {day(ends.timestamp)}" if ends.timestamp else "–"
            self.stdout.write(f"  {ends.cluster.slug:<24} {until}")
        for step in found.steps:
            self._say(MARKS[step.level], step.text)
            for line in step.commands:
                self.stdout.write(f"    {line}")

    def _propose(self, options: dict[str, Any]) -> None:
        rotate = dict(_role_and_uri(one) for one in options["rotate"])
        self._make(options, drop=options["remove"], rotate=rotate)

    def _rotate(self, options: dict[str, Any]) -> None:
        chosen = ONLINE_ROLES if options["role"] == "all" else (options["role"],)
        if len(chosen) > 1 and options["uri"]:
            raise CeremonyError(gettext_noop("Each role has a key of its own: name one role with --uri."))
        self._make(options, drop=(), rotate=dict.fromkeys(chosen, options["uri"] or ""))

    def _revoke(self, options: dict[str, Any]) -> None:
        who = options["who"]
        if who in ONLINE_ROLES:
            self._make(options, drop=(), rotate={who: ""})
        else:
            self._make(options, drop=(who,), rotate={})

    def _make(self, options: dict[str, Any], *, drop: Any, rotate: Mapping[str, str]) -> None:
        province = ceremony.find_province(options["province"])
        given = [papers.read(one) for one in options.get("holder") or []]
        wrong = [one for one in given if not isinstance(one, Holder)]
        if wrong:
            raise CeremonyError(gettext_noop("%(name)s says nothing of a holder (its name begins with nguoi-giu)."), name=wrong[0].name)  # fmt: skip
        wish = ceremony.Wish(
            [one for one in given if isinstance(one, Holder)],
            tuple(drop),
            options.get("threshold"),
            rotate,
            options["days"],
        )
        found = ceremony.propose(province, wish)
        self._show(found.paper)
        path = found.paper.write(options["out"])
        self.stdout.write(f"\n✓ {path}")
        self._what_is_missing(found, options["province"])

    def _what_is_missing(self, found: ceremony.Pending, code: str) -> None:
        if found.done:
            self._lines(
                Said(gettext_noop("It has all signatures that it needs: bangtin keys accept %(code)s"), {"code": code})
            )
            return
        text = gettext_noop("Signatures that it still needs: %(missing)s")
        self._lines(Said(text, {"missing": Missing(found)}))

    def _accept(self, options: dict[str, Any]) -> None:
        province = ceremony.find_province(options["province"])
        found = ceremony.accept(province, self._given(province, options["file"]))
        if not found.done:
            self._what_is_missing(found, province.code)
            raise SystemExit(2)
        version = found.root.signed.version
        self._say("✓", Said(gettext_noop("Root %(version)s of %(name)s is in force."), {"version": version, "name": province.name}))  # fmt: skip
        _wait_for_signer(province)
        for one in overviews([province])[0].steps:
            self._say(MARKS[one.level], one.text)
            for line in one.commands:
                self.stdout.write(f"    {line}")

    def _given(self, province: Province, paths: list[Path]) -> list[SignaturePaper]:
        """The signatures in these files and folders; what a folder still holds of earlier ceremonies is passed over."""
        waiting = ceremony.pending(province)
        found: list[SignaturePaper] = []
        for path in paths:
            for one in papers.collect([path]):
                if not isinstance(one, SignaturePaper):
                    continue
                if path.is_dir() and waiting and one.version != waiting.paper.version:
                    continue
                self._say("•", one.name, one.about())
                found.append(one)
        return found

    def _cancel(self, options: dict[str, Any]) -> None:
        gone = ceremony.cancel(ceremony.find_province(options["province"]))
        self._lines(Said(gettext_noop("Thrown away: root %(version)s, check code %(code)s."), {"version": gone.version, "code": gone.code}))  # fmt: skip

    def _resign(self, options: dict[str, Any]) -> None:
        province = ceremony.find_province(options["province"])
        for cluster in Cluster.objects.filter(province=province).select_related("province").order_by("slug"):
            try:
                done = anew.sign_anew(cluster, ClusterRepository(cluster.slug, province.code))
            except (KeysMissing, StorageFull) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"✓ {cluster.slug}{'' if done else '  (không phải ký lại / nothing to do)'}")
        record("keys.resign", province.name, province=province.code)
        for path in ceremony.tidy_done():
            self.stdout.write(f"✓ đã xoá / deleted: {path}")

    # --- saying -------------------------------------------------------------------------------------------------------

    def _say(self, mark: str, *said: object) -> None:
        for number, one in enumerate(said):
            if isinstance(one, Said):
                lines = one.lines()
                self.stdout.write(f"{mark if number == 0 else ' '} {lines[0]}")
                if lines[-1] != lines[0]:
                    self.stdout.write(f"{' ' * len(mark)} {lines[-1]}")
            else:
                self.stdout.write(f"{mark} {one}")

    def _lines(self, said: Said) -> None:
        for line in dict.fromkeys(said.lines()):
            self.stdout.write(line)


def _wait_for_signer(province: Province) -> None:
    """Until every cluster is signed by the new keys, for some seconds; not at all where no sign process runs."""
    try:
        workers = Worker.all(connection=django_rq.get_connection("sign"))
    except RedisError:
        return
    if not any("sign" in one.queue_names() for one in workers):
        return
    slugs = Cluster.objects.filter(province=province).values_list("slug", flat=True)
    waiting = [ClusterRepository(slug, province.code) for slug in slugs]
    deadline = time.monotonic() + PATIENCE_S
    while waiting and time.monotonic() < deadline:
        waiting = [one for one in waiting if anew.is_due(one)]
        time.sleep(0.2 if waiting else 0)


def _ask(prompt: str) -> str:
    """A passphrase, typed and not shown. Raises CeremonyError without a terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError) as error:
            text = gettext_noop("A passphrase is typed at a terminal; it is never passed on by another program.")
            raise CeremonyError(text) from error


def _role_and_uri(text: str) -> tuple[str, str]:
    role, _, uri = text.partition("=")
    return role, uri


def _offline(verbs: Any) -> None:
    holder = verbs.add_parser("holder", help="On a holder's machine: make a key of their own, encrypted.")
    holder.add_argument("province", help="code of the province, e.g. an_giang")
    holder.add_argument("name", help="who holds it; an office rather than a person, since it becomes public")
    holder.add_argument("--out", type=Path, default=Path(), help="folder for the two files (default: here)")
    sign = verbs.add_parser("sign", help="On a holder's machine: look at a proposal and sign it.")
    sign.add_argument("proposal", type=Path, help="the file de-nghi--….json")
    sign.add_argument("--key", type=Path, required=True, help="the holder's file GIU-KIN--….json")
    sign.add_argument("--out", type=Path, help="folder for the signature (default: beside the proposal)")
    about = verbs.add_parser("about", help="Says what files of the ceremony are.")
    about.add_argument("file", type=Path, nargs="+")


def _server(verbs: Any) -> None:
    def verb(name: str, help: str, *, makes: bool = False, code: bool = True) -> Any:
        parser = verbs.add_parser(name, help=help)
        if code:
            parser.add_argument("province", help="code of the province, e.g. an_giang")
        if makes:
            parser.add_argument("--out", type=Path, default=Path(), help="folder for the proposal, e.g. a stick")
            parser.add_argument("--days", type=int, default=ceremony.DEFAULT_DAYS, help="how long the root lasts")
            parser.add_argument("--holder", type=Path, action="append", default=[], help="file of a new holder; may be repeated")  # fmt: skip
            parser.add_argument("--threshold", type=int, help="how many holders must sign (default: as now; first 2)")
        return parser

    verb("status", "Who holds what, until when, what to do next.", code=False).add_argument("province", nargs="*")
    propose = verb("propose", "Propose a new root: holders, threshold, online keys.", makes=True)
    propose.add_argument("--remove", action="append", default=[], metavar="HOLDER", help="name or key id of a holder")
    propose.add_argument("--rotate", action="append", default=[], metavar="ROLE[=URI]", help="a new online key")
    rotate = verb("rotate", "Propose a root with a new key for an online role.", makes=True)
    rotate.add_argument("role", choices=[*ONLINE_ROLES, "all"])
    rotate.add_argument(
        "--uri", help="where the new key lies (file2:, envvar:, hsm:, gcpkms:, awskms:, azurekms:, hv:)"
    )
    revoke = verb("revoke", "Propose a root without a holder, or with a new key for an online role.", makes=True)
    revoke.add_argument("who", help="a holder's name or key id, or an online role")
    accept = verb("accept", "Take signatures in; with enough of them the new root is in force.")
    accept.add_argument("file", type=Path, nargs="*", help="signatures, or a folder with them")
    verb("cancel", "Throw away the proposal that waits.")
    verb("resign", "Sign what former keys signed, in this process; the sign process does it by itself.")
