"""Bring a small prediction up to a photo's own size along the photo's edges, in bands of rows.

The guided filter (He, Sun, Tang 2010) in its fast form (He & Sun 2015): the local linear model from guide to
prediction is fitted where the prediction was made, and its coefficients are enlarged instead of the
prediction. A band of the large photo is all that is held at a time. Tensors are (C, H, W), float32.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor
from torch.nn import functional as F

BAND = 1_000_000  # pixels of a band
AT_ONCE = 2  # bands: table look-ups and copies between formats keep one core each


def box(x: Tensor, radius: int) -> Tensor:
    """The mean over windows of 2·radius + 1 cells a side, cut at the border."""
    size, found = 2 * radius + 1, x[None]
    for kernel, padding in (((size, 1), (radius, 0)), ((1, size), (0, radius))):
        found = F.avg_pool2d(found, kernel, stride=1, padding=padding, count_include_pad=False)
    return found[0]


def largest(x: Tensor, radius: int) -> Tensor:
    """The largest value in windows of 2·radius + 1 cells a side, cut at the border."""
    size, found = 2 * radius + 1, x[None]
    for kernel, padding in (((size, 1), (radius, 0)), ((1, size), (0, radius))):
        found = F.max_pool2d(found, kernel, stride=1, padding=padding)
    return found[0]


class GuidedUpsampler:
    """`target` (K, h, w) as a local linear function of `guide` (C, h, w), for guides of any size.

    radius: of the windows, in cells. noise: contrast of the guide below which it is no edge, in its own
    units. slack: a result stays within the target's values so many cells around.
    """

    def __init__(self, guide: Tensor, target: Tensor, radius: int, noise: float, slack: int):
        channels, kinds = len(guide), len(target)
        mean_g, mean_t = box(guide, radius), box(target, radius)
        pairs = (guide[:, None] * guide[None]).flatten(0, 1)
        covariance = box(pairs, radius) - (mean_g[:, None] * mean_g[None]).flatten(0, 1)
        crossed = box((guide[:, None] * target[None]).flatten(0, 1), radius)
        crossed = crossed - (mean_g[:, None] * mean_t[None]).flatten(0, 1)
        matrix = covariance.unflatten(0, (channels, channels)).permute(2, 3, 0, 1)
        matrix = matrix + noise**2 * torch.eye(channels)
        slope = torch.linalg.solve(matrix, crossed.unflatten(0, (channels, kinds)).permute(2, 3, 0, 1))
        slope = slope.permute(2, 3, 0, 1)  # (C, K, h, w)
        offset = mean_t - (slope * mean_g[:, None]).sum(0)
        self.channels, self.kinds = channels, kinds
        self.low = torch.cat(
            (
                box(slope.flatten(0, 1), radius),
                box(offset, radius),
                -largest(-target, slack),
                largest(target, slack),
            )
        )

    def rows(self, guide: Tensor, height: int, top: int) -> Tensor:
        """Rows `top` and following of the target at the size of a guide `height` rows high.

        guide: (C, rows, W), those rows of it. Returns (K, rows, W).
        """
        enlarged = enlarge_rows(self.low, guide.shape[-1], height, top, top + guide.shape[1])
        slope = enlarged[: self.channels * self.kinds].unflatten(0, (self.channels, self.kinds))
        offset, low, high = enlarged[self.channels * self.kinds :].split(self.kinds)
        found = offset.clone()
        for channel in range(self.channels):
            found.addcmul_(slope[channel], guide[channel])
        return found.clamp_(low, high)


def enlarge_rows(x: Tensor, width: int, height: int, top: int, bottom: int) -> Tensor:
    """Rows top to bottom of x (C, h, w) enlarged bilinearly to width × height: (C, bottom - top, width)."""
    last = x.shape[1] - 1
    places = ((torch.arange(top, bottom) + 0.5) * (x.shape[1] / height) - 0.5).clamp(0, last)
    above = places.floor().long().clamp(max=max(0, last - 1))
    rows = torch.lerp(x[:, above], x[:, (above + 1).clamp(max=last)], (places - above)[None, :, None])
    return F.interpolate(rows[None], (bottom - top, width), mode="bilinear", align_corners=False)[0]


def in_bands(width: int, height: int, work: Callable[[int, int], None]) -> None:
    """work(top, bottom) for each of `bands`, several at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(lambda ends: work(*ends), bands(width, height)):
            pass


def bands(width: int, height: int) -> Iterator[tuple[int, int]]:
    """First and last row (not included) of bands of about BAND pixels."""
    rows = max(1, BAND // width)
    for number in range(math.ceil(height / rows)):
        yield number * rows, min(height, (number + 1) * rows)
