"""What a province's facts must satisfy beyond their types, before any of them reaches the database."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from cms.plugin_api.types import ClusterSpec, ControllerSpec, Face, HoursSpec, ProvinceSpec, Text, Window
from cms.plugin_host.problems import Nonsense

LANGUAGES = frozenset({"vi", "en", "km", "lo", "zh-hans"})
ROLES = frozenset({"appraiser", "approver", "operator", "supplier", "power", "security", "finance", "superior"})
FACE_IDS = "abcd"
CODE = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*\Z")
SIDES = {"width": (16, 7680), "height": (16, 4320)}
DAY_MIN = 1440


def check_province(spec: ProvinceSpec) -> None:
    """Raise `Nonsense` naming the first fact that cannot be."""
    check_code(spec.code, "code", 40)
    _name(spec.name, "name")
    _languages(spec.languages, "languages")
    check_code(spec.theme, "theme", 40)
    _unique((one.code for one in spec.organisations), "organisations")
    _unique((one.code for one in spec.clusters), "clusters")
    _unique((one.key for one in spec.regulations), "regulations")
    for index, organisation in enumerate(spec.organisations):
        where = f"organisations[{index}]"
        check_code(organisation.code, f"{where}.code", 60)
        _name(organisation.name, f"{where}.name")
        for role, since, until, _clause in organisation.roles:
            if role not in ROLES:
                raise Nonsense(f"{where}.roles: unknown role {role!r}; known: {', '.join(sorted(ROLES))}.")
            if until is not None and until < since:
                raise Nonsense(f"{where}.roles: {role} ends on {until} before it begins on {since}.")
    if spec.face_rule and not 1 <= spec.face_rule.minimum <= spec.face_rule.maximum <= len(FACE_IDS):
        raise Nonsense(f"face_rule: faces must lie within 1 … {len(FACE_IDS)}.")
    minimum, maximum = (spec.face_rule.minimum, spec.face_rule.maximum) if spec.face_rule else (1, len(FACE_IDS))
    for index, cluster in enumerate(spec.clusters):
        _cluster(cluster, f"clusters[{index}] {cluster.code}", minimum, maximum)


def check_code(code: str, where: str, longest: int) -> None:
    if not CODE.match(code) or len(code) > longest:
        raise Nonsense(f"{where}: {code!r} must be lower-case letters and digits joined by - or _, at most {longest}.")


def _name(text: Text, where: str) -> None:
    if not text.vi.strip() or not text.en.strip():
        raise Nonsense(f"{where}: needs a Vietnamese and an English text.")


def _languages(languages: tuple[str, ...], where: str) -> None:
    if not languages:
        raise Nonsense(f"{where}: at least one language.")
    for language in languages:
        if language not in LANGUAGES:
            raise Nonsense(f"{where}: unknown language {language!r}; known: {', '.join(sorted(LANGUAGES))}.")
    _unique(languages, where)


def _unique(codes: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise Nonsense(f"{where}: {code!r} occurs twice.")
        seen.add(code)


def _cluster(cluster: ClusterSpec, where: str, minimum: int, maximum: int) -> None:
    check_code(cluster.code, f"{where}.code", 60)
    _name(cluster.name, f"{where}.name")
    count = len(cluster.faces)
    if not minimum <= count <= maximum:
        raise Nonsense(f"{where}: {count} faces; {minimum} … {maximum} are allowed.")
    if "".join(face.id for face in cluster.faces) != FACE_IDS[:count]:
        raise Nonsense(f"{where}.faces: their ids must be {', '.join(FACE_IDS[:count])} in this order.")
    for face in cluster.faces:
        _face(face, f"{where}.faces[{face.id}]")
    gaps = count if cluster.closed_ring else count - 1
    if len(cluster.gaps_mm) != gaps:
        raise Nonsense(f"{where}.gaps_mm: {count} faces need {gaps} gaps, got {len(cluster.gaps_mm)}.")
    if any(gap < 0 for gap in cluster.gaps_mm):
        raise Nonsense(f"{where}.gaps_mm: a gap cannot be negative.")
    if not cluster.hours:
        raise Nonsense(f"{where}.hours: at least one version of the operating hours.")
    _unique((str(one.valid_from) for one in cluster.hours), f"{where}.hours")
    for version in cluster.hours:
        _hours(version, f"{where}.hours[{version.valid_from}]")
    _unique((one.code for one in cluster.controllers), f"{where}.controllers")
    placed: set[str] = set()
    for controller in cluster.controllers:
        placed |= _controller(controller, {face.id: face for face in cluster.faces}, f"{where}.controllers")
    if missing := [face.id for face in cluster.faces if face.id not in placed]:
        raise Nonsense(f"{where}.controllers: no controller carries face {', '.join(missing)}.")


def _face(face: Face, where: str) -> None:
    for side, (least, most) in SIDES.items():
        if not least <= getattr(face, side) <= most:
            raise Nonsense(f"{where}.{side}: {getattr(face, side)} px is not within {least} … {most}.")
    if not 0.5 <= face.pitch_mm <= 40:
        raise Nonsense(f"{where}.pitch_mm: {face.pitch_mm} mm is not within 0.5 … 40.")
    if not 1 <= face.distance_m <= 500:
        raise Nonsense(f"{where}.distance_m: {face.distance_m} m is not within 1 … 500.")
    if face.bearing_deg is not None and not 0 <= face.bearing_deg < 360:
        raise Nonsense(f"{where}.bearing_deg: {face.bearing_deg}° is not within 0 … 359.")
    if face.max_brightness_nit <= 0:
        raise Nonsense(f"{where}.max_brightness_nit: must be positive.")
    if not isinstance(face.smooth, bool):
        raise Nonsense(f"{where}.smooth: True or False.")
    _languages(face.languages, f"{where}.languages")


def _hours(version: HoursSpec, where: str) -> None:
    if len(version.weekly) != 7:
        raise Nonsense(f"{where}.weekly: seven days from Monday, got {len(version.weekly)}.")
    for day, windows in enumerate(version.weekly):
        _windows(windows, f"{where}.weekly[{day}]")
    if version.holiday is not None:
        _windows(version.holiday, f"{where}.holiday")


def _windows(windows: tuple[Window, ...], where: str) -> None:
    for window in windows:
        if not (0 <= window.start_min < DAY_MIN and window.start_min < window.end_min <= 2 * DAY_MIN):
            raise Nonsense(f"{where}: {window.start_min} … {window.end_min} min is not a window of a day.")
    ordered = sorted(windows, key=lambda one: one.start_min)
    for before, after in itertools.pairwise(ordered):
        if after.start_min < before.end_min:
            raise Nonsense(f"{where}: windows overlap at minute {after.start_min}.")


def _controller(controller: ControllerSpec, faces: dict[str, Face], where: str) -> set[str]:
    where = f"{where}[{controller.code}]"
    check_code(controller.code, f"{where}.code", 80)
    rects: list[tuple[str, int, int, int, int]] = []
    for placement in controller.placements:
        face = faces.get(placement.face)
        if face is None:
            raise Nonsense(f"{where}: places face {placement.face!r}, which the cluster does not have.")
        turned = placement.rotation in (90, 270)
        width, height = (face.height, face.width) if turned else (face.width, face.height)
        x, y = placement.x, placement.y
        if x < 0 or y < 0 or x + width > controller.canvas_width or y + height > controller.canvas_height:
            raise Nonsense(
                f"{where}: face {face.id} ({width} × {height} at {x}, {y}) leaves the canvas "
                f"{controller.canvas_width} × {controller.canvas_height}."
            )
        for other, ox, oy, ow, oh in rects:
            if x < ox + ow and ox < x + width and y < oy + oh and oy < y + height:
                raise Nonsense(f"{where}: faces {other} and {face.id} overlap on the canvas.")
        rects.append((face.id, x, y, width, height))
    return {one[0] for one in rects}
