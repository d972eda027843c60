"""A pen that draws as a hand does: smooth curves, a little wobble, round ends.

Points are (x, y) in pixels of a 256 x 256 sheet, y downwards. Knows nothing about cats or shoes.
"""

import numpy as np
from PIL import Image, ImageDraw

SIZE = 256
"""Width and height of every sheet, px."""

OVERSAMPLING = 4
"""Sub-pixels a side: a sheet is drawn this much larger and then averaged down."""

Points = list[tuple[float, float]]


class Pen:
    """Draws dark lines on a white sheet.

    width: line thickness, px; at least 0.5 (0 for the edge of a filled area that shall have no line).
    wobble: how far a line strays from where it should run, px (one standard deviation).
    slip: how far the points that the hand aims at are missed, px (one standard deviation).
    gaps: share of every line that the pen does not touch the paper, 0 to 1.
    scale, tilt, shift: the drawing's size (1 as given), rotation in degrees (clockwise) about the
        sheet's middle, and displacement (dx, dy) in px. Lines keep their thickness.
    seed: of all the randomness above; the same pen draws the same picture.
    """

    def __init__(
        self,
        width: float = 2.0,
        wobble: float = 0.4,
        slip: float = 0.0,
        gaps: float = 0.0,
        scale: float = 1.0,
        tilt: float = 0.0,
        shift: tuple[float, float] = (0.0, 0.0),
        seed: int = 0,
    ):
        self.width, self.wobble, self.slip, self.gaps = width, wobble, slip, gaps
        angle = np.deg2rad(tilt)
        self._turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        self._shift = np.array(shift)
        self._random = np.random.default_rng(seed)
        self._sheet = Image.new("L", (SIZE * OVERSAMPLING, SIZE * OVERSAMPLING), 255)
        self._draw = ImageDraw.Draw(self._sheet)

    def line(self, *points: tuple[float, float], width: float | None = None) -> None:
        """A smooth line through the points. A point named twice in a row is a corner."""
        self._stroke(smooth(list(points)), width)

    def loop(self, *points: tuple[float, float], width: float | None = None, fill: int | None = None) -> None:
        """A closed smooth line through the points; fill: gray value inside, 0 black to 255 white.

        A filled loop hides what was drawn before: draw from back to front.
        """
        self._stroke(smooth(list(points), closed=True), width, fill)

    def polygon(
        self, *points: tuple[float, float], width: float | None = None, fill: int | None = None
    ) -> None:
        """A closed line with a corner at every point."""
        self.loop(*sharp(*points), width=width, fill=fill)

    def straight(self, *points: tuple[float, float], width: float | None = None) -> None:
        """Straight lines from point to point."""
        self.line(*sharp(*points), width=width)

    def arc(
        self,
        center: tuple[float, float],
        radius: float | tuple[float, float],
        start: float = 0.0,
        end: float = 360.0,
        width: float | None = None,
        fill: int | None = None,
    ) -> None:
        """Part of an ellipse, or all of it.

        radius: px, or (horizontal, vertical) radii; start, end: degrees, clockwise from the east.
        """
        rx, ry = radius if isinstance(radius, tuple) else (radius, radius)
        angles = np.deg2rad(np.linspace(start, end, max(8, int(max(rx, ry) * abs(end - start) / 100))))
        path = np.stack([center[0] + rx * np.cos(angles), center[1] + ry * np.sin(angles)], axis=1)
        self._stroke(path, width, fill)

    def dot(self, center: tuple[float, float], radius: float | tuple[float, float]) -> None:
        """A filled black ellipse, radius in px."""
        self.arc(center, radius, width=0.5, fill=0)

    def image(self) -> Image.Image:
        """The sheet so far: mode "L", 256 x 256, black lines on white."""
        return self._sheet.reduce(OVERSAMPLING)

    def _stroke(self, path: np.ndarray, width: float | None, fill: int | None = None) -> None:
        width = self.width if width is None else width
        path = (path - SIZE / 2) @ self._turn + SIZE / 2 + self._shift
        path = evenly_spaced(path)
        path = path + self._stray(path)
        if fill is not None:
            self._draw.polygon([tuple(p) for p in path * OVERSAMPLING], fill=fill)
        for part in self._touching(path) if width else []:
            self._round_brush(part * OVERSAMPLING, width * OVERSAMPLING)

    def _stray(self, path: np.ndarray) -> np.ndarray:
        """(N, 2) displacements: one for the whole line (slip) and slow waves along it (wobble)."""
        knots = max(3, len(path) // 14)  # points lie 1.5 px apart: a wave takes about 20 px
        waves = self._random.normal(0, self.wobble, (knots, 2))
        if np.hypot(*(path[0] - path[-1])) < 1:
            waves[-1] = waves[0]  # a closed line meets its beginning
        at = np.linspace(0, knots - 1, len(path))
        low = np.minimum(at.astype(int), knots - 2)
        ease = (1 - np.cos(np.pi * (at - low)))[:, None] / 2
        return waves[low] * (1 - ease) + waves[low + 1] * ease + self._random.normal(0, self.slip, 2)

    def _touching(self, path: np.ndarray) -> list[np.ndarray]:
        """The parts of the path on which the pen is down."""
        if not self.gaps or len(path) < 20:
            return [path]
        parts, start = [], 0
        while start < len(path):
            length = int(self._random.uniform(14, 40))
            parts.append(path[start : start + length])
            start += length + max(
                1, int(length * self.gaps / (1 - self.gaps) * self._random.uniform(0.4, 1.6))
            )
        return [part for part in parts if len(part) > 1]

    def _round_brush(self, path: np.ndarray, width: float) -> None:
        radius = (width - 1) / 2  # an ellipse includes the pixels on both of its edges
        self._draw.line([tuple(p) for p in path], fill=0, width=round(width))
        for x, y in path:
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)


def smooth(points: Points, closed: bool = False) -> np.ndarray:
    """(N, 2) path of cubic Bézier pieces through the points.

    A point named twice in a row is a corner: the curve starts again there.
    """
    corners = _corners(points)
    if closed and not corners:
        return _bezier_path(np.array([points[-1], *points, points[0], points[1]], dtype=float))
    if closed:  # begin at a corner, which is named twice and so also ends the loop
        points = points[corners[0] :] + points[: corners[0]]
        corners = _corners(points)
    pieces = [points[a:b] for a, b in zip([0, *corners], [*corners, len(points)], strict=True)]
    paths = [_bezier_path(_with_outer_points(piece)) for piece in pieces if len(piece) > 1]
    return np.concatenate(paths)


def evenly_spaced(path: np.ndarray, step: float = 1.5) -> np.ndarray:
    """(N, 2) points `step` px apart along the (M, 2) path."""
    lengths = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    return np.stack([np.interp(at, along, path[:, 0]), np.interp(at, along, path[:, 1])], axis=1)


def sharp(*points: tuple[float, float]) -> Points:
    """Every point twice: straight edges, a corner at each."""
    return [p for point in points for p in (point, point)]


def mirrored(points: Points) -> Points:
    """The points on the other side of the sheet's vertical middle line."""
    return [(SIZE - x, y) for x, y in points]


def _corners(points: Points) -> list[int]:
    return [i for i in range(1, len(points)) if points[i] == points[i - 1]]


def _with_outer_points(piece: Points) -> np.ndarray:
    """One more point before and after an open piece, so that its ends bend as an arc goes on."""
    p = np.array(piece, dtype=float)
    if len(p) == 2:
        return np.array([2 * p[0] - p[1], p[0], p[1], 2 * p[1] - p[0]])

    def beyond(end: np.ndarray, second: np.ndarray, third: np.ndarray) -> np.ndarray:
        along = (second - end) / np.hypot(*(second - end))
        step = third - second
        return end + step - 2 * (step @ along) * along

    return np.array([beyond(p[0], p[1], p[2]), *p, beyond(p[-1], p[-2], p[-3])])


def _bezier_path(p: np.ndarray, samples: int = 24) -> np.ndarray:
    """Centripetal Catmull-Rom spline through p[1:-1], written as cubic Bézier pieces."""
    t = np.linspace(0, 1, samples)[:, None]
    path = []
    for p0, p1, p2, p3 in zip(p, p[1:], p[2:], p[3:], strict=False):
        # square roots of the chords: a tight pair of points makes no loop
        d1, d2, d3 = (np.hypot(*(b - a)) ** 0.5 + 1e-9 for a, b in ((p0, p1), (p1, p2), (p2, p3)))
        b1 = (d1**2 * p2 - d2**2 * p0 + (2 * d1**2 + 3 * d1 * d2 + d2**2) * p1) / (3 * d1 * (d1 + d2))
        b2 = (d3**2 * p1 - d2**2 * p3 + (2 * d3**2 + 3 * d3 * d2 + d2**2) * p2) / (3 * d3 * (d3 + d2))
        path.append((1 - t) ** 3 * p1 + 3 * t * (1 - t) ** 2 * b1 + 3 * t**2 * (1 - t) * b2 + t**3 * p2)
    return np.concatenate(path)
