"""What must stay: every document that somebody may still be playing or asking for, and every hash it names.

Live are releases that wait for their signature, the last ones of each document, all schedules whose time has not passed, what the
public metadata offer, and what other parts say through `register_keeper`. Their documents are not interpreted: any SHA-256 in
them counts as named, so a format that is still to come loses nothing. What only an approval names need not be public; its assets
stay where they were made, and are published again with the next release that carries them.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from cms import clock
from cms.approval.models import ThemeApproval
from cms.content.drawn import hashes_in
from cms.content.pruning import named_assets
from cms.release.documents import read_document
from cms.release.models import Release, Target
from cms.release.repository import VERSION, ClusterRepository, Damaged
from cms.release.store import AssetDamaged, ContentStore, asset_path, cut
from cms.schedule.format import HORIZON_DAYS

log = logging.getLogger(__name__)

LAST = 5
REMEMBERED = timedelta(days=HORIZON_DAYS + 1)
"""A schedule made at noon begins at midnight and ends `HORIZON_DAYS` later."""

HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
MANIFEST = re.compile(rb'"([0-9a-f]{64})":{"bytes":[0-9]+,"manifest":"([0-9a-f]{64})"')

Document = tuple[str, str, str]
"""Cluster, target and SHA-256."""


@dataclass(slots=True)
class Kept:
    """`documents` stay, with all they name; `hashes` are names of assets and chunks; `records` are documents that stay for those
    who look back, though nobody plays what they name; `files` are paths in the public tree."""

    documents: set[Document] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    records: set[Document] = field(default_factory=set)
    files: set[Path] = field(default_factory=set)


Keeper = Callable[[], Kept]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> Keeper:
    """Have `keeper()` asked what a higher part still needs: an archive, players that say what they play. Registering twice counts
    once. When it raises, nothing is tidied away."""
    if keeper not in _keepers:
        _keepers.append(keeper)
    return keeper


def unregister_keeper(keeper: Keeper) -> None:
    """Forget a keeper (tests)."""
    if keeper in _keepers:
        _keepers.remove(keeper)


def live_releases() -> Kept:
    """Documents of live releases, by the records; refused ones are remembered as long."""
    since = clock.now() - REMEMBERED
    place = Window(RowNumber(), partition_by=[F("cluster"), F("target")], order_by=F("pk").desc())
    waiting = Release.objects.filter(status=Release.Status.COMPILED)
    valid = Q(target=Target.SCHEDULE) & (Q(valid_from__gt=since) | Q(valid_from=None, made_at__gt=since))
    last = Release.objects.filter(status=Release.Status.PUBLISHED).annotate(place=place)
    refused = Release.objects.filter(status=Release.Status.REFUSED, made_at__gt=since)
    columns = ("cluster__slug", "target", "sha256")
    return Kept(
        documents={
            *waiting.values_list(*columns),
            *Release.objects.filter(valid, status=Release.Status.PUBLISHED).values_list(*columns),
            *last.filter(place__lte=LAST).values_list(*columns),
        },
        records=set(refused.values_list(*columns)),
    )


def release_folders() -> list[Path]:
    """The public folder of each cluster that ever had a release."""
    return sorted(one for one in (Path(settings.PUBLIC_ROOT) / "releases").glob("*") if one.is_dir())


def standing(folder: Path, before: float) -> set[Path]:
    """Of a cluster's public folder: the files that players are led to, and those they were led to at an instant (seconds since
    1970), whose turn to fetch them may last. All there are while the metadata cannot be followed, until a release heals them."""
    try:
        leading = ClusterRepository(folder.name, "", root=folder).named_files()
    except Damaged as error:
        log.warning("%s; nothing of its public folder is tidied away", error)
        return {one for one in folder.rglob("*") if one.is_file()}
    before_them: set[Path] = set()
    for one in leading:
        number, _, kind = one.name.partition(".")
        if kind in ("snapshot.json", "targets.json"):
            names = {path: path.name.removesuffix(f".{kind}") for path in one.parent.glob(f"*.{kind}")}
            others = {path: int(name) for path, name in names.items() if VERSION.fullmatch(name)}
            earlier = [path for path, version in others.items() if version < int(number) and _age(path) < before]
            last = max(earlier, key=others.__getitem__, default=None)
        elif one.parent.parent.name == "targets" and kind.split(".")[0] not in Target.values:
            last = max((path for path in one.parent.glob(f"*.{kind}") if _age(path) < before), key=_age, default=None)
        else:
            continue
        if last is not None and _age(one) >= before:
            before_them.add(last)
    return leading | before_them


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0


def gather(before: float) -> Kept:
    """Everything that somebody may still fetch or play. `before`: see `standing`. Raises whatever a keeper raises."""
    kept = live_releases()
    for keeper in _keepers:
        more = keeper()
        kept.documents |= more.documents
        kept.hashes |= more.hashes
        kept.records |= more.records
    for folder in release_folders():
        kept.files |= standing(folder, before)
    targets = {one for one in kept.files if _is_document(one)}
    long: dict[str, str] = {}
    for text in itertools.chain(map(_read, targets), map(_document, sorted(kept.documents))):
        kept.hashes.update(one.decode("ascii") for one in HASH.findall(text))
        long.update({name.decode("ascii"): asset.decode("ascii") for asset, name in MANIFEST.findall(text)})
    for target in targets:
        digest, name, _ = target.name.split(".", 2)
        kept.documents.add((target.parent.name, name, digest))
    for manifest, asset in long.items():
        kept.hashes.update(chunks_of(manifest, asset))
    return kept


def private_names() -> set[str]:
    """Every hash that an approval, a proof, a theme or a drawing names: their assets stay, whether or not anything shows them."""
    found = named_assets()
    for theme in ThemeApproval.objects.only("assets", "scene").iterator():
        found.update(theme.assets, hashes_in(theme.scene))
    return found


def manifests() -> dict[str, str]:
    """The long assets of everything live: manifest → asset."""
    offered = (one for folder in release_folders() for one in standing(folder, time.time()) if _is_document(one))
    texts = itertools.chain(map(_read, offered), map(_document, sorted(live_releases().documents)))
    return {name.decode("ascii"): asset.decode("ascii") for text in texts for asset, name in MANIFEST.findall(text)}


def _is_document(path: Path) -> bool:
    return path.parent.parent.name == "targets" and path.suffix == ".json"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _document(one: Document) -> bytes:
    """Of a document that is nowhere any more, or damaged, nobody can learn what it names."""
    text = read_document(*one)
    if text is None:
        log.warning("%s: the document %s %s of a live release is missing or damaged", *one)
    return text or b""


def chunks_of(manifest: str, asset: str) -> tuple[str, ...]:
    """The chunks of a long asset: by its manifest in the public store, else by the asset's own file. None when both are gone or
    damaged: then nobody can put it together any more."""
    store = ContentStore()
    if store.sound(manifest):
        return tuple(json.loads(store.path(manifest).read_bytes())["chunks"])
    try:
        made = cut(asset_path(asset), asset)
    except AssetDamaged:
        return ()
    return made.chunks if made.id == manifest else ()
