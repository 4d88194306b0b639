"""A theme's own pictures (fallback scenes): an administrator allows them, for each geometry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts.audit import record
from cms.approval.models import ThemeApproval
from cms.approval.signals import announce_theme
from cms.content.assets import AssetStore
from cms.places.models import Cluster, Province
from cms.places.services import geometry_of
from cms.plugin_api.types import Geometry, Scene, Text
from cms.plugin_host.host import get_host
from renderers.fallback import fallback_scene


def geometries_of(code: str) -> dict[str, tuple[Geometry, list[Cluster]]]:
    """The geometries of all active clusters whose province has this theme, by id, with their clusters."""
    return _by_geometry(
        Cluster.objects.filter(active=True, province__theme=code).select_related("province").prefetch_related("faces")
    )


def _by_geometry(clusters: Iterable[Cluster]) -> dict[str, tuple[Geometry, list[Cluster]]]:
    found: dict[str, tuple[Geometry, list[Cluster]]] = {}
    for cluster in clusters:
        geometry = geometry_of(cluster)
        if geometry.faces:
            found.setdefault(geometry.id, (geometry, []))[1].append(cluster)
    return found


def title_of(code: str) -> Text:
    """What the fallback scene of a theme says: the name of the province it belongs to."""
    province = Province.objects.filter(theme=code).order_by("national", "pk").first()
    if province is None:
        return Text("Bảng Tin", "Bảng Tin")
    return Text(province.name, province.name_en or province.name)


@dataclass(frozen=True, slots=True)
class DrawnTheme:
    """A theme's fallback scene as drawn for a geometry, the clusters it is for, and whether exactly it is approved."""

    geometry: Geometry
    clusters: tuple[Cluster, ...]
    scene: Scene
    approved: bool


def draw_theme(code: str, clusters: Iterable[Cluster] | None = None) -> list[DrawnTheme]:
    """Draw the theme's fallback scene for every geometry of these clusters, else of all that use the theme. Nothing is
    approved by it. Raises `RenderError` when the theme cannot be drawn."""
    theme, title, store = get_host().theme(code), title_of(code), AssetStore()
    wanted = geometries_of(code) if clusters is None else _by_geometry(clusters)
    known = approved_scenes(code)
    found = []
    for key, (geometry, places) in wanted.items():
        scene = fallback_scene(geometry, theme, title, store)
        found.append(DrawnTheme(geometry, tuple(places), scene, known.get(key) == scene))
    return found


def approved_scenes(code: str) -> dict[str, Scene]:
    """The fallback scene of a theme that was approved last, by geometry."""
    records = ThemeApproval.objects.filter(theme=code).order_by("approved_at", "pk")
    return {one.geometry: Scene.from_json(one.scene) for one in records}


def approve_theme(code: str, *, by: Any, clusters: Iterable[Cluster] | None = None) -> list[ThemeApproval]:
    """Draw the theme's fallback scene for every geometry (of these clusters, else of all that use the theme) and put it on
    record, for whoever needs no look at the pictures first. Raises as `draw_theme` and `approve_scenes` do."""
    _administrators_only(by)
    return approve_scenes(code, {one.geometry.id: one.scene for one in draw_theme(code, clusters)}, by=by)


def approve_scenes(code: str, scenes: Mapping[str, Scene], *, by: Any) -> list[ThemeApproval]:
    """Put exactly these fallback scenes, by geometry, on record; nothing is drawn. For administrators only: raises
    PermissionDenied, also when a picture of them is gone."""
    _administrators_only(by)
    if not AssetStore().hold(asset for scene in scenes.values() for asset in scene.assets()):
        raise PermissionDenied(_("These pictures are no longer there. Open the theme again."))
    with transaction.atomic():
        made = [
            ThemeApproval.objects.create(
                theme=code,
                geometry=key,
                scene=scene.to_json(),
                assets=sorted(scene.assets()),
                approved_by=by,
                approved_at=clock.now(),
            )
            for key, scene in scenes.items()
        ]
        record("theme.approve", code, user=by, geometries=sorted(scenes))
        announce_theme(code, scenes)
    return made


def _administrators_only(by: Any) -> None:
    if not (getattr(by, "is_active", False) and getattr(by, "is_superuser", False)):
        raise PermissionDenied(_("Only an administrator can approve a theme."))
