"""The papers of the ceremony: small JSON files that travel on a stick. Each says in words what it is, in both languages.

```
GIU-KIN--<province>--<holder>.json          a holder's own key, encrypted; stays with the holder
nguoi-giu--<province>--<holder>.json        who the holder is: name and public key
de-nghi--<province>--goc-<n>.json           a proposed root, with the one before it
chu-ky--<province>--goc-<n>--<holder>.json  a holder's signature over a proposed root
```
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from cms.release.files import write_atomic
from cms.release.keys.words import CeremonyError, Said, plain

FORMAT = 1
LONGEST = 1_000_000


@dataclass(frozen=True)
class Paper:
    """What all papers share."""

    kind: ClassVar[str]
    province: str

    def about(self) -> Said:
        """What this file is, and what to do with it."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """The name of its file."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        vi, en = self.about().lines()
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {"la_gi": vi, "what": en, "kind": self.kind, "format": FORMAT, **values}

    def to_bytes(self) -> bytes:
        return (json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n").encode()

    def write(self, folder: Path, *, mode: int = 0o644) -> Path:
        """Put the paper into a folder under its name; returns the path. Raises CeremonyError when that cannot be written."""
        path = folder / self.name
        try:
            write_atomic(path, self.to_bytes(), mode=mode)
        except OSError as error:
            text = gettext_noop("%(path)s could not be written (%(why)s). Choose another folder with --out.")
            raise CeremonyError(text, path=path, why=error.strerror) from error
        return path


@dataclass(frozen=True)
class HolderKey(Paper):
    """A holder's private key: PEM of PKCS8, encrypted under what scrypt makes of a passphrase and `salt` (hex)."""

    kind: ClassVar[str] = "bangtin.holder-key"
    holder: str
    public_key: str
    private_key: str
    salt: str

    def about(self) -> Said:
        return Said(
            gettext_noop(
                "KEEP SECRET: the root key of %(holder)s for %(province)s, encrypted under a passphrase that only the holder knows. "
                "It lies in a safe and never goes to a server."
            ),
            {"holder": self.holder, "province": self.province},
        )

    @property
    def name(self) -> str:
        return f"GIU-KIN--{self.province}--{plain(self.holder)}.json"


@dataclass(frozen=True)
class Holder(Paper):
    """Who holds a key: name and public key (PEM), with a signature by that key over both (hex)."""

    kind: ClassVar[str] = "bangtin.holder"
    holder: str
    public_key: str
    proof: str

    def about(self) -> Said:
        return Said(
            gettext_noop("%(holder)s holds a root key for %(province)s. Nothing here is secret; bring this file to the server."),
            {"holder": self.holder, "province": self.province},
        )  # fmt: skip

    @property
    def name(self) -> str:
        return f"nguoi-giu--{self.province}--{plain(self.holder)}.json"


@dataclass(frozen=True)
class Proposal(Paper):
    """A proposed root and the one before it, as TUF metadata. `places`: where this server finds the online keys that are new."""

    kind: ClassVar[str] = "bangtin.proposal"
    version: int
    code: str
    made_at: str
    root: dict[str, Any]
    previous: dict[str, Any]

    def about(self) -> Said:
        return Said(
            gettext_noop(
                "Proposal: root %(version)s of %(province)s, check code %(code)s. Nothing here is secret; each holder signs it with "
                "“bangtin keys sign”."
            ),
            {"version": self.version, "province": self.province, "code": self.code},
        )

    @property
    def name(self) -> str:
        return f"de-nghi--{self.province}--goc-{self.version}.json"


@dataclass(frozen=True)
class SignaturePaper(Paper):
    """One holder's signature (hex) over the proposal with this check code."""

    kind: ClassVar[str] = "bangtin.signature"
    version: int
    code: str
    holder: str
    keyid: str
    signature: str
    signed_at: str

    def about(self) -> Said:
        return Said(
            gettext_noop(
                "Signature of %(holder)s under root %(version)s of %(province)s, check code %(code)s. Nothing here is secret; bring "
                "this file to the server."
            ),
            {"holder": self.holder, "version": self.version, "province": self.province, "code": self.code},
        )

    @property
    def name(self) -> str:
        return f"chu-ky--{self.province}--goc-{self.version}--{plain(self.holder) or self.keyid[:8]}.json"


KINDS: Mapping[str, type[Paper]] = {one.kind: one for one in (HolderKey, Holder, Proposal, SignaturePaper)}
TYPES: Mapping[str, type] = {"int": int, "str": str, "dict[str, Any]": dict}


def read(path: Path) -> Paper:
    """The paper in a file. Raises CeremonyError when there is none that can be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        text = gettext_noop("%(path)s cannot be read (%(why)s).")
        raise CeremonyError(text, path=path, why=error.strerror) from error
    return parse(data, path.name)


def parse(data: bytes, name: str) -> Paper:
    """The paper in these bytes; `name` is for the message."""
    unknown = gettext_noop("%(name)s is no file of the key ceremony, or it is damaged. Copy it to the stick again.")
    try:
        value = json.loads(data[: LONGEST + 1])
        kind = KINDS[value["kind"]]
        form = value["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise CeremonyError(unknown, name=name) from error
    if form != FORMAT:
        text = gettext_noop(
            "%(name)s was made by another version of Bảng Tin. Install the same version on both machines."
        )
        raise CeremonyError(text, name=name)
    given = {one.name: value.get(one.name) for one in fields(kind)}
    wrong = [one.name for one in fields(kind) if type(given[one.name]) is not TYPES[str(one.type)]]
    if wrong:
        raise CeremonyError(unknown, name=name)
    return kind(**given)


def collect(paths: list[Path]) -> list[Paper]:
    """The papers in files and folders; in a folder, other files are passed over. Raises CeremonyError."""
    found: list[Paper] = []
    for path in paths:
        if not path.is_dir():
            found.append(read(path))
            continue
        for one in sorted(path.glob("*.json")):
            if one.name.startswith(("chu-ky--", "nguoi-giu--", "de-nghi--")):
                found.append(read(one))
    return found
