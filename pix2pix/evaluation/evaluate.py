"""Measure checkpoints of any task on held-out pairs: the paper's figures (§4), and what the studio looks at.

Pairs come from the recipe in each checkpoint's config.json; where a scorer reads their pictures, FCN-scores
are added, real photos first. Pictures are made, counted and forgotten one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor
from tqdm import tqdm

from pix2pix import checkpoints
from pix2pix.evaluation import lattice, metrics
from pix2pix.evaluation.held_out import HeldOut, translated
from pix2pix.evaluation.scorer import Scorer
from pix2pix.evaluation.scorers import has_scorer, scorer_for
from pix2pix.images import array_to_tensor
from pix2pix.inference import Translator

FCN = ("pixel_accuracy", "class_accuracy", "class_iou")
Figures = dict[str, Any]
Distance = Callable[[Tensor, Tensor], float]
NO_FEATURES = (
    "feature distance left out: give --features squeezenet1_0 (torchvision downloads it) or a local file, "
    "--features FILE.safetensors"
)


@dataclass(frozen=True)
class Options:
    """How checkpoints are measured.

    split: "train" or "val". count: only the first so many pairs. samples: seeds a pair, for the diversity.
    color: the wish, where a checkpoint knows them: "seed", "none", or "own", the real picture's main color.
    distance: of two pictures (1, 3, H, W) in [-1, 1] in a network's feature maps. device and precision: as a
    Translator's; fp32 gives the same figures on all machines.
    """

    split: str = "val"
    count: int | None = None
    samples: int = 8
    color: str = "seed"
    distance: Distance | None = None
    device: str = "auto"
    precision: str = "fp32"


@dataclass
class Tally:
    """What is added up over a split: a few numbers a picture, a spectrum, and small confusion matrices.

    distance: of two pictures in a network's feature maps, None to leave it out.
    """

    distance: Distance | None = None
    fake_histograms: np.ndarray = field(default_factory=lambda: np.zeros((3, metrics.HISTOGRAM_BINS)))
    real_histograms: np.ndarray = field(default_factory=lambda: np.zeros((3, metrics.HISTOGRAM_BINS)))
    spectrum: np.ndarray | float = 0.0
    confusions: list[np.ndarray] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, fakes: np.ndarray, real: np.ndarray) -> None:
        """Count the pictures of one pair, uint8 (N, H, W, 3), N seeds, the first one against `real`."""
        fake_b, real_b = array_to_tensor(fakes[0]), array_to_tensor(real)
        self.fake_histograms += metrics.lab_histograms(fake_b)
        self.real_histograms += metrics.lab_histograms(real_b)
        if can_have_lattice(real):
            self.spectrum = self.spectrum + lattice.spectrum(lattice.luma(fakes[0]))
        found = {
            "l1": metrics.l1(fake_b, real_b),
            "psnr": metrics.psnr(fake_b, real_b),
            "ssim": metrics.ssim(fake_b, real_b),
            "diversity": metrics.diversity(fakes),
        }
        if self.distance:
            found["feature_distance"] = self.distance(fake_b, real_b)
        for name, value in found.items():
            self.values.setdefault(name, []).append(value)

    def result(self) -> Figures:
        """The figures as they stand in the JSON; None where something could not be measured."""
        psnr = metrics.mean_of_finite(self.values["psnr"])
        pairs = zip(metrics.LAB, self.fake_histograms, self.real_histograms, strict=True)
        means = {name: float(np.mean(values)) for name, values in self.values.items()}
        return {
            **fcn_figures(self.confusions),
            "histogram": {name: metrics.histogram_intersection(one, other) for name, one, other in pairs},
            "l1": means["l1"],
            "psnr": psnr if np.isfinite(psnr) else None,
            "ssim": means["ssim"],
            "diversity": means["diversity"],
            "feature_distance": means.get("feature_distance"),
            "lattice": lattice_figures(self.spectrum, len(self.values["l1"])),
            "pictures": len(self.values["l1"]),
        }


def fcn_figures(confusions: list[np.ndarray]) -> Figures:
    """FCN-score over the pictures and its 95 % bootstrap intervals; None where nothing was scored."""
    total = sum(confusions, np.zeros((1, 1), np.int64))
    if total.sum() == 0:
        return {**dict.fromkeys(FCN), "interval": None}
    return {**metrics.fcn_score(total), "interval": metrics.score_interval(np.stack(confusions))}


def can_have_lattice(picture: np.ndarray) -> bool:
    """Is a picture (H, W, ...) large enough, and of a size that the lattice is defined for?"""
    return all(side >= lattice.SMALLEST and side % max(lattice.PERIODS) == 0 for side in picture.shape[:2])


def lattice_figures(spectrum: np.ndarray | float, pictures: int) -> Figures | None:
    """{"off": {"2": {"ratio", "rms"}, …}, "on": …} from a sum of spectra, off the axes and on them."""
    if isinstance(spectrum, float):
        return None
    found = {"off": lattice.figures(spectrum / pictures), "on": lattice.figures(spectrum / pictures, True)}
    return {
        where: {str(period): one._asdict() for period, one in each.items()} for where, each in found.items()
    }


def score_real(held_out: HeldOut, scorer: Scorer | None, quiet: bool = False) -> Figures:
    """What real pictures get: the FCN-score's ceiling, its color-only baseline, and their lattice.

    Also the check of the data: ValueError names the first label map that cannot be read.
    """
    tally: list[np.ndarray] = []
    baseline: list[np.ndarray] = []
    spectrum: np.ndarray | float = 0.0
    for which, (real_a, real_b) in enumerate(bar(held_out, "real pictures", quiet)):
        real = held_out.target(real_a, real_b)
        if can_have_lattice(real):
            spectrum = spectrum + lattice.spectrum(lattice.luma(real))
        if scorer:
            photo, colors = held_out.photo_and_labels(which)
            truth = scorer.truth(colors, held_out.pairs.names[which])
            if scorer.predict:
                tally.append(scorer.confusion(truth, scorer.predict(photo)))
            if scorer.baseline:
                baseline.append(scorer.confusion(truth, scorer.baseline.predict(photo)))
    return {
        **fcn_figures(tally),
        "color_baseline": fcn_figures(baseline),
        "lattice": lattice_figures(spectrum, len(held_out)),
        "pictures": len(held_out),
    }


def score_checkpoint(
    translator: Translator,
    held_out: HeldOut,
    scorer: Scorer | None,
    options: Options,
    quiet: bool = False,
) -> Tally:
    """A checkpoint's counts over the held-out pairs.

    Each pair has seeds of its own, as visitors have; the picture that counts is that of the first. labels →
    photo: its photos go through the scorer. photo → labels: its colors are read as labels.
    """
    tally = Tally(options.distance)
    for which, (real_a, real_b) in enumerate(bar(held_out, translator.folder.name, quiet)):
        wish = {"own": held_out.color(which), "none": None}.get(options.color, "seed")
        seeds = tuple(range(which, which + options.samples))
        fakes = translated(translator, real_a, seeds, wish)
        tally.add(fakes, held_out.target(real_a, real_b))
        read = scorer and (scorer.found if held_out.to_labels else scorer.predict)
        if scorer and read:
            truth = scorer.truth(held_out.photo_and_labels(which)[1], held_out.pairs.names[which])
            tally.confusions.append(scorer.confusion(truth, read(fakes[0])))
    return tally


def evaluate(
    names: Sequence[str | Path],
    data: str | Path,
    options: Options | None = None,
    scorers: dict[str, Scorer | None] | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """Figures of checkpoints, by name, path or hf://owner/name, as they stand in the JSON.

    {"sets": {set: figures of its real pictures}, "checkpoints": {name: figures, with "task" and "set"},
    "gaps": {name: {name: intervals}}, "notes": [one line for each thing that could not be measured]}

    gaps: for each two checkpoints that were scored on one set, the 95 % intervals of
    `metrics.difference_interval`, first less second. scorers: by task, instead of the project's own. Raises
    ValueError in one line for bad data or checkpoints, where it can before anything is computed.
    """
    options = options or Options()
    folders = {str(name): checkpoints.find(name) for name in names}
    settings = {name: checkpoints.load_settings(folder) for name, folder in folders.items()}
    for each in settings.values():
        HeldOut.check(each, str(data), options.split, labels=has_scorer(each.get("task", "")))
    sets: dict[str, Figures] = {}
    done: dict[str, Figures] = {}
    scored: dict[str, tuple[str, np.ndarray]] = {}
    notes: list[str] = [] if options.distance else [NO_FEATURES]
    for given, folder in folders.items():
        held_out = HeldOut(settings[given], str(data), options.count, options.split)
        name = folder.name if folder.name not in done else given
        scorer, note = pick_scorer(held_out, scorers)
        if note and note not in notes:
            notes.append(note)
        if held_out.key not in sets:
            sets[held_out.key] = score_real(held_out, scorer, quiet)
        translator = Translator(folder, options.device, options.precision)
        tally = score_checkpoint(translator, held_out, scorer, options, quiet)
        steps = checkpoints.steps_trained({"training": {}} | settings[given])
        done[name] = {"task": held_out.config.task, "set": held_out.key, "steps": steps, **tally.result()}
        if tally.confusions:
            scored[name] = held_out.key, np.stack(tally.confusions)
    gaps: dict[str, dict] = {}
    for one, other in combinations(scored, 2):
        if scored[one][0] == scored[other][0]:
            gaps.setdefault(one, {})[other] = metrics.difference_interval(scored[one][1], scored[other][1])
    return {"sets": sets, "checkpoints": done, "gaps": gaps, "notes": notes}


def pick_scorer(held_out: HeldOut, given: dict[str, Scorer | None] | None) -> tuple[Scorer | None, str]:
    """(the scorer of these pairs or None, a line that says why FCN-scores are left out or "")."""
    task = held_out.config.task
    scorer = scorer_for(task) if given is None else given.get(task)
    if scorer is None:
        return None, ""
    if not scorer.reads(held_out.photo_and_labels(0)[1]):
        return None, f"{task}: no FCN-score: these label maps are not in the palette of {scorer.name}"
    return scorer, f"{task}: no FCN-score: {scorer.missing}" if scorer.missing else ""


def bar(held_out: HeldOut, title: str, quiet: bool) -> Any:
    return tqdm(held_out, title, unit="picture", leave=False, disable=quiet)
