"""Things in bold outlines: 8 px, round ends, white inside, as the coloring book of emoji has them."""

from collections.abc import Callable
from functools import partial

from PIL import Image

from .pen import Pen, Points, mirrored


def _both(pen: Pen, *points: tuple[float, float]) -> None:
    pen.line(*points)
    pen.line(*mirrored(list(points)))


def _symmetric(half: Points) -> Points:
    """The right half from top to bottom, both ends on the middle line, closed by its mirror image."""
    return [*half, *mirrored(half)[::-1][1:-1]]


def house(pen: Pen) -> None:
    pen.straight((58, 124), (58, 212), (198, 212), (198, 124))
    pen.straight((34, 138), (128, 48), (222, 138))
    pen.polygon((112, 212), (112, 156), (144, 156), (144, 212))
    pen.straight((172, 88), (172, 54), (192, 54), (192, 108))


def tree(pen: Pen) -> None:
    pen.line((112, 170), (110, 222), (110, 222), (146, 222), (146, 222), (144, 170))
    pen.loop(
        (128, 32),
        (172, 46),
        (192, 82),
        (210, 122),
        (192, 160),
        (160, 174),
        (128, 166),
        (96, 174),
        (64, 160),
        (46, 122),
        (64, 82),
        (84, 46),
        fill=255,
    )
    pen.line((128, 166), (128, 132))
    pen.line((128, 148), (146, 130))


def apple(pen: Pen) -> None:
    pen.loop(*_symmetric([(128, 94), (160, 80), (200, 98), (206, 144), (186, 196), (154, 218), (128, 208)]))
    pen.line((128, 94), (130, 68), (142, 44))
    pen.loop((142, 62), (142, 62), (160, 36), (192, 36), (192, 36), (178, 62))


def fish(pen: Pen) -> None:
    pen.line((184, 124), (222, 82), (222, 82), (212, 128), (222, 176), (222, 176), (184, 136))
    pen.line((118, 76), (146, 50), (166, 62), (164, 94))
    pen.loop(
        (34, 130), (68, 86), (124, 74), (176, 100), (194, 130), (176, 158), (124, 182), (68, 172), fill=255
    )
    pen.line((100, 96), (116, 128), (100, 162))
    pen.dot((68, 116), 8)


def heart(pen: Pen) -> None:
    pen.loop(
        (128, 82),
        (128, 82),
        (146, 56),
        (182, 50),
        (212, 76),
        (210, 118),
        (178, 164),
        (128, 212),
        (128, 212),
        (78, 164),
        (46, 118),
        (44, 76),
        (74, 50),
        (110, 56),
    )


def sun(pen: Pen) -> None:
    pen.arc((128, 128), 50)
    for x, y in (
        (1, 0),
        (0, 1),
        (-1, 0),
        (0, -1),
        (0.71, 0.71),
        (-0.71, 0.71),
        (0.71, -0.71),
        (-0.71, -0.71),
    ):
        pen.line((128 + 72 * x, 128 + 72 * y), (128 + 98 * x, 128 + 98 * y))


def cup(pen: Pen) -> None:
    pen.line(
        (52, 104), (52, 104), (58, 176), (78, 200), (154, 200), (174, 176), (180, 104), (180, 104), (52, 104)
    )
    pen.line((180, 118), (208, 116), (216, 140), (204, 164), (174, 168))
    pen.line((36, 222), (196, 222))
    for x in (88, 116, 144):
        pen.line((x, 82), (x - 8, 68), (x + 6, 54), (x, 40))


def car(pen: Pen) -> None:
    pen.line(
        (60, 178),
        (34, 178),
        (34, 178),
        (32, 136),
        (48, 124),
        (66, 118),
        (92, 80),
        (104, 74),
        (166, 74),
        (178, 80),
    )
    pen.line((178, 80), (204, 120), (222, 130), (224, 178), (224, 178), (200, 178))
    pen.line((108, 178), (152, 178))
    pen.line((66, 118), (204, 120))
    pen.line((136, 76), (136, 118))
    pen.arc((84, 180), 23, fill=255)
    pen.arc((176, 180), 23, fill=255)


def umbrella(pen: Pen) -> None:
    pen.loop(
        (32, 130),
        (32, 130),
        (52, 78),
        (96, 48),
        (128, 44),
        (160, 48),
        (204, 78),
        (224, 130),
        (224, 130),
        (200, 116),
        (176, 130),
        (176, 130),
        (152, 116),
        (128, 130),
        (128, 130),
        (104, 116),
        (80, 130),
        (80, 130),
        (56, 116),
    )
    pen.line((128, 44), (128, 28))
    pen.line((128, 130), (128, 196), (140, 214), (156, 212), (162, 196))
    _both(pen, (128, 44), (92, 76), (80, 130))


def cat_face(pen: Pen) -> None:
    pen.loop(
        *_symmetric(
            [
                (128, 84),
                (164, 88),
                (164, 88),
                (202, 48),
                (202, 48),
                (208, 108),
                (214, 150),
                (182, 200),
                (128, 212),
            ]
        )
    )
    _both(pen, (84, 130), (84, 142))
    pen.polygon((118, 160), (138, 160), (128, 170), fill=0)
    pen.line((100, 176), (114, 186), (128, 172), (128, 172), (142, 186), (156, 176))
    _both(pen, (62, 160), (24, 152))
    _both(pen, (64, 178), (30, 190))


def flower(pen: Pen) -> None:
    for x, y in ((0, -1), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31)):
        pen.arc((128 + 38 * x, 88 + 38 * y), 27, fill=255)
    pen.arc((128, 88), 20, fill=255)
    pen.line((128, 152), (128, 228))
    pen.loop((128, 216), (128, 216), (144, 184), (182, 178), (182, 178), (172, 206))
    pen.loop((128, 224), (128, 224), (110, 196), (76, 190), (76, 190), (88, 216))


def star(pen: Pen) -> None:
    pen.polygon(
        (128, 34),
        (153, 96),
        (222, 102),
        (170, 146),
        (186, 212),
        (128, 176),
        (70, 212),
        (86, 146),
        (34, 102),
        (103, 96),
    )


def mushroom(pen: Pen) -> None:
    pen.line((104, 146), (98, 212), (112, 222), (144, 222), (158, 212), (152, 146))
    pen.loop(
        (34, 136),
        (44, 86),
        (88, 50),
        (128, 44),
        (168, 50),
        (212, 86),
        (222, 136),
        (206, 146),
        (50, 146),
        fill=255,
    )
    pen.arc((104, 92), 16)
    pen.arc((160, 104), 13)


def ice_cream(pen: Pen) -> None:
    pen.polygon((82, 108), (174, 108), (128, 232))
    pen.loop(
        (70, 118),
        (72, 74),
        (100, 42),
        (128, 34),
        (156, 42),
        (184, 74),
        (186, 118),
        (170, 130),
        (152, 120),
        (130, 132),
        (108, 120),
        (86, 130),
        fill=255,
    )
    pen.line((107, 170), (152, 162))


def sailing_boat(pen: Pen) -> None:
    pen.polygon((120, 34), (120, 160), (52, 160))
    pen.polygon((140, 62), (140, 160), (202, 160))
    pen.line(
        (38, 180), (38, 180), (218, 180), (218, 180), (200, 210), (182, 220), (78, 220), (56, 208), (38, 180)
    )


def smile(pen: Pen) -> None:
    pen.arc((128, 128), 92)
    pen.dot((98, 108), 11)
    pen.dot((158, 108), 11)
    pen.line((84, 150), (104, 176), (128, 182), (152, 176), (172, 150))


def _drawn(subject: Callable[[Pen], None]) -> Image.Image:
    pen = Pen(width=8, wobble=0)
    subject(pen)
    return pen.image()


_SUBJECTS = (
    fish,
    tree,
    apple,
    house,
    heart,
    sun,
    cup,
    car,
    umbrella,
    cat_face,
    flower,
    star,
    mushroom,
    ice_cream,
    sailing_boat,
    smile,
)

EMOJI: dict[str, Callable[[], Image.Image]] = {
    f"{i:02d}-{subject.__name__.replace('_', '-')}": partial(_drawn, subject)
    for i, subject in enumerate(_SUBJECTS, start=1)
}
"""Picture name → the function that draws it: mode "L", 256 x 256."""
