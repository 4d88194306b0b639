"""Gathers what a cluster's schedule is compiled from. The number of queries does not depend on how much there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from wagtail.models import Revision

from cms.approval.models import Approval, ApprovedProof, ThemeApproval
from cms.approval.services import withdrawn_ids
from cms.content.assets import AssetStore
from cms.content.models import ItemPage
from cms.places.models import Cluster, Controller, Placement
from cms.places.services import geometry_of, holiday_kinds_of, hours_of
from cms.plugin_api.types import AssetInfo, Geometry, Proof, Scene, Transition, Window
from cms.programmes import contents
from cms.programmes.manifests import manifest_of
from cms.programmes.models import Slot, SlotWindow
from cms.programmes.services import slots_on
from cms.programmes.supposed import NOTHING, Supposed
from cms.schedule import inputs as core
from cms.schedule.compile import LOOKBACK_DAYS
from cms.schedule.format import CHUNK_BYTES, HORIZON_DAYS

DAY_MIN = 1440
BLACK = Scene(10_000, {}, Transition("cut", 0))


def gather(
    cluster: Cluster,
    *,
    first_day: date,
    days: int = HORIZON_DAYS,
    valid_from_ms: int,
    supposed: Supposed = NOTHING,
    only: bool = False,
) -> core.ScheduleInputs:
    """Frozen inputs for `compile_schedule`: only approvals in force in the cluster's province, and only the proofs that
    they name for this geometry. Withdrawn items are left out. `supposed` stands in place of what is on record; with `only`
    none but its slots count."""
    geometry = geometry_of(cluster)
    last_day = first_day + timedelta(days=days)
    recorded = () if only else tuple(slot_input(one) for one in _slots(cluster, last_day))
    slots = supposed.of_slots(recorded)
    nested = (entry.nested_id for one in supposed.programmes.values() for entry in one.entries.all() if entry.nested_id)
    held = supposed.of_programmes(contents.programmes_of({*(int(one.programme) for one in slots), *nested}))
    withdrawn = supposed.still(frozenset(withdrawn_ids(cluster)))
    found = contents.found_by(cluster, held, geometry.id, first_day, withdrawn, supposed)
    pages = contents.pages_of(held, found)
    approvals = _approvals(cluster, geometry, pages, supposed)
    translations = _translations(cluster, approvals, withdrawn)
    validity = _validity(pages, approvals)
    items = {
        str(key): core.ItemInput(str(key), page.title, tuple(translations.get(str(key), ())), *validity[key])
        for key, page in pages.items()
    }
    fallback = _fallback(cluster, geometry)
    assets = _assets([fallback.scene, *_scenes(items)])
    holidays = holiday_kinds_of(cluster.province, first_day - timedelta(days=LOOKBACK_DAYS), last_day)
    return core.ScheduleInputs(
        cluster=core.ClusterInput(
            id=cluster.slug,
            timezone=cluster.timezone,
            geometry=geometry,
            mode=_mode(cluster.mode),
            hours=hours_of(cluster),
            holidays=holidays,
            controllers=_controllers(cluster),
        ),
        programmes=contents.inputs_of(held, found),
        items=items,
        slots=slots,
        fallback=fallback,
        assets=assets,
        manifests=_manifests(assets),
        valid_from_ms=valid_from_ms,
        first_day=first_day,
        days=days,
    )


def _slots(cluster: Cluster, last_day: date) -> Sequence[Slot]:
    return list(
        slots_on(cluster)
        .filter(date_from__lte=last_day)
        .order_by("pk")
        .prefetch_related("exceptions", Prefetch("windows", SlotWindow.objects.order_by("start", "pk")))
    )


def slot_windows(windows: Iterable[tuple[time, time]]) -> tuple[Window, ...]:
    """Hours of a day as windows; an end at or before the start means the next morning."""
    found = []
    for start, end in windows:
        first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        found.append(Window(first, last if last > first else last + DAY_MIN))
    return tuple(found)


def slot_input(one: Slot) -> core.SlotInput:
    """A slot as the compiler takes it. No query where windows and exceptions are prefetched."""
    return core.SlotInput(
        id=str(one.pk),
        title=one.title,
        programme=str(one.programme_id),
        date_from=one.date_from,
        date_until=one.date_until,
        weekdays=frozenset(one.weekdays),
        windows=slot_windows((window.start, window.end) for window in one.windows.all()),
        faces=tuple(sorted(one.faces)),
        mode=_mode(one.mode) if one.mode else None,
        priority=one.priority,
        weight=one.weight,
        exceptions=frozenset(exception.day for exception in one.exceptions.all()),
        holidays=_holidays(one.holidays),
        rrule=one.rrule,
        languages=tuple(one.languages),
        max_per_hour=one.max_per_hour,
        spacing_s=one.spacing_s,
        required_s=one.required_s,
    )


def _holidays(value: str) -> Any:
    return str(value)


def _mode(value: str) -> Any:
    return str(value)


def _approvals(
    cluster: Cluster, geometry: Geometry, pages: Mapping[UUID, ItemPage], supposed: Supposed
) -> Sequence[Approval]:
    """Approvals in force of these items for this cluster; `fitting`: their proofs for the geometry. One that names other
    clusters does not count: the signer would refuse the whole schedule for it."""
    fitting = ApprovedProof.objects.filter(geometry=geometry.id).select_related("proof").order_by("pk")
    found = (
        Approval.objects.filter(item_key__in=list(pages), province=cluster.province, revoked_at__isnull=True)
        .order_by("pk")
        .prefetch_related(Prefetch("approved_proofs", fitting, to_attr="fitting"))
    )
    every = supposed.of_approvals(found, geometry.id)
    mine = [one for one in every if one.item_key in pages and one.province_id == cluster.province_id]
    return [one for one in mine if not one.clusters or cluster.slug in one.clusters]


Validity = tuple[date | None, date | None, int]
"""First and last day, and days of grace after it."""


def _validity(pages: Mapping[UUID, ItemPage], approvals: Sequence[Approval]) -> dict[UUID, Validity]:
    """From and until when items may be shown, as the approved revision of the source language says; an edit that nobody
    approved changes nothing. Items without one: as their page says."""
    sources = {page.pk for page in pages.values()}
    approved = {one.revision: one.item_key for one in approvals if one.page_id in sources}
    found: dict[UUID, Validity] = {
        key: (page.valid_from, page.valid_until, page.grace_days) for key, page in pages.items()
    }
    fields = ("content__valid_from", "content__valid_until", "content__grace_days")
    for revision, since, until, grace in Revision.objects.filter(pk__in=approved).values_list("pk", *fields):
        found[approved[revision]] = (_day(since), _day(until), grace or 0)
    return found


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _translations(
    cluster: Cluster, approvals: Sequence[Approval], withdrawn: Collection[str]
) -> dict[str, list[core.TranslationInput]]:
    """Approved translations by item key, in the province's order of languages."""
    order = {language: number for number, language in enumerate(cluster.province.languages)}
    found: dict[str, list[core.TranslationInput]] = {}
    for approval in approvals:
        proofs = [one for one in getattr(approval, "fitting", []) if one.proof.pk not in withdrawn]
        flat, span = _newest(proofs, cluster, span=False), _newest(proofs, cluster, span=True)
        if approval.item in withdrawn or flat is None:
            continue
        found.setdefault(str(approval.item_key), []).append(
            core.TranslationInput(
                item=approval.item,
                language=approval.language,
                proof=flat.proof.pk,
                scenes=Proof.from_json(flat.proof.document).scenes,
                span_proof=span.proof.pk if span else None,
                span_scenes=Proof.from_json(span.proof.document).scenes if span else (),
            )
        )
    for translations in found.values():
        translations.sort(key=lambda one: (order.get(one.language, len(order)), one.language))
    return found


def _newest(proofs: Iterable[ApprovedProof], cluster: Cluster, *, span: bool) -> ApprovedProof | None:
    """The proof for this geometry; where there are several, one in the theme of the cluster's province is preferred."""
    fitting = [one for one in proofs if one.span == span]
    return max(fitting, key=lambda one: (one.theme == cluster.province.theme, one.pk), default=None)


def _fallback(cluster: Cluster, geometry: Geometry) -> core.FallbackInput:
    """The fallback scene of the province's theme as an administrator approved it; else the national one's; else black, which
    no signer lets out."""
    themes = dict.fromkeys((cluster.province.theme, "national"))
    approved: dict[str, ThemeApproval] = {}
    for one in ThemeApproval.objects.filter(geometry=geometry.id, theme__in=list(themes)).order_by("approved_at", "pk"):
        approved[one.theme] = one
    language = (cluster.province.languages or ["vi"])[0]
    for theme in themes:
        if theme in approved:
            return core.FallbackInput(f"theme:{theme}", language, Scene.from_json(approved[theme].scene))
    faces: dict[str, tuple[()]] = {face.id: () for face in geometry.faces}
    return core.FallbackInput(
        f"theme:{cluster.province.theme}", language, Scene(BLACK.duration_ms, faces, BLACK.transition)
    )


def _scenes(items: Mapping[str, core.ItemInput]) -> Iterable[Scene]:
    for item in items.values():
        for translation in item.translations:
            yield from (*translation.scenes, *translation.span_scenes)


def _assets(scenes: Iterable[Scene]) -> dict[str, AssetInfo]:
    return AssetStore().info(frozenset().union(*(scene.assets() for scene in scenes)))


def _manifests(assets: Mapping[str, AssetInfo]) -> dict[str, str]:
    store = AssetStore()
    found = {
        one.sha256: manifest_of(store.path(one.sha256), one.sha256)
        for one in assets.values()
        if one.bytes > CHUNK_BYTES
    }
    return {asset: manifest for asset, manifest in found.items() if manifest}


def _controllers(cluster: Cluster) -> tuple[core.ControllerInput, ...]:
    placements = Placement.objects.order_by("face__letter").select_related("face")
    controllers = (
        Controller.objects.filter(cluster=cluster).order_by("slug").prefetch_related(Prefetch("placements", placements))
    )
    return tuple(
        core.ControllerInput(
            id=one.slug,
            canvas=(one.canvas_width, one.canvas_height),
            placements=tuple(_placement(placement) for placement in one.placements.all()),
            audio_face=one.audio_face or None,
        )
        for one in controllers
    )


def _placement(one: Placement) -> core.Placement:
    turned = one.rotation in (90, 270)
    width, height = (one.face.height, one.face.width) if turned else (one.face.width, one.face.height)
    return core.Placement(one.face.letter, (one.x, one.y, width, height), one.rotation)
