"""Who holds what, until when, and what to do next, in plain words. Reads public files and the records; never a private byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext_noop
from tuf.api.metadata import Metadata, Root

from cms import clock
from cms.accounts.models import AuditEntry
from cms.places.models import Cluster, Province
from cms.release.keys import ceremony, roots, store
from cms.release.keys.roots import ONLINE_ROLES, ROLE_WORDS, Held
from cms.release.keys.words import CeremonyError, Said
from cms.release.repository import ClusterRepository, Damaged

Level = Literal["error", "warning", "info"]
ROOT_SOON, ROOT_URGENT = timedelta(days=180), timedelta(days=30)
REST = timedelta(days=9)
"""The longest time that nobody may look after a server: the holidays of Tết. A signature must outlast it."""


@dataclass(frozen=True)
class Step:
    """What to do next, how urgent it is, and the command of it for the technician. `wrong` False: it may stay so; an instance
    begins that way."""

    level: Level
    text: Said
    command: str = ""
    wrong: bool = True

    @property
    def commands(self) -> list[str]:
        """The lines of the command."""
        return self.command.splitlines()


@dataclass(frozen=True)
class OnlineKey:
    role: str
    words: Said
    keyid: str
    kind: str
    place: str

    @property
    def lies(self) -> Said:
        """Where the key lies, in words."""
        scheme = self.place.partition(":")[0]
        return Said(LIES.get(scheme, LIES["kms"]))

    @property
    def place_parts(self) -> list[str]:
        """The address in pieces between which a line may break."""
        return self.place.split("/")


LIES = {
    "file2": gettext_noop("in a file on this server"),
    "envvar": gettext_noop("in the environment of the sign process"),
    "hsm": gettext_noop("in a hardware module"),
    "kms": gettext_noop("at a key service"),
}


@dataclass(frozen=True)
class Ends:
    """When the signatures of a cluster end; `stale`: they are not by the present keys."""

    cluster: Cluster
    timestamp: datetime | None = None
    targets: datetime | None = None
    stale: bool = False


@dataclass(frozen=True)
class Past:
    """One root of the chain: what it changed, who signed it, and when it was accepted here."""

    version: int
    code: str
    expires: datetime
    changed: tuple[Said, ...]
    signed: tuple[Held, ...]
    accepted: datetime | None

    @property
    def names(self) -> str:
        return roots.names(self.signed)


@dataclass(frozen=True)
class Overview:
    """The keys of one province."""

    province: Province
    version: int = 0
    code: str = ""
    expires: datetime | None = None
    threshold: int = 0
    holders: tuple[Held, ...] = ()
    embedded: bool = False
    online: tuple[OnlineKey, ...] = ()
    pending: ceremony.Pending | None = None
    clusters: tuple[Ends, ...] = ()
    history: tuple[Past, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    @property
    def level(self) -> Level:
        """The gravest of the steps."""
        found = {one.level for one in self.steps}
        return "error" if "error" in found else "warning" if "warning" in found else "info"

    @property
    def root_file(self) -> str:
        """Address of the root that a controller is installed with; empty before the first release."""
        for one in self.clusters:
            if one.timestamp and not one.stale:
                return reverse("release_metadata", args=[one.cluster.slug, f"{self.version}.root.json"])
        return ""

    @property
    def shown_holders(self) -> list[str | Said]:
        return [roots.shown(one) for one in self.holders]


def overviews(provinces: Iterable[Province] | None = None) -> list[Overview]:
    """The keys of these provinces (default: all). Three queries at most, however many there are."""
    chosen = list(Province.objects.order_by("national", "name") if provinces is None else provinces)
    clusters: dict[int, list[Cluster]] = {}
    for cluster in Cluster.objects.filter(province__in=[one.pk for one in chosen]).order_by("name"):
        clusters.setdefault(cluster.province_id, []).append(cluster)
    accepted: dict[tuple[str, int], datetime] = {}
    entries = AuditEntry.objects.filter(action="keys.accept", province__in=[one.code for one in chosen])
    for code, data, at in entries.values_list("province", "data", "at"):
        accepted[code, int(data.get("version", 0))] = at
    return [_overview(one, clusters.get(one.pk, []), accepted) for one in chosen]


def _overview(
    province: Province, clusters: Sequence[Cluster], accepted: Mapping[tuple[str, int], datetime]
) -> Overview:
    try:
        chain = ceremony.chain(province)
        pending = ceremony.pending(province)
        online = tuple(_online(province, chain[-1].signed))
    except CeremonyError as error:
        return Overview(province, steps=(Step("error", error.said),))
    root = chain[-1]
    found = Overview(
        province,
        version=root.signed.version,
        code=roots.code(root),
        expires=root.signed.expires,
        threshold=root.signed.roles["root"].threshold,
        holders=roots.holders(root.signed),
        embedded=roots.embedded(root.signed),
        online=online,
        pending=pending,
        clusters=tuple(_ends(one, province) for one in clusters),
        history=tuple(reversed(_history(province, chain, accepted))),
    )
    return Overview(**{**found.__dict__, "steps": tuple(next_steps(found))})


def _online(province: Province, root: Root) -> Iterable[OnlineKey]:
    for role in ONLINE_ROLES:
        keyid = root.roles[role].keyids[0]
        uri = store.online_uri(province, role, keyid)
        yield OnlineKey(role, Said(ROLE_WORDS[role]), keyid, root.keys[keyid].scheme, uri)


def _ends(cluster: Cluster, province: Province) -> Ends:
    repository = ClusterRepository(cluster.slug, province.code)
    try:
        state = repository.state()
    except Damaged:
        return Ends(cluster, stale=True)
    return Ends(cluster, state.timestamp_expires, state.targets_expires, stale=not repository.has_roots())


def _history(
    province: Province, chain: Sequence[Metadata[Root]], accepted: Mapping[tuple[str, int], datetime]
) -> list[Past]:
    found = []
    for before, root in zip([chain[0], *chain], chain, strict=False):
        first = root is chain[0]
        changed = [Said(gettext_noop("The first keys, made by this server."))] if first else roots.differences(before.signed, root.signed)  # fmt: skip
        found.append(
            Past(
                root.signed.version,
                roots.code(root),
                root.signed.expires,
                tuple(changed),
                roots.signers(before.signed, root),
                accepted.get((province.code, root.signed.version)),
            )
        )
    return found


def next_steps(found: Overview) -> Iterable[Step]:
    """What to do for a province's keys; one line that says so when there is nothing."""
    steps = [*_of_disk(found), *_of_pending(found), *_of_root(found), *_of_clusters(found)]
    if not steps and found.expires:
        text = gettext_noop("Nothing to do. The root is to be renewed before %(date)s.")
        steps = [Step("info", Said(text, {"date": day(found.expires - ROOT_SOON)}), wrong=False)]
    return steps


def _of_disk(found: Overview) -> Iterable[Step]:
    """The root key that lies on this server, as far as one can see from here."""
    path = ceremony.offline_copy(found.province)
    try:
        here = path.exists()
    except PermissionError:  # it belongs to the user of the sign process; as long as the root names it, it is there
        here = found.embedded
    if not here:
        return
    if found.embedded:
        text = gettext_noop(
            "The root key lies on this server: whoever breaks into it owns the screens for good. Choose three people who each hold "
            "a key of their own; two of them then sign every change (docs/keys.md, ceremony 1)."
        )
        code = found.province.code
        command = f"bangtin keys holder {code} … --out …\nbangtin keys propose {code} --holder … --holder … --holder … --out …"
        yield Step("warning", Said(text), "" if found.pending else command, wrong=False)
        return
    text = gettext_noop(
        "The former root key still lies on this server, though nobody needs it any more. Delete it, and every backup that holds it: "
        "players that were switched off since would still obey it."
    )
    yield Step("error", Said(text), f"shred -u {path}")


def _of_pending(found: Overview) -> Iterable[Step]:
    waiting = found.pending
    if waiting is None:
        return
    version, code = waiting.paper.version, waiting.paper.code
    if waiting.done:
        text = gettext_noop("Root %(version)s (check code %(code)s) has all signatures that it needs. Accept it.")
        yield Step("warning", Said(text, {"version": version, "code": code}), f"bangtin keys accept {found.province.code}")  # fmt: skip
        return
    text = gettext_noop(
        "Root %(version)s (check code %(code)s) waits for signatures: %(missing)s. Carry the proposal to the holders, and their "
        "signatures back."
    )
    missing = Missing(waiting)
    yield Step(
        "warning",
        Said(text, {"version": version, "code": code, "missing": missing}),
        f"bangtin keys accept {found.province.code} …",
    )


@dataclass(frozen=True)
class Missing:
    """How many signatures a proposal lacks, and of whom."""

    pending: ceremony.Pending

    def __str__(self) -> str:
        parts = []
        for by in (self.pending.by_before, self.pending.by_itself):
            if not by.done:
                text = gettext_noop("%(number)s more of %(names)s")
                names = roots.names(by.open)
                parts.append(str(Said(text, {"number": by.needed - len(by.signed), "names": names})))
        return "; ".join(dict.fromkeys(parts))


def _of_root(found: Overview) -> Iterable[Step]:
    left = found.expires - clock.now() if found.expires else timedelta()
    renew = f"bangtin keys propose {found.province.code} --out …"
    when = {"date": day(found.expires) if found.expires else ""}
    if left <= timedelta():
        yield Step("error", Said(gettext_noop("The root ended on %(date)s: players take nothing new. Renew it at once."), when), renew)  # fmt: skip
    elif left < ROOT_SOON and found.pending is None:
        level: Level = "error" if left < ROOT_URGENT else "warning"
        yield Step(level, Said(gettext_noop("The root ends on %(date)s. Renew it: it takes the holders' signatures."), when), renew)  # fmt: skip
    if found.embedded or found.pending is not None:
        return
    if found.threshold == 1:
        text = gettext_noop("One holder alone can change every key. Let two sign: name more holders.")
        yield Step("warning", Said(text), f"bangtin keys propose {found.province.code} --holder … --threshold 2 --out …")  # fmt: skip
    elif len(found.holders) == found.threshold:
        text = gettext_noop("All %(number)s holders must sign: if one key is lost, nothing can be changed any more. Name another holder.")  # fmt: skip
        yield Step("warning", Said(text, {"number": found.threshold}), f"bangtin keys propose {found.province.code} --holder … --out …")  # fmt: skip


def _of_clusters(found: Overview) -> Iterable[Step]:
    now = clock.now()
    stale = [one.cluster.name for one in found.clusters if one.stale]
    if stale:
        text = gettext_noop("Not yet signed with the new keys: %(clusters)s. That takes seconds; if it does not, the sign process stands still.")  # fmt: skip
        yield Step("warning", Said(text, {"clusters": ", ".join(stale)}), f"bangtin keys resign {found.province.code}")
    for level, least, text in (
        ("error", timedelta(), gettext_noop("Signatures have ended: %(clusters)s. These screens take nothing new. Start the sign process: bangtin up")),
        ("warning", REST, gettext_noop("Signatures are not renewed: %(clusters)s. Start the sign process before they end: bangtin up")),
    ):  # fmt: skip
        late = [one for one in found.clusters if one.timestamp and one.timestamp - now < least]
        if level == "warning":
            late = [one for one in late if one.timestamp and one.timestamp >= now]
        if late:
            names = ", ".join(f"{one.cluster.name} ({day(one.timestamp)})" for one in late if one.timestamp)
            yield Step("error" if level == "error" else "warning", Said(text, {"clusters": names}))


def day(at: datetime) -> str:
    """A day as people write it."""
    return f"{at:%d/%m/%Y}"
