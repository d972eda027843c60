"""A sheet of hard-edged areas, each of one class of a palette: the "labels" canvas by program.

Knows nothing about houses or streets.
"""

from PIL import Image, ImageDraw

from .pen import SIZE, Points, smooth

Palette = tuple[tuple[str, tuple[int, int, int]], ...]


class LabelSheet:
    """256 x 256 px of class names. Later areas cover earlier ones; places are in px, (0, 0) top left."""

    def __init__(self, palette: Palette, ground: str):
        self._colors = dict(palette)
        self._image = Image.new("RGB", (SIZE, SIZE), self._colors[ground])
        self._draw = ImageDraw.Draw(self._image)

    def box(self, name: str, left: float, top: float, width: float, height: float) -> None:
        """A rectangle; nothing if it has no area."""
        if round(width) > 0 and round(height) > 0:
            corner = (round(left), round(top))
            self._draw.rectangle(
                (*corner, corner[0] + round(width) - 1, corner[1] + round(height) - 1),
                fill=self._colors[name],
            )

    def row(self, name: str, middles: list[float], top: float, width: float, height: float) -> None:
        """Equal rectangles side by side: `middles` are their horizontal middles."""
        for x in middles:
            self.box(name, x - width / 2, top, width, height)

    def polygon(self, name: str, *points: tuple[float, float]) -> None:
        """An area with straight edges."""
        self._draw.polygon(points, fill=self._colors[name])

    def blob(self, name: str, *points: tuple[float, float]) -> None:
        """An area with a smooth edge; a point named twice in a row is a corner."""
        self.polygon(name, *(tuple(p) for p in smooth(list(points), closed=True)))

    def ellipse(self, name: str, middle: tuple[float, float], rx: float, ry: float) -> None:
        """An ellipse with the radii rx and ry, px."""
        x, y = middle
        self._draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=self._colors[name])

    def image(self) -> Image.Image:
        """Mode "RGB", 256 x 256, palette colors only."""
        return self._image.copy()


def spread(left: float, right: float, count: int) -> list[float]:
    """The middles of `count` equal fields between left and right, px."""
    field = (right - left) / count
    return [left + field * (i + 0.5) for i in range(count)]


def outline(points: Points, dx: float, dy: float, scale: float = 1.0) -> Points:
    """The points scaled about (0, 0), then moved by (dx, dy) px."""
    return [(dx + x * scale, dy + y * scale) for x, y in points]
