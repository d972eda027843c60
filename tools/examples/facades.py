"""House fronts as label maps, built from rectangles as the CMP annotations are.

Every function draws one house from back to front: wall, bands, windows, what hangs before them.
"""

from collections.abc import Callable

from PIL import Image

from pix2pix.tasks import FACADE_PALETTE

from .label_sheet import LabelSheet, spread

Bays = list[float]


def _house(left: float = 0, top: float = 0, right: float = 256, bottom: float = 256) -> LabelSheet:
    """A wall with background around it."""
    sheet = LabelSheet(FACADE_PALETTE, ground="background")
    sheet.box("wall", left, top, right - left, bottom - top)
    return sheet


def _windows(sheet: LabelSheet, bays: Bays, top: float, width: float, height: float, panes: int = 1) -> None:
    """A storey's windows; with two panes a strip of wall stands between them."""
    pane = width if panes == 1 else (width - 3 * (panes - 1)) / panes
    for x in bays:
        for i in range(panes):
            sheet.box("window", x - width / 2 + i * (pane + 3), top, pane, height)


def _trimmed(sheet: LabelSheet, bays: Bays, top: float, width: float, height: float, panes: int = 1) -> None:
    """Windows with a cornice over and a sill under them."""
    _windows(sheet, bays, top, width, height, panes)
    sheet.row("cornice", bays, top - 9, width + 10, 7)
    sheet.row("sill", bays, top + height, width + 8, 7)


def town_house() -> Image.Image:
    """Four storeys, five bays, door in the middle."""
    sheet, bays = _house(8, 14, 248), spread(14, 242, 5)
    sheet.box("molding", 8, 14, 240, 16)
    sheet.box("molding", 8, 190, 240, 7)
    for top in (48, 98, 148):
        _trimmed(sheet, bays, top, 24, 29)
    _windows(sheet, bays[:2] + bays[3:], 208, 22, 34)
    sheet.box("door", 114, 206, 28, 50)
    sheet.box("cornice", 108, 199, 40, 7)
    sheet.row("deco", bays, 18, 8, 8)
    return sheet.image()


def palazzo() -> Image.Image:
    """Three tall storeys, seven bays, pillars and wide bands."""
    sheet, bays = _house(), spread(6, 250, 7)
    sheet.box("molding", 0, 8, 256, 24)
    sheet.row("deco", bays, 14, 9, 13)
    sheet.box("molding", 0, 98, 256, 10)
    sheet.box("molding", 0, 182, 256, 12)
    edges = [x - 17.5 for x in bays] + [bays[-1] + 17.5]
    sheet.row("pillar", edges, 34, 6, 62)
    sheet.row("pillar", edges, 110, 6, 70)
    _windows(sheet, bays, 48, 17, 38)
    sheet.row("cornice", bays, 40, 23, 7)
    sheet.row("sill", bays, 86, 21, 6)
    _windows(sheet, bays, 126, 17, 44)
    sheet.row("cornice", bays, 116, 25, 9)
    sheet.row("balcony", bays, 165, 25, 16)
    _windows(sheet, bays[:3] + bays[4:], 206, 18, 34)
    sheet.box("door", 113, 200, 30, 56)
    return sheet.image()


def shop_front() -> Image.Image:
    """Two storeys of shuttered windows over a shop that fills the ground floor."""
    sheet, bays = _house(0, 10), spread(10, 246, 3)
    sheet.box("molding", 0, 10, 256, 13)
    for top in (40, 106):
        _windows(sheet, bays, top, 34, 46, panes=2)
        for x in bays:
            sheet.box("shutter", x - 31, top, 13, 46)
            sheet.box("shutter", x + 18, top, 13, 46)
        sheet.row("sill", bays, top + 46, 38, 6)
    sheet.box("molding", 0, 166, 256, 10)
    sheet.box("shop", 12, 184, 84, 64)
    sheet.box("shop", 160, 184, 84, 64)
    sheet.box("door", 110, 188, 36, 68)
    sheet.box("deco", 40, 166, 176, 10)
    return sheet.image()


def modern_grid() -> Image.Image:
    """Seven storeys, nine bays, nothing but windows and their sills."""
    sheet, bays = _house(16, 10, 240, 246), spread(20, 236, 9)
    for top in range(20, 216, 31):
        _windows(sheet, bays, top, 17, 19)
        sheet.row("sill", bays, top + 19, 19, 4)
    sheet.box("door", 116, 232 - 14, 24, 28)
    sheet.box("cornice", 104, 212, 48, 5)
    return sheet.image()


def narrow_house() -> Image.Image:
    """Five storeys, two bays, with its neighbours cut away."""
    sheet, bays = _house(76, 14, 180, 250), spread(82, 174, 2)
    sheet.box("molding", 76, 14, 104, 13)
    for top in (36, 78, 120, 162):
        _windows(sheet, bays, top, 24, 28)
        sheet.row("sill", bays, top + 28, 30, 5)
    sheet.row("cornice", bays, 72, 30, 5)
    sheet.row("cornice", bays, 114, 30, 5)
    sheet.box("molding", 76, 200, 104, 6)
    sheet.box("door", 86, 212, 24, 38)
    sheet.box("shop", 122, 212, 48, 32)
    return sheet.image()


def stepped_gable() -> Image.Image:
    """A gable of steps before the sky."""
    sheet = LabelSheet(FACADE_PALETTE, ground="background")
    for left, top in ((98, 6), (80, 28), (61, 52), (42, 77)):
        sheet.box("wall", left, top, 256 - 2 * left, 102 - top)
        sheet.row("cornice", [left + 6, 250 - left], top, 16, 4)
    sheet.box("wall", 24, 102, 208, 150)
    _windows(sheet, [128], 28, 22, 28)
    sheet.box("sill", 113, 56, 30, 5)
    _windows(sheet, spread(62, 194, 3), 76, 24, 32)
    sheet.row("sill", spread(62, 194, 3), 108, 30, 5)
    bays = spread(30, 226, 4)
    sheet.box("molding", 24, 122, 208, 7)
    _trimmed(sheet, bays, 144, 26, 32, panes=2)
    sheet.box("molding", 24, 192, 208, 6)
    _windows(sheet, bays[:1] + bays[2:], 208, 26, 30, panes=2)
    sheet.box("door", bays[1] - 14, 204, 28, 48)
    return sheet.image()


def balconies() -> Image.Image:
    """Five storeys with a column of balconies at each side and a wide one in the middle."""
    sheet, bays = _house(), spread(8, 248, 5)
    sheet.box("molding", 0, 4, 256, 12)
    for top in (26, 76, 126, 176):
        _windows(sheet, bays, top, 24, 36)
        sheet.box("balcony", bays[0] - 21, top + 22, 42, 20)
        sheet.box("balcony", bays[4] - 21, top + 22, 42, 20)
        sheet.row("sill", [bays[1], bays[3]], top + 36, 30, 6)
    for top in (76, 126):
        sheet.box("balcony", bays[2] - 26, top + 20, 52, 22)
    sheet.box("cornice", bays[2] - 20, 68, 40, 6)
    sheet.box("molding", 0, 222, 256, 8)
    sheet.box("door", bays[2] - 16, 232, 32, 24)
    sheet.row("shop", [bays[0] + 20, bays[4] - 20], 234, 68, 22)
    return sheet.image()


def apartment_block() -> Image.Image:
    """Six storeys of long balconies, shutters half of them closed."""
    sheet, bays = _house(22, 18, 234, 250), spread(28, 228, 6)
    for i, top in enumerate(range(26, 218, 36)):
        _windows(sheet, bays, top, 20, 24)
        for j, x in enumerate(bays):
            if (i + 2 * j) % 5 == 0:
                sheet.box("shutter", x - 10, top, 20, 15)
        if i < 5:
            sheet.box("balcony", 26, top + 15, 98, 13)
            sheet.box("balcony", 132, top + 15, 98, 13)
    sheet.box("door", 112, 214, 32, 36)
    return sheet.image()


def country_house() -> Image.Image:
    """Two storeys, three bays, shutters; much wall and a strip of sky."""
    sheet, bays = _house(0, 44, 256), spread(10, 246, 3)
    sheet.box("cornice", 0, 44, 256, 9)
    for top, which in ((76, bays), (166, [bays[0], bays[2]])):
        _windows(sheet, which, top, 32, 46, panes=2)
        sheet.row("sill", which, top + 46, 40, 6)
        for x in which:
            sheet.box("shutter", x - 33, top, 15, 46)
            sheet.box("shutter", x + 18, top, 15, 46)
    sheet.box("cornice", 98, 156, 60, 7)
    sheet.box("door", 110, 166, 36, 90)
    return sheet.image()


def bank() -> Image.Image:
    """High pillars under a heavy band: a small temple of money."""
    sheet, bays = _house(4, 24, 252), spread(22, 234, 5)
    sheet.box("molding", 4, 24, 248, 26)
    sheet.box("deco", 84, 30, 88, 14)
    sheet.box("molding", 4, 214, 248, 9)
    _windows(sheet, bays[:2] + bays[3:], 72, 24, 50)
    _windows(sheet, bays[:2] + bays[3:], 140, 24, 60)
    sheet.row("sill", bays[:2] + bays[3:], 122, 28, 6)
    sheet.row("pillar", spread(1, 255, 6), 52, 9, 160)
    sheet.box("window", bays[2] - 14, 72, 28, 50)
    sheet.box("cornice", bays[2] - 18, 130, 36, 9)
    sheet.box("door", bays[2] - 15, 140, 30, 116)
    return sheet.image()


def bay_window() -> Image.Image:
    """Not symmetric: a tower of wide windows at the left, small ones at the right."""
    sheet = _house(0, 30, 256)
    sheet.box("wall", 20, 6, 96, 30)
    sheet.box("cornice", 14, 6, 108, 8)
    sheet.box("molding", 122, 30, 134, 12)
    for top in (28, 84, 140):
        _windows(sheet, [68], top, 68, 34, panes=3)
        sheet.box("sill", 28, top + 34, 80, 12)
    sheet.row("pillar", [20, 116], 20, 7, 176)
    right = spread(128, 250, 3)
    for top in (58, 112):
        _trimmed(sheet, right, top, 20, 30)
    _windows(sheet, right, 160, 20, 26)
    sheet.box("molding", 0, 198, 256, 8)
    sheet.box("shop", 24, 212, 88, 38)
    sheet.box("door", right[1] - 13, 210, 26, 46)
    _windows(sheet, [right[0], right[2]], 214, 20, 24)
    return sheet.image()


def corner_palace() -> Image.Image:
    """Six storeys, eight bays, every storey another dress; background on both sides."""
    sheet, bays = _house(18, 26, 238, 244), spread(22, 234, 8)
    sheet.box("molding", 18, 26, 220, 12)
    sheet.row("deco", bays, 29, 6, 7)
    _windows(sheet, bays, 46, 14, 22)
    sheet.row("sill", bays, 68, 17, 4)
    _windows(sheet, bays, 84, 14, 24)
    sheet.row("cornice", bays, 77, 19, 5)
    sheet.row("sill", bays, 108, 17, 4)
    sheet.box("molding", 18, 118, 220, 5)
    _windows(sheet, bays, 130, 14, 24)
    sheet.box("balcony", bays[2] - 11, 144, bays[5] - bays[2] + 22, 14)
    sheet.row("sill", bays[:2] + bays[6:], 154, 17, 4)
    _windows(sheet, bays, 168, 14, 22)
    sheet.row("cornice", bays, 162, 19, 4)
    sheet.box("molding", 18, 194, 220, 8)
    sheet.row("shop", bays[:3] + bays[5:], 208, 20, 30)
    sheet.box("door", 113, 206, 30, 38)
    return sheet.image()


def small_hotel() -> Image.Image:
    """Close up: the ends of three storeys, two big bays."""
    sheet, bays = _house(), spread(10, 246, 2)
    _windows(sheet, bays, 0, 56, 44, panes=2)
    sheet.row("sill", bays, 44, 70, 10)
    sheet.box("molding", 0, 66, 256, 12)
    sheet.row("cornice", bays, 88, 76, 10)
    _windows(sheet, bays, 102, 56, 74, panes=2)
    sheet.row("balcony", bays, 144, 88, 34)
    sheet.box("pillar", 120, 78, 16, 110)
    sheet.box("molding", 0, 190, 256, 9)
    sheet.box("shop", 16, 208, 100, 48)
    sheet.box("door", bays[1] - 24, 206, 48, 50)
    return sheet.image()


def smiling_house() -> Image.Image:
    """A joke: a house with eyes, a nose and a row of teeth."""
    sheet = _house(24, 40, 232, 250)
    for i in range(4):
        sheet.box("wall", 104 - 22 * i, 4 + 9 * i, 48 + 44 * i, 12)
    sheet.row("cornice", [80, 176], 70, 58, 9)
    sheet.row("window", [80, 176], 84, 44, 42)
    sheet.row("shutter", [80, 176], 84, 44, 12)
    sheet.row("deco", [80, 176], 106, 12, 12)
    sheet.row("sill", [80, 176], 126, 54, 8)
    sheet.box("pillar", 121, 112, 14, 48)
    sheet.box("balcony", 60, 182, 136, 36)
    sheet.row("window", spread(62, 194, 6), 188, 16, 24)
    sheet.box("door", 112, 226, 32, 24)
    return sheet.image()


FACADES: dict[str, Callable[[], Image.Image]] = {
    f"{number:02d}-{house.__name__.replace('_', '-')}": house
    for number, house in enumerate(
        (
            town_house,
            palazzo,
            shop_front,
            modern_grid,
            narrow_house,
            stepped_gable,
            balconies,
            apartment_block,
            country_house,
            bank,
            bay_window,
            corner_palace,
            small_hotel,
            smiling_house,
        ),
        start=1,
    )
}
