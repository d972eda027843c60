"""The lattice figure: how much of a regular weave lies over pictures, in numpy alone.

A generator whose up-convolutions have stride 2 repeats itself every 2, 4 or 8 pixels. In the power spectrum,
averaged over pictures, such a lattice stands out as single frequencies whose coordinates are multiples of
1/2, 1/4 or 1/8 cycles a pixel; a photo has no reason to stand out there. Off the axes it is a weave or dots,
on the axes it is stripes along rows or columns, where photos of buildings have power of their own.

    python -m pix2pix.evaluation.lattice --checkpoint FOLDER --data DIR

prints the figures of a checkpoint, also of one in the run folder of a training.
"""

import argparse
import sys
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

PERIODS = (2, 4, 8)  # pixels
PEAK = 1  # bins around a frequency that hold it: a Hann window spreads a wave over 3×3 bins
NEAR, FAR = 2, 6  # the bins it is compared with: 13×13 without the inner 5×5
SMALLEST = 64  # pixels a side: below, the surroundings of one point hold the next
LUMA = np.array([0.299, 0.587, 0.114])  # Rec. 601, as PIL's "L"


class Lattice(NamedTuple):
    """ratio: power over that of the surrounding frequencies, geometric mean over the points; 1 is none.

    rms: root mean square, in levels of 255, of what stands out; below 0.1 nothing shows.
    """

    ratio: float
    rms: float


def lattice(pictures: Iterable[np.ndarray], on_axes: bool = False) -> dict[int, Lattice]:
    """Period in pixels → figure, of gray pictures (H, W) in levels of 0 to 255, all of one size.

    H and W: multiples of 8, at least 64. ValueError for other sizes, and for no pictures.
    """
    return figures(mean_spectrum(pictures), on_axes)


def luma(rgb: np.ndarray) -> np.ndarray:
    """uint8 (..., 3) → float (...), levels of 0 to 255."""
    return rgb @ LUMA


def mean_spectrum(pictures: Iterable[np.ndarray]) -> np.ndarray:
    """`spectrum`, averaged over pictures of one size: (H, W). ValueError as in `lattice`."""
    total, count = None, 0
    for picture in pictures:
        found = spectrum(picture)
        if total is not None and found.shape != total.shape:
            raise ValueError(f"pictures of {total.shape} and {found.shape} pixels; expected one size")
        total = found if total is None else total + found
        count += 1
    if total is None:
        raise ValueError("no pictures to measure; expected at least one")
    return total / count


def spectrum(gray: np.ndarray) -> np.ndarray:
    """Power at each frequency under a Hann window, (H, W), in levels²; its sum is the weighted variance."""
    if gray.ndim != 2 or any(side % max(PERIODS) or side < SMALLEST for side in gray.shape):
        raise ValueError(
            f"a picture of {gray.shape} pixels; expected a gray one, its sides multiples of "
            f"{max(PERIODS)} and at least {SMALLEST}"
        )
    # Periodic windows (no repeated zero), so that a wave of whole cycles takes three bins and no more.
    window = np.outer(*(np.hanning(side + 1)[:-1] for side in gray.shape))
    power = np.abs(np.fft.fft2((gray - gray.mean()) * window)) ** 2
    return power / (gray.size * np.square(window).sum())


def figures(power: np.ndarray, on_axes: bool = False) -> dict[int, Lattice]:
    """Period in pixels → figure, from an averaged `spectrum` (H, W)."""
    found = {}
    for period in PERIODS:
        ratios, above = [], 0.0
        for point in points(power.shape, period, on_axes):
            peak = around(power, point, PEAK)
            ring = around(power, point, FAR)
            ring[FAR - NEAR : FAR + NEAR + 1, FAR - NEAR : FAR + NEAR + 1] = np.nan
            ground = float(np.nanmedian(ring))
            ratios.append(peak.mean() / max(ground, np.finfo(float).tiny))
            twice = 1 if opposite(point, power.shape) == point else 2  # the conjugate holds as much
            above += twice * max(0.0, float((peak - ground).sum()))
        # A flat picture has no power anywhere: nothing stands out.
        ratio = float(np.exp(np.mean(np.log(np.maximum(ratios, np.finfo(float).tiny)))))
        found[period] = Lattice(ratio if power.any() else 1.0, float(np.sqrt(above)))
    return found


def points(shape: tuple[int, ...], period: int, on_axes: bool) -> list[tuple[int, int]]:
    """The bins whose frequencies are multiples of 1/period, not of 2/period, cycles a pixel.

    Of two conjugate bins only one. on_axes: those with one coordinate 0, otherwise those with none.
    """
    chosen: list[tuple[int, int]] = []
    for u in range(period):
        for v in range(period):
            point = (u * shape[0] // period, v * shape[1] // period)
            coarser = u % 2 == v % 2 == 0 and period > 2  # belongs to half the period
            if (u, v) == (0, 0) or coarser or (u == 0 or v == 0) != on_axes:
                continue
            if opposite(point, shape) not in chosen:
                chosen.append(point)
    return chosen


def opposite(point: tuple[int, int], shape: tuple[int, ...]) -> tuple[int, int]:
    """The bin of the conjugate frequency."""
    return -point[0] % shape[0], -point[1] % shape[1]


def around(power: np.ndarray, point: tuple[int, int], reach: int) -> np.ndarray:
    """The bins at most `reach` from a point in each direction, a copy; the spectrum is periodic."""
    rows, columns = (np.arange(c - reach, c + reach + 1) % n for c, n in zip(point, power.shape, strict=True))
    return power[np.ix_(rows, columns)].copy()


def as_text(off: dict[int, Lattice], on: dict[int, Lattice]) -> str:
    """One line: ratio and, in brackets, rms, for each period, off the axes and on them."""
    parts = [
        " · ".join(f"1/{period} {one.ratio:.1f} ({one.rms:.2f})" for period, one in found.items())
        for found in (off, on)
    ]
    return f"off the axes {parts[0]}   on the axes {parts[1]}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m pix2pix.evaluation.lattice", description=__doc__)
    parser.add_argument("--checkpoint", nargs="+", required=True, help="checkpoints, or folders")
    parser.add_argument("--data", required=True, help="folder of the task's pairs, or the one that holds it")
    parser.add_argument("--count", type=int, default=40, help="how many of the first validation pairs")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of torch")
    given = parser.parse_args(arguments)
    from pix2pix.devices import set_threads
    from pix2pix.evaluation.held_out import HeldOut, translated
    from pix2pix.inference import Translator

    try:
        set_threads(given.threads)
        for name in given.checkpoint:
            translator = Translator(name, precision="fp32")
            pairs = HeldOut(translator.settings, given.data, given.count)
            fakes = (luma(translated(translator, a)[0]) for a, _ in pairs)
            made = mean_spectrum(fakes)
            real = mean_spectrum(luma(pairs.target(a, b)) for a, b in pairs)
            for label, power in ((translator.folder.name, made), ("  real pictures", real)):
                print(f"{label:20}  {as_text(figures(power), figures(power, on_axes=True))}", flush=True)
    except (ValueError, OSError) as error:
        print(f"lattice: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
