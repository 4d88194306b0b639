"""What the signer asks of a document before it signs: is everything in it exactly what was approved?

The records of approvals are the only thing it believes; neither the compiler nor whoever stored the document is trusted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from cms.approval.models import ApprovedProof, ThemeApproval
from cms.approval.services import withdrawn_ids
from cms.approval.streams import approved_for
from cms.content.models import ProofAsset
from cms.places.models import Cluster
from cms.places.services import geometry_of
from cms.plugin_api.types import canonical, sha256
from cms.release import patterns
from cms.schedule import format as fmt

THEME = "theme"
Document = TypeVar("Document", fmt.Schedule, fmt.Notices)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the signer refuses: `code` is stable (`cms.release.reasons` puts it into words), `subject` names what it is about."""

    code: str
    subject: str
    params: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"code": f"signer.{self.code}", "level": "error", "subject": self.subject, "params": dict(self.params)}


class Refused(Exception):
    """The signer does not sign; `reasons` holds all it found."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(f"{one.code} {one.subject}" for one in self.reasons))


def parse(model: type[Document], data: bytes, cluster: Cluster) -> Document:
    """The document in format 1, canonical and for this cluster. Raises Refused."""
    try:
        document = model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused([Reason("format", cluster.slug, {"detail": f"{where}: {first['msg']}"})]) from error
    if document.cluster != cluster.slug:
        raise Refused([Reason("other_cluster", document.cluster)])
    return document


def check_schedule(cluster: Cluster, schedule: fmt.Schedule) -> None:
    """Raises Refused unless every scene and every asset of the schedule is approved for this cluster, in force and unaltered,
    and every name in it leads somewhere."""
    reasons = check_scenes(cluster, schedule.scenes, schedule.assets, extra=schedule.standby)
    named = {scene for scene, _ms in schedule.turns} | {schedule.fallback}
    reasons += [Reason("unknown_scene", one) for one in sorted(named - schedule.scenes.keys())]
    most = len(schedule.turns)
    reasons += [
        Reason("unknown_turn", one) for one, loop in sorted(schedule.loops.items()) if not loop or max(loop) >= most
    ]
    loops = {segment.loop for face in schedule.faces.values() for segment in face.segments if segment.loop is not None}
    reasons += [Reason("unknown_loop", one) for one in sorted(loops - schedule.loops.keys())]
    if reasons:
        raise Refused(reasons)


def check_notices(cluster: Cluster, notices: fmt.Notices) -> None:
    """Raises Refused unless what the notices show is approved, or a test pattern that ends soon. Withdrawing and darkening
    only take away: always signed."""
    tests = {name for name, scene in notices.scenes.items() if patterns.is_pattern(scene)}
    reasons = check_scenes(cluster, notices.scenes, notices.assets, tests=tests)
    reasons += [
        Reason("pattern", one.id)
        for one in notices.alerts
        if one.scene in tests and one.until - one.from_ > patterns.MOST_MS
    ]
    reasons += [Reason("unknown_scene", one.scene) for one in notices.alerts if one.scene not in notices.scenes]
    if reasons:
        raise Refused(reasons)


def check_scenes(
    cluster: Cluster,
    scenes: Mapping[str, fmt.Scene],
    assets: Mapping[str, fmt.Asset],
    *,
    extra: Iterable[str] = (),
    tests: Collection[str] = (),
) -> list[Reason]:
    """Reasons against the scenes and assets of a document, in a constant number of queries. `extra` are assets shown by
    name alone (standby); each must belong to something approved. `tests` are scenes that may be test patterns: they are
    drawn again and must be exactly that."""
    if not scenes and not assets:
        return []
    faces = geometry_of(cluster)
    geometry = faces.id
    approved = _approved(cluster, {scene.proof for scene in scenes.values()} - {THEME}, geometry)
    themes = list(ThemeApproval.objects.filter(geometry=geometry))
    withdrawn = set(withdrawn_ids(cluster))
    addresses = _addresses(cluster, scenes, geometry)
    reasons: list[Reason] = []
    allowed: set[str] = {asset for theme in themes for asset in theme.assets}
    for name, scene in sorted(scenes.items()):
        if scene.item in withdrawn or scene.proof in withdrawn:
            reason: Reason | None = Reason("withdrawn", name, {"item": scene.item})
        elif name in tests:
            reason = Reason("pattern", name) if patterns.no_pattern(name, scene, faces) else None
        elif scene.proof == THEME:
            reason = _against_theme(name, scene, themes)
        else:
            reason = _against_proof(name, scene, approved)
        unnamed = _streams(scene) - addresses.get(_key(scene), frozenset())
        if reason is None and unnamed:
            reason = Reason("stream_not_approved", name, {"item": scene.item, "address": ", ".join(sorted(unnamed))})
        if reason is None:
            allowed |= {layer.asset for layers in scene.faces.values() for layer in layers}
        else:
            reasons.append(reason)
    used = {layer.asset for scene in scenes.values() for layers in scene.faces.values() for layer in layers} | set(
        extra
    )
    reasons += [Reason("unlisted_asset", one) for one in sorted(used - assets.keys())]
    others = sorted(set(assets) - allowed)
    if others:
        allowed |= _assets_of_approvals(cluster, geometry)
    reasons += [Reason("asset_not_approved", one) for one in others if one not in allowed]
    known = {row.sha256: row for row in ProofAsset.objects.filter(sha256__in=list(assets))}
    for digest, asset in sorted(assets.items()):
        row = known.get(digest)
        if row is None or (row.bytes, row.type) != (asset.bytes, asset.type):
            reasons.append(Reason("asset_unknown", digest))
        elif (asset.bytes > fmt.CHUNK_BYTES) != (asset.manifest is not None):
            reasons.append(Reason("manifest", digest))
    return reasons


def _in_force(cluster: Cluster, geometry: str) -> Any:
    return ApprovedProof.objects.filter(
        approval__province=cluster.province_id, approval__revoked_at__isnull=True, geometry=geometry
    ).select_related("proof", "approval")


def _approved(cluster: Cluster, proofs: set[str], geometry: str) -> dict[tuple[str, str, str], Any]:
    """Documents of the proofs approved in the cluster's province and in force, by (item, language, proof); None instead of a
    document that is not what its id says."""
    rows = [
        row
        for row in _in_force(cluster, geometry).filter(proof__in=proofs)
        if not row.approval.clusters or cluster.slug in row.approval.clusters
    ]
    documents = {row.proof_id: row.proof.document for row in rows}
    sound = {one: document if _is(one, document) else None for one, document in documents.items()}
    return {(row.approval.item, row.approval.language, row.proof_id): sound[row.proof_id] for row in rows}


def _key(scene: fmt.Scene) -> tuple[str, str, str]:
    return scene.item, scene.language, scene.proof


def _streams(scene: fmt.Scene) -> set[str]:
    return {layer.stream.url for layers in scene.faces.values() for layer in layers if layer.stream}


def _addresses(
    cluster: Cluster, scenes: Mapping[str, fmt.Scene], geometry: str
) -> dict[tuple[str, str, str], frozenset[str]]:
    """The live streams that approvals in force name, by (item, language, proof), as far as their servers may still send here.
    Asked only when a scene has any."""
    proofs = {scene.proof for scene in scenes.values() if _streams(scene)}
    if not proofs:
        return {}
    rows = list(_in_force(cluster, geometry).filter(proof__in=proofs))
    named = approved_for({row.approval_id for row in rows}, cluster.province)
    return {
        (row.approval.item, row.approval.language, row.proof_id): named.get(row.approval_id, frozenset())
        for row in rows
    }


def _is(proof: str, document: Any) -> bool:
    return sha256(canonical(document)) == proof


def _assets_of_approvals(cluster: Cluster, geometry: str) -> set[str]:
    """Every asset of every proof in force: asked only when a document lists assets that no scene of it uses."""
    return {
        layer["asset"]
        for row in _in_force(cluster, geometry)
        for scene in row.proof.document["scenes"]
        for layers in scene["faces"].values()
        for layer in layers
    }


def _against_proof(name: str, scene: fmt.Scene, approved: Mapping[tuple[str, str, str], Any]) -> Reason | None:
    key = _key(scene)
    if key not in approved:
        return Reason("not_approved", name, {"item": scene.item})
    document = approved[key]
    if document is None:
        return Reason("proof_damaged", name, {"proof": scene.proof})
    prefix, suffix = f"{scene.item}#", f"@{scene.proof[:12]}"
    index = name[len(prefix) : len(name) - len(suffix)]
    if not (name.startswith(prefix) and name.endswith(suffix) and index.isdecimal()):
        return Reason("scene_name", name)
    if int(index) >= len(document["scenes"]) or not same(scene, document["scenes"][int(index)]):
        return Reason("altered", name, {"item": scene.item})
    return None


def _against_theme(name: str, scene: fmt.Scene, themes: Iterable[ThemeApproval]) -> Reason | None:
    of_theme = [one for one in themes if f"theme:{one.theme}" == scene.item]
    if not of_theme:
        return Reason("theme_not_approved", name, {"theme": scene.item.removeprefix("theme:")})
    if not any(same(scene, one.scene) for one in of_theme):
        return Reason("altered", name, {"item": scene.item})
    return None


def same(scene: fmt.Scene, approved: Any) -> bool:
    """Whether a document's scene shows what was approved: same faces, layers in order, duration and transition. Compared as
    parsed values, since a proof leaves out what a document may spell (`sound: false`)."""
    try:
        other = fmt.Scene.model_validate(
            {"item": scene.item, "language": scene.language, "proof": scene.proof, **approved}
        )
    except (ValidationError, TypeError):
        return False
    return scene == other
