"""What of an item is on the screens, and whether a player shows exactly the pictures that were decided about."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from tests.e2e.conftest import Player
from tests.e2e.instance import Instance
from tests.e2e.people import Person
from tests.e2e.pixels import crop, is_black, share_of_different_pixels

# For every face and scene of an item an instant in the middle of its turn within the next hour, the job that drew it and its number in
# the proof; nothing while the schedule in force does not hold the item in all languages of the cluster.
TURNS = """
from cms import clock
from cms.content.models import ItemPage, ProofJob
from cms.places.models import Cluster
from cms.release.services import schedule_in_force
from cms.schedule.frame import frame
cluster = Cluster.objects.get(slug={cluster!r})
schedule = schedule_in_force(cluster)
pages = list(ItemPage.objects.filter(translation_key=ItemPage.objects.get(pk={item}).translation_key).select_related("locale"))
ids = dict((page.item_id, page) for page in pages)
answer = []
if set(ids) <= set(scene.item for scene in schedule.scenes.values()):
    found = dict()
    for face in schedule.faces:
        at, ends = clock.now_ms(), clock.now_ms() + 60 * 60_000
        while at < ends:
            seen = frame(schedule, None, face, at)
            scene = schedule.scenes.get(seen.scene)
            if seen.kind == "programme" and scene.item in ids:
                found.setdefault((face, seen.scene), (at - seen.offset_ms + scene.duration // 2, scene))
            at = seen.until
    for (face, name), (at, scene) in found.items():
        job = ProofJob.objects.filter(page=ids[scene.item], proof=scene.proof).order_by("-pk").first()
        answer.append([face, scene.language, int(name.partition("#")[2].partition("@")[0]), at, job.pk])
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """A scene of an item on a face: its number within the proof, an instant in its middle (ms), the job that drew the proof."""

    face: str
    language: str
    scene: int
    at: int
    job: int


def turns(instance: Instance, cluster: str, item: int) -> list[Turn]:
    """The turns of an item on every face, once the signed schedule in force holds it in all its languages."""
    return [Turn(*one) for one in instance.eventually(TURNS.format(cluster=cluster, item=item))]


def rects(instance: Instance, controller: str) -> dict[str, list[int]]:
    """Where a controller's canvas shows each face: x, y, width, height in pixels."""
    return instance.do(f"""
from cms.places.models import Controller
from cms.release.services import schedule_in_force
controller = Controller.objects.get(slug={controller!r})
schedule = schedule_in_force(controller.cluster)
answer = {{face: list(placed.rect) for face, placed in schedule.controllers[{controller!r}].faces.items()}}
""")


def shows_what_was_approved(player: Player, controller: str, approver: Person, found: list[Turn]) -> None:
    """Every turn, pixel by pixel: the player's picture against the one on the approver's page."""
    places = rects(approver.instance, controller)
    for turn in found:
        seen = crop(player.still(turn.at), places[turn.face])
        different = share_of_different_pixels(seen, proof(approver, turn))
        said = f"{turn.language}, scene {turn.scene} on face {turn.face}: {different:.2%} of the pixels differ"
        assert different <= 0.005, said
        assert not is_black(seen), said


def proof(person: Person, turn: Turn) -> Image.Image:
    """The picture that a person sees beside the decision."""
    answer = person.page.request.get(f"{person.instance.url}/admin/proofs/{turn.job}/{turn.scene}/{turn.face}.png")
    assert answer.ok
    return Image.open(io.BytesIO(answer.body())).convert("RGB")
