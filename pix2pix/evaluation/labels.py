"""From a picture of labels back to class numbers.

Label maps come as JPEG: flat areas of palette colors whose edges are blurred. Knows nothing about networks.
"""

import numpy as np
from scipy import ndimage

from pix2pix.images import palette_index

Palette = tuple[tuple[str, tuple[int, int, int]], ...]

# A pixel matches if it, or one at most REACH pixels from it, is this near to a palette color (RGB units).
# Alone, 7.5 % of the pixels of real façade maps are farther away, at edges blurred by JPEG. With the pixels
# around them (5×5) it is 0.06 % on average and 0.8 % in the worst of all 500 maps, and in photos of façades
# never less than 89 % (200 photos). At 60 the worst map has 5.3 %, so that one good map would be refused.
NEAR = 80
REACH = 2
UNMATCHED_LIMIT = 0.05

# A pixel farther than this from every color is blurred, and its own nearest color is not to be trusted.
BLURRED = 60


def labels_from_colors(rgb: np.ndarray, palette: Palette) -> np.ndarray:
    """uint8 (H, W, 3) → int64 (H, W), indices into the palette.

    Each pixel takes the nearest color of the palette; a pixel far from every color lies on a blurred edge
    (where red on blue gives purple, and purple is nearest to some third class) and takes the label of the
    nearest pixel that is not.
    """
    labels = palette_index(rgb, palette)
    far = _distance(rgb, labels, palette) > BLURRED
    if not far.any() or far.all():
        return labels
    rows, columns = ndimage.distance_transform_edt(far, return_distances=False, return_indices=True)
    return labels[rows, columns]


def unmatched(rgb: np.ndarray, palette: Palette) -> float:
    """uint8 (H, W, 3) → the part of its pixels, 0 to 1, without a palette color in their neighbourhood."""
    distance = _distance(rgb, palette_index(rgb, palette), palette)
    return float((ndimage.minimum_filter(distance, 2 * REACH + 1) > NEAR).mean())


def read_labels(rgb: np.ndarray, palette: Palette, name: str) -> np.ndarray:
    """Like `labels_from_colors`, but ValueError where the picture is no label map. name: for the message."""
    part = unmatched(rgb, palette)
    if part > UNMATCHED_LIMIT:
        raise ValueError(
            f"{name}: {part:.0%} of the label map's pixels match no palette color (at most "
            f"{UNMATCHED_LIMIT:.0%} may); is this half a photo, or another data set?"
        )
    return labels_from_colors(rgb, palette)


def color_labels(labels: np.ndarray, palette: Palette) -> np.ndarray:
    """int (H, W), indices into the palette → uint8 (H, W, 3)."""
    return np.array([color for _, color in palette], np.uint8)[labels]


def _distance(rgb: np.ndarray, labels: np.ndarray, palette: Palette) -> np.ndarray:
    colors = np.array([color for _, color in palette], np.float32)
    return np.sqrt(((rgb.astype(np.float32) - colors[labels]) ** 2).sum(-1))
