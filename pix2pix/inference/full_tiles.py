"""Images larger than a network was trained at: it is run convolutionally, as in the paper's figure 8.

Sides are padded to whole multiples of the network's by reflection, and cut again. Larger images than WHOLE
are done in overlapping tiles that are blended, with the noise z of the whole image, so that memory does not
grow with it. Knows nothing about files.
"""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix.images import array_to_tensor, tensor_to_array
from pix2pix.models.generator import Noise, UNetGenerator

TILE, OVERLAP = 4, 1  # in sides of the network: 1024 and 256 pixels at 256
WHOLE = 2 * TILE**2  # squares of the network's side that are done at once

Work = Callable[[Tensor, Noise], Tensor]  # (1, C, H, W) in [-1, 1] and z → (1, 3, H, W)
Progress = Callable[[int, int], None]


def bottleneck_of_one(generator: UNetGenerator) -> UNetGenerator:
    """The generator that is given, for larger inputs.

    The outer taps of both 4×4 kernels at the 1×1 bottleneck only ever met padding: they were never trained
    and are set to 0, so that each square of the network's side has a bottleneck of its own.
    """
    with torch.no_grad():
        for conv in (generator.down_convs[-1], generator.up_convs[0]):
            inner = conv.weight[:, :, 1:3, 1:3].clone()
            conv.weight.zero_()[:, :, 1:3, 1:3] = inner
    return generator


def translate_tiles(
    image: Image.Image,
    side: int,
    z: "LargeNoise",
    work: Work,
    progress: Progress = lambda done, total: None,
) -> Image.Image:
    """image "RGB" of any size → "RGB" of the same size. side: what the network was trained at."""
    pixels, (left, top) = padded(np.asarray(image), side)
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    tile = max(rows, columns) if rows * columns <= WHOLE else TILE
    downs, rights = starts(rows, tile), starts(columns, tile)
    result = np.empty((*pixels.shape[:2], 3), np.uint8)
    total, done = len(downs) * len(rights), 0
    strip: Tensor | None = None  # sums of weighted results and weights, for the rows of these tiles
    height, width = min(tile, rows) * side, min(tile, columns) * side
    for number, down in enumerate(downs):
        fresh = torch.zeros(4, height, pixels.shape[1])
        if strip is not None:
            kept = height - (down - downs[number - 1]) * side
            fresh[:, :kept] = strip[:, height - kept :]
        strip = fresh
        for right in rights:
            y, x = down * side, right * side
            real_a = array_to_tensor(pixels[y : y + height, x : x + width])
            fake_b = work(real_a, z.part(down, right, height // side, width // side)).float().cpu()[0]
            weight = ramp(down, downs, tile, rows, side)[:, None] * ramp(right, rights, tile, columns, side)
            strip[:3, :, x : x + width].addcmul_(fake_b, weight)
            strip[3, :, x : x + width] += weight
            done += 1
            progress(done, total)
        end = (downs[number + 1] if number + 1 < len(downs) else rows) * side
        ready = strip[:, : end - down * side]
        result[down * side : end] = tensor_to_array((ready[:3] / ready[3:])[None])[0]
    return Image.fromarray(result[top : top + image.height, left : left + image.width])


def padded(pixels: np.ndarray, side: int) -> tuple[np.ndarray, tuple[int, int]]:
    """uint8 (H, W, 3) → the same with sides of whole multiples, and where the image begins in it (x, y)."""
    extra = [-size % side for size in pixels.shape[:2]]
    around = [(each // 2, each - each // 2) for each in extra]
    return np.pad(pixels, (*around, (0, 0)), mode="symmetric"), (around[1][0], around[0][0])


def starts(count: int, tile: int) -> list[int]:
    """Where tiles begin along an axis of `count` squares; the last one ends with it."""
    if count <= tile:
        return [0]
    return [*range(0, count - tile, tile - OVERLAP), count - tile]


def ramp(start: int, all_starts: list[int], tile: int, count: int, side: int) -> Tensor:
    """Weights of a tile along an axis: rising where another one lies under its edge, 1 at the image's own."""
    length = min(tile, count) * side
    rising = ((torch.arange(length) + 0.5) / (OVERLAP * side)).clamp(max=1)
    weight = torch.ones(length)
    if start != all_starts[0]:
        weight = weight * rising
    if start != all_starts[-1]:
        weight = weight * rising.flip(0)
    return weight


class LargeNoise:
    """z of an image of rows × columns squares; at 1 × 1 that of `UNetGenerator.draw_noise`.

    seed: None for no noise. Kept as bytes: a decoder layer's mask is 512 channels wide.
    """

    def __init__(self, generator: UNetGenerator, seed: int | None, rows: int, columns: int):
        self.generator, self.masks = generator, []
        self.rate = generator.dropout
        if seed is None or not self.rate:
            return
        source = torch.Generator().manual_seed(seed)
        for channels, height, width in generator.noise_shapes():
            chances = torch.rand((channels, height * rows, width * columns), generator=source)
            self.masks.append(chances >= self.rate)

    def part(self, row: int, column: int, rows: int, columns: int) -> Noise:
        """The masks (1, C, H, W) of a tile, in squares."""
        if not self.masks:
            return []
        cut = []
        for mask, (_, height, width) in zip(self.masks, self.generator.noise_shapes(), strict=True):
            part = mask[:, row * height : (row + rows) * height, column * width : (column + columns) * width]
            cut.append(part[None].float() / (1 - self.rate))
        return self.generator.by_layer(cut)


def squares(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Rows and columns of squares that an image (width, height) is padded to."""
    return -(-size[1] // side), -(-size[0] // side)
