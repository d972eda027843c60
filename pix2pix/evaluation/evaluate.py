"""Score façade checkpoints on a split: real photos first, as the ceiling, then each checkpoint (paper §4).

Pictures are read, translated, counted and forgotten one by one, so memory does not grow with the split.
"""

import contextlib
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from pix2pix.config import TrainConfig
from pix2pix.data.sources import find_files, read_pair
from pix2pix.evaluation import metrics
from pix2pix.evaluation.colours import FILE as COLOURS_FILE
from pix2pix.evaluation.colours import ColourHistogramSegmenter
from pix2pix.evaluation.labels import labels_from_colours, read_labels
from pix2pix.evaluation.segmenter import SEGMENTER, WEIGHTS, Segmenter, load_segmenter
from pix2pix.images import array_to_tensor, load_image, pil_to_tensor
from pix2pix.inference import Translator
from pix2pix.tasks import FACADE_PALETTE

SAMPLES = 8  # dropout samples behind «diversity»
CLASSES = len(FACADE_PALETTE)


@dataclass
class Scorers:
    """Who reads labels out of photos. segmenter: None where none has been trained; colours: the floor."""

    segmenter: Segmenter | None
    colours: ColourHistogramSegmenter | None

    @classmethod
    def load(cls, folder: Path = SEGMENTER) -> "Scorers":
        segmenter = load_segmenter(folder) if (folder / WEIGHTS).is_file() else None
        colours = ColourHistogramSegmenter.load(folder) if (folder / COLOURS_FILE).is_file() else None
        return cls(segmenter, colours)


@dataclass
class Tally:
    """What is added up over a split: a few numbers a picture, and one small confusion matrix."""

    confusions: list[np.ndarray] = field(default_factory=list)
    fake_histograms: np.ndarray = field(default_factory=lambda: np.zeros((3, metrics.HISTOGRAM_BINS)))
    real_histograms: np.ndarray = field(default_factory=lambda: np.zeros((3, metrics.HISTOGRAM_BINS)))
    l1: list[float] = field(default_factory=list)
    psnr: list[float] = field(default_factory=list)
    ssim: list[float] = field(default_factory=list)
    diversity: list[float] = field(default_factory=list)

    def add(self, fake_b: Tensor, real_b: Tensor) -> None:
        """Count one picture against its truth, each (1, 3, H, W) in [-1, 1]."""
        self.fake_histograms += metrics.lab_histograms(fake_b)
        self.real_histograms += metrics.lab_histograms(real_b)
        self.l1.append(metrics.l1(fake_b, real_b))
        self.psnr.append(metrics.psnr(fake_b, real_b))
        self.ssim.append(metrics.ssim(fake_b, real_b))

    def confusion(self) -> np.ndarray:
        """Over the whole split."""
        return sum(self.confusions, np.zeros((CLASSES, CLASSES), np.int64))

    def result(self) -> dict[str, Any]:
        """The figures as they stand in the JSON; None where there was nothing to score with."""
        psnr = metrics.mean_of_finite(self.psnr)
        pairs = zip(metrics.LAB, self.fake_histograms, self.real_histograms, strict=True)
        return {
            **scores(self.confusion()),
            "histogram": {name: metrics.histogram_intersection(one, other) for name, one, other in pairs},
            "l1": float(np.mean(self.l1)),
            "psnr": psnr if np.isfinite(psnr) else None,
            "ssim": float(np.mean(self.ssim)),
            "diversity": float(np.mean(self.diversity)) if self.diversity else 0.0,
        }


def scores(confusion: np.ndarray) -> dict[str, float | None]:
    """`fcn_score`, or None for each where nothing was scored."""
    if confusion.sum() == 0:
        return dict.fromkeys(("pixel_accuracy", "class_accuracy", "class_iou"))
    return {**metrics.fcn_score(confusion)}


def find_pairs(data: str | Path, split: str) -> list[Path]:
    """The side-by-side pictures of a split, in data or data/facades. ValueError if there are none."""
    root = Path(data)
    if not root.is_dir():
        raise ValueError(f"--data {data}: no such folder")
    folder = root / "facades" if (root / "facades").is_dir() else root
    with contextlib.suppress(ValueError):
        if files := [first for first, second in find_files(folder, split, "aligned") if second is None]:
            return files
    raise ValueError(
        f"{folder}: no side-by-side pictures for {split}; expected photo | labels in {folder / split}"
    )


def read_photo_and_labels(path: Path, side: int) -> tuple[np.ndarray, np.ndarray]:
    """(photo, label colours), each uint8 (side, side, 3). ValueError in one line for any other picture."""
    width, height = load_image(path).size
    if width == height:
        raise ValueError(
            f"{path}: is {width}×{height}, a photo without labels; expected photo | labels side by side"
        )
    if width != 2 * height or height < side:
        raise ValueError(f"{path}: is {width}×{height}; expected two squares side by side, {2 * side}×{side}")
    return read_pair(path, None, TrainConfig(load_size=side, crop_size=side), side, halve=True)


def score_real(files: list[Path], scorers: Scorers, side: int = 256, quiet: bool = False) -> dict[str, Any]:
    """The ceiling, real photos under the scorer, and the floor, classes guessed from colour alone.

    Also the check of the data: ValueError names the first picture whose labels cannot be read.
    """
    confusion, floor = np.zeros((CLASSES, CLASSES), np.int64), np.zeros((CLASSES, CLASSES), np.int64)
    for path in tqdm(files, "real photos", unit="picture", disable=quiet):
        photo, colours = read_photo_and_labels(path, side)
        truth = read_labels(colours, FACADE_PALETTE, str(path))
        if scorers.segmenter:
            found = scorers.segmenter.predict(array_to_tensor(photo))
            confusion += metrics.confusion_matrix(truth, found, CLASSES)
        if scorers.colours:
            floor += metrics.confusion_matrix(truth, scorers.colours.predict(photo), CLASSES)
    return {**scores(confusion), "colours_alone": scores(floor), "pictures": len(files)}


def score_checkpoint(
    translator: Translator, files: list[Path], scorers: Scorers, samples: int = SAMPLES, quiet: bool = False
) -> Tally:
    """A façade checkpoint's counts over the split; the picture that counts is the one of seed 0.

    labels→photo: its photos go through the scorer. photo→labels: its colours are read as labels.
    """
    to_labels = is_to_labels(translator)
    tally = Tally()
    for path in tqdm(files, translator.folder.name, unit="picture", disable=quiet):
        photo, colours = read_photo_and_labels(path, translator.side)
        truth = labels_from_colours(colours, FACADE_PALETTE)
        real_a, real_b = (photo, colours) if to_labels else (colours, photo)
        pictures = translator.sample(Image.fromarray(real_a), list(range(samples)))
        fakes = torch.cat([pil_to_tensor(picture) for picture in pictures])
        tally.add(fakes[:1], array_to_tensor(real_b))
        tally.diversity.append(metrics.diversity(fakes))
        if to_labels:
            found = labels_from_colours(np.asarray(pictures[0]), FACADE_PALETTE)
        elif scorers.segmenter:
            found = scorers.segmenter.predict(fakes[:1])
        else:
            continue
        tally.confusions.append(metrics.confusion_matrix(truth, found, CLASSES))
    return tally


def is_to_labels(translator: Translator) -> bool:
    """Does this façade checkpoint go from photo to labels? ValueError for a checkpoint of another task."""
    task = translator.settings.get("task", "")
    if not task.startswith("facades"):
        raise ValueError(
            f"{translator.folder.name} translates {task or 'something else'}; only façades have a scorer"
        )
    return translator.settings.get("recipe", {}).get("direction", "BtoA") == "AtoB"


def evaluate(
    names: list[str],
    data: str | Path,
    split: str = "val",
    scorers: Scorers | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """{"real": figures, "checkpoints": {name: figures}, "gaps": {name: {name: intervals}}}, as in the JSON.

    gaps: for each pair of checkpoints the 95 % intervals of `metrics.difference_interval`, first less second.
    names: of checkpoints, or their folders. Raises ValueError in one line for bad data or checkpoints.
    """
    translators = [Translator(name, precision="fp32") for name in names]
    for translator in translators:
        is_to_labels(translator)
    files = find_pairs(data, split)
    scorers = scorers or Scorers.load()
    side = translators[0].side if translators else 256
    real = score_real(files, scorers, side, quiet)
    done = {t.folder.name: score_checkpoint(t, files, scorers, quiet=quiet) for t in translators}
    scored = {name: np.stack(tally.confusions) for name, tally in done.items() if tally.confusions}
    gaps: dict[str, dict] = {}
    for one, other in combinations(scored, 2):
        gaps.setdefault(one, {})[other] = metrics.difference_interval(scored[one], scored[other])
    return {"real": real, "checkpoints": {n: tally.result() for n, tally in done.items()}, "gaps": gaps}
