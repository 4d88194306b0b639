"""A day of a cluster as people look at it: its faces to scale, and on each face who has the time from hour to hour."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cms.places.models import Cluster
from cms.programmes.previews import Answer
from cms.schedule.calendar import Calendar
from cms.schedule.compile import Why
from cms.schedule.format import Schedule, Segment

GOLDEN_ANGLE = 137.508
"""Degrees of hue between neighbouring numbers: programmes made one after the other never look alike."""
WIDEST_GAP = 0.6
"""A gap is drawn no wider than this share of the narrowest face; what is wider is drawn broken."""
STAGE_HEIGHT_PX = 300


@dataclass(frozen=True, slots=True)
class PlacedFace:
    """A face in the row of its cluster. Widths are millimetres; `gap_mm` lies before the next face (0: none), drawn as
    `gap_drawn_mm`."""

    letter: str
    width: int
    height: int
    width_mm: float
    gap_mm: float
    gap_drawn_mm: float

    @property
    def broken(self) -> bool:
        return self.gap_drawn_mm < self.gap_mm


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The faces in order. `ring_gap_mm`: between the last and the first, where they close a ring; `widest_px`: as wide as the
    row is when its tallest face is 300 px high."""

    faces: tuple[PlacedFace, ...]
    ring_gap_mm: float | None
    widest_px: int

    @property
    def first(self) -> str:
        return self.faces[0].letter

    @property
    def last(self) -> str:
        return self.faces[-1].letter


def arrangement(cluster: Cluster) -> Arrangement:
    """Faces by their letters, to scale, whatever controllers carry them."""
    faces = sorted(cluster.faces.all(), key=lambda one: one.letter)
    gaps = [float(one) for one in cluster.gaps_mm]
    narrowest = min((one.width * one.pitch_mm for one in faces), default=0.0)
    placed = []
    for number, one in enumerate(faces):
        gap = gaps[number] if number < len(gaps) and number < len(faces) - 1 else 0.0
        drawn = min(gap, WIDEST_GAP * narrowest)
        placed.append(PlacedFace(one.letter, one.width, one.height, one.width * one.pitch_mm, gap, drawn))
    ring = None
    if cluster.closed_ring and len(faces) > 1:
        ring = gaps[len(faces) - 1] if len(gaps) >= len(faces) else 0.0
    tallest = max((one.height * one.pitch_mm for one in faces), default=0.0)
    total = sum(one.width_mm + one.gap_drawn_mm for one in placed)
    return Arrangement(tuple(placed), ring, round(STAGE_HEIGHT_PX * total / tallest) if tallest else 0)


def hue(programme: str) -> float:
    """A programme's own place on the circle of colours, degrees; always the same."""
    number = int(programme) if programme.isdecimal() else int(hashlib.sha256(programme.encode()).hexdigest()[:6], 16)
    return round((200 + number * GOLDEN_ANGLE) % 360, 1)


def ruler(cluster: Cluster, answer: Answer, day: date) -> dict[str, Any]:
    """A local day of every face for the ruler: its beginning and end, its hours, its segments with the programmes' shares (the
    programme "" is a pause that limits leave), and the programmes by name. Times are UTC ms."""
    calendar = Calendar(cluster.timezone)
    start, end = calendar.at(day, 0), calendar.at(day + timedelta(days=1), 0)
    schedule, programmes = answer.compiled.schedule, answer.inputs.programmes
    slots = {one.id: one.title for one in answer.inputs.slots}
    faces = {
        face: [
            _span(schedule, segment, why, slots, start, end)
            for segment, why in _within(schedule, answer, face, start, end)
        ]
        for face in sorted(schedule.faces)
    }
    shown = {part["programme"] for spans in faces.values() for span in spans for part in span["parts"]} - {""}
    return {
        "day": day.isoformat(),
        "from": start,
        "until": end,
        "timezone": cluster.timezone,
        "hours": [calendar.at(day, hour * 60) for hour in range(24)],
        "programmes": [
            {"id": one, "title": programmes[one].title, "hue": hue(one)}
            for one in sorted(shown, key=lambda one: (programmes[one].title, one))
        ],
        "titles": {key: one.title for key, one in answer.inputs.items.items()},
        "faces": faces,
    }


def _within(schedule: Schedule, answer: Answer, face: str, start: int, end: int) -> Iterator[tuple[Segment, Why]]:
    for segment, why in zip(schedule.faces[face].segments, answer.compiled.why[face], strict=True):
        if segment.from_ < end and segment.until > start:
            yield segment, why


def _span(
    schedule: Schedule, segment: Segment, why: Why, slots: dict[str, str], start: int, end: int
) -> dict[str, Any]:
    shares: dict[str, int] = {}
    if segment.kind == "programme" and segment.loop is not None:
        for place, origin in zip(schedule.loops[segment.loop], why.origins, strict=True):
            programme = origin.programme if origin else ""
            shares[programme] = shares.get(programme, 0) + schedule.turns[place][1]
    total = sum(shares.values())
    return {
        "from": max(segment.from_, start),
        "until": min(segment.until, end),
        "kind": segment.kind,
        "slots": [slots[one] for one in why.winning if one in slots],
        "parts": [
            {"programme": one, "share": round(ms / total, 4)}
            for one, ms in sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
    }
