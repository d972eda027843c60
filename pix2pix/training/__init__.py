"""Training: `train_step` is the method (paper §3.3), `fit` is the run around it."""

from pix2pix.training.loop import fit
from pix2pix.training.step import train_step

__all__ = ["fit", "train_step"]
