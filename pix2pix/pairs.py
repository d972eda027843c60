"""Pairs for tasks whose input can be made: drawings from edges, greyscale, holes, cut-outs.

A maker turns one pair as it lies on disk into what the networks see. Pictures are (1, C, H, W) in [-1, 1];
every random choice comes from the numpy generator that is passed in. People's drawings are not edge maps, so
lines vary here as they vary between people.
"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import Tensor

from pix2pix.images import punch_holes, rgb_to_lab

Maker = Callable[[Tensor, Tensor, np.random.Generator], tuple[Tensor, Tensor]]


def aligned(a: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The pair as it is."""
    return a, b


def drawing_from_soft_edges(soft: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A soft edge map (dark on white) → a drawing as one of many hands might have made it."""
    return vary_lines(soft, rng, threshold=float(rng.uniform(0.2, 0.6))), b


def drawing_from_lines(lines: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A clean line drawing → the same in another hand."""
    # Lines of one pixel are faint once they are blurred; at a higher threshold most of them would go.
    return vary_lines(lines, rng, threshold=0.15), b


def photo_to_drawing(soft: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """(photo, clean drawing with a soft 3-px pen): the way back, always in the same hand so it can be learnt.

    Nobody can tell from a photo which pixel a 1-px line will lie on: a generator taught these answers dots.
    """
    dark = ndimage.gaussian_filter(darkness(soft), 0.7)
    # By how dark its lines are: soft maps keep their outlines and lose fur, thin clean lines all stay.
    threshold = 0.8 * float(np.median(dark[dark > 0.3])) if (dark > 0.3).any() else 1.0
    ink = remove_small(thin(dark > threshold), 20)
    return photo, torch.from_numpy(ndimage.gaussian_filter(draw(ink, 3).numpy(), (0, 0, 0.7, 0.7)))


def grey_and_colour(a: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A photo → its L (1 channel) and its a, b (2 channels), scaled to [-1, 1]."""
    lab = rgb_to_lab(photo)
    return lab[:, :1], lab[:, 1:]


def photo_with_holes(a: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A photo → the photo with holes and where they are (4 channels), and the photo."""
    hole = torch.from_numpy(random_holes(photo.shape[-1], rng))[None, None]
    return punch_holes(photo, hole), photo


def animal_and_matte(trimap: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A photo and its matte (1 channel, 1 animal, -1 background), exposed a little differently each time."""
    gain, shift = rng.uniform(0.8, 1.2), rng.uniform(-0.15, 0.15)
    return (photo * gain + shift).clamp(-1, 1), trimap


MAKERS: dict[str, Maker] = {
    "aligned": aligned,
    "soft-edges": drawing_from_soft_edges,
    "edges": drawing_from_soft_edges,  # the soft edges are made when the photos are read
    "lines": drawing_from_lines,
    "drawing": photo_to_drawing,
    "gray": grey_and_colour,
    "holes": photo_with_holes,
    "cutout": animal_and_matte,
}

# --- Lines -----------------------------------------------------------------------------------------


def darkness(picture: Tensor) -> np.ndarray:
    """(1, C, H, W) in [-1, 1], dark on white → float32 (H, W), 0 paper to 1 ink."""
    return ((1 - picture.mean(1)[0]) / 2).numpy()


def vary_lines(picture: Tensor, rng: np.random.Generator, threshold: float) -> Tensor:
    """Dark lines on white → lines of one width, thinner, broken, simplified and displaced at random.

    Returns (1, 3, H, W) in [-1, 1], anti-aliased, black on white.
    """
    wobbled = displace(picture, amplitude=float(rng.uniform(0, 1.8)), rng=rng)
    ink = ndimage.gaussian_filter(darkness(wobbled), float(rng.uniform(0.3, 1.2))) > threshold
    ink = thin(ink)
    # Few people draw every small mark; but an eye, some 25 pixels around, is one that everybody draws.
    ink = remove_small(ink, int(rng.integers(4, 12) if rng.random() < 0.6 else rng.integers(12, 30)))
    if rng.random() < 0.35:
        ink = break_strokes(ink, int(rng.integers(1, 8)), rng)
    ink = fill_loops(ink, rng)
    # Most people take a thin or a middle pen; some take a thick one.
    return draw(ink, width=float(1 + 4 * rng.beta(1.2, 2.5)))


def displace(picture: Tensor, amplitude: float, rng: np.random.Generator) -> Tensor:
    """Move every point by a smooth random field of up to about `amplitude` pixels: an unsteady hand."""
    side = picture.shape[-1]
    coarse = torch.from_numpy(rng.standard_normal((1, 2, 9, 9), dtype=np.float32))
    field = F.interpolate(coarse, (side, side), mode="bicubic") * (amplitude * 2 / side)
    axis = (torch.arange(side) * 2 + 1) / side - 1
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)[None] + field.permute(0, 2, 3, 1)
    return F.grid_sample(picture - 1, grid, align_corners=False) + 1  # paper beyond the border


def thin(ink: np.ndarray) -> np.ndarray:
    """bool (H, W) → its one-pixel skeleton."""
    from skimage.morphology import skeletonize

    return skeletonize(ink)


def remove_small(ink: np.ndarray, pixels: int) -> np.ndarray:
    """Drop connected marks of fewer than `pixels` pixels (the paper drops those under 5)."""
    labels, _ = ndimage.label(ink, np.ones((3, 3)))
    return ink & (np.bincount(labels.ravel())[labels] >= pixels)


def fill_loops(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Black in some small closed loops, dot others, or leave nothing but a dot: eyes as people draw them."""
    loops, count = ndimage.label(ndimage.binary_fill_holes(ink) & ~ink)
    sizes = np.bincount(loops.ravel(), minlength=count + 1)
    ys, xs = np.nonzero(ink)
    rows, columns = np.ogrid[: ink.shape[0], : ink.shape[1]]
    ink = ink.copy()
    way = rng.random()  # one hand draws all of its eyes alike
    for index in range(1, count + 1):
        if not 12 <= sizes[index] <= 0.012 * ink.size:
            continue
        loop = loops == index
        y, x = ndimage.center_of_mass(loop)
        across, down = (x - xs.min()) / np.ptp(xs), (y - ys.min()) / np.ptp(ys)
        if not (0.15 < across < 0.85 and 0.25 < down < 0.8):  # the tip of an ear, a fold of the neck
            continue
        dot = (rows - y) ** 2 + (columns - x) ** 2 <= sizes[index] * rng.uniform(0.04, 0.14)
        if way < 0.3:
            ink |= loop
        elif way < 0.55:
            ink |= dot
        elif way < 0.8:  # two dots are a child's eyes, without an outline
            ink = (ink & ~ndimage.binary_dilation(loop, iterations=3)) | dot
    return ink


def break_strokes(ink: np.ndarray, gaps: int, rng: np.random.Generator) -> np.ndarray:
    """Rub out `gaps` small discs that lie on lines."""
    ys, xs = np.nonzero(ink)
    if len(ys) == 0:
        return ink
    rows, columns = np.ogrid[: ink.shape[0], : ink.shape[1]]
    ink = ink.copy()
    for index in rng.integers(0, len(ys), gaps):
        ink &= (rows - ys[index]) ** 2 + (columns - xs[index]) ** 2 > rng.uniform(1.5, 5) ** 2
    return ink


def draw(ink: np.ndarray, width: float) -> Tensor:
    """One-pixel lines → black lines of `width` pixels on white, anti-aliased: (1, 3, H, W) in [-1, 1]."""
    if not ink.any():
        return torch.ones(1, 3, *ink.shape)
    distance = ndimage.distance_transform_edt(~ink)
    black = np.clip(width / 2 + 0.5 - distance, 0, 1).astype(np.float32)
    return torch.from_numpy(1 - 2 * black).expand(1, 3, *ink.shape).clone()


def soft_edges(photo: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) → soft edge map, uint8 (H, W), dark on white: the colour gradient at two scales.

    A plain stand-in for HED (paper appendix) that needs no weights of anybody else's.
    """
    levels = photo.astype(np.float32) / 255
    strength = sum(
        scale * np.max([ndimage.gaussian_gradient_magnitude(levels[..., c], scale) for c in range(3)], axis=0)
        for scale in (1.5, 3.0)
    )
    strength = strength / max(float(np.quantile(strength, 0.97)), 0.02)
    return (255 * (1 - np.clip(strength, 0, 1))).astype(np.uint8)


# --- Faces that fill their frame -------------------------------------------------------------------


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
    from PIL import Image, ImageDraw

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


# --- Holes -----------------------------------------------------------------------------------------


def random_holes(side: int, rng: np.random.Generator) -> np.ndarray:
    """bool (side, side): one to three boxes or brush strokes, about a tenth to a third of the picture."""
    from PIL import Image, ImageDraw

    page = Image.new("1", (side, side))
    pen = ImageDraw.Draw(page)
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.4:
            width, height = rng.uniform(0.12, 0.4, 2) * side
            left, top = rng.uniform(0, side - width), rng.uniform(0, side - height)
            pen.rectangle((left, top, left + width, top + height), fill=1)
            continue
        brush = rng.uniform(0.03, 0.1) * side
        points = [rng.uniform(0.1, 0.9, 2) * side]
        for _ in range(rng.integers(2, 7)):
            points.append(np.clip(points[-1] + rng.normal(0, 0.18, 2) * side, 0, side - 1))
        pen.line([tuple(p) for p in points], fill=1, width=int(brush), joint="curve")
        for x, y in points:
            pen.ellipse((x - brush / 2, y - brush / 2, x + brush / 2, y + brush / 2), fill=1)
    return np.array(page)
