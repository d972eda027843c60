"""What a heat camera would see of the invented streets: warm is bright.

Takes a street's label map for where things are and paints temperatures instead of classes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pix2pix.tasks import STREET_PALETTE

from .label_sheet import outline
from .pen import SIZE
from .saving import few_greys
from .street_sheet import BUS, CAR_FROM_BEHIND, CAR_FROM_THE_SIDE, PLAIN, Street
from .streets import SCENES

SCALE = 2
"""Sub-pixels a side."""


@dataclass(frozen=True)
class Weather:
    """Grey values (0 cold and black, 255 hot and white) of what the air and the sun have warmed."""

    sky: float = 24
    road: float = 128
    pavement: float = 158
    building: float = 112
    tree: float = 88
    noise: float = 5
    seed: int = 0


def thermal_photo(scene: Callable[..., Street], weather: Weather) -> Image.Image:
    """Mode "L", 256 x 256."""
    street = scene(PLAIN)
    random = np.random.default_rng(weather.seed)
    labels = np.asarray(street.image().resize((SIZE * SCALE,) * 2, Image.Resampling.NEAREST))
    is_a = {name: np.all(labels == color, axis=-1) for name, color in STREET_PALETTE}
    below = np.linspace(0, SIZE, SIZE * SCALE)[:, None] - street.horizon[1]  # px below the horizon

    heat = np.zeros(labels.shape[:2])
    heat += is_a["sky"] * (weather.sky + 26 * np.exp(np.minimum(below, 0) / 40) + 3 * _clouds(random, 6))
    heat += is_a["road"] * (weather.road + 0.12 * below + 7 * _clouds(random, 10) + 5 * _clouds(random, 60))
    heat += is_a["sidewalk"] * (weather.pavement + 8 * _clouds(random, 14))
    heat += is_a["building"] * (weather.building + 9 * _clouds(random, 7) + 5 * _clouds(random, 40))
    leaves = 15 * _clouds(random, 20) + 20 * _clouds(random, 70) + 16 * _clouds(random, 140)
    heat += is_a["tree"] * (weather.tree + leaves)
    for name, gray in {
        "car": 92, "person": 228, "rider": 214, "bicycle": 214, "pole": 168, "sign": 122, "fence": 104,
        "traffic light": 122, "grass": 96,
    }.items():  # fmt: skip
        heat += is_a[name] * gray

    picture = Image.fromarray(heat.clip(0, 255).astype(np.uint8))
    _windows(picture, street, is_a["building"], weather.building, random)
    _marks_on_the_road(picture, street, is_a["road"], weather.road)
    for thing in sorted(street.standing, key=lambda thing: thing[2][1]):  # far ones first
        _glow(picture, thing, random)
    return _as_seen(picture, weather.noise, random)


def _clouds(random: np.random.Generator, cells: int) -> np.ndarray:
    """(SIZE * SCALE)² smooth noise, mean 0, deviation about 1; more cells, finer grain."""
    values = Image.fromarray(random.normal(0, 1.4, (cells, cells)).astype(np.float32))
    return np.asarray(values.resize((SIZE * SCALE,) * 2, Image.Resampling.BICUBIC))


def _paste(picture: Image.Image, layer: Image.Image, mask: Image.Image, where: np.ndarray) -> None:
    picture.paste(layer, mask=ImageChops.multiply(mask, Image.fromarray(where.astype(np.uint8) * 255)))


def _windows(
    picture: Image.Image, street: Street, where: np.ndarray, wall: float, random: np.random.Generator
) -> None:
    """Rows of windows that run to the vanishing point: glass is cold, a lit room is warm."""
    x, y = street.horizon
    layer, mask = Image.new("L", picture.size), Image.new("L", picture.size)
    for side in (0, SIZE):
        near = 1.35
        while near > 0.06:
            far = near * 0.93
            for storey in range(-6, 180, 27):
                gray = round(
                    wall + (random.uniform(30, 60) if random.random() < 0.1 else random.uniform(-36, -22))
                )
                corners = [
                    (x + (side - x) * s, y - (storey + h) * s)
                    for s, h in ((near, 0), (near, 15), (far, 15), (far, 0))
                ]
                quad = [(SCALE * px, SCALE * py) for px, py in corners]
                ImageDraw.Draw(layer).polygon(quad, fill=gray)
                ImageDraw.Draw(mask).polygon(quad, fill=255)
            near = far * 0.9
    _paste(picture, layer, mask, where)


def _marks_on_the_road(picture: Image.Image, street: Street, where: np.ndarray, road: float) -> None:
    """Wheel tracks, a little warmer, and the dashes of the middle line, a little colder."""
    x, y = street.horizon
    layer, mask = Image.new("L", picture.size, round(min(255, road + 22))), Image.new("L", picture.size)
    width = street.right - street.left
    for share in (0.16, 0.34, 0.62, 0.82):
        foot = street.left + width * share
        track = [(x, y), (foot - width * 0.018, SIZE), (foot + width * 0.018, SIZE)]
        ImageDraw.Draw(mask).polygon([(SCALE * px, SCALE * py) for px, py in track], fill=150)
    foot, near = street.left + width * 0.49, 1.0
    while near > 0.1:
        far = near * 0.82
        dash = [
            (x + (foot - x) * s + w * s, y + (SIZE - y) * s)
            for s, w in ((near, -3), (far, -3), (far, 3), (near, 3))
        ]
        ImageDraw.Draw(mask).polygon([(SCALE * px, SCALE * py) for px, py in dash], fill=200)
        ImageDraw.Draw(layer).polygon(
            [(SCALE * px, SCALE * py) for px, py in dash], fill=round(max(0, road - 34))
        )
        near = far * 0.78
    _paste(picture, layer, mask, where)


def _glow(picture: Image.Image, thing: tuple, random: np.random.Generator) -> None:
    """Paint one standing thing again: cars with cold glass and hot wheels, people with cooler clothes."""
    name, shape, foot, height = thing
    draw = ImageDraw.Draw(picture)
    unit = SCALE * height / -min(y for _, y in shape)
    fx, fy = SCALE * foot[0], SCALE * foot[1]

    def part(gray: float, *points: tuple[float, float]) -> None:
        draw.polygon(outline(list(points), fx, fy, unit), fill=round(gray))

    def wheel(gray: float, x: float, y: float, rx: float, ry: float) -> None:
        draw.ellipse(
            (fx + (x - rx) * unit, fy + (y - ry) * unit, fx + (x + rx) * unit, fy + (y + ry) * unit),
            fill=round(gray),
        )

    body = random.uniform(70, 150)
    if name in ("person", "rider"):
        part(212, *shape)
        part(176, *[(0.94 * x, y) for x, y in shape if -50 <= y <= -24])  # the coat
        wheel(250, 0, min(y for _, y in shape) + 6, 4, 6)
        if name == "rider":
            wheel(120, 0, -7, 2, 9)
    elif shape is CAR_FROM_THE_SIDE:
        part(body, *shape)
        part(body * 0.45, (-37, -35), (-25, -48), (-6, -50), (-6, -35))
        part(body * 0.45, (-2, -35), (-2, -50), (16, -50), (27, -47), (38, -35))
        for x in (-40, 40):
            wheel(225, x, -8, 10, 10)
            wheel(150, x, -8, 5, 5)
        part(230, (50, -26), (62, -22), (62, -16), (50, -16))
    elif shape in (CAR_FROM_BEHIND, BUS):
        top = -min(y for _, y in shape)
        wide = max(x for x, _ in shape)
        part(
            240, (-wide * 0.8, -5), (wide * 0.8, -5), (wide * 0.65, 2), (-wide * 0.65, 2)
        )  # warm air under it
        part(body, *shape)
        glass = ((-0.62, -0.66), (-0.5, -0.93), (0.5, -0.93), (0.62, -0.66))
        part(body * 0.45, *[(wide * x, top * y) for x, y in glass])
        part(body + 45, (-wide * 0.9, -12), (wide * 0.9, -12), (wide * 0.86, -7), (-wide * 0.86, -7))
        for side in (-1, 1):
            part(
                215,
                (side * wide * 0.92, -9),
                (side * wide * 0.92, 0),
                (side * wide * 0.66, 0),
                (side * wide * 0.66, -9),
            )
            part(175, *[(side * wide * x, -y) for x, y in ((0.96, 34), (0.96, 26), (0.72, 26), (0.72, 33))])


def _as_seen(picture: Image.Image, noise: float, random: np.random.Generator) -> Image.Image:
    """Few, soft pixels, over-sharpened by the camera, with grain and faint lines from row to row."""
    small = picture.filter(ImageFilter.GaussianBlur(1.2)).reduce(SCALE)
    sharp = small.filter(ImageFilter.UnsharpMask(radius=4, percent=70, threshold=0))
    grain = random.normal(0, noise, (SIZE, SIZE)) + random.normal(0, noise * 0.35, (SIZE, 1))
    grainy = Image.fromarray((np.asarray(sharp) + grain).clip(0, 255).astype(np.uint8))
    return few_greys(grainy.filter(ImageFilter.GaussianBlur(0.5)), 32)


DAY = Weather()
NIGHT = Weather(sky=18, road=74, pavement=92, building=104, tree=70, noise=6)
NOON = Weather(sky=34, road=190, pavement=205, building=140, tree=96, noise=5)

THERMALS: dict[str, Callable[[], Image.Image]] = {
    f"{i:02d}-{name[3:]}-{hour}": partial(thermal_photo, SCENES[name], replace(weather, seed=i))
    for i, (name, hour, weather) in enumerate(
        (
            ("01-old-town", "day", DAY),
            ("02-city-canyon", "night", NIGHT),
            ("03-avenue", "noon", NOON),
            ("04-crossing", "day", DAY),
            ("05-suburb", "noon", NOON),
            ("07-bus-ahead", "night", NIGHT),
            ("06-country-road", "day", DAY),
            ("10-rush-hour", "night", NIGHT),
        ),
        start=1,
    )
}
"""Picture name → the function that renders it: mode "L", 256 x 256."""
