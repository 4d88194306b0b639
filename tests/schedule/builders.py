"""Frozen inputs for the compiler's tests, small and readable."""

from __future__ import annotations

from datetime import date
from typing import Any

from cms.plugin_api.types import AssetInfo, Face, Geometry, HoursSpec, Layer, Rect, Scene, Transition, Window, sha256
from cms.schedule.inputs import (
    ClusterInput,
    ControllerInput,
    Entry,
    FallbackInput,
    ItemInput,
    Placement,
    ProgrammeInput,
    ScheduleInputs,
    SlotInput,
    TranslationInput,
)

ZONE = "Asia/Ho_Chi_Minh"
MONDAY = date(2027, 1, 4)


def hours(*windows: tuple[float, float], since: date = date(2020, 1, 1), holiday: Any = None, **days: Any) -> HoursSpec:
    """Hours of a day for every weekday; `sat=()` or `d5=((8, 12),)` changes one."""
    daily = span(*windows)
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    weekly = tuple(span(*days[name]) if name in days else daily for name in names)
    return HoursSpec(since, weekly, None if holiday is None else span(*holiday), "test 1")


def span(*windows: tuple[float, float]) -> tuple[Window, ...]:
    return tuple(Window(round(start * 60), round(end * 60)) for start, end in windows)


def geometry(
    faces: int = 2, languages: tuple[str, ...] = ("vi", "en"), *, ring: bool = False, **own: tuple[str, ...]
) -> Geometry:
    made = tuple(Face(letter, 64, 32, 5.0, 10.0, own.get(letter, languages)) for letter in "abcd"[:faces])
    return Geometry(made, tuple(100.0 for _ in made[1:]) + ((100.0,) if ring else ()), ring)


def scene(name: str, faces: Geometry, ms: int = 10_000, kind: Any = "image", fade: int = 500) -> Scene:
    return Scene(
        ms,
        {
            face.id: (Layer(kind, sha256(f"{name} {face.id}".encode()), Rect(0, 0, face.width, face.height)),)
            for face in faces.faces
        },
        Transition("fade" if fade else "cut", fade),
    )


def translation(
    key: str, language: str, faces: Geometry, *ms: int, spanning: bool = False, kind: Any = "image", fade: int = 500
) -> TranslationInput:
    name = f"{key}:{language}"
    scenes = tuple(scene(f"{name} {number}", faces, one, kind, fade) for number, one in enumerate(ms or (10_000,)))
    return TranslationInput(
        name, language, sha256(name.encode()), scenes,
        sha256(f"{name} span".encode()) if spanning else None,
        tuple(scene(f"{name} span {number}", faces, one, kind) for number, one in enumerate(ms or (10_000,))) if spanning else (),
    )  # fmt: skip


def item(
    key: str, faces: Geometry, languages: tuple[str, ...] = ("vi", "en"), ms: tuple[int, ...] = (10_000,), *,
    fade: int = 500, **more: Any,
) -> ItemInput:  # fmt: skip
    made = tuple(translation(key, one, faces, *ms, fade=fade) for one in languages)
    return ItemInput(key, f"Tin {key}", made, **more)


def inputs(
    faces: Geometry | None = None,
    *,
    slots: tuple[SlotInput, ...] = (),
    programmes: dict[str, Any] | None = None,
    items: tuple[ItemInput, ...] | None = None,
    opening: tuple[HoursSpec, ...] | None = None,
    holidays: Any = (),
    mode: Any = "rotate",
    first_day: date = MONDAY,
    days: int = 7,
    zone: str = ZONE,
    valid_from_ms: int | None = None,
) -> ScheduleInputs:
    """A cluster with what it needs; assets are made up for every layer there is."""
    faces = faces or geometry()
    items = items if items is not None else (item("a", faces), item("b", faces))
    fallback = scene("fallback", faces)
    scenes = [fallback, *(s for i in items for t in i.translations for s in (*t.scenes, *t.span_scenes))]
    assets = {asset: AssetInfo(asset, 1000, "image/png") for one in scenes for asset in one.assets()}
    from cms.schedule.calendar import Calendar

    controller = ControllerInput(
        "may-1", (64 * max(1, len(faces.faces)), 32),
        tuple(Placement(face.id, (64 * number, 0, 64, 32)) for number, face in enumerate(faces.faces)),
    )  # fmt: skip
    return ScheduleInputs(
        cluster=ClusterInput(
            "thu",
            zone,
            faces,
            mode,
            opening if opening is not None else (hours((7, 11), (14, 18)),),
            dict(holidays) if isinstance(holidays, dict) else dict.fromkeys(holidays, "public"),
            (controller,),
        ),
        programmes={
            key: of
            if isinstance(of, ProgrammeInput)
            else ProgrammeInput(key, f"Chương trình {key}", tuple(Entry(one) for one in of))
            for key, of in (programmes if programmes is not None else {"p": tuple(i.key for i in items)}).items()
        },
        items={one.key: one for one in items},
        slots=slots,
        fallback=FallbackInput("theme:national", "vi", fallback),
        assets=assets,
        manifests={},
        valid_from_ms=valid_from_ms if valid_from_ms is not None else Calendar(zone).at(first_day, 0),
        first_day=first_day,
        days=days,
    )


def slot(number: int | str = 1, programme: str = "p", **more: Any) -> SlotInput:
    more.setdefault("date_from", date(2020, 1, 1))
    return SlotInput(str(number), f"Lịch {number}", programme, **more)
