"""Crude label maps: houses and streets of a few rectangles and blobs, as the page's tools make them."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from pix2pix.tasks import FACADE_PALETTE, STREET_PALETTE
from tools.examples.label_sheet import LabelSheet, spread

Drawing = Callable[[], Image.Image]


def _dab(sheet: LabelSheet, name: str, x: float, y: float, radius: float) -> None:
    sheet.ellipse(name, (x, y), radius, radius)


def _stroke(sheet: LabelSheet, name: str, start, end, radius: float) -> None:
    """A round brush drawn from one place to another."""
    for t in np.linspace(0, 1, 24):
        _dab(sheet, name, *(a + (b - a) * t for a, b in zip(start, end, strict=True)), radius)


# --- Houses ----------------------------------------------------------------------------------------------


def _wall() -> LabelSheet:
    return LabelSheet(FACADE_PALETTE, ground="wall")


def _air() -> LabelSheet:
    return LabelSheet(FACADE_PALETTE, ground="background")


def nine_boxes() -> Image.Image:
    """Nine windows on a bare wall."""
    sheet = _wall()
    for top in (30, 94, 158):
        sheet.row("window", [58, 122, 186], top, 40, 44)
    return sheet.image()


def triangle_roof() -> Image.Image:
    """The house that every child draws."""
    sheet = _air()
    sheet.box("wall", 40, 118, 176, 138)
    sheet.polygon("wall", (20, 120), (236, 120), (128, 30))
    sheet.row("window", [80, 176], 148, 40, 42)
    sheet.ellipse("window", (128, 92), 18, 18)
    sheet.box("door", 112, 190, 32, 66)
    return sheet.image()


def grid() -> Image.Image:
    """A block of seventy windows."""
    sheet = _wall()
    for top in range(12, 236, 32):
        sheet.row("window", spread(4, 252, 10), top, 14, 20)
    return sheet.image()


def two_boxes_and_a_door() -> Image.Image:
    sheet = _air()
    sheet.box("wall", 50, 60, 150, 196)
    sheet.row("window", [90, 160], 96, 34, 36)
    sheet.box("door", 108, 190, 34, 66)
    return sheet.image()


def tall_windows_and_shop() -> Image.Image:
    sheet = _wall()
    sheet.row("window", spread(12, 244, 4), 40, 30, 104)
    sheet.box("shop", 0, 182, 256, 74)
    return sheet.image()


def door_only() -> Image.Image:
    sheet = _wall()
    sheet.box("door", 102, 150, 52, 106)
    return sheet.image()


def finger_dabs() -> Image.Image:
    """Windows dabbed on with a large round brush."""
    sheet = _wall()
    rng = np.random.default_rng(7)
    for y in (52, 118, 186):
        for x in (46, 126, 206):
            _dab(sheet, "window", x + rng.normal(0, 6), y + rng.normal(0, 6), 20)
    _stroke(sheet, "door", (128, 214), (128, 256), 16)
    return sheet.image()


def small_tower() -> Image.Image:
    """A narrow house at the right, much sky."""
    sheet = _air()
    sheet.box("wall", 168, 92, 60, 164)
    for top in (106, 146, 186):
        sheet.row("window", [184, 212], top, 16, 22)
    sheet.box("door", 190, 228, 16, 28)
    return sheet.image()


def child_skewed() -> Image.Image:
    """Nothing is straight."""
    sheet = _air()
    sheet.polygon("wall", (34, 70), (216, 54), (228, 256), (28, 256))
    sheet.polygon("molding", (24, 74), (222, 56), (128, 12))
    for x, y, lean in ((62, 96, 6), (148, 88, -8), (64, 166, -5), (164, 160, 7)):
        sheet.polygon("window", (x, y), (x + 42, y + lean), (x + 40, y + 44), (x - 3, y + 40))
    sheet.polygon("door", (108, 186), (142, 190), (146, 256), (106, 256))
    return sheet.image()


def bands() -> Image.Image:
    """Each row of windows is one long rectangle."""
    sheet = _wall()
    for top in (24, 78, 132):
        sheet.box("window", 16, top, 224, 28)
    sheet.box("balcony", 16, 166, 224, 16)
    sheet.box("door", 110, 204, 40, 52)
    return sheet.image()


FACADES: dict[str, Drawing] = {
    house.__name__.replace("_", "-"): house
    for house in (
        *(nine_boxes, triangle_roof, grid, two_boxes_and_a_door, tall_windows_and_shop),
        *(door_only, finger_dabs, small_tower, child_skewed, bands),
    )
}

# --- Streets ---------------------------------------------------------------------------------------------


def _named(*names: str) -> str:
    """The first of these names that the palette has: data sets call the same thing differently."""
    return next(name for name in names if name in dict(STREET_PALETTE))


TREE, PAVEMENT = "tree", "sidewalk"


def _street(ground: str) -> LabelSheet:
    return LabelSheet(STREET_PALETTE, ground=ground)


def seven_rectangles() -> Image.Image:
    """Sky, two houses, a tree, pavement, road, car."""
    sheet = _street("sky")
    sheet.box("building", 0, 40, 84, 110)
    sheet.box("building", 178, 20, 78, 130)
    sheet.box(TREE, 84, 84, 44, 62)
    sheet.box("road", 0, 146, 256, 110)
    sheet.box(PAVEMENT, 0, 146, 48, 110)
    sheet.box("car", 130, 130, 60, 44)
    return sheet.image()


def road_to_the_horizon() -> Image.Image:
    """A triangle between two blocks."""
    sheet = _street("sky")
    sheet.polygon("building", (0, 10), (110, 100), (110, 132), (0, 200))
    sheet.polygon("building", (256, 10), (146, 100), (146, 132), (256, 200))
    sheet.polygon(PAVEMENT, (120, 128), (136, 128), (290, 256), (-34, 256))
    sheet.polygon("road", (122, 128), (134, 128), (226, 256), (30, 256))
    return sheet.image()


def road_and_sky() -> Image.Image:
    sheet = _street("sky")
    sheet.box("road", 0, 128, 256, 128)
    return sheet.image()


def finger_trees() -> Image.Image:
    """Trees and a car dabbed on with a large round brush."""
    sheet = _street("sky")
    sheet.box("road", 0, 150, 256, 106)
    for x, y in ((24, 110), (70, 120), (190, 116), (236, 100)):
        _dab(sheet, TREE, x, y, 36)
    _stroke(sheet, "car", (112, 172), (150, 172), 20)
    return sheet.image()


def row_of_cars() -> Image.Image:
    sheet = _street("building")
    sheet.box("road", 0, 140, 256, 116)
    sheet.row("car", [30, 96, 168, 232], 126, 52, 40)
    return sheet.image()


def people() -> Image.Image:
    """People as upright rectangles."""
    sheet = _street("building")
    sheet.box("sky", 70, 0, 100, 70)
    sheet.box(PAVEMENT, 0, 150, 256, 106)
    sheet.box("road", 90, 150, 166, 106)
    sheet.row("person", [26, 60, 130, 200], 120, 18, 66)
    return sheet.image()


def bus_ahead() -> Image.Image:
    sheet = _street("building")
    sheet.box("sky", 0, 0, 256, 60)
    sheet.box("road", 0, 158, 256, 98)
    sheet.box(_named("bus", "car"), 84, 60, 90, 122)
    return sheet.image()


def child_tilted() -> Image.Image:
    """A tilted road, a sun of no class, lollipop trees."""
    sheet = _street("sky")
    sheet.polygon("road", (0, 170), (256, 138), (256, 256), (0, 256))
    sheet.polygon("building", (30, 168), (34, 70), (100, 66), (104, 160))
    for x in (150, 210):
        _stroke(sheet, "pole", (x, 150), (x, 110), 4)
        _dab(sheet, TREE, x, 92, 26)
    sheet.polygon("car", (110, 178), (124, 156), (168, 150), (186, 174), (180, 190), (114, 196))
    return sheet.image()


def canyon() -> Image.Image:
    """No sky at all."""
    sheet = _street("building")
    sheet.polygon("road", (100, 120), (156, 120), (256, 256), (0, 256))
    sheet.box("car", 108, 116, 40, 34)
    return sheet.image()


def country_road() -> Image.Image:
    sheet = _street("sky")
    sheet.box(TREE, 0, 96, 256, 160)
    sheet.polygon("road", (120, 126), (134, 126), (220, 256), (60, 256))
    return sheet.image()


STREETS: dict[str, Drawing] = {
    street.__name__.replace("_", "-"): street
    for street in (
        *(seven_rectangles, road_to_the_horizon, road_and_sky, finger_trees, row_of_cars),
        *(people, bus_ahead, child_tilted, canyon, country_road),
    )
}
