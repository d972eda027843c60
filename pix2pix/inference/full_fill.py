"""Fill in at a photo's own size: square crops around the holes, the rest of the photo bit for bit.

A compact hole is one crop of twice its size. A long narrow one, a scratch, is a row of crops sized by how
thick it is, each filled where its middle is and known to the next. Knows nothing about networks: what fills a
crop is a function.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from pix2pix.images import fill_smoothly, tensor_to_pil
from pix2pix.inference.filters import box, largest

GRID = 256  # cells along the long side in which holes are looked for
THIN = 8  # a crop's side is this many times a long hole's thickness

# A crop "RGBA" with transparent holes, and what the network saw and answered: (1, 4, S, S) and (1, 3, S, S).
Fill = Callable[[Image.Image], tuple[torch.Tensor, torch.Tensor]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Piece:
    """One crop (left, top, right, bottom) in pixels, and the cells (row, column) that it fills."""

    crop: tuple[int, int, int, int]
    cells: tuple[tuple[int, int], ...]


def fill_holes(
    photo: Image.Image, fill: Fill, side: int, progress: Progress = lambda done, total: None
) -> Image.Image:
    """photo "RGBA" of any size, its transparent parts (alpha < 128) filled → "RGB" of the same size.

    side: what the network sees; no crop is smaller. Pixels outside of the holes and of a rim of `rim_of`
    pixels around them are the photo's, bit for bit.
    """
    pixels = np.asarray(photo)
    result, hole = pixels[..., :3].copy(), pixels[..., 3] < 128
    del pixels
    cell, found = pieces(hole, side)
    for number, piece in enumerate(found):
        fill_piece(result, hole, piece, cell, fill)
        progress(number + 1, len(found))
    return Image.fromarray(result)


def fill_piece(result: np.ndarray, hole: np.ndarray, piece: Piece, cell: int, fill: Fill) -> None:
    """Fill one piece of `hole` in `result`, and take it from `hole`."""
    left, top, right, bottom = piece.crop
    here = np.s_[top:bottom, left:right]
    mine = np.zeros(hole[here].shape, bool)
    for row, column in piece.cells:
        y, x = row * cell - top, column * cell - left
        mine[max(0, y) : max(0, y + cell), max(0, x) : max(0, x + cell)] = True
    mine &= hole[here]
    alpha = np.where(hole[here], 0, 255).astype(np.uint8)
    seen, answer = fill(Image.fromarray(np.dstack((result[here], alpha))))
    known, rgb = seen[:, 3:] < 0, seen[:, :3]
    # The answer is right about shapes rather than about tones: what it is off by around the hole is taken
    # from it in the hole too.
    answer = answer.float() + fill_smoothly(rgb - answer.float(), known)
    picture = tensor_to_pil(torch.where(known, rgb, answer))
    picture = picture.resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    weight = soft(mine, rim_of(right - left, seen.shape[-1]) // 2)[..., None]
    blend = result[here] * (1 - weight) + np.asarray(picture) * weight
    result[here] = np.where(weight > 0, np.rint(blend).astype(np.uint8), result[here])
    hole[here] &= ~mine


def rim_of(crop: int, side: int) -> int:
    """Width in pixels of the rim that is blended around a hole, for a crop of so many pixels."""
    return 2 * max(1, round(crop / side))


def soft(mask: np.ndarray, radius: int) -> np.ndarray:
    """bool (H, W) → float32: 1 in the mask, falling to 0 at 2·radius pixels from it."""
    inside = torch.from_numpy(mask)[None]
    return torch.where(inside, 1.0, box(largest(inside.float(), radius), radius))[0].numpy()


def pieces(hole: np.ndarray, side: int) -> tuple[int, list[Piece]]:
    """bool (H, W) → the grid's cell in pixels, and the crops in the order in which they are filled."""
    height, width = hole.shape
    cell = -(-max(height, width) // GRID)
    padded = np.pad(hole, ((0, -height % cell), (0, -width % cell)))
    counts = padded.reshape(padded.shape[0] // cell, cell, -1, cell).sum((1, 3))
    found = []
    for group in groups(counts > 0):
        extent = max(np.ptp([y for y, _ in group]), np.ptp([x for _, x in group])) * cell + cell
        thickness = sum(int(counts[place]) for place in group) / extent
        long = 2 * extent > max(side, THIN * thickness)
        crop = max(side, round(THIN * thickness) if long else int(2 * extent))
        window = max(1, crop // 2 // cell) if long else GRID
        while group:
            y, x = min(group)
            now = {p for p in group if p[0] < y + window and abs(p[1] - x) <= window // 2}
            group -= now
            found.append(Piece(crop_around(now, cell, crop, width, height), tuple(sorted(now))))
    return cell, found


def groups(there: np.ndarray) -> list[set[tuple[int, int]]]:
    """Cells (row, column) that hang together, corners and one empty cell between them included."""
    left = {(int(y), int(x)) for y, x in np.argwhere(there)}
    found = []
    while left:
        group, edge = set(), [min(left)]
        left.discard(edge[0])
        while edge:
            y, x = edge.pop()
            group.add((y, x))
            near = [(y + dy, x + dx) for dy in (-2, -1, 0, 1, 2) for dx in (-2, -1, 0, 1, 2)]
            fresh = [place for place in near if place in left]
            left.difference_update(fresh)
            edge += fresh
        found.append(group)
    return found


def crop_around(
    cells: set[tuple[int, int]], cell: int, side: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """A square of `side` pixels around the middle of the cells, inside the photo, cut where that is small."""
    box = []
    for axis, size in ((1, width), (0, height)):
        places = [place[axis] for place in cells]
        length = min(size, max(side, (max(places) - min(places) + 1) * cell))
        middle = (min(places) + max(places) + 1) * cell / 2
        start = min(max(0, round(middle - length / 2)), size - length)
        box.append((start, start + length))
    return box[0][0], box[1][0], box[0][1], box[1][1]
