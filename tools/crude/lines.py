"""Crude line drawings: cats, shoes and things, with the strokes that a mouse or a finger makes."""

from collections.abc import Callable

from PIL import Image

from tools.examples.pen import Pen

Drawing = Callable[[], Image.Image]

FINGER = {"width": 9.0, "wobble": 1.6}
CHILD = {"width": 4.0, "wobble": 2.6, "slip": 3.0}
HURRIED = {"width": 2.0, "wobble": 1.4, "slip": 2.5}


def drawing(draw: Callable[[Pen], None], **pen) -> Drawing:
    def make() -> Image.Image:
        sheet = Pen(**pen)
        draw(sheet)
        return sheet.image()

    return make


# --- Cats ------------------------------------------------------------------------------------------------


def _ears(pen: Pen) -> None:
    pen.straight((62, 84), (58, 24), (106, 56))
    pen.straight((150, 56), (198, 24), (194, 84))


def _whiskers(pen: Pen) -> None:
    for y, end in ((150, 138), (158, 160), (166, 182)):
        pen.line((92, y), (30, end))
        pen.line((164, y), (226, end))


def circle_dots_triangles(pen: Pen) -> None:
    """What everybody draws first."""
    pen.arc((128, 138), 88)
    _ears(pen)
    pen.dot((98, 120), 7)
    pen.dot((158, 120), 7)
    pen.polygon((120, 150), (136, 150), (128, 160))
    pen.line((128, 160), (118, 176), (104, 172))
    pen.line((128, 160), (138, 176), (152, 172))
    _whiskers(pen)


def thick_finger(pen: Pen) -> None:
    pen.line((66, 92), (52, 150), (78, 210), (128, 226), (182, 208), (204, 150), (190, 92))
    pen.straight((66, 92), (60, 30), (108, 66), (148, 66), (196, 28), (190, 92))
    pen.dot((98, 128), 10)
    pen.dot((158, 128), 10)
    pen.line((112, 176), (128, 184), (146, 174))


def closed_lids(pen: Pen) -> None:
    """Asleep: two arcs for eyes."""
    pen.arc((128, 138), (92, 84))
    _ears(pen)
    pen.arc((94, 118), (18, 12), 10, 170)
    pen.arc((162, 118), (18, 12), 10, 170)
    pen.dot((128, 154), (8, 5))
    pen.line((104, 176), (116, 182), (128, 166), (140, 182), (152, 176))


def child(pen: Pen) -> None:
    """A lopsided head, unlike eyes, a smile from cheek to cheek."""
    pen.loop((70, 70), (40, 130), (60, 204), (130, 226), (200, 196), (212, 120), (180, 66), (120, 58))
    pen.straight((66, 76), (44, 22), (104, 60))
    pen.straight((150, 60), (206, 36), (196, 90))
    pen.arc((96, 118), 16)
    pen.dot((98, 120), 5)
    pen.arc((162, 112), 11)
    pen.dot((160, 114), 5)
    pen.line((74, 166), (104, 194), (150, 192), (182, 156))
    for y in (146, 156):
        pen.line((70, y), (14, y - 8))
        pen.line((190, y - 4), (246, y - 20))


def hurried(pen: Pen) -> None:
    """One stroke that does not quite close."""
    pen.line(
        *((196, 100), (206, 34), (206, 34), (158, 62), (104, 60), (104, 60), (54, 30), (54, 30), (58, 96)),
        *((44, 150), (72, 206), (128, 222), (190, 200), (210, 152), (200, 116)),
    )
    pen.line((90, 124), (98, 130))
    pen.line((156, 126), (164, 122))
    pen.line((120, 168), (130, 174), (142, 166))


def eyes_and_ears_only(pen: Pen) -> None:
    pen.arc((128, 140), (84, 78))
    _ears(pen)
    pen.arc((98, 126), (14, 10))
    pen.arc((158, 126), (14, 10))


def square_head(pen: Pen) -> None:
    pen.straight((50, 90), (50, 216), (206, 216), (206, 90))
    pen.straight((50, 90), (62, 28), (100, 90), (156, 90), (194, 28), (206, 90))
    pen.polygon((80, 124), (108, 124), (108, 146), (80, 146))
    pen.polygon((148, 124), (176, 124), (176, 146), (148, 146))
    pen.straight((128, 164), (128, 184))
    pen.straight((100, 190), (156, 190))


def scrawl(pen: Pen) -> None:
    """Round and round: every line twice."""
    for grow in (0, 5, -4):
        pen.arc((128 + grow, 138), (86 + grow, 82 - grow), 20 * grow, 360 + 20 * grow)
        pen.straight((64 + grow, 86), (60, 26 + grow), (110, 58 - grow))
        pen.straight((148, 58 + grow), (198 + grow, 28), (192, 88))
        pen.arc((98, 120), 9 + grow / 2)
        pen.arc((160, 120), 9 + grow / 2)
    _whiskers(pen)


CATS: dict[str, Drawing] = {
    "circle-dots-triangles": drawing(circle_dots_triangles, width=3, wobble=0.8, seed=1),
    "thick-finger": drawing(thick_finger, **FINGER, seed=2),
    "closed-lids": drawing(closed_lids, width=3, wobble=0.8, seed=3),
    "small-off-center": drawing(
        circle_dots_triangles, width=2.5, wobble=0.6, scale=0.42, shift=(-58, 50), seed=4
    ),
    "child": drawing(child, **CHILD, seed=5),
    "hurried": drawing(hurried, **HURRIED, seed=6),
    "eyes-and-ears-only": drawing(eyes_and_ears_only, width=3, wobble=1, seed=7),
    "square-head": drawing(square_head, width=4, wobble=1, slip=1, seed=8),
    "scrawl": drawing(scrawl, **HURRIED, seed=9),
    "small-tilted-finger": drawing(
        thick_finger, width=5, wobble=1, scale=0.6, tilt=-14, shift=(36, -34), seed=10
    ),
}

# --- Shoes and bags --------------------------------------------------------------------------------------


def outline_only(pen: Pen) -> None:
    pen.loop(
        *((30, 110), (30, 110), (96, 104), (136, 140), (206, 158), (238, 190), (236, 208), (236, 208)),
        *((24, 208), (24, 208), (24, 160)),
    )


def high_heel(pen: Pen) -> None:
    pen.line((34, 84), (50, 120), (96, 156), (150, 190), (228, 206), (236, 214), (236, 214), (150, 214))
    pen.line(
        (150, 214), (110, 186), (70, 158), (52, 154), (52, 154), (46, 226), (46, 226), (36, 226), (28, 120)
    )
    pen.line((28, 120), (34, 84), (34, 84), (80, 112), (140, 152), (190, 176), (232, 208))


def boot(pen: Pen) -> None:
    pen.straight((74, 24), (146, 24), (148, 150), (222, 178), (236, 220), (64, 220), (74, 24))


def bag(pen: Pen) -> None:
    pen.straight((44, 104), (212, 104), (226, 222), (30, 222), (44, 104))
    pen.line((88, 104), (92, 52), (128, 34), (164, 52), (168, 104))


def child_sneaker(pen: Pen) -> None:
    pen.line((36, 200), (30, 110), (70, 96), (110, 110), (140, 150), (220, 164), (236, 200))
    pen.straight((26, 200), (240, 204), (236, 226), (28, 222), (26, 200))
    for x in (104, 124, 144):
        pen.line((x, 112 + (x - 104) * 0.7), (x + 22, 104 + (x - 104) * 0.8))
    pen.arc((70, 150), 14)


def sandal(pen: Pen) -> None:
    pen.line(
        (20, 196), (100, 190), (180, 200), (240, 190), (242, 208), (180, 216), (90, 210), (20, 214), (20, 196)
    )
    pen.line((60, 192), (96, 120), (150, 196))
    pen.line((170, 198), (200, 150), (228, 192))


def finger_boot(pen: Pen) -> None:
    pen.line((90, 34), (90, 150), (80, 214), (80, 214), (220, 214), (216, 176), (160, 150), (156, 36))
    pen.line((90, 40), (156, 40))


def slipper(pen: Pen) -> None:
    pen.line((40, 190), (60, 150), (110, 160), (150, 148), (210, 160), (226, 192), (226, 192), (40, 196))


def purse(pen: Pen) -> None:
    pen.loop((128, 100), (196, 112), (214, 170), (170, 214), (90, 214), (44, 170), (62, 112))
    pen.line((60, 118), (128, 140), (196, 118))
    pen.dot((128, 142), 6)
    pen.line((66, 110), (70, 40), (186, 40), (192, 110))


SHOES: dict[str, Drawing] = {
    "outline-only": drawing(outline_only, width=2.5, wobble=0.8, seed=1),
    "high-heel": drawing(high_heel, width=2.5, wobble=0.8, seed=2),
    "boot": drawing(boot, width=3, wobble=1, slip=1, seed=3),
    "bag": drawing(bag, width=3, wobble=1, seed=4),
    "child-sneaker": drawing(child_sneaker, **CHILD, seed=5),
    "sandal": drawing(sandal, **HURRIED, seed=6),
    "finger-boot": drawing(finger_boot, **FINGER, seed=7),
    "slipper": drawing(slipper, width=2, wobble=1, seed=8),
    "purse": drawing(purse, width=3, wobble=1.2, seed=9),
    "small-heel": drawing(high_heel, width=3, wobble=1, scale=0.5, shift=(40, 30), seed=10),
}

# --- Things ----------------------------------------------------------------------------------------------


def heart(pen: Pen) -> None:
    pen.line(
        (128, 96),
        (96, 52),
        (46, 74),
        (54, 134),
        (128, 216),
        (128, 216),
        (204, 132),
        (208, 74),
        (160, 54),
        (128, 98),
    )


def tree(pen: Pen) -> None:
    pen.arc((128, 96), (72, 64))
    pen.straight((112, 156), (108, 226), (148, 226), (144, 156))


def house(pen: Pen) -> None:
    pen.straight((56, 120), (56, 222), (200, 222), (200, 120), (56, 120), (128, 40), (200, 120))
    pen.straight((108, 222), (108, 168), (146, 168), (146, 222))


def sun(pen: Pen) -> None:
    pen.arc((128, 128), 50)
    for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)):
        pen.line((128 + 66 * dx, 128 + 66 * dy), (128 + 104 * dx, 128 + 104 * dy))


def fish(pen: Pen) -> None:
    pen.line(
        (214, 84), (150, 150), (90, 176), (34, 130), (90, 84), (150, 108), (216, 178), (216, 178), (214, 84)
    )
    pen.dot((76, 122), 7)


def car(pen: Pen) -> None:
    pen.straight(
        (24, 178), (24, 130), (70, 122), (96, 80), (168, 80), (198, 124), (234, 132), (234, 178), (24, 178)
    )
    pen.arc((76, 184), 24, fill=255)
    pen.arc((182, 184), 24, fill=255)
    pen.straight((80, 122), (190, 122))


def star(pen: Pen) -> None:
    pen.straight((128, 28), (186, 222), (30, 98), (226, 98), (70, 222), (128, 28))


def apple(pen: Pen) -> None:
    pen.loop((128, 92), (184, 76), (212, 130), (186, 206), (128, 216), (70, 206), (44, 130), (72, 76))
    pen.line((128, 92), (134, 52))


def smile(pen: Pen) -> None:
    pen.arc((128, 128), 98)
    pen.dot((96, 104), 9)
    pen.dot((160, 104), 9)
    pen.line((80, 156), (128, 190), (178, 154))


def cup(pen: Pen) -> None:
    pen.straight((60, 80), (72, 210), (168, 210), (180, 80), (60, 80))
    pen.line((178, 104), (222, 108), (220, 168), (172, 170))


BOLD = {"width": 8.0, "wobble": 1.6}

EMOJI: dict[str, Drawing] = {
    "heart": drawing(heart, **BOLD, seed=1),
    "tree": drawing(tree, **BOLD, slip=1, seed=2),
    "house": drawing(house, width=5, wobble=1.4, slip=2, seed=3),
    "sun": drawing(sun, **FINGER, seed=4),
    "fish": drawing(fish, **BOLD, seed=5),
    "car": drawing(car, width=6, wobble=1.4, slip=1.5, seed=6),
    "star": drawing(star, **BOLD, seed=7),
    "apple": drawing(apple, width=5, wobble=1.8, seed=8),
    "smile": drawing(smile, **FINGER, seed=9),
    "small-cup": drawing(cup, width=6, wobble=1, scale=0.55, shift=(-40, 36), seed=10),
}
