"""The player itself as files: read from our disk into memory, every byte compared with what the province signed."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangtin_kiosk.files import read_bounded, sync_folder, write_atomic, write_new
from bangtin_kiosk.trust import MANIFEST_BYTES, METADATA_BYTES, Offer, Refused, proven

FORMAT = 1
CHUNK_BYTES = 1024 * 1024
WHOLE_BYTES = 32 * 1024 * 1024
FILES = 2000
VERSION = re.compile(r"[0-9a-f]{12}")
PATH = re.compile(r"(?:index\.html|service_worker\.js|(?:src|assets|vendor)(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+)")
TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(?:; charset=utf-8)?")
STREAM = re.compile(r"https://[a-z0-9.-]{1,253}(?::[0-9]{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?")
STREAMS = 500
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class File:
    """One file of a player as its manifest names it."""

    size: int
    sha256: str
    type: str

    def holds(self, content: bytes) -> bool:
        """Whether this is the content."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class Manifest:
    """`player.json`, parsed. `streams`: servers whose live streams the page may fetch."""

    version: str
    files: Mapping[str, File]
    streams: tuple[str, ...] = ()


def parse(data: bytes) -> Manifest:
    """Read a manifest. Raises Refused for anything that it cannot say."""
    try:
        read: dict[str, Any] = json.loads(data)
        if read["format"] != FORMAT:
            raise ValueError(f"format {read['format']}")
        if not VERSION.fullmatch(read["version"]):
            raise ValueError("version")
        files = {path: File(one["bytes"], one["sha256"], one["type"]) for path, one in read["files"].items()}
        for path, one in files.items():
            sound = PATH.fullmatch(path) and TYPE.fullmatch(one.type) and DIGEST.fullmatch(one.sha256)
            if not sound or type(one.size) is not int or not 0 <= one.size <= CHUNK_BYTES:
                raise ValueError(path)
        if "index.html" not in files or len(files) > FILES or sum(one.size for one in files.values()) > WHOLE_BYTES:
            raise ValueError("files")
        streams = tuple(read.get("streams", ()))
        if len(streams) > STREAMS or not all(STREAM.fullmatch(one) for one in streams):
            raise ValueError("streams")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"player.json: {error}") from error
    return Manifest(read["version"], files, streams)


@dataclass(frozen=True, slots=True)
class Shell:
    """A verified player in memory: what happens on the disk later changes nothing of what is served."""

    manifest: Manifest
    files: Mapping[str, bytes]

    @property
    def version(self) -> str:
        return self.manifest.version


@dataclass(slots=True)
class Shells:
    """The players on our disk: `shells/<version>/{player.json,targets.json,files/…}`, and `shells/choice.json`: which
    is shown, which has proved to run here, and which ones failed."""

    folder: Path
    metadata: Path
    pinned: bytes
    cluster: str
    complain: Callable[[str, str], None] = field(default=lambda version, reason: None)
    """Hears of each player that was refused, and why."""

    def best(self) -> Shell | None:
        """The player to be served: the chosen one if every byte of it is what was signed, else another that is."""
        choice = self._choice()
        names = [choice["version"], *self._names()] if choice["version"] else self._names()
        for version in dict.fromkeys(names):
            if version in choice["failed"]:
                continue
            if shell := self.load(version):
                return shell
        return None

    def load(self, version: str) -> Shell | None:
        """Read and verify one player; None when it is not here, or not what was signed."""
        folder = self.folder / version
        try:
            offer = Offer(
                read_bounded(folder / "player.json", MANIFEST_BYTES),
                read_bounded(folder / "targets.json", METADATA_BYTES),
            )
            if not proven(offer, self.metadata, self.pinned, self.cluster):
                raise Refused("player.json is not signed")
            manifest = parse(offer.manifest)
            if manifest.version != version:
                raise Refused("player.json is another version's")
            files = {path: self._file(folder, path, one) for path, one in manifest.files.items()}
        except FileNotFoundError as error:
            if folder.exists():
                self.complain(version, f"{error.filename} is missing")
            return None
        except (OSError, ValueError, Refused) as error:
            self.complain(version, str(error))
            return None
        return Shell(manifest, files)

    def _file(self, folder: Path, path: str, one: File) -> bytes:
        content = read_bounded(folder / "files" / path, CHUNK_BYTES)
        if not one.holds(content):
            raise Refused(f"{path} was changed", "hash")
        return content

    def keep(self, offer: Offer, files: Mapping[str, bytes]) -> Shell:
        """Put a verified player on the disk beside the one in use, whole or not at all. Raises OSError, Refused."""
        manifest = parse(offer.manifest)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        making = self.folder / f".{manifest.version}.{secrets.token_hex(4)}"
        try:
            for path in manifest.files:
                target = making / "files" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                write_new(target, files[path])
            write_new(making / "player.json", offer.manifest)
            write_new(making / "targets.json", offer.targets)
            for one in (*making.rglob("*/"), making):
                sync_folder(one)
            self._replace(making, self.folder / manifest.version)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        shell = self.load(manifest.version)
        if shell is None:
            raise Refused(f"{manifest.version} could not be read back")
        return shell

    def _replace(self, new: Path, old: Path) -> None:
        if old.exists():
            aside = self.folder / f".old.{secrets.token_hex(4)}"
            old.rename(aside)
            new.rename(old)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            new.rename(old)
        sync_folder(self.folder)

    def choose(self, version: str) -> None:
        """From now on this one; the one before it stays, older ones go. Raises OSError."""
        choice = self._choice()
        self._write({**choice, "version": version, "failed": [one for one in choice["failed"] if one != version]})
        for one in set(self._names()) - {version, choice["version"], choice["proved"]}:
            shutil.rmtree(self.folder / one, ignore_errors=True)

    def prove(self, version: str) -> None:
        """This one runs here. Raises OSError."""
        choice = self._choice()
        if choice["proved"] != version:
            self._write({**choice, "proved": version})

    def on_trial(self, version: str) -> bool:
        """Whether it has not yet run here for a while."""
        return self._choice()["proved"] != version

    def fail(self, version: str) -> Shell | None:
        """This one does not run here: back to the one before it, which is returned; None when there is no other, and it stays.
        It is not tried again until it was replaced. Raises OSError."""
        choice = self._choice()
        for other in self._names():
            shell = self.load(other) if other != version else None
            if shell:
                self._write({**choice, "version": other, "failed": [*choice["failed"], version][-20:]})
                return shell
        return None

    def failed(self, version: str) -> bool:
        """Whether it was tried here in vain."""
        return version in self._choice()["failed"]

    def content(self, digest: str) -> bytes | None:
        """A file by its hash, when some player here has it already."""
        for version in self._names():
            with suppress(OSError, ValueError, Refused):
                manifest = parse(read_bounded(self.folder / version / "player.json", MANIFEST_BYTES))
                for path, one in manifest.files.items():
                    if one.sha256 == digest:
                        return self._file(self.folder / version, path, one)
        return None

    def _names(self) -> list[str]:
        """Versions on the disk, newest first."""
        with suppress(OSError):
            found = [(one.stat().st_mtime, one.name) for one in self.folder.iterdir() if VERSION.fullmatch(one.name)]
            return [name for _, name in sorted(found, reverse=True)]
        return []

    def _sweep(self) -> None:
        """What a power cut left of unfinished players."""
        for one in list(self.folder.iterdir()):
            if one.name.startswith(".") and one.is_dir():
                shutil.rmtree(one, ignore_errors=True)

    def _choice(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, TypeError, KeyError):
            read = json.loads(read_bounded(self.folder / "choice.json", 64 * 1024))
            named = {name: read[name] if VERSION.fullmatch(read[name]) else "" for name in ("version", "proved")}
            return {**named, "failed": [str(one) for one in read["failed"]]}
        return {"version": "", "proved": "", "failed": []}

    def _write(self, choice: dict[str, Any]) -> None:
        write_atomic(self.folder / "choice.json", json.dumps(choice).encode())


def render(shell: Shell, cms: str) -> bytes:
    """The page, with its version and the address of the CMS for people."""
    text = shell.files["index.html"].decode()
    named = text.replace("<body ", f'<body data-cms="{cms}/" ', 1)
    return named.replace("{{version}}", shell.version).encode()
