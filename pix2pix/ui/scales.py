"""Two color scales for maps: how much something varies, and what a discriminator thinks.

Both stay readable for color-blind eyes: the first rises in lightness, the second is blue against orange.
"""

import numpy as np
from PIL import Image

HEAT = ((14, 12, 40), (74, 24, 104), (146, 44, 112), (210, 76, 86), (246, 138, 68), (252, 246, 184))
"""0 … top: from night to candlelight."""

VERDICT = ((173, 70, 10), (228, 146, 72), (243, 239, 230), (112, 164, 208), (22, 82, 150))
"""0 "generated" (orange) … 0.5 undecided (paper) … 1 "real" (blue)."""

NICE_TOPS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 60, 80, 128)


def colors(stops: tuple[tuple[int, int, int], ...]) -> np.ndarray:
    """uint8 (256, 3): the scale from its first stop to its last."""
    at = np.linspace(0, 1, len(stops))
    parts = [np.interp(np.linspace(0, 1, 256), at, channel) for channel in np.array(stops).T]
    return np.stack(parts, -1).round().astype(np.uint8)


def paint(values: np.ndarray, top: float, stops: tuple[tuple[int, int, int], ...]) -> Image.Image:
    """(H, W), 0 … top (what is beyond gets the last color) → RGB."""
    index = (np.clip(values / top, 0, 1) * 255).round().astype(np.uint8)
    return Image.fromarray(colors(stops)[index])


def nice_top(values: np.ndarray) -> int:
    """A round end for the scale that all but one in fifty values stay below: these get the last color."""
    reach = float(np.percentile(values, 98)) if values.size else 0.0
    return next((top for top in NICE_TOPS if reach <= top), NICE_TOPS[-1])


def css_gradient(stops: tuple[tuple[int, int, int], ...]) -> str:
    """The scale as a CSS background, for the legend."""
    return f"linear-gradient(to right, {', '.join(f'rgb({r},{g},{b})' for r, g, b in stops)})"
