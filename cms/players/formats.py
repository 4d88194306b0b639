"""What players send and are sent (`/api/player/v1/`). Times are UTC milliseconds. Unknown fields are refused, texts have
a limit, and free texts of errors are cut rather than refused so that a report is never lost over its wording."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Base64Bytes, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

LAST_MS = 253_402_300_799_000  # the end of the year 9999
Millis = Annotated[int, Field(ge=0, le=LAST_MS)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
Bytes = Annotated[int, Field(ge=0, le=2**53)]
Face = Annotated[str, Field(pattern=r"^[a-d]$")]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,19}$")]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,11}$")]
Boot = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Name = Annotated[str, Field(pattern=r"^[0-9A-Za-z:#@._-]{0,80}$")]
Proof = Annotated[str, Field(pattern=r"^([0-9a-f]{64}|theme|)$")]
Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]

TEXT = 500
FIELDS = 20
SHOT_BYTES = 512 * 1024


def tidy(value: Any) -> str:
    """A free text (or whatever else was sent in its place) that every database can keep."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:TEXT]


def tidy_detail(value: Any) -> Any:
    """Details of an event: at most so many fields; numbers stay numbers, the rest become short texts."""
    if not isinstance(value, dict):
        return value
    plain = (bool, int, type(None))
    short = list(value.items())[:FIELDS]
    return {
        tidy(name)[:40]: one if isinstance(one, plain) and abs(one or 0) <= 2**53 else tidy(one) for name, one in short
    }


Text = Annotated[str, BeforeValidator(tidy)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Jwk(Message):
    """A public key as WebCrypto exports it; a private part is refused like any unknown field."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate
    ext: bool | None = None
    key_ops: Annotated[list[Word], Field(max_length=4)] | None = None
    alg: Literal["ES256"] | None = None


class Screen(Message):
    width: Annotated[int, Field(ge=1, le=65_535)]
    height: Annotated[int, Field(ge=1, le=65_535)]


class PairingRequest(Message):
    public_key: Jwk
    screen: Screen
    seat: Annotated[str, Field(pattern=r"^[\w .-]{0,80}$")] | None = None


class PairingOffer(Message):
    """`code` is for the operator to type at `address`, `secret` for asking about it; both end at `expires_at`. `qr` leads to that
    address with the code filled in: the rows of a QR code, 1 for a dark module, without the quiet zone."""

    id: int
    code: str
    secret: str
    expires_at: Millis
    address: str
    qr: list[str]


class PairingQuestion(Message):
    secret: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,100}$")]


class Claim(Message):
    code: Annotated[str, Field(max_length=20)]
    public_key: Jwk
    screen: Screen


class Pending(Message):
    status: Literal["pending"] = "pending"


class Paired(Message):
    """`root` is the province's TUF root document: from here on the player trusts what it delegates, and nothing else."""

    status: Literal["paired"] = "paired"
    key_id: str
    controller: str
    cluster: str
    root: dict[str, JsonValue]
    poll_ms: int
    server_time: Millis


class Time(Message):
    now: Millis


class InForce(Message):
    schedule: Version | None = None
    schedule_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    now_version: Version | None = None


class Storage(Message):
    """Bytes; `persisted`: the browser promised not to throw it out; `missing`: files of the schedules that are not there yet."""

    used: Bytes | None = None
    quota: Bytes | None = None
    persisted: bool | None = None
    missing: Annotated[int, Field(ge=0, le=10**6)] | None = None


class ClockNow(Message):
    """`offset_ms`: how far the server is ahead of the machine's own clock; the player shows by the server's. `uncertainty_ms` None: not
    heard of the server since it started."""

    offset_ms: Annotated[int, Field(ge=-LAST_MS, le=LAST_MS)]
    uncertainty_ms: Annotated[float, Field(ge=0, le=10**9)] | None = None
    synchronised: bool


class Frames(Message):
    """Pictures a second that reached the screen, and how many were missed, since the heartbeat before."""

    fps: Annotated[float, Field(ge=0, le=1000)]
    dropped: Annotated[int, Field(ge=0, le=10**9)]


class FaceNow(Message):
    kind: Kind
    scene: Name | None = None


class Heartbeat(Message):
    """`pending`: versions of the schedule that are being fetched or wait for their `valid_from`. What a player does not know, or is too
    old to tell, is None: `frames` where nothing is counted, `temperature_c` without a kiosk."""

    boot: Boot
    sent_at: Millis
    release: InForce
    pending: Version | Annotated[list[Version], Field(max_length=100)] | None = None
    storage: Storage
    faces: Annotated[dict[Face, FaceNow], Field(max_length=4)]
    player_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{0,40}$")]
    errors: Annotated[list[Text], Field(max_length=50)] = []
    clock: ClockNow | None = None
    frames: Frames | None = None
    temperature_c: Annotated[float, Field(ge=-100, le=300)] | None = None
    sound_blocked: bool | None = None


class ServicePin(Message):
    """Of the technician's page: PBKDF2 with SHA-256 over the digits; salt and hash in hexadecimal."""

    salt: str
    hash: str
    iterations: int


class Answer(Message):
    """`screenshot`: the request for one that waits for this player."""

    server_time: Millis
    poll_ms: int
    revoked: Literal[False] = False
    screenshot: str | None = None
    service_pin: ServicePin | None = None


class Played(Message):
    """One line of the play log (ITU-T H.782). `seq` counts from 1 in each boot; `until` None: it was cut short, and when is
    not known; `schedule`: the version of the schedule in force."""

    seq: Annotated[int, Field(ge=1, le=2**53)]
    face: Face
    kind: Kind
    scene: Name | None = None
    item: Name | None = None
    proof: Proof | None = None
    schedule: Version | None = None
    from_: Millis = Field(alias="from")
    until: Millis | None = None
    status: Word


class Shown(Message):
    """What lines of a play log have in common: everything but when."""

    face: Face
    kind: Kind
    scene: Name | None = None
    item: Name | None = None
    proof: Proof | None = None
    schedule: Version | None = None
    status: Word


Seq = Annotated[int, Field(ge=1, le=2**53)]
Play = tuple[Seq, Annotated[int, Field(ge=0)], Millis, Millis | None]
"""`seq`, place in `shown`, from, until."""


class PlayLog(Message):
    """`oldest`: the lowest number the player still holds; what lies below was lost before it could be sent.

    Five weeks are a few dozen things shown some hundred thousand times, so a batch names each once (`shown`) and says when (`plays`): a
    tenth of the bytes of whole lines (`entries`), which older players send."""

    boot: Boot
    entries: Annotated[list[Played], Field(max_length=500)] = []
    shown: Annotated[list[Shown], Field(max_length=2000)] = []
    plays: Annotated[list[Play], Field(max_length=2000)] = []
    oldest: Seq | None = None

    @model_validator(mode="after")
    def _named(self) -> PlayLog:
        if any(place >= len(self.shown) for _seq, place, _from, _until in self.plays):
            raise ValueError("a play of something that is not named")
        return self


class Acknowledged(Message):
    """All numbers up to here are kept for good and need not be sent again."""

    acknowledged: int


class Event(Message):
    """`seq` numbers the events of the player's storage: one that comes twice is kept once. `times`: so often, last at `until`."""

    at: Millis
    kind: Word
    detail: Annotated[dict[str, int | bool | str | None], BeforeValidator(tidy_detail)] = {}
    seq: Seq | None = None
    until: Millis | None = None
    times: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1


class Events(Message):
    boot: Boot
    events: Annotated[list[Event], Field(max_length=100)]


class Shot(Message):
    """A screenshot of the whole canvas: JPEG or WebP, no side over 1,280 px, in base64. `drawn`: made of what the page meant to draw."""

    request: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,32}$")]
    kind: Literal["true", "drawn"]
    taken_at: Millis
    picture: Annotated[Base64Bytes, Field(max_length=SHOT_BYTES)]


class Ok(Message):
    ok: Literal[True] = True
