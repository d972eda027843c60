"""The cats among the example drawings, from a plain circle to whiskers and cheek fur."""

from typing import Any

from .cats import Cat


def _pen(width: float, seed: int, **more: Any) -> dict[str, Any]:
    return {"width": width, "seed": seed, **more}


CATS: dict[str, Cat] = {
    "08-plain-circle": Cat(
        "circle", "dots", (34, 132), 17, "triangle", 164, "w", 3, 112, ears=False, pen=_pen(3, 1, wobble=0.6)
    ),
    "02-tabby": Cat(
        eyes="iris", nose="bridge", extras=("stripes", "neck", "chin"), whiskers=4, pen=_pen(2, 2, slip=0.5)
    ),
    "03-house-cat": Cat(nose="bridge", extras=("neck", "chin", "spots"), pen=_pen(3, 3, slip=0.5)),
    "04-thin-lines": Cat(
        "cheeks",
        "iris",
        nose="bridge",
        whiskers=4,
        extras=("stripes", "shoulders", "ear fur"),
        pen=_pen(1, 4, slip=0.6),
    ),
    "05-felt-pen": Cat(
        "round", "almonds", (42, 122), 20, "filled", 166, whiskers=3, pen=_pen(4, 5, wobble=0.5)
    ),
    "06-siamese": Cat(
        "narrow", "slits", (41, 122), 20, "bridge", 176, "line", 0, extras=("neck",), pen=_pen(2, 6, slip=0.5)
    ),
    "07-persian": Cat("long fur", "big", (45, 130), 19, "small", 160, "w", 0, pen=_pen(2, 7)),
    "01-kitten": Cat("kitten", "big", (42, 132), 22, "small", 170, "w", 3, 110, pen=_pen(2, 8, slip=0.4)),
    "09-round-eyes": Cat("wide", "pupils", (46, 132), 21, "triangle", 172, "w", 3, 122, pen=_pen(3, 9)),
    "10-fold-ears": Cat(
        "folded", "pupils", (42, 128), 23, "heart", 172, "w", 2, 112, pen=_pen(2, 10, slip=0.4)
    ),
    "11-small-in-the-middle": Cat(
        "round", "dots", (38, 128), 20, "triangle", 166, "w", 3, 128, pen=_pen(2, 11, scale=0.55, wobble=0.5)
    ),
    "12-small-thick": Cat(
        "circle", "rings", (36, 130), 20, "filled", 166, "smile", 0, pen=_pen(4, 12, scale=0.6, shift=(0, 6))
    ),
    "13-tilted": Cat(
        eyes="almonds", extras=("neck", "stripes"), pen=_pen(2, 13, tilt=-11, scale=0.9, shift=(4, 4))
    ),
    "14-tilted-kitten": Cat(
        "kitten", "pupils", (42, 134), 22, "button", 172, "smile", 2, pen=_pen(3, 14, tilt=9, scale=0.88)
    ),
    "15-off-centre": Cat(
        "cheeks", "almonds", whiskers=3, pen=_pen(2, 15, scale=0.72, shift=(-32, 26), wobble=0.5)
    ),
    "16-upper-right": Cat(
        "wide",
        "dots",
        (44, 132),
        18,
        "button",
        172,
        "w",
        3,
        130,
        ears=False,
        pen=_pen(3, 16, scale=0.62, shift=(36, -30)),
    ),
    "17-broken-strokes": Cat(
        nose="bridge", eyes="almonds", extras=("neck",), pen=_pen(2, 17, gaps=0.16, slip=0.8)
    ),
    "18-broken-thick": Cat("round", "slits", (42, 124), 21, "heart", 168, "w", 2, pen=_pen(4, 18, gaps=0.12)),
    "19-wobbly": Cat(
        "natural", "rings", nose="triangle", mouth="w", whiskers=3, pen=_pen(2, 39, wobble=1.5, slip=1.2)
    ),
    "20-wobbly-child": Cat(
        "circle",
        "pupils",
        (36, 128),
        22,
        "triangle",
        166,
        "smile",
        3,
        122,
        pen=_pen(4, 20, wobble=2.0, slip=2),
    ),
    "21-sleeping": Cat(
        "wide", "closed", (46, 136), 22, "heart", 170, "w", 3, 124, extras=("brows",), pen=_pen(3, 21)
    ),
    "22-sleepy": Cat(
        "folded", "sleepy", (43, 130), 22, "bridge", 174, "w", 0, extras=("stripes",), pen=_pen(2, 22)
    ),
    "23-looking-aside": Cat(
        turn=13, eyes="iris", nose="bridge", whiskers=3, extras=("shoulders", "chin"), pen=_pen(2, 23)
    ),
    "24-tongue": Cat("round", "big", (42, 124), 19, "heart", 162, "open", 3, pen=_pen(3, 24)),
    "25-long-whiskers": Cat(
        "narrow", "iris", (42, 122), 19, "heart", 172, "w", 5, 132, pen=_pen(1, 25, slip=0.5)
    ),
    "26-only-the-outline": Cat("natural", "", nose="", mouth="", whiskers=0, ears=False, pen=_pen(3, 26)),
    "27-collar": Cat(
        "cheeks",
        "pupils",
        (41, 122),
        20,
        "filled",
        164,
        "w",
        3,
        extras=("collar", "brows"),
        pen=_pen(3, 27, scale=0.94),
    ),
    "28-tom-cat": Cat(
        "wide",
        "slits",
        (43, 130),
        18,
        "bridge",
        176,
        "w",
        4,
        126,
        extras=("stripes", "cheek stripes", "chin", "shoulders"),
        pen=_pen(2, 28, slip=0.5),
    ),
    "29-whole-cat": Cat(
        "round",
        "dots",
        (38, 128),
        20,
        "filled",
        164,
        "w",
        2,
        122,
        extras=("sitting",),
        pen=_pen(2, 29, scale=0.56, shift=(-6, -42)),
    ),
    "30-long-fur": Cat(
        "long fur",
        "iris",
        (41, 122),
        19,
        "bridge",
        170,
        "w",
        4,
        124,
        extras=("tuft", "ear fur"),
        pen=_pen(2, 30, slip=0.5),
    ),
}
