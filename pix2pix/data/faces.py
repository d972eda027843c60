"""Faces that fill their frame: cut out and put on white, whiskers drawn on.

Arrays are uint8 (H, W, C); every random choice comes from the numpy generator that is passed in.
"""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage


def portrait(edges: np.ndarray, photo: np.ndarray, head_only: bool) -> tuple[np.ndarray, np.ndarray]:
    """A face that fills its frame → the same on white: soft edges uint8 (H, W, 1), photo uint8 (H, W, 3).

    People draw a head on an empty page. The head is cut out, the lines outside of it are dropped, its outline
    is closed where the edges have gaps, and what the frame cuts off fades out. head_only: the head ends in
    a round chin, as most drawn ones do; otherwise in a bust.
    """
    side = photo.shape[0]
    y, x = np.mgrid[:side, :side] / (side - 1)
    matte = face_matte(edges[..., 0], photo)
    if head_only:
        chin = np.hypot((x - 0.5) / 0.43, np.maximum(y - 0.55, 0) / 0.37)
        matte = matte * np.clip((1 - chin) / 0.05 + 0.5, 0, 1)
    distance = np.minimum.outer(*2 * [np.minimum(np.arange(side), np.arange(side)[::-1])]) / side
    ink = (255 - edges[..., 0].astype(np.float32)) * ndimage.binary_dilation(matte > 0.3, iterations=2)
    silhouette = ndimage.gaussian_filter(matte, 1.5) > 0.5
    outline = silhouette ^ ndimage.binary_erosion(silhouette, border_value=1)
    ink = np.maximum(ink, 230 * ndimage.binary_dilation(outline & (distance > 0.02)))
    ink *= np.clip(distance / 0.02, 0, 1)
    bust = np.hypot((x - 0.5) / 0.56, np.maximum(y - 0.5, 0) / 0.5)
    fade = matte * np.clip(distance / 0.03, 0, 1) * np.clip((1 - bust) / 0.2, 0, 1)
    on_white = photo * fade[..., None] + 255 * (1 - fade[..., None])
    return (255 - ink).round().astype(np.uint8)[..., None], on_white.round().astype(np.uint8)


def face_matte(edges: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """Soft edges (H, W) and photo (H, W, 3), uint8, of an aligned face → its matte, float32 (H, W) in [0, 1].

    A watershed on the edges, flooded from the middle of the face and from where an aligned cat's photo shows
    background (between the ears, the upper corners); then a guided filter, so that fur ends as fur does.
    """
    from skimage.segmentation import watershed

    side = photo.shape[0]
    y, x = np.mgrid[:side, :side] / (side - 1)
    markers = np.zeros((side, side), np.int32)
    markers[((x - 0.5) / 0.27) ** 2 + ((y - 0.58) / 0.30) ** 2 < 1] = 1  # eyes to chin
    markers[((x - 0.5) / 0.33) ** 2 + ((y - 0.95) / 0.20) ** 2 < 1] = 1  # chest
    markers[(y < 0.02) & (np.abs(x - 0.5) < 0.07)] = 2  # between the ears, which may touch the frame
    markers[(y < 0.02) & (np.abs(x - 0.5) > 0.46)] = 2
    markers[(y < 0.35) & (np.abs(x - 0.5) > 0.49)] = 2
    levels = photo.astype(np.float32)
    slope = sum(ndimage.gaussian_gradient_magnitude(levels[..., c], 1.5) for c in range(3))
    barrier = ndimage.gaussian_filter(255 - edges.astype(np.float32), 1) + 1.5 * slope
    face = ndimage.binary_opening(watershed(barrier, markers) == 1, iterations=3)
    matte = guided_filter(levels / 255, ndimage.gaussian_filter(face.astype(np.float32), 2), 8, 1e-4)
    return np.clip((matte - 0.2) / 0.6, 0, 1).astype(np.float32)


def guided_filter(guide: np.ndarray, picture: np.ndarray, radius: int, epsilon: float) -> np.ndarray:
    """Smooth `picture` (H, W) along the edges of `guide` (H, W, 3) in [0, 1] (He, Sun & Tang 2010)."""

    def mean(values: np.ndarray) -> np.ndarray:
        return ndimage.uniform_filter(values, (2 * radius + 1, 2 * radius + 1) + (0,) * (values.ndim - 2))

    mean_guide, mean_picture = mean(guide), mean(picture)
    covariance = mean(guide * picture[..., None]) - mean_guide * mean_picture[..., None]
    products = mean((guide[..., :, None] * guide[..., None, :]).reshape(*guide.shape[:2], 9))
    variance = products.reshape(*guide.shape[:2], 3, 3) - mean_guide[..., :, None] * mean_guide[..., None, :]
    slope = np.linalg.solve(variance + epsilon * np.eye(3, dtype=np.float32), covariance[..., None])[..., 0]
    offset = mean_picture - (slope * mean_guide).sum(-1)
    return (mean(slope) * guide).sum(-1) + mean(offset)


def whiskers(edges: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Soft edges uint8 (H, W, 1) of an aligned cat's face → the same with whiskers drawn on.

    People draw whiskers, edge detectors miss them: without this they would come out as dirt.
    """

    side = edges.shape[0]
    page = Image.fromarray(edges[..., 0])
    pen = ImageDraw.Draw(page)
    count, spread, length = rng.integers(2, 5), rng.uniform(0.03, 0.08), rng.uniform(0.2, 0.38)
    for sign in (-1, 1):
        for index in range(count):
            level = (index - (count - 1) / 2) * spread
            x, y = 0.5 + sign * rng.uniform(0.08, 0.16), 0.68 + level + rng.normal(0, 0.01)
            end_x, end_y = x + sign * length * rng.uniform(0.8, 1.2), y + level * 1.5 + rng.normal(0, 0.02)
            middle = ((x + end_x) / 2, (y + end_y) / 2 - rng.uniform(0, 0.03))
            points = [(px * side, py * side) for px, py in ((x, y), middle, (end_x, end_y))]
            pen.line(points, fill=0, width=2)
    return np.asarray(page)[..., None]
