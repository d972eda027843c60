"""A scorer of the FCN-score (paper §4.1): who reads classes out of photos, and how label maps are read.

A scorer saw real photos alone in its training. It reads made photos as it reads real ones: the better a photo
shows what its label map asks for, the more of the labels are found again. Knows nothing about networks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pix2pix.evaluation.color_baseline import ColorHistogramSegmenter
from pix2pix.evaluation.labels import UNMATCHED_LIMIT, Palette, labels_from_colors, read_labels, unmatched
from pix2pix.evaluation.metrics import confusion_matrix


@dataclass
class Scorer:
    """palette: the classes that are scored, by number. void: colors of label maps that are not scored.

    predict: photo, uint8 (H, W, 3) → class numbers (H, W); None where it cannot be had, and then `missing`
    says in one line how to get it. baseline: classes guessed from color alone, where it was counted.
    """

    name: str
    palette: Palette
    predict: Callable[[np.ndarray], np.ndarray] | None
    missing: str = ""
    void: Palette = ()
    baseline: ColorHistogramSegmenter | None = None

    @property
    def classes(self) -> int:
        return len(self.palette)

    def reads(self, colors: np.ndarray) -> bool:
        """Is uint8 (H, W, 3) a label map in this palette?"""
        return unmatched(colors, self.palette + self.void) <= UNMATCHED_LIMIT

    def truth(self, colors: np.ndarray, name: str) -> np.ndarray:
        """A label map, uint8 (H, W, 3) → class numbers (H, W), `classes` and above where it is void.

        ValueError where the picture is no label map of this palette. name: for the message.
        """
        return read_labels(colors, self.palette + self.void, name)

    def found(self, colors: np.ndarray) -> np.ndarray:
        """A made label map, uint8 (H, W, 3) → class numbers (H, W), without void: a class must be named."""
        return labels_from_colors(colors, self.palette)

    def confusion(self, truth: np.ndarray, found: np.ndarray) -> np.ndarray:
        """int64 (classes, classes) over the pixels that are not void."""
        scored = truth < self.classes
        return confusion_matrix(truth[scored], found[scored], self.classes)
