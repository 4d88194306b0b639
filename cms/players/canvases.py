"""Pictures of canvases: which face a controller shows where, and how the screen that wants to be paired compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from cms.places.geometry import Placed
from cms.places.models import Controller
from cms.players.health import Health, health
from cms.players.models import Pairing, Player


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face on a canvas, px; (`middle_x`, `middle_y`) is where its letter stands."""

    letter: str
    x: int
    y: int
    width: int
    height: int

    @property
    def middle_x(self) -> float:
        return self.x + self.width / 2

    @property
    def middle_y(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Canvas:
    """A controller's canvas with its faces, px."""

    width: int
    height: int
    faces: tuple[FaceBox, ...]

    @property
    def letters(self) -> str:
        return ", ".join(face.letter.upper() for face in self.faces)

    @property
    def letter_size(self) -> float:
        """Height of the letters, px: half of the narrowest face."""
        return min((min(face.width, face.height) for face in self.faces), default=0) / 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A controller that a waiting screen may be paired with. `same_size`: the screen has just as many pixels as the canvas;
    None where the screen did not say. `named`: the screen was opened for this very controller (its seat has its code)."""

    controller: Controller
    canvas: Canvas
    same_size: bool | None
    named: bool
    players: tuple[tuple[Player, Health], ...]

    @property
    def working(self) -> bool:
        return any(state is Health.HEALTHY for _player, state in self.players)


def canvas_of(controller: Controller) -> Canvas:
    """The canvas of a controller whose `placements__face` are fetched."""
    boxes = []
    for one in sorted(controller.placements.all(), key=lambda one: one.face.letter):
        x, y, width, height = Placed(one.face.letter, one.face.width, one.face.height, one.x, one.y, one.rotation).rect
        boxes.append(FaceBox(one.face.letter, x, y, width, height))
    return Canvas(controller.canvas_width, controller.canvas_height, tuple(boxes))


def size_of(screen: Mapping[str, int]) -> tuple[int, int] | None:
    """Width and height of a screen, px; None where it did not say."""
    width, height = screen.get("width"), screen.get("height")
    return (width, height) if width and height else None


def choices(controllers: QuerySet[Controller], pairing: Pairing) -> list[Choice]:
    """The controllers, those first that suit the waiting screen: by its seat, by its size, with faces, without a player; two queries more."""
    screen = size_of(pairing.screen)
    found = controllers.prefetch_related(
        "placements__face",
        Prefetch("players", queryset=Player.objects.filter(revoked_at__isnull=True).order_by("-paired_at")),
    )
    made = [_choice(controller, pairing.seat, screen) for controller in found]
    return sorted(
        made,
        key=lambda one: (
            not one.named,
            not one.same_size,
            not one.canvas.faces,
            bool(one.players),
            one.controller.cluster.name,
            one.controller.slug,
        ),
    )


def _choice(controller: Controller, seat: str, screen: tuple[int, int] | None) -> Choice:
    players: Iterable[Player] = controller.players.all()
    return Choice(
        controller,
        canvas_of(controller),
        None if screen is None else screen == (controller.canvas_width, controller.canvas_height),
        seat == controller.slug,
        tuple((player, health(player)) for player in players),
    )
