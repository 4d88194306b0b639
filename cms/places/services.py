"""What others ask about places, and how a province comes in from its plugin."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, time

from django.db import transaction

from cms.accounts.services import ensure_groups
from cms.places.models import (
    Cluster,
    Controller,
    Face,
    HolidayOverride,
    OperatingHours,
    OperatingWindow,
    Organisation,
    OrganisationRole,
    Placement,
    Province,
)
from cms.places.signals import together
from cms.plugin_api import types as api

log = logging.getLogger(__name__)

DAY_MIN = 24 * 60
# Used when no national plugin is installed; the clause is the circular's all the same.
DEFAULT_RULE = api.FaceRule(minimum=1, maximum=4, clause="TT06 k2")


def geometry_of(cluster: Cluster) -> api.Geometry:
    """The faces of a cluster in order, with the gaps between them. One query, none when `faces` is prefetched."""
    faces = sorted(cluster.faces.all(), key=lambda face: face.letter)
    return api.Geometry(
        faces=tuple(
            api.Face(
                id=face.letter,
                width=face.width,
                height=face.height,
                pitch_mm=float(face.pitch_mm),
                distance_m=float(face.distance_m),
                languages=tuple(face.languages),
                bearing_deg=face.bearing_deg,
                max_brightness_nit=face.max_brightness_nit,
                smooth=face.smooth,
            )
            for face in faces
        ),
        gaps_mm=tuple(float(gap) for gap in cluster.gaps_mm),
        closed_ring=cluster.closed_ring,
    )


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _window(one: OperatingWindow) -> api.Window:
    start, end = _minutes(one.start), _minutes(one.end)
    return api.Window(start, end if end > start else end + DAY_MIN)


def hours_of_many(clusters: Iterable[Cluster]) -> dict[int, tuple[api.HoursSpec, ...]]:
    """Operating hours of clusters by primary key, oldest version first. Two queries, however many clusters."""
    keys = [one.pk for one in clusters]
    versions = list(OperatingHours.objects.filter(cluster__in=keys).order_by("valid_from"))
    windows: dict[int, dict[int, list[api.Window]]] = {}
    for one in OperatingWindow.objects.filter(hours__in=versions).order_by("start"):
        windows.setdefault(one.hours_id, {}).setdefault(one.day, []).append(_window(one))
    found: dict[int, list[api.HoursSpec]] = {key: [] for key in keys}
    for version in versions:
        days = windows.get(version.pk, {})
        found[version.cluster_id].append(
            api.HoursSpec(
                valid_from=version.valid_from,
                weekly=tuple(tuple(days.get(day, ())) for day in range(7)),
                holiday=None if version.holidays_follow_weekday else tuple(days.get(OperatingWindow.HOLIDAY, ())),
                clause=version.clause,
                assumed=version.assumed,
                note=api.Text(version.note, version.note),
                by_kind=_by_kind(version, days),
            )
        )
    return {key: tuple(hours) for key, hours in found.items()}


def _by_kind(
    version: OperatingHours, days: Mapping[int, list[api.Window]]
) -> tuple[tuple[str, tuple[api.Window, ...]], ...]:
    """Kinds of holidays with hours of their own, maybe none at all on such a day."""
    found = [
        (kind, () if kind in version.closed_kinds else tuple(days[day]))
        for kind, day in OperatingWindow.DAY_OF_KIND.items()
        if kind in version.closed_kinds or day in days
    ]
    return tuple(found)


def hours_of(cluster: Cluster) -> tuple[api.HoursSpec, ...]:
    """Operating hours of a cluster, oldest version first."""
    return hours_of_many([cluster])[cluster.pk]


def hours_on(
    hours: Iterable[api.HoursSpec], day: date, *, holiday: str | None
) -> tuple[tuple[api.Window, ...], api.HoursSpec | None]:
    """The windows of a local day and the version of the hours they come from (None: no hours in force yet). `holiday`: the
    day's kind of holiday, None on other days."""
    in_force = [one for one in hours if one.valid_from <= day]
    if not in_force:
        return (), None
    version = max(in_force, key=lambda one: one.valid_from)
    if holiday is not None:
        own = dict(version.by_kind)
        if holiday in own:
            return own[holiday], version
        if version.holiday is not None:
            return version.holiday, version
    return version.weekly[day.weekday()], version


def holiday_kinds_of(province: Province, first_day: date, last_day: date) -> dict[date, str]:
    """Local days, both ends included, that count as holidays in a province, with their kinds (`Holiday.kind`): the plugins'
    calendar, then dated decisions, those for everywhere before those of the province. One query."""
    return holiday_kinds_of_many([province], first_day, last_day)[province.pk]


def holiday_kinds_of_many(provinces: Iterable[Province], first_day: date, last_day: date) -> dict[int, dict[date, str]]:
    """`holiday_kinds_of` by the primary keys of provinces. One query, however many provinces."""
    from cms.plugin_host.host import get_host

    decisions = list(HolidayOverride.objects.filter(day__range=(first_day, last_day)).order_by("id"))
    decisions.sort(key=lambda one: one.province_id is not None)
    found: dict[int, dict[date, str]] = {}
    for province in provinces:
        days: dict[date, str] = {}
        for year in range(first_day.year, last_day.year + 1):
            days |= {one.day: one.kind for one in get_host().holidays(province.code, year) if not one.working}
        for decision in decisions:
            if decision.province_id not in (None, province.pk):
                continue
            if decision.working:
                days.pop(decision.day, None)
            else:
                days[decision.day] = decision.kind
        found[province.pk] = {day: days[day] for day in sorted(days) if first_day <= day <= last_day}
    return found


def holidays_of(province: Province, first_day: date, last_day: date) -> frozenset[date]:
    """The days of `holiday_kinds_of`."""
    return frozenset(holiday_kinds_of(province, first_day, last_day))


def face_rule() -> api.FaceRule:
    """How many faces a cluster may have, as the national plugin says."""
    from cms.plugin_host.host import get_host

    rules = [spec.face_rule for spec in get_host().provinces().values() if spec.national and spec.face_rule]
    return rules[0] if rules else DEFAULT_RULE


# --- from a plugin ------------------------------------------------------------------------------------------------------


@transaction.atomic
def sync_province(spec: api.ProvinceSpec) -> Province:
    """Bring in what a province's plugin knows and this instance does not. What is already there belongs to the people who
    work with it and is left alone; only a newer decision on operating hours is added to a known cluster."""
    province, _ = Province.objects.get_or_create(
        code=spec.code,
        defaults={
            "name": spec.name.vi,
            "name_en": spec.name.en,
            "languages": list(spec.languages),
            "theme": spec.theme,
            "national": spec.national,
        },
    )
    ensure_groups(spec.code)
    for organisation in spec.organisations:
        _sync_organisation(province, organisation)
    with together():
        for cluster in spec.clusters:
            _sync_cluster(province, cluster)
    return province


def sync_provinces() -> list[Province]:
    """`sync_province` for every installed plugin."""
    from cms.plugin_host.host import get_host

    return [sync_province(spec) for spec in get_host().provinces().values()]


def _sync_organisation(province: Province, spec: api.OrganisationSpec) -> None:
    organisation, made = Organisation.objects.get_or_create(
        province=province,
        code=spec.code,
        defaults={"name": spec.name.vi, "name_en": spec.name.en, "level": spec.level},
    )
    if not made:
        return
    OrganisationRole.objects.bulk_create(
        OrganisationRole(organisation=organisation, kind=kind, valid_from=start, valid_until=end, clause=clause)
        for kind, start, end, clause in spec.roles
    )


def _sync_cluster(province: Province, spec: api.ClusterSpec) -> None:
    cluster, made = Cluster.objects.get_or_create(
        slug=spec.code,
        defaults={
            "province": province,
            "name": spec.name.vi,
            "name_en": spec.name.en,
            "place": spec.place.vi,
            "gaps_mm": list(spec.gaps_mm),
            "closed_ring": spec.closed_ring,
            "mode": spec.mode,
            "clause": spec.clause,
            "assumed": {fact: {"vi": why.vi, "en": why.en} for fact, why in spec.assumed.items()},
        },
    )
    if made:
        _add_faces(cluster, spec)
        for hours in spec.hours:
            _add_hours(cluster, hours)
        return
    known = list(cluster.hours.values_list("valid_from", flat=True))
    for hours in spec.hours:
        if not known or hours.valid_from > max(known):
            _add_hours(cluster, hours)


def _add_faces(cluster: Cluster, spec: api.ClusterSpec) -> None:
    faces = {
        face.id: Face.objects.create(
            cluster=cluster,
            letter=face.id,
            width=face.width,
            height=face.height,
            pitch_mm=face.pitch_mm,
            distance_m=face.distance_m,
            bearing_deg=face.bearing_deg,
            languages=list(face.languages),
            max_brightness_nit=face.max_brightness_nit,
            smooth=face.smooth,
        )
        for face in spec.faces
    }
    for one in spec.controllers:
        placed = [placement.face for placement in one.placements]
        controller = Controller.objects.create(
            cluster=cluster,
            slug=one.code,
            canvas_width=one.canvas_width,
            canvas_height=one.canvas_height,
            audio_face=placed[0] if placed else "",
        )
        Placement.objects.bulk_create(
            Placement(controller=controller, face=faces[p.face], x=p.x, y=p.y, rotation=p.rotation)
            for p in one.placements
        )


def _add_hours(cluster: Cluster, spec: api.HoursSpec) -> None:
    hours = OperatingHours.objects.create(
        cluster=cluster,
        valid_from=spec.valid_from,
        holidays_follow_weekday=spec.holiday is None,
        clause=spec.clause,
        assumed=spec.assumed,
        note=spec.note.vi,
        closed_kinds=[kind for kind, windows in spec.by_kind if not windows],
    )
    days = [*enumerate(spec.weekly), *([(OperatingWindow.HOLIDAY, spec.holiday)] if spec.holiday is not None else [])]
    for kind, windows in spec.by_kind:
        if kind in OperatingWindow.DAY_OF_KIND:
            days.append((OperatingWindow.DAY_OF_KIND[kind], windows))
        else:
            log.warning("%s: hours of holidays of the kind %r are not kept here", cluster, kind)
    OperatingWindow.objects.bulk_create(
        OperatingWindow(hours=hours, day=day, start=_time(window.start_min), end=_time(window.end_min))
        for day, windows in days
        for window in windows
    )


def _time(minutes: int) -> time:
    """A time of day; 24:00 and later are those of the next morning."""
    return time(*divmod(minutes % DAY_MIN, 60))
