"""A label canvas with a road, and what stands on it: people, cars, a bus, lamps.

Sizes of things on the ground follow from how far below the horizon their feet are, and from the camera.
"""

from dataclasses import dataclass

import numpy as np

from pix2pix.tasks import STREET_PALETTE

from .label_sheet import LabelSheet, outline
from .pen import SIZE, Points

Place = tuple[float, float]

PERSON: Points = [
    (-2, 0),
    (-4, -20),
    (-7, -24),
    (-8, -44),
    (-4, -50),
    (-3, -53),
    (-4, -58),
    (0, -62),
    (4, -58),
    (3, -53),
    (4, -50),
    (8, -44),
    (7, -24),
    (4, -20),
    (3, 0),
]
"""A walker in units of 1/62 of the height, feet at (0, 0); the car, bus and cyclist likewise."""

CAR_FROM_BEHIND: Points = [
    (-30, 0),
    (-33, -8),
    (-34, -28),
    (-31, -34),
    (-24, -50),
    (-18, -54),
    (18, -54),
    (24, -50),
    (31, -34),
    (34, -28),
    (33, -8),
    (30, 0),
    (22, 0),
    (21, -5),
    (-21, -5),
    (-22, 0),
]

CAR_FROM_THE_SIDE: Points = [
    (-62, -6),
    (-64, -24),
    (-58, -31),
    (-40, -34),
    (-26, -50),
    (-12, -54),
    (18, -54),
    (30, -50),
    (44, -34),
    (60, -28),
    (64, -16),
    (62, -6),
    (50, -4),
    (44, 0),
    (36, 0),
    (30, -4),
    (-30, -4),
    (-36, 0),
    (-44, 0),
    (-50, -4),
]

BUS: Points = [(-34, 0), (-37, -10), (-37, -100), (-32, -108), (32, -108), (37, -100), (37, -10), (34, 0)]

CYCLIST: Points = [
    (-4, 0),
    (-6, -14),
    (-4, -26),
    (-9, -34),
    (-9, -50),
    (-4, -56),
    (-4, -62),
    (0, -66),
    (4, -62),
    (4, -56),
    (9, -50),
    (9, -34),
    (4, -26),
    (6, -14),
    (4, 0),
]

BICYCLE: Points = [(-3, 0), (-3, -30), (3, -30), (3, 0)]
"""The part of a cyclist that is not the rider, seen from behind."""


@dataclass(frozen=True)
class Camera:
    """squeeze: width of things as a part of their true width.

    height: how much higher things stand than before a camera that looks over the roofs of cars.
    """

    squeeze: float = 1.0
    height: float = 1.0


PLAIN = Camera()
CITYSCAPES = Camera(
    squeeze=0.56, height=1.3
)  # 2:1 pictures squeezed into a square, seen from behind the windscreen


class Street(LabelSheet):
    """A label sheet with a road that runs to a vanishing point.

    camera: how wide and high things look. horizon: the vanishing point, px. left, right: where the road's
    edges meet the sheet's bottom, px (may lie outside the sheet). kerbs: likewise the outer edges of the
    sidewalks.
    """

    def __init__(
        self,
        camera: Camera,
        horizon: Place,
        left: float,
        right: float,
        kerbs: Place,
        seed: int = 0,
    ):
        super().__init__(STREET_PALETTE, ground="sky")
        self.camera = camera
        self.horizon, self.left, self.right, self.kerbs = horizon, left, right, kerbs
        self.standing: list[tuple[str, Points, Place, float]] = []  # what `put` has placed, in its order
        self._random = np.random.default_rng(seed)

    def ground(self, beside: str = "sidewalk") -> None:
        """Road and sidewalks; beside: what lies beyond the sidewalks."""
        x, y = self.horizon
        self.polygon(beside, (0, y), (SIZE, y), (SIZE, SIZE), (0, SIZE))
        self.polygon("sidewalk", (x - 5, y), (x + 5, y), (self.kerbs[1], SIZE), (self.kerbs[0], SIZE))
        self.polygon("road", (x - 3, y), (x + 3, y), (self.right, SIZE), (self.left, SIZE))

    def houses(
        self, side: int, roofs: list[float], kerb: float | None = None, name: str = "building"
    ) -> None:
        """A row of houses from the sheet's edge to the vanishing point; side: -1 left, 1 right.

        roofs: height of each house above the horizon were it at the sheet's edge, px.
        kerb: where the houses' feet meet the sheet's bottom; by default the sidewalk's outer edge.
        """
        x, y = self.horizon
        foot = (self.kerbs[0] if side < 0 else self.kerbs[1]) if kerb is None else kerb
        edge = 0.0 if side < 0 else float(SIZE)
        # houses of equal length look shorter the farther they are: 1, 0.55, 0.55² ... of the way to go
        near = 1.0
        for roof in roofs:
            far = near * 0.58
            left, right = x + (edge - x) * near, x + (edge - x) * far
            slope = (SIZE - y) / (foot - x)  # of the line where the houses meet the ground
            points = [
                (left, y - roof * near),
                (right, y - roof * (near * 0.25 + far * 0.75)),
                (right, y + slope * (right - x)),
                (left, y + slope * (left - x)),
            ]
            self.polygon(name, *points)
            near = far
        self.polygon(
            name, (x + (edge - x) * near, y - 10), (x, y - 6), (x, y + 2), (x + (edge - x) * near, y + 3)
        )

    def crown(self, middle: Place, rx: float, ry: float, name: str = "tree") -> None:
        """A ragged ellipse: the leaves of a tree or a hedge."""
        angles = np.linspace(0, 2 * np.pi, 56, endpoint=False)
        radii = 1 + self._random.normal(0, 0.05, 56) + 0.07 * np.sin(5 * angles + self._random.uniform(0, 6))
        self.polygon(
            name,
            *(
                (middle[0] + rx * r * np.cos(a), middle[1] + ry * r * np.sin(a))
                for a, r in zip(angles, radii, strict=True)
            ),
        )

    def tree(self, foot: Place, height: float) -> None:
        """A tree that stands at foot."""
        wide = height * self.camera.squeeze**0.5
        self.box("tree", foot[0] - wide * 0.03, foot[1] - height * 0.5, wide * 0.06, height * 0.5)
        self.crown((foot[0], foot[1] - height * 0.66), wide * 0.3, height * 0.36)

    def put(self, name: str, shape: Points, foot: Place, height: float) -> None:
        """One of the shapes above, `height` px high, its feet at foot."""
        self.standing.append((name, shape, foot, height))
        tallest = -min(y for _, y in shape)
        narrow = [(x * self.camera.squeeze, y) for x, y in shape]
        self.polygon(name, *outline(narrow, *foot, scale=height / tallest))

    def person(self, foot: Place, height: float | None = None) -> None:
        self.put("person", PERSON, foot, height or self.high(foot, 1.2))

    def cyclist(self, foot: Place, height: float | None = None) -> None:
        height = height or self.high(foot, 1.25)
        self.put("rider", CYCLIST, foot, height)
        narrow = [(x * self.camera.squeeze, y) for x, y in BICYCLE]
        self.polygon("bicycle", *outline(narrow, *foot, scale=height / 66))

    def car(self, foot: Place, height: float | None = None, shape: Points = CAR_FROM_BEHIND) -> None:
        self.put("car", shape, foot, height or self.high(foot, 0.93))

    def high(self, foot: Place, share: float) -> float:
        """The height in px of a thing whose size is `share` of the camera's height above the ground."""
        return (foot[1] - self.horizon[1]) * share * self.camera.height

    def pole(
        self, foot: Place, height: float, width: float = 3, sign: Place | None = None, name: str = "sign"
    ) -> None:
        """A post; sign: (width, height) in px of what is at its top, called name."""
        self.box("pole", foot[0] - width / 2, foot[1] - height, width, height)
        if sign:
            self.box(name, foot[0] - sign[0] / 2, foot[1] - height, *sign)

    def lamp(self, foot: Place, height: float, arm: float) -> None:
        """A street lamp with an arm of `arm` px to the right (negative: left)."""
        self.pole(foot, height, 2)
        self.box("pole", min(foot[0], foot[0] + arm), foot[1] - height, abs(arm), 2)
        self.box("pole", foot[0] + arm - (0 if arm < 0 else 7), foot[1] - height, 7, 4)
