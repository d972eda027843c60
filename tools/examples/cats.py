"""Cat faces in black lines, from a plain circle to whiskers and cheek fur.

Every face is written for the full sheet, as the training photos frame it: eyes a bit above the
middle, ears close to the top. Smaller, tilted and shifted ones are made by the pen.
"""

from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from .pen import SIZE, Pen, Points, mirrored

MIDDLE = SIZE / 2

# The right half of the head from the crown to the chin, ear included; a point named twice is a corner.
HEADS: dict[str, Points] = {
    "natural": [
        (128, 62), (150, 63), (166, 70), (166, 70), (182, 46), (205, 20), (211, 24), (217, 62), (217, 100),
        (217, 100), (226, 134), (221, 172), (196, 204), (160, 224), (128, 229),
    ],
    "narrow": [
        (128, 70), (148, 70), (160, 74), (160, 74), (182, 40), (213, 10), (219, 14), (222, 56), (208, 104),
        (208, 104), (210, 130), (203, 160), (183, 190), (158, 218), (128, 228),
    ],
    "wide": [
        (128, 74), (150, 74), (172, 82), (172, 82), (188, 58), (212, 38), (219, 42), (224, 70), (222, 104),
        (222, 104), (240, 140), (238, 176), (214, 208), (172, 228), (128, 232),
    ],
    "round": [
        (128, 58), (152, 61), (172, 70), (172, 70), (190, 42), (204, 24), (204, 24), (213, 60), (215, 108),
        (215, 108), (222, 146), (206, 192), (170, 220), (128, 228),
    ],
    "long fur": [
        (128, 64), (150, 64), (166, 72), (166, 72), (184, 46), (203, 26), (208, 30), (214, 60), (210, 98),
        (210, 98), (222, 112), (231, 126), (236, 146), (236, 146), (229, 145), (229, 145), (238, 158),
        (243, 184), (243, 184), (234, 180), (234, 180), (236, 196), (231, 217), (231, 217), (223, 211),
        (223, 211), (216, 226), (202, 237), (202, 237), (197, 229), (197, 229), (184, 238), (166, 244),
        (166, 244), (163, 236), (163, 236), (148, 242), (128, 244),
    ],
    "cheeks": [
        (128, 62), (150, 63), (166, 70), (166, 70), (184, 44), (205, 18), (211, 22), (217, 62), (214, 104),
        (214, 104), (226, 122), (234, 148), (234, 148), (226, 146), (226, 146), (233, 160), (236, 180),
        (236, 180), (225, 176), (225, 176), (222, 190), (212, 204), (212, 204), (205, 198), (205, 198),
        (184, 218), (160, 226), (128, 230),
    ],
    "folded": [
        (128, 56), (152, 58), (168, 66), (168, 66), (186, 56), (208, 62), (219, 74), (219, 74), (216, 92),
        (216, 92), (227, 130), (228, 164), (206, 204), (168, 226), (128, 232),
    ],
    "kitten": [
        (128, 70), (150, 71), (164, 76), (164, 76), (190, 36), (222, 12), (229, 18), (232, 66), (220, 116),
        (220, 116), (222, 146), (210, 182), (178, 212), (128, 222),
    ],
}  # fmt: skip

# Where the inner edge of the right ear runs.
INNER_EARS: dict[str, Points] = {
    "natural": [(177, 76), (189, 56), (202, 40), (202, 40), (206, 66), (202, 92)],
    "narrow": [(172, 78), (188, 54), (208, 30), (208, 30), (208, 62), (197, 94)],
    "wide": [(184, 86), (196, 70), (211, 56), (211, 56), (213, 76), (209, 98)],
    "round": [(182, 74), (192, 58), (201, 44), (201, 44), (205, 66), (204, 92)],
    "long fur": [(176, 78), (188, 60), (201, 44), (201, 44), (203, 66), (198, 92)],
    "cheeks": [(177, 76), (189, 56), (202, 38), (202, 38), (206, 66), (202, 92)],
    "kitten": [(177, 78), (194, 54), (217, 32), (217, 32), (219, 66), (209, 100)],
}


@dataclass(frozen=True)
class Cat:
    """What is drawn, and with which pen.

    head: one of HEADS, or "circle": a circle with two triangles.
    eyes: dots, rings, pupils, almonds, slits (almonds with slit pupils), big, sleepy or closed.
    eye_at: the right eye's place, px from the middle line and px from the top.
    eye_size: half the eye's width, px.
    nose: triangle, heart, button, bridge (a heart with the lines of the nose's sides) or small.
    nose_at: the nose's middle, px from the top.
    mouth: w, open, smile, line or "".
    whiskers: how many on each side; whisker_reach: how far they go from the middle line, px.
    ears: whether inner ears are drawn.
    extras: any of stripes, muzzle, cheek stripes, neck, shoulders, collar, brows, spots, tuft, chin.
    turn: how far the face's features move aside for a head that looks away, px.
    pen: the arguments of Pen.
    """

    head: str = "natural"
    eyes: str = "slits"
    eye_at: tuple[float, float] = (40, 118)
    eye_size: float = 19
    nose: str = "heart"
    nose_at: float = 168
    mouth: str = "w"
    whiskers: int = 3
    whisker_reach: float = 118
    ears: bool = True
    extras: tuple[str, ...] = ()
    turn: float = 0
    pen: dict[str, Any] = field(default_factory=dict)


def draw(cat: Cat) -> Image.Image:
    """The cat as mode "L", 256 x 256, black on white."""
    pen = Pen(**cat.pen)
    _body(pen, cat)
    _head(pen, cat)
    for side in (1, -1):
        _eye(pen, cat, side)
    _nose(pen, cat)
    _mouth(pen, cat)
    _whiskers(pen, cat)
    _markings(pen, cat)
    return pen.image()


def _both(pen: Pen, points: Points) -> None:
    pen.line(*points)
    pen.line(*mirrored(points))


def _face(cat: Cat, points: Points) -> Points:
    """Points given from the middle line (0 is the middle, right positive) moved to the sheet."""
    return [(MIDDLE + cat.turn + x, y) for x, y in points]


def _head(pen: Pen, cat: Cat) -> None:
    if cat.head == "circle":
        pen.arc((128, 144), (90, 84), fill=255)
        for side in (_same, mirrored):
            pen.line(*side([(152, 63), (152, 63), (196, 22), (196, 22), (208, 105)]))
            if cat.ears:
                pen.line(*side([(170, 70), (170, 70), (191, 46), (191, 46), (198, 88)]))
        return
    half = HEADS[cat.head]
    pen.loop(*half, *mirrored(half)[::-1][1:-1], fill=255)
    if cat.head == "folded":
        _both(pen, [(168, 66), (166, 82), (174, 98), (174, 98), (196, 84), (219, 74)])
    elif cat.ears:
        _both(pen, INNER_EARS[cat.head])


def _same(points: Points) -> Points:
    return points


def _eye(pen: Pen, cat: Cat, side: int) -> None:
    x, y = cat.eye_at
    a = cat.eye_size
    # the eye on the far side of a turned head looks narrower
    squeeze = 1 - 0.012 * side * cat.turn
    cx = MIDDLE + cat.turn + side * x

    def at(*points: tuple[float, float]) -> Points:
        """Points from the eye's middle, outwards positive, in halves of its width."""
        return [(cx + side * a * px * squeeze, y + a * py) for px, py in points]

    almond = at((-1, 0.38), (-1, 0.38), (-0.45, -0.32), (0.2, -0.62), (0.75, -0.5), (1, -0.22), (1, -0.22))
    almond += at((0.7, 0.38), (0.1, 0.58), (-0.5, 0.5))
    match cat.eyes:
        case "dots":
            pen.dot((cx, y), (a * 0.42, a * 0.55))
        case "rings":
            pen.arc((cx, y), (a * 0.75, a * 0.75))
        case "pupils":
            pen.arc((cx, y), (a * 0.85, a * 0.8))
            pen.dot((cx, y), (a * 0.36, a * 0.45))
        case "almonds":
            pen.loop(*almond)
            pen.dot((cx + side * a * 0.03, y - a * 0.02), (a * 0.34, a * 0.46))
        case "slits":
            pen.loop(*almond)
            pen.dot((cx + side * a * 0.03, y), (a * 0.14 + pen.width * 0.2, a * 0.5))
            pen.line(*at((-1, 0.38), (-1.25, 0.75)))
        case "big":
            pen.arc((cx, y), (a * 0.95 * squeeze, a))
            pen.dot((cx, y + a * 0.05), (a * 0.6, a * 0.68))
            pen.arc((cx + a * 0.2, y - a * 0.25), a * 0.17, width=0, fill=255)
        case "iris":
            pen.loop(*almond)
            pen.arc((cx + side * a * 0.03, y - a * 0.02), (a * 0.52 * squeeze, a * 0.54))
            pen.dot((cx + side * a * 0.03, y - a * 0.02), (a * 0.17, a * 0.36))
            pen.line(*at((-1, 0.38), (-1.3, 0.8)))
            pen.line(*at((-0.7, -0.5), (0, -0.92), (0.8, -0.8)))
        case "sleepy":
            pen.line(*at((-1, 0.3), (-0.4, -0.1), (0.3, -0.2), (1, -0.1)))
            pen.line(*at((-1, 0.3), (-0.3, 0.5), (0.4, 0.4), (1, -0.1)))
            pen.dot((cx, y + a * 0.12), (a * 0.2, a * 0.26))
        case "closed":
            pen.line(*at((-1, 0), (-0.4, 0.42), (0.3, 0.42), (1, -0.1)))


def _nose(pen: Pen, cat: Cat) -> None:
    y = cat.nose_at
    match cat.nose:
        case "triangle":
            pen.polygon(*_face(cat, [(-12, y - 7), (12, y - 7), (0, y + 8)]))
        case "filled":
            pen.polygon(*_face(cat, [(-11, y - 6), (11, y - 6), (0, y + 7)]), fill=0)
        case "button":
            pen.dot(_face(cat, [(0, y)])[0], (9, 6.5))
        case "small":
            pen.line(*_face(cat, [(-8, y - 4), (0, y - 6), (8, y - 4), (8, y - 4), (0, y + 5), (0, y + 5)]))
            pen.line(*_face(cat, [(0, y + 5), (-8, y - 4)]))
        case "heart" | "bridge":
            heart = [(0, y + 10), (0, y + 10), (-9, y + 3), (-15, y - 5), (-9, y - 9), (0, y - 8)]
            heart += [(9, y - 9), (15, y - 5), (9, y + 3)]
            pen.loop(*_face(cat, heart))
            if cat.nose == "bridge":
                for side in (1, -1):
                    start = cat.eye_at[0] - cat.eye_size - 5
                    top = cat.eye_at[1] + cat.eye_size * 0.4
                    path = [(side * start, top), (side * start * 0.72, (top + y) / 2), (side * 15, y - 6)]
                    pen.line(*_face(cat, path))


def _mouth(pen: Pen, cat: Cat) -> None:
    y = cat.nose_at + {"button": 6, "small": 5, "triangle": 8, "filled": 7}.get(cat.nose, 10)
    if cat.mouth:
        pen.line(*_face(cat, [(0, y), (0, y + 13)]))
    match cat.mouth:
        case "w" | "open":
            half = [(31, y + 15), (21, y + 22), (9, y + 21), (0, y + 13)]
            pen.line(*_face(cat, half + [(-x, y) for x, y in half[::-1]]))
            if cat.mouth == "open":
                pen.line(*_face(cat, [(-11, y + 22), (-9, y + 34), (0, y + 40), (9, y + 34), (11, y + 22)]))
        case "smile":
            pen.line(
                *_face(
                    cat, [(-36, y + 6), (-22, y + 19), (0, y + 13), (0, y + 13), (22, y + 19), (36, y + 6)]
                )
            )
        case "line":
            pen.line(*_face(cat, [(-20, y + 19), (0, y + 13), (20, y + 19)]))


def _whiskers(pen: Pen, cat: Cat) -> None:
    y = cat.nose_at + 8
    for side in (1, -1):
        for i in range(cat.whiskers):
            slope = i - (cat.whiskers - 1) / 2
            start = (side * (44 + 4 * (i % 2)), y + 7 * slope)
            bend = (side * (44 + cat.whisker_reach) / 2, y + 13 * slope - 6)
            end = (side * cat.whisker_reach, y + 24 * slope + 2)
            pen.line(*_face(cat, [start, bend, end]), width=pen.width * 0.75)


def _body(pen: Pen, cat: Cat) -> None:
    if "shoulders" in cat.extras:
        _both(pen, [(196, 200), (222, 224), (246, 256), (254, 290)])
    if "neck" in cat.extras:
        _both(pen, [(190, 206), (196, 232), (214, 275)])
    if "sitting" in cat.extras:  # a whole cat: the pen makes it small
        _both(pen, [(176, 218), (206, 270), (218, 340), (204, 378), (128, 382)])
        _both(pen, [(144, 300), (146, 350), (158, 380)])
        pen.line((214, 364), (256, 366), (280, 332), (268, 296), (284, 276))
    if "collar" in cat.extras:
        _both(pen, [(196, 214), (198, 236), (200, 270)])
        pen.line((60, 232), (92, 246), (128, 250), (164, 246), (196, 232))
        pen.arc((128, 256), 6, fill=255)


def _markings(pen: Pen, cat: Cat) -> None:
    extras, (eye_x, eye_y), nose = cat.extras, cat.eye_at, cat.nose_at
    if "stripes" in extras:
        crown = HEADS[cat.head][0][1]
        pen.line(*_face(cat, [(0, crown + 6), (0, crown + 30)]))
        for side in (1, -1):
            pen.line(*_face(cat, [(side * 13, crown + 8), (side * 11, crown + 19), (side * 15, crown + 33)]))
            pen.line(*_face(cat, [(side * 27, crown + 13), (side * 26, crown + 22), (side * 33, crown + 31)]))
    if "muzzle" in extras:
        for side in (1, -1):
            pad = [(side * 15, nose - 2), (side * 36, nose + 3), (side * 44, nose + 20)]
            pad += [(side * 30, nose + 37), (side * 8, nose + 40)]
            pen.line(*_face(cat, pad))
    if "chin" in extras:
        pen.line(*_face(cat, [(-16, nose + 43), (0, nose + 49), (16, nose + 43)]))
    if "spots" in extras:
        for side in (1, -1):
            for dx, dy in ((24, 10), (31, 16), (22, 19)):
                pen.dot(_face(cat, [(side * dx, nose + dy)])[0], 1.4)
    if "brows" in extras:
        for side in (1, -1):
            brow = [
                (side * (eye_x - 16), eye_y - 27),
                (side * (eye_x + 4), eye_y - 33),
                (side * (eye_x + 22), eye_y - 25),
            ]
            pen.line(*_face(cat, brow))
    if "cheek stripes" in extras:
        for side in (1, -1):
            x = eye_x + cat.eye_size
            pen.line(
                *_face(
                    cat,
                    [(side * (x + 4), eye_y), (side * (x + 18), eye_y + 6), (side * (x + 31), eye_y + 20)],
                )
            )
            pen.line(
                *_face(
                    cat,
                    [(side * x, eye_y + 20), (side * (x + 13), eye_y + 32), (side * (x + 26), eye_y + 38)],
                )
            )
    if "tuft" in extras:
        for x in (-16, -6, 4, 15):
            pen.line(*_face(cat, [(x, 70 + abs(x) / 4), (x * 0.7 + 2, 80), (x * 0.5, 94 - abs(x) / 3)]))
    if "ear fur" in extras:
        for i in range(3):
            _both(pen, [(180 + 8 * i, 86 - 3 * i), (188 + 6 * i, 70 - 4 * i)])
