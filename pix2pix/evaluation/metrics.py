"""Measures of pictures (paper §4.1): FCN-score, Lab histograms, L1, PSNR, SSIM, diversity.

Pure functions. Pictures are float tensors (N, 3, H, W) in [-1, 1]; counts are added up by whoever calls, so
memory does not grow with the split. Knows nothing about files or networks.
"""

import math
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from pix2pix.images import AB_SCALE, rgb_to_lab

# --- FCN-score ----------------------------------------------------------------------------------------


def confusion_matrix(truth: np.ndarray, found: np.ndarray, classes: int) -> np.ndarray:
    """Class numbers, alike in shape → int64 (classes, classes): rows the truth, columns what was found."""
    assert truth.shape == found.shape, (truth.shape, found.shape)
    places = truth.reshape(-1).astype(np.int64) * classes + found.reshape(-1)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


def fcn_score(confusion: np.ndarray) -> dict[str, float]:
    """One confusion matrix over a whole split → per-pixel accuracy, per-class accuracy, class IoU.

    Pixel accuracy is trace/sum. A class that the split does not hold has no accuracy and is left out of that
    mean; one that is neither held nor found is left out of the IoU's (Long et al. 2015, as the paper).
    """
    confusion = confusion.astype(np.float64)
    hits, rows = np.diag(confusion), confusion.sum(1)
    union = rows + confusion.sum(0) - hits
    return {
        "pixel_accuracy": float(hits.sum() / max(1, confusion.sum())),
        "class_accuracy": float((hits[rows > 0] / rows[rows > 0]).mean()) if rows.any() else 0.0,
        "class_iou": float((hits[union > 0] / union[union > 0]).mean()) if union.any() else 0.0,
    }


def score_interval(
    confusions: np.ndarray, level: float = 0.95, draws: int = 2000, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """How much would a score differ on other pictures? (low, high) for each measure of `fcn_score`.

    confusions: (pictures, classes, classes), a confusion matrix for each picture. `level` of the bootstrap
    lies between the two: the pictures are drawn again, with replacement, `draws` times.
    """
    return _intervals([fcn_score(total) for total in _resampled(confusions, draws, seed)], level)


def difference_interval(
    one: np.ndarray, other: np.ndarray, level: float = 0.95, draws: int = 2000, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """How sure is it that one run scores above another on the same pictures?

    one, other: (pictures, classes, classes). Like `score_interval`, of the difference one - other, the same
    pictures drawn for both. An interval around 0 says that other pictures might have turned the order
    around; it says nothing of another training seed.
    """
    pairs = zip(_resampled(one, draws, seed), _resampled(other, draws, seed), strict=True)
    scores = [(fcn_score(a), fcn_score(b)) for a, b in pairs]
    return _intervals([{measure: a[measure] - b[measure] for measure in a} for a, b in scores], level)


def _resampled(confusions: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """(pictures, classes, classes) → (draws, classes, classes), sums over pictures drawn with replacement."""
    count, classes = confusions.shape[:2]
    chosen = np.random.default_rng(seed).integers(0, count, (draws, count))
    weights = np.stack([np.bincount(row, minlength=count) for row in chosen])
    return (weights.astype(np.float64) @ confusions.reshape(count, -1)).reshape(draws, classes, classes)


def _intervals(scores: list[dict[str, float]], level: float) -> dict[str, tuple[float, float]]:
    edges = ((1 - level) / 2, (1 + level) / 2)
    quantiles = {name: np.quantile([score[name] for score in scores], edges) for name in scores[0]}
    return {name: (float(low), float(high)) for name, (low, high) in quantiles.items()}


# --- Colors -------------------------------------------------------------------------------------------

LAB = ("L", "a", "b")
HISTOGRAM_BINS = 100  # 1 unit of L, 2.2 of a and b each: façades use a narrow part of a and b


def lab_histograms(pictures: Tensor) -> np.ndarray:
    """(N, 3, H, W) sRGB in [-1, 1] → float64 (3, HISTOGRAM_BINS): pixels in each bin of L, a and b.

    L from 0 to 100, a and b from -110 to 110, where those of every sRGB color lie.
    """
    lab = rgb_to_lab(pictures).double().cpu().numpy()
    ranges = (((lab[:, 0] + 1) * 50, 0, 100), *((lab[:, i] * AB_SCALE, -AB_SCALE, AB_SCALE) for i in (1, 2)))
    counts = [np.histogram(v.clip(low, high), HISTOGRAM_BINS, (low, high))[0] for v, low, high in ranges]
    return np.stack(counts).astype(np.float64)


def histogram_intersection(one: np.ndarray, other: np.ndarray) -> float:
    """What two histograms share once each sums to 1: 0 nothing, 1 all (paper §4.2, figure 7)."""
    return float(np.minimum(one / max(1, one.sum()), other / max(1, other.sum())).sum())


# --- Distances ----------------------------------------------------------------------------------------


def l1(one: Tensor, other: Tensor) -> float:
    """Mean |one - other| of pictures in [-1, 1]: the training's L1 loss, 0 to 2."""
    return float((one.double() - other.double()).abs().mean())


def psnr(one: Tensor, other: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of pictures in [-1, 1] (peak 2); infinite where they are identical."""
    error = float((one.double() - other.double()).square().mean())
    return math.inf if error == 0 else 10 * math.log10(4 / error)


def mean_of_finite(values: Sequence[float]) -> float:
    """The mean of what is finite; infinite where nothing is (identical pictures have no finite PSNR)."""
    finite = [value for value in values if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.inf


def ssim(one: Tensor, other: Tensor) -> float:
    """Structural similarity (Wang et al. 2004: Gaussian window, σ 1.5) of pictures (N, 3, H, W) in [-1, 1].

    Mean over channels and pictures; 1 where they are identical. H and W: 11 or more.
    """
    from skimage.metrics import structural_similarity

    scores = [
        structural_similarity(
            a.cpu().numpy(),
            b.cpu().numpy(),
            channel_axis=0,
            data_range=2.0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        for a, b in zip(one.float(), other.float(), strict=True)
    ]
    return float(np.mean(scores))


def diversity(samples: np.ndarray) -> float:
    """How far the pictures of one input under N seeds lie apart, uint8 (N, ...) → levels of 255.

    The standard deviation over these N samples, averaged over pixels and channels; 0 where all are alike.
    """
    return float(samples.std(0, dtype=np.float64).mean())
