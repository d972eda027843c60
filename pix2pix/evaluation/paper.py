"""The paper's tables: which runs it compares, the checkpoints here that answer to them, and its figures.

FCN-scores of labels → photo on Cityscapes (tables 1 to 3), Lab histogram intersection (§4.2), photo → labels
(table 6). The page and the evaluation both read them here. Imports nothing of the project.
"""

from dataclasses import dataclass

Figures = tuple[float, float, float]
"""FCN-score: per-pixel accuracy, per-class accuracy, class IoU; of histograms: L, a, b."""

REAL = "real"  # the row of the real photos
BASE = "facades-patch70"  # the paper's own recipe: L1 + cGAN, U-Net, 70×70; every other run changes one thing


@dataclass(frozen=True)
class Row:
    """label: the paper's name of the run. checkpoint: ours, REAL for the photos.

    figures: the paper's; None for a run that is not in the paper.
    """

    label: str
    checkpoint: str
    figures: Figures | None


OBJECTIVES = (
    Row("L1", "facades-l1", (0.42, 0.15, 0.11)),
    Row("GAN", "facades-gan", (0.22, 0.05, 0.01)),
    Row("cGAN", "facades-cgan", (0.57, 0.22, 0.16)),
    Row("L1 + GAN", "facades-l1-gan", (0.64, 0.20, 0.15)),
    Row("L1 + cGAN", BASE, (0.66, 0.23, 0.17)),
    Row("real photos", REAL, (0.80, 0.26, 0.21)),
)
GENERATORS = (
    Row("Encoder-decoder, L1", "facades-encdec-l1", (0.35, 0.12, 0.08)),
    Row("Encoder-decoder, L1 + cGAN", "facades-encdec", (0.29, 0.09, 0.05)),
    Row("U-Net, L1", "facades-l1", (0.48, 0.18, 0.13)),
    Row("U-Net, L1 + cGAN", BASE, (0.55, 0.20, 0.14)),
)
PATCHES = (
    Row("1×1", "facades-patch1", (0.39, 0.15, 0.10)),
    Row("16×16", "facades-patch16", (0.65, 0.21, 0.17)),
    Row("70×70", BASE, (0.66, 0.23, 0.17)),
    Row("286×286", "facades-patch286", (0.42, 0.16, 0.11)),
)
HISTOGRAMS = (
    Row("L1", "facades-l1", (0.81, 0.69, 0.70)),
    Row("cGAN", "facades-cgan", (0.87, 0.74, 0.84)),
    Row("L1 + cGAN", BASE, (0.86, 0.84, 0.82)),
    Row("PixelGAN (1×1)", "facades-patch1", (0.83, 0.68, 0.78)),
)
TO_LABELS = (
    Row("L1", "facades-labels-l1", (0.86, 0.42, 0.35)),
    Row("cGAN", "facades-labels-cgan", (0.74, 0.28, 0.22)),
    Row("L1 + cGAN", "facades-labels", (0.83, 0.36, 0.29)),
)
