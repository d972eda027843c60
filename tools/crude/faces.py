"""Crude faces, with the strokes that a mouse or a finger makes."""

from tools.examples.pen import Pen

from .lines import CHILD, FINGER, HURRIED, Drawing, drawing


def _eyes(pen: Pen, y: float = 112, apart: float = 34, radius: float = 6) -> None:
    for side in (-1, 1):
        pen.dot((128 + side * apart, y), radius)


def smiley(pen: Pen) -> None:
    pen.arc((128, 128), (86, 96))
    _eyes(pen)
    pen.line((86, 160), (128, 188), (170, 160))


def child(pen: Pen) -> None:
    pen.arc((128, 128), (80, 88))
    for side in (-1, 1):
        pen.arc((128 + side * 32, 108), 12)
        pen.dot((128 + side * 32, 108), 4)
    pen.line((128, 118), (116, 146), (130, 148))
    pen.line((92, 172), (128, 188), (164, 172))
    for x in range(60, 200, 14):
        pen.line((x, 56 + abs(x - 128) * 0.35), (x - 4, 22 + abs(x - 128) * 0.5))


def hurried(pen: Pen) -> None:
    pen.line((78, 70), (70, 130), (94, 186), (128, 200), (164, 184), (184, 128), (176, 70))
    pen.line((92, 108), (112, 106))
    pen.line((144, 106), (166, 108))
    pen.line((128, 110), (120, 146), (132, 148))
    pen.line((106, 170), (150, 170))
    pen.line((78, 72), (100, 34), (150, 30), (178, 72))


def hat(pen: Pen) -> None:
    pen.straight((40, 84), (216, 84))
    pen.straight((78, 84), (84, 26), (172, 26), (178, 84))
    pen.line((80, 86), (84, 160), (128, 196), (172, 160), (176, 86))
    _eyes(pen, 118, 26, 5)
    pen.line((128, 122), (122, 148), (132, 150))
    pen.line((106, 170), (128, 176), (150, 170))


def beard(pen: Pen) -> None:
    pen.arc((128, 110), (62, 74), 180, 360)
    pen.line((66, 110), (74, 180), (128, 226), (182, 180), (190, 110))
    for x in range(84, 180, 14):
        pen.line((x, 168), (x + 2, 196))
    _eyes(pen, 106, 26, 5)
    pen.line((128, 108), (120, 138), (132, 140))
    pen.line((106, 156), (128, 162), (150, 156))


def long_hair(pen: Pen) -> None:
    pen.line((48, 236), (58, 110), (90, 44), (128, 34), (166, 44), (198, 110), (208, 236))
    pen.line((82, 90), (84, 150), (128, 192), (172, 150), (174, 90))
    pen.line((82, 92), (128, 62), (174, 92))
    for side in (-1, 1):
        pen.arc((128 + side * 24, 118), (13, 7))
        pen.dot((128 + side * 24, 118), 4)
    pen.line((128, 120), (122, 148), (132, 150))
    pen.line((108, 168), (128, 164), (148, 168), (128, 176), (108, 168))


def glance(pen: Pen) -> None:
    pen.line((92, 60), (84, 120), (96, 176), (134, 200), (170, 170), (176, 100), (164, 58))
    for x in (108, 150):
        pen.arc((x, 112), (13, 8))
        pen.dot((x - 6, 112), 5)
    pen.line((120, 116), (106, 146), (120, 150))
    pen.line((104, 170), (124, 168), (144, 172))
    pen.line((82, 96), (70, 50), (110, 24), (168, 30), (188, 84), (178, 110))


def lines_only(pen: Pen) -> None:
    _eyes(pen, 116, 30, 4)
    pen.line((128, 112), (120, 146), (132, 148))
    pen.line((100, 172), (128, 180), (156, 172))
    pen.line((70, 90), (76, 160), (128, 204), (180, 160), (186, 90))


FACES: dict[str, Drawing] = {
    "smiley": drawing(smiley, **CHILD, seed=21),
    "child": drawing(child, **CHILD, seed=22),
    "hurried": drawing(hurried, **HURRIED, seed=23),
    "hat": drawing(hat, **HURRIED, seed=24),
    "beard": drawing(beard, **HURRIED, seed=25),
    "long-hair": drawing(long_hair, width=3, wobble=1.2, slip=1.5, seed=26),
    "thick-finger": drawing(hurried, **FINGER, seed=27),
    "looking-aside": drawing(glance, width=3, wobble=1.0, seed=28),
    "no-top": drawing(lines_only, width=3, wobble=1.0, seed=29),
    "small-in-a-corner": drawing(hat, width=2, wobble=0.8, scale=0.55, shift=(-44, 40), seed=30),
}
