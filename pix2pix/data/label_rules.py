"""Which classes of a label map people leave out, and what they draw instead: tables for `label_maps.py`.

One table per data set. Data only: knows nothing about pixels.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pix2pix.tasks import FACADE_PALETTE

Palette = tuple[tuple[str, tuple[int, int, int]], ...]

# The twelve classes of CamVid (Brostow et al. 2009) as found in its usual label maps.
CAMVID_PALETTE: Palette = (
    ("road", (128, 64, 128)),
    ("building", (128, 0, 0)),
    ("sky", (128, 128, 128)),
    ("tree", (128, 128, 0)),
    ("pavement", (60, 40, 222)),
    ("car", (64, 0, 128)),
    ("person", (64, 64, 0)),
    ("cyclist", (0, 128, 192)),
    ("pole", (192, 192, 128)),
    ("sign", (192, 128, 128)),
    ("fence", (64, 64, 128)),
    ("other", (0, 0, 0)),
)

# The classes of Cityscapes (Cordts et al. 2016) in the official colors, which the JPEG pairs use.
CITYSCAPES_PALETTE: Palette = (
    ("road", (128, 64, 128)),
    ("sidewalk", (244, 35, 232)),
    ("building", (70, 70, 70)),
    ("wall", (102, 102, 156)),
    ("fence", (190, 153, 153)),
    ("pole", (153, 153, 153)),
    ("traffic light", (250, 170, 30)),
    ("traffic sign", (220, 220, 0)),
    ("vegetation", (107, 142, 35)),
    ("terrain", (152, 251, 152)),
    ("sky", (70, 130, 180)),
    ("person", (220, 20, 60)),
    ("rider", (255, 0, 0)),
    ("car", (0, 0, 142)),
    ("truck", (0, 0, 70)),
    ("bus", (0, 60, 100)),
    ("train", (0, 80, 100)),
    ("motorcycle", (0, 0, 230)),
    ("bicycle", (119, 11, 32)),
    ("void", (0, 0, 0)),  # the camera car's bonnet, the frame of the rectified picture, signs from behind
    ("dynamic", (111, 74, 0)),
    ("ground", (81, 0, 81)),
    ("parking", (250, 170, 160)),
    ("rail track", (230, 150, 140)),
    ("guard rail", (180, 165, 180)),
    ("bridge", (150, 100, 100)),
    ("tunnel", (150, 120, 90)),
    ("caravan", (0, 0, 90)),
    ("trailer", (0, 0, 110)),
)


@dataclass(frozen=True)
class LabelRules:
    """How the label maps of one data set may be simplified.

    parents: for each class that people leave out, the classes that they draw in its place, one of which is
        chosen per map; an empty tuple stands for whatever lies left or right of it.
    drop: the probability that a class is left out of a map whose classes are thinned out; 1 for classes
        that nobody draws, which are left out of every simplified map.
    boxy: the classes drawn as separate rectangles. Each needs an entry in `parents`.
    rows: the boxy classes of which a row may be drawn as one long rectangle.
    ground: the class to fall back on where nothing lies left or right.
    background: what surrounds a house that stands on `ground`; empty for scenes, whose large areas are
        drawn as a few rectangles instead.
    shift: rectangles move by up to about this many pixels of 256.
    """

    palette: Palette
    ground: str
    parents: dict[str, tuple[str, ...]]
    drop: dict[str, float]
    boxy: tuple[str, ...]
    rows: tuple[str, ...] = ()
    background: str = ""
    shift: float = 3.0
    numbers: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "numbers", {name: i for i, (name, _) in enumerate(self.palette)})

    @cached_property
    def colors(self) -> np.ndarray:
        """uint8 (classes, 3)."""
        return np.array([color for _, color in self.palette], np.uint8)


def _same(names: str, value):
    return {name.strip(): value for name in names.split(",")}


FACADE_RULES = LabelRules(
    palette=FACADE_PALETTE,
    ground="wall",
    background="background",
    parents={
        **_same("cornice, sill, deco, molding, pillar, door", ("wall",)),
        "window": ("wall",),
        "balcony": ("wall", "window"),
        "shutter": ("wall", "window"),
        "shop": ("wall", "window", "door"),
    },
    drop={**_same("cornice, sill, deco, molding, pillar, balcony, shutter", 0.6), "shop": 0.4, "door": 0.3},
    boxy=tuple(name for name, _ in FACADE_PALETTE[2:]),
    rows=("window",),
)

_BESIDE: tuple[str, ...] = ()

CAMVID_RULES = LabelRules(
    palette=CAMVID_PALETTE,
    ground="building",
    parents={
        "car": ("road",),
        **_same("person, cyclist, pole, sign, fence, other", _BESIDE),
        "pavement": ("road",),
        "tree": ("building",),
    },
    drop={
        **_same("pole, sign, fence, other", 0.6),
        **_same("person, cyclist, pavement", 0.3),
        **_same("car, tree", 0.1),
    },
    boxy=("car", "person", "cyclist", "pole", "sign"),
)

CITYSCAPES_RULES = LabelRules(
    palette=CITYSCAPES_PALETTE,
    ground="building",
    parents={
        **_same("pole, traffic light, traffic sign, fence, guard rail, void, dynamic, person", _BESIDE),
        "bicycle": _BESIDE,
        "car": ("road",),
        "motorcycle": ("bicycle", "person"),
        "rider": ("person",),
        **_same("truck, caravan, trailer", ("car",)),
        "bus": ("car", "truck"),
        "train": ("bus",),
        **_same("wall, bridge, tunnel", ("building",)),
        "terrain": ("vegetation", "sidewalk"),
        **_same("ground, parking, rail track", ("road", "sidewalk")),
        "sidewalk": ("road",),
        "vegetation": ("building",),
    },
    drop={
        **_same("pole, traffic light, traffic sign, fence, guard rail, wall, dynamic, rider", 0.6),
        "void": 1.0,
        **_same("ground, parking, rail track, bridge, tunnel, caravan, trailer", 0.9),
        **_same("person, bicycle, motorcycle, terrain, truck, bus, train", 0.35),
        **_same("sidewalk, car, vegetation", 0.1),
    },
    boxy=(
        *("car", "truck", "bus", "train", "motorcycle", "bicycle", "person", "rider"),
        *("pole", "traffic light", "traffic sign", "caravan", "trailer"),
    ),
)

RULES: dict[str, LabelRules] = {
    "facades": FACADE_RULES,
    "camvid": CAMVID_RULES,
    "cityscapes": CITYSCAPES_RULES,
}
