"""Small invented towns from above, each as a street map and as an aerial photo.

One plan, two renderings: that is what makes a pair. Lengths are px of the 256 x 256 sheet (about
2 m each, as in the paper's maps). Colors are RGB, 0 to 255.
"""

import itertools
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .pen import OVERSAMPLING, SIZE, smooth
from .saving import few_colors
from .town_plans import TOWNS, Grid, Town

Color = tuple[int, int, int]
Quad = list[tuple[float, float]]


def street_map(town: Town) -> Image.Image:
    """Mode "P", 256 x 256: pale blocks, white streets, green parks, blue water."""
    view = _View((233, 229, 221), town.seed)
    for grid in town.grids:
        streets, houses = _laid_out(grid, view.random)
        for house in houses:
            view.area((241, 238, 232), house)
        for width, street in streets:
            view.line((226, 222, 214), street, width + 1)
        for width, street in streets:
            view.line((254, 254, 253), street, width)
    for park in town.parks:
        view.area((202, 223, 170), smooth(park, closed=True))
    for water in town.waters:
        view.area((176, 208, 255), smooth(water, closed=True))
    for width, path in town.paths:
        view.line((225, 226, 205), smooth(path), width)
    for edge, fill, lines in (
        ((222, 218, 210), (255, 255, 255), town.roads),
        ((240, 190, 70), (255, 212, 92), town.highways),
        ((238, 134, 20), (255, 156, 28), town.motorways),
    ):
        for width, road in lines:
            view.line(edge, smooth(road), width + 1.4)
        for width, road in lines:
            view.line(fill, smooth(road), width)
    return few_colors(view.image(), 96)


def aerial_photo(town: Town) -> Image.Image:
    """Mode "P", 256 x 256: the same town from above, dark and grainy, shadows to the lower right."""
    view = _View((58, 61, 50), town.seed)
    random = np.random.default_rng(town.seed + 100)
    taken = []
    for grid in town.grids:
        streets, houses = _laid_out(grid, view.random)
        for width, street in streets:
            view.line((88, 89, 86), street, width + 1.5)
        for width, street in streets:
            view.line((70, 71, 70), street, width)
            view.cars(street, width, random)
        for house in houses:
            middle = np.mean(house, axis=0)
            if random.random() < town.trees:
                view.tree(middle + random.uniform(-9, 9, 2), random.uniform(1.8, 4), random)
            taken.append(house)
    for house in taken:
        view.house(house, random)
    for _ in range(round(500 * town.trees**2)):
        view.tree(random.uniform(0, SIZE, 2), random.uniform(1.2, 3.2), random)
    for park in town.parks:
        edge = smooth(park, closed=True)
        view.area((47, 58, 36), edge)
        view.wood(edge, random)
    for water in town.waters:
        view.area((58, 58, 48), smooth(water, closed=True), grow=2)
        view.area((35, 49, 44), smooth(water, closed=True))
    for width, path in town.paths:
        view.line((104, 98, 82), smooth(path), max(1.2, width))
    for width, road in (*town.roads, *town.highways, *town.motorways):
        view.line((104, 104, 98), smooth(road), width + 2)
        view.line((80, 81, 80), smooth(road), width)
        if width > 8:
            view.line((122, 121, 112), smooth(road), 1)
        view.cars(smooth(road), width, random, every=14)
    return few_colors(_as_photographed(view.image(), random), 64)


def _as_photographed(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Uneven ground, grain, and the softness of a lens."""
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    patches = sum(
        strength * _upscaled(random.normal(0, 1, (cells, cells)).astype(np.float32))
        for cells, strength in ((8, 3), (32, 4), (96, 5))
    )
    grain = random.normal(0, 3.5, (SIZE, SIZE))
    return Image.fromarray((soft + (patches + grain)[..., None]).clip(0, 255).astype(np.uint8))


def _upscaled(values: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(values).resize((SIZE, SIZE), Image.Resampling.BICUBIC))


class _View:
    """An oversampled sheet with the brushes that both renderings need."""

    def __init__(self, ground: Color, seed: int):
        self.random = np.random.default_rng(seed)  # of the plan: both renderings draw the same numbers
        self._image = Image.new("RGB", (SIZE * OVERSAMPLING, SIZE * OVERSAMPLING), ground)
        self._draw = ImageDraw.Draw(self._image)

    def image(self) -> Image.Image:
        return self._image.reduce(OVERSAMPLING)

    def area(self, color: Color, points: Quad | np.ndarray, grow: float = 0) -> None:
        corners = [tuple(OVERSAMPLING * np.asarray(p, dtype=float)) for p in points]
        self._draw.polygon(corners, fill=color)
        if grow:
            self._draw.line(
                [*corners, corners[0]], fill=color, width=round(2 * grow * OVERSAMPLING), joint="curve"
            )

    def line(self, color: Color, points: Quad | np.ndarray, width: float) -> None:
        path = [tuple(OVERSAMPLING * np.asarray(p, dtype=float)) for p in points]
        self._draw.line(path, fill=color, width=max(1, round(width * OVERSAMPLING)), joint="curve")

    def disc(self, color: Color, middle: np.ndarray, radius: float) -> None:
        x, y, r = (OVERSAMPLING * float(v) for v in (*middle, radius))
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=color)

    def house(self, corners: Quad, random: np.random.Generator) -> None:
        """A roof, its darker half and the shadow that it throws."""
        roof = np.array(corners, dtype=float)
        size = np.ptp(roof, axis=0).max()
        self.area((26, 28, 25), roof + min(3.5, 1.2 + size * 0.06))
        brown = random.random() < 0.12
        light = random.choice([92, 120, 150, 176, 205], p=[0.22, 0.3, 0.24, 0.16, 0.08]) + random.uniform(
            -10, 10
        )
        tint = np.array([1.05, 0.86, 0.74]) if brown else np.array([1.0, 1.0, 0.98])
        color = _rgb(light * tint)
        self.area(color, roof)
        if size < 14:  # a pitched roof: the half away from the sun is darker
            half = np.array([(roof[0] + roof[1]) / 2, roof[1], roof[2], (roof[2] + roof[3]) / 2])
            self.area(_rgb(light * 0.74 * tint), half)
        else:  # a flat one: a rim and what stands on it
            self.area(_rgb(light * 0.86 * tint), roof.mean(axis=0) + (roof - roof.mean(axis=0)) * 0.84)
            for _ in range(random.integers(2, 6)):
                weights = random.dirichlet((1, 1, 1, 1))
                self.disc(
                    _rgb(light * random.choice([0.55, 1.25]) * tint), weights @ roof, random.uniform(0.7, 1.6)
                )

    def tree(self, middle: np.ndarray, radius: float, random: np.random.Generator) -> None:
        green = random.uniform(0.8, 1.25)
        self.disc((20, 24, 17), middle + 0.9, radius)
        self.disc(_rgb(np.array([40, 52, 32]) * green), middle, radius)
        self.disc(_rgb(np.array([58, 72, 44]) * green), middle - radius * 0.3, radius * 0.5)

    def wood(self, edge: np.ndarray, random: np.random.Generator) -> None:
        """Trees all over an area, in groups, with clearings."""
        mask = Image.new("1", (SIZE, SIZE))
        ImageDraw.Draw(mask).polygon([tuple(p) for p in edge], fill=1)
        inside = np.asarray(mask)
        density = _upscaled(random.normal(0, 1, (12, 12)).astype(np.float32))
        for _ in range(round(inside.sum() / 14)):
            x, y = random.uniform(0, SIZE - 1, 2)
            if inside[int(y), int(x)] and density[int(y), int(x)] > -0.25:
                self.tree(np.array([x, y]), random.uniform(1.8, 4.6), random)

    def cars(
        self, road: Quad | np.ndarray, width: float, random: np.random.Generator, every: float = 22
    ) -> None:
        """Small bright and dark boxes on both sides of a road."""
        path = np.array(road, dtype=float)
        for a, b in itertools.pairwise(path):
            length = np.hypot(*(b - a))
            if length == 0:
                continue
            along = (b - a) / length
            across = np.array([-along[1], along[0]])
            for _ in range(random.poisson(length / every)):
                middle = a + along * random.uniform(0, length) + across * random.choice([-0.28, 0.28]) * width
                tone = int(random.choice([30, 120, 190]))
                self.line((tone, tone, tone), [middle - along * 1.1, middle + along * 1.1], 1.1)


def _rgb(values: np.ndarray) -> Color:
    r, g, b = (int(v) for v in np.clip(values, 0, 255))
    return r, g, b


def _laid_out(grid: Grid, random: np.random.Generator) -> tuple[list[tuple[float, Quad]], list[Quad]]:
    """The grid's streets as (width, points) and its houses as quads, both on the sheet."""
    angle = np.deg2rad(grid.angle)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    left, top, right, bottom = grid.area

    def on_sheet(points: list[tuple[float, float]]) -> Quad:
        return [tuple(p) for p in np.array(points) @ turn + SIZE / 2]

    def covered(points: Quad) -> bool:
        x, y = np.mean(points, axis=0)
        return max(left, -9) < x < min(right, SIZE + 9) and max(top, -9) < y < min(bottom, SIZE + 9)

    length, depth = grid.block
    columns = [length * (i + 0.5) + random.uniform(-0.1, 0.1) * length for i in range(-9, 9)]
    rows = [depth * (i + 0.5) + random.uniform(-0.06, 0.06) * depth for i in range(-12, 12)]
    streets, houses = [], []
    for u0, u1 in itertools.pairwise(columns):
        for v0, v1 in itertools.pairwise(rows):
            for piece, width in (
                ([(u0, v0), (u1, v0)], grid.width),
                ([(u0, v0), (u0, v1)], grid.width * 1.25),
            ):
                if covered(on_sheet(piece)):
                    streets.append((width, on_sheet(piece)))
            margin = grid.width * 0.5 + 2
            inner = (u0 + margin + 1, v0 + margin, u1 - margin - 1, v1 - margin)
            houses += [h for h in map(on_sheet, _block(grid, *inner, random)) if covered(h)]
    return streets, houses


def _block(grid: Grid, u0: float, v0: float, u1: float, v1: float, random: np.random.Generator) -> list[Quad]:
    """The houses of one block, in the grid's own axes: two rows back to back, or a few big halls."""
    if u1 - u0 < 6 or v1 - v0 < 6:
        return []
    if not grid.house:
        return [_box(*hall) for hall in _halls(u0, v0, u1, v1, random) if random.random() < 0.85]
    houses, u = [], u0
    while u + grid.house <= u1:
        wide = grid.house * random.uniform(0.75, 1.1)
        deep = (v1 - v0) * random.uniform(0.26, 0.38)
        if random.random() < 0.93:
            houses.append(_box(u, v0, u + wide - 1, v0 + deep))
        if random.random() < 0.93:
            houses.append(_box(u, v1 - deep * random.uniform(0.9, 1.1), u + wide - 1, v1))
        u += wide + (random.uniform(2, 5) if random.random() < 0.15 else 0.6)
    return houses


def _halls(
    u0: float, v0: float, u1: float, v1: float, random: np.random.Generator
) -> list[tuple[float, float, float, float]]:
    """A rectangle cut in two again and again, with yards of 2 to 6 px between the parts."""
    if max(u1 - u0, v1 - v0) < random.uniform(26, 44):
        return [(u0, v0, u1, v1 - random.uniform(0, 4))]
    if u1 - u0 < v1 - v0:
        return [(u0, v0, u1, v1) for v0, u0, v1, u1 in _halls(v0, u0, v1, u1, random)]
    cut, yard = u0 + (u1 - u0) * random.uniform(0.3, 0.7), random.uniform(1, 3)
    return _halls(u0, v0, cut - yard, v1, random) + _halls(cut + yard, v0, u1, v1, random)


def _box(u0: float, v0: float, u1: float, v1: float) -> Quad:
    return [(u0, v0), (u1, v0), (u1, v1), (u0, v1)]


MAPS: dict[str, Callable[[], Image.Image]] = {name: partial(street_map, town) for name, town in TOWNS.items()}
AERIALS: dict[str, Callable[[], Image.Image]] = {
    name: partial(aerial_photo, town) for name, town in list(TOWNS.items())[:8]
}
