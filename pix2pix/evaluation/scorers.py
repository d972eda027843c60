"""Which scorer reads the pictures of which task: one for each data set that has one."""

from collections.abc import Callable
from pathlib import Path

from pix2pix.evaluation.cityscapes import cityscapes_scorer
from pix2pix.evaluation.color_baseline import FILE as BASELINE
from pix2pix.evaluation.color_baseline import ColorHistogramSegmenter
from pix2pix.evaluation.scorer import Scorer
from pix2pix.evaluation.segmenter_network import SEGMENTER, WEIGHTS, load_segmenter
from pix2pix.images import array_to_tensor
from pix2pix.tasks import FACADE_PALETTE


def facade_scorer(folder: Path = SEGMENTER) -> Scorer:
    """The twelve classes of CMP façades, read by the project's own network."""
    trained = (folder / WEIGHTS).is_file()
    network = load_segmenter(folder) if trained else None
    baseline = ColorHistogramSegmenter.load(folder) if (folder / BASELINE).is_file() else None
    return Scorer(
        "facades",
        FACADE_PALETTE,
        (lambda photo: network.predict(array_to_tensor(photo))) if network else None,
        "" if network else "no scorer is trained: python -m pix2pix.evaluation.segmenter --data DIR",
        baseline=baseline,
    )


SCORERS: dict[str, Callable[[], Scorer]] = {
    "facades": facade_scorer,
    "cityscapes": cityscapes_scorer,
    "labels2street": cityscapes_scorer,
    "street2labels": cityscapes_scorer,
}


def scorer_for(task: str) -> Scorer | None:
    """The scorer of a task, by the first part of its name; None where there is none for its pictures."""
    return SCORERS[base(task)]() if has_scorer(task) else None


def has_scorer(task: str) -> bool:
    """Can the pictures of a task be scored?"""
    return base(task) in SCORERS


def base(task: str) -> str:
    return task.partition("-")[0]
