"""Faces among the example drawings, from a child's to one with a ruff and a feathered hat."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PIL import Image

from .pen import Pen, Points

MIDDLE = 128

# Half of a face's outline from the temple to the chin: px to the right of the middle line, px from the top.
FACES: dict[str, Points] = {
    "oval": [(51, 92), (52, 122), (44, 152), (25, 176), (0, 184)],
    "long": [(45, 88), (47, 122), (41, 158), (22, 186), (0, 194)],
    "round": [(58, 96), (60, 126), (52, 156), (28, 176), (0, 181)],
    "square": [(52, 92), (54, 124), (49, 156), (30, 180), (12, 185), (0, 185)],
    "child": [(54, 96), (57, 124), (50, 150), (28, 168), (0, 173)],
}


@dataclass(frozen=True)
class Face:
    """What is drawn, and with which pen.

    face: one of FACES. hair, clothes: names of the functions below. eyes: almonds, rings, dots or closed.
    nose: bridge (one side and the wing), wings or hook. mouth: lips, line or smile. turn: how far the
    features move aside for a face that looks away, px. extras: any of brows, beard, mustache, cheeks,
    necklace. pen: the arguments of Pen.
    """

    face: str = "oval"
    hair: str = "parted"
    clothes: str = "neckline"
    eyes: str = "almonds"
    nose: str = "bridge"
    mouth: str = "lips"
    turn: float = 0
    extras: tuple[str, ...] = ("brows",)
    pen: dict[str, Any] = field(default_factory=dict)


def draw(face: Face) -> Image.Image:
    """The face as mode "L", 256 x 256, black on white."""
    pen = Pen(**face.pen)
    CLOTHES[face.clothes](pen)
    if face.hair in BEHIND:
        BEHIND[face.hair](pen)
    half = at(0, FACES[face.face])
    pen.loop((MIDDLE, 52), *half, *mirror(half)[::-1][1:], fill=255)
    for side in (-1, 1):
        _eye(pen, face, side)
    _nose(pen, face)
    _mouth(pen, face)
    _extras(pen, face)
    if face.hair in BEFORE:
        BEFORE[face.hair](pen)
    return pen.image()


def at(turn: float, points: Points) -> Points:
    """Points given from the middle line, moved to the sheet."""
    return [(MIDDLE + turn + x, y) for x, y in points]


def mirror(points: Points) -> Points:
    return [(2 * MIDDLE - x, y) for x, y in points]


def both(pen: Pen, points: Points) -> None:
    pen.line(*points)
    pen.line(*mirror(points))


def _eye(pen: Pen, face: Face, side: int) -> None:
    near = 1 - 0.012 * face.turn * side  # the farther eye of a turned face is narrower
    x, y, half = MIDDLE + face.turn + side * 22 * near, 119, 11.5 * near
    if face.eyes == "dots":
        pen.dot((x, y), 3.2)
        return
    if face.eyes == "closed":
        pen.line((x - half, y), (x, y + 5), (x + half, y))
        return
    if face.eyes == "rings":
        pen.arc((x, y), (half, 8))
    else:
        corner, far = (x - half, y + 1), (x + half, y + 1)
        pen.loop(corner, corner, (x, y - 6.5), far, far, (x, y + 5.5))
    pen.dot((x + 0.15 * face.turn, y), 4 if face.eyes == "rings" else 4.4)


def _nose(pen: Pen, face: Face) -> None:
    turn = face.turn * 1.25
    if face.nose == "hook":
        pen.line(*at(turn, [(2, 122), (10, 148), (0, 151)]))
    elif face.nose == "wings":
        pen.line(*at(turn, [(-10, 145), (-8, 150), (0, 152), (8, 150), (10, 145)]))
    else:
        side = 1 if face.turn >= 0 else -1
        pen.line(*at(turn, [(-8 * side, 116), (-6 * side, 134), (-11 * side, 147), (-7 * side, 151)]))
        pen.line(*at(turn, [(-7 * side, 151), (1 * side, 153), (9 * side, 149)]))


def _mouth(pen: Pen, face: Face) -> None:
    turn = face.turn * 1.1
    if face.mouth == "smile":
        pen.line(*at(turn, [(-22, 160), (-10, 168), (8, 168), (20, 160)]))
        return
    pen.line(*at(turn, [(-16, 165), (-6, 164), (0, 166), (6, 164), (16, 165)]))
    if face.mouth == "lips":
        pen.line(*at(turn, [(-16, 165), (-6, 160), (0, 162), (6, 160), (16, 165)]))
        pen.line(*at(turn, [(-12, 167), (0, 173), (12, 167)]))


def _extras(pen: Pen, face: Face) -> None:
    turn = face.turn
    if "brows" in face.extras:
        for side in (-1, 1):
            pen.line(*at(turn, [(side * 10, 108), (side * 22, 102), (side * 35, 107)]))
    if "cheeks" in face.extras:
        for side in (-1, 1):
            pen.line(*at(turn, [(side * 18, 146), (side * 26, 156)]))
    if "mustache" in face.extras:
        for side in (-1, 1):
            pen.line(*at(turn, [(0, 156), (side * 12, 157), (side * 24, 164), (side * 28, 158)]))
    if "beard" in face.extras:
        both(pen, at(0, [(50, 136), (38, 158), (26, 178), (10, 204), (0, 210)]))
        for x in (-14, 0, 14):
            pen.line(*at(0, [(x, 180), (0.7 * x, 200)]))
    if "necklace" in face.extras:
        for x, y in ((-30, 204), (-20, 211), (-8, 215), (8, 215), (20, 211), (30, 204)):
            pen.arc((MIDDLE + x, y), 4)


def _neckline(pen: Pen) -> None:
    both(pen, at(0, [(28, 168), (29, 192), (60, 206), (96, 222), (106, 256)]))
    pen.line(*at(0, [(-66, 210), (-34, 232), (0, 240), (34, 232), (66, 210)]))


def _coat(pen: Pen) -> None:
    both(pen, at(0, [(28, 168), (28, 190), (60, 202), (98, 218), (112, 256)]))
    both(pen, at(0, [(28, 188), (14, 206), (6, 232), (6, 256)]))
    both(pen, at(0, [(28, 190), (40, 214), (24, 230), (18, 256)]))


def _ruff(pen: Pen) -> None:
    both(pen, at(0, [(72, 208), (100, 222), (114, 256)]))
    pen.arc((MIDDLE, 196), (82, 28), fill=255)
    for x in range(-70, 71, 20):
        pen.line(*at(0, [(x * 0.6, 186), (x, 214 - abs(x) * 0.14)]))


def _collar(pen: Pen) -> None:
    both(pen, at(0, [(27, 168), (27, 186), (66, 200), (100, 220), (110, 256)]))
    both(pen, at(0, [(27, 186), (27, 186), (44, 206), (8, 222), (8, 222), (0, 206)]))


CLOTHES: dict[str, Callable[[Pen], None]] = {
    "neckline": _neckline,
    "coat": _coat,
    "ruff": _ruff,
    "collar": _collar,
    "none": lambda pen: both(pen, at(0, [(28, 168), (28, 188), (66, 206), (100, 226)])),
}


def _long_hair(pen: Pen) -> None:
    half = at(0, [(34, 44), (66, 78), (72, 124), (70, 168), (86, 206), (58, 212)])
    pen.loop((MIDDLE, 32), *half, *mirror(half)[::-1], fill=255)


def _curls(pen: Pen) -> None:
    for x, y in ((0, 42), (26, 46), (48, 60), (62, 82), (68, 106), (68, 130), (62, 152)):
        for side in (-1, 1):
            pen.arc((MIDDLE + side * x, y), 17, fill=255)


def _wig(pen: Pen) -> None:
    half = at(0, [(36, 34), (62, 56), (66, 96), (76, 112), (80, 128), (72, 142), (78, 156), (62, 168)])
    pen.loop((MIDDLE, 26), *half, *mirror(half)[::-1], fill=255)
    for y in (118, 138, 158):
        both(pen, at(0, [(58, y), (66, y + 5), (74, y)]))


def _bun(pen: Pen) -> None:
    pen.arc((MIDDLE, 34), (26, 22), fill=255)
    half = at(0, [(30, 44), (58, 68), (62, 104), (56, 132)])
    pen.loop((MIDDLE, 38), *half, *mirror(half)[::-1], fill=255)


def _veil(pen: Pen) -> None:
    half = at(0, [(42, 38), (72, 74), (80, 130), (84, 190), (96, 256)])
    pen.loop((MIDDLE, 26), *half, *mirror(half)[::-1], fill=255)


BEHIND: dict[str, Callable[[Pen], None]] = {
    "parted": _long_hair,
    "long": _long_hair,
    "curls": _curls,
    "wig": _wig,
    "bun": _bun,
    "veil": _veil,
    "beret": _curls,
}


def _parting(pen: Pen) -> None:
    both(pen, at(0, [(0, 58), (26, 66), (44, 84), (52, 112)]))


def _fringe(pen: Pen) -> None:
    pen.line(*at(0, [(-53, 104), (-46, 88), (-30, 82), (-8, 86), (10, 80), (34, 84), (52, 102)]))


def _short(pen: Pen) -> None:
    pen.loop(
        *at(0, [(-52, 104), (-62, 82), (-52, 50), (-20, 32), (22, 32), (56, 52), (62, 84), (52, 104)]),
        *at(0, [(46, 84), (26, 76), (2, 80), (-22, 74), (-44, 84)]),
        fill=255,
    )
    both(pen, at(0, [(53, 118), (62, 112), (63, 130), (54, 142)]))


def _hat(pen: Pen) -> None:
    pen.loop(*at(0, [(-58, 72), (-52, 28), (-8, 14), (40, 22), (56, 70)]), fill=255)
    pen.loop(*at(0, [(-98, 82), (-40, 66), (30, 66), (96, 76), (60, 90), (0, 86), (-60, 92)]), fill=255)
    pen.line(*at(0, [(46, 64), (78, 44), (100, 16), (112, 40), (92, 66)]))


def _beret(pen: Pen) -> None:
    pen.loop(
        *at(0, [(-70, 66), (-58, 34), (0, 20), (66, 36), (84, 70), (50, 86), (0, 78), (-52, 86)]), fill=255
    )


def _bald(pen: Pen) -> None:
    both(pen, at(0, [(53, 116), (62, 110), (63, 130), (54, 142)]))
    pen.line(*at(0, [(-30, 84), (0, 80), (30, 84)]))


def _crown(pen: Pen) -> None:
    top = [(-54, 70), (-58, 28), (-34, 50), (-18, 18), (0, 46), (18, 18), (34, 50), (58, 28), (54, 70)]
    pen.polygon(*at(0, top), fill=255)
    _parting(pen)


BEFORE: dict[str, Callable[[Pen], None]] = {
    "parted": _parting,
    "long": _fringe,
    "bun": _parting,
    "veil": _parting,
    "short": _short,
    "hat": _hat,
    "beret": _beret,
    "bald": _bald,
    "crown": _crown,
    "wig": _fringe,
}


def _pen(width: float, seed: int, **more: Any) -> dict[str, Any]:
    return {"width": width, "seed": seed, **more}


PORTRAITS: dict[str, Callable[[], Image.Image]] = {
    name: partial(draw, face)
    for name, face in {
        "01-lady": Face(extras=("brows", "necklace"), pen=_pen(2, 1, slip=0.4)),
        "02-gentleman": Face(
            "square", "short", "coat", nose="bridge", mouth="line", extras=("brows", "cheeks"), pen=_pen(2, 2)
        ),
        "03-ruff": Face("long", "short", "ruff", extras=("brows", "beard", "mustache"), pen=_pen(2, 3)),
        "04-hat": Face("oval", "hat", "collar", turn=6, mouth="line", pen=_pen(2, 4, slip=0.5)),
        "05-curls": Face("round", "curls", "neckline", eyes="rings", pen=_pen(2, 5)),
        "06-wig": Face(
            "square", "wig", "coat", turn=-6, extras=("brows", "cheeks"), pen=_pen(2, 6, slip=0.4)
        ),
        "07-veil": Face("long", "veil", "none", turn=-8, eyes="closed", pen=_pen(2, 7)),
        "08-painter": Face(
            "oval", "beret", "collar", extras=("brows", "mustache"), pen=_pen(3, 8, wobble=0.6)
        ),
        "09-child": Face(
            "child", "long", "collar", eyes="rings", nose="wings", mouth="smile", extras=(), pen=_pen(2, 9)
        ),
        "10-old-man": Face(
            "long",
            "bald",
            "coat",
            eyes="almonds",
            extras=("brows", "beard", "cheeks"),
            pen=_pen(2, 10, slip=0.6),
        ),
        "11-queen": Face("oval", "crown", "ruff", extras=("brows", "necklace"), pen=_pen(2, 11)),
        "12-felt-pen": Face(
            "round", "bun", "neckline", eyes="dots", nose="wings", mouth="smile", pen=_pen(4, 12, wobble=0.7)
        ),
        "13-small": Face("oval", "short", "coat", turn=5, pen=_pen(2, 13, scale=0.72, shift=(4, 34))),
        "14-drawn-by-a-child": Face(
            "round",
            "bald",
            "none",
            eyes="dots",
            nose="hook",
            mouth="smile",
            extras=(),
            pen=_pen(3, 14, wobble=1.4),
        ),
    }.items()
}
