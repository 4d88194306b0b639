"""Sample cards of every kind in five languages, for contact sheets and tests: the texts lie in `samples.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cms.plugin_api.types import Card, Live, Picture, sha256
from renderers.landscape import landscape

LANGUAGES = ("vi", "en", "km", "zh-hans", "lo")
CLOSING_MS = 1_789_912_800_000
"""An evening in September 2026, for countdowns."""


@dataclass(frozen=True, slots=True)
class Media:
    """Originals of the sample cards: pictures, and a clip (without one there is no video card)."""

    pictures: tuple[Path, ...]
    clip: Path | None = None


@cache
def texts() -> Mapping[str, Mapping[str, Any]]:
    """The texts by language."""
    return tomllib.loads((Path(__file__).parent / "samples.toml").read_text(encoding="utf-8"))


def paragraph(language: str, length: int) -> str:
    """Whole sentences of at least 1 and about `length` characters: as near as sentences allow; they come again where all of them are not enough."""
    between = "" if language.startswith("zh") else " "
    sentences: list[str] = list(texts()[language]["sentences"])
    chosen: list[str] = []
    size = 0
    while True:
        before = size
        for sentence in sentences:
            longer = size + len(sentence) + len(between)
            if not chosen or (size < length and longer <= length * 1.1):
                chosen.append(sentence)
                size = longer
        if size >= length * 0.75 or size == before:
            break
    return between.join(chosen)


def paint_pictures(folder: Path, scale: float = 1.0) -> Media:
    """Painted landscapes as files: one wide, one upright, one square, one very wide."""
    made = []
    for index, (width, height) in enumerate(((1200, 800), (700, 1000), (900, 900), (1400, 700))):
        path = folder / f"landscape{index}.jpg"
        landscape(round(width * scale), round(height * scale), shift=index * 0.37).save(path, quality=92)
        made.append(path)
    return Media(tuple(made))


def cards(kind: str, language: str, media: Media, length: int = 160) -> tuple[Card, ...]:
    """The sample cards of a kind; running text has about `length` characters, and from 300 on titles and captions are long
    too. None for an unknown kind, or for a video when there is no clip."""
    make = _MAKERS.get(kind)
    return make(texts()[language], language, media, length) if make else ()


Maker = Callable[[Mapping[str, Any], str, Media, int], tuple[Card, ...]]


def _hash(path: Path) -> str:
    return sha256(path.read_bytes())


def _title(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    if length >= 300:
        return (Card("title", kicker=say["kicker"], title=say["long_title"]),)
    return (Card("title", kicker=say["kicker"], title=say["title"]),)


def _text(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    return (Card("text", title=say["heading"], text=paragraph(language, length)),)


def _picture(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    path = media.pictures[0]
    caption = say["long_caption"] if length >= 300 else say["caption"]
    return (Card("picture", title=say["captions"][0], caption=caption, media=path, media_sha256=_hash(path)),)


def _video(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    if media.clip is None:
        return ()
    return (Card("video", caption=say["caption"], media=media.clip, media_sha256=_hash(media.clip)),)


def _beside(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    path = media.pictures[1 % len(media.pictures)]
    text = paragraph(language, length)
    return (Card("beside", title=say["heading"], text=text, media=path, media_sha256=_hash(path)),)


def _gallery(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    count = 4 if length >= 300 else 2
    found = []
    for index in range(count):
        path = media.pictures[index % len(media.pictures)]
        found.append(Picture(path, _hash(path), caption=say["captions"][index]))
    return (Card("gallery", title=say["title"], pictures=tuple(found)),)


def _table(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    rows = [tuple(row) for row in say["rows"]]
    if length >= 300:
        rows += rows[1:] + rows[1:3]
    return (Card("table", title=say["table"], rows=tuple(rows), head=True, fields=(("note", say["note"]),)),)


def _qr(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    address = f"https://angiang.gov.vn/cua-khau/tinh-bien/{language}"
    return (Card("qr", title=say["call"], text=say["call_text"], fields=(("url", address),)),)


def _quotation(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    said = (("author", say["author"]), ("role", say["role"]))
    path = media.pictures[2 % len(media.pictures)]
    plain = Card("quotation", text=say["quotation"], fields=said)
    portrait = Card("quotation", text=say["quotation"], media=path, media_sha256=_hash(path), fields=said)
    return (portrait,) if length >= 300 else (plain,)


def _notice(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    text = say["notice_text"] if length < 300 else paragraph(language, length)
    fields = tuple((name, say[name]) for name in ("issuer", "number", "signatory"))
    return (Card("notice", title=say["notice"], text=text, fields=(*fields, ("day", "2026-11-18"))),)


def _bilingual(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    other = "en" if language == "vi" else "vi"
    they = texts()[other]
    short = min(length, 200)
    fields = (
        ("other_language", other),
        ("other_title", they["heading"]),
        ("other_text", paragraph(other, short)),
    )
    return (Card("bilingual", title=say["heading"], text=paragraph(language, short), fields=fields),)


def _ticker(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    text = say["ticker_text"] if length < 300 else paragraph(language, length)
    return (Card("ticker", title=say["ticker"], text=text, fields=(("speed", "60"),)),)


def _live(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    clock, day, lunar, closing = say["labels"]
    rows = (Live("clock", clock), Live("date", day), Live("lunar", lunar), Live("countdown", closing, until=CLOSING_MS))
    return (Card("live", title=say["live"], live=rows if length >= 300 else rows[:2]),)


def _stream(say: Mapping[str, Any], language: str, media: Media, length: int) -> tuple[Card, ...]:
    fields = (("url", "https://live.example.vn/hop-bao/playlist.m3u8"), ("minutes", "30"))
    text = say["stream_text"] if length >= 300 else ""
    return (Card("stream", title=say["stream"], text=text, fields=fields),)


_MAKERS: dict[str, Maker] = {
    "title": _title,
    "text": _text,
    "picture": _picture,
    "video": _video,
    "beside": _beside,
    "gallery": _gallery,
    "table": _table,
    "qr": _qr,
    "quotation": _quotation,
    "notice": _notice,
    "bilingual": _bilingual,
    "ticker": _ticker,
    "live": _live,
    "stream": _stream,
}
