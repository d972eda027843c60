"""Training, replayed: the visitor's drawing through the generator of each kept step of one real run.

The steps and the loss curves are those of checkpoints/facades-steps (`train.py --snapshots`).
"""

import functools
from collections.abc import Mapping

import numpy as np
from PIL import Image

from pix2pix.checkpoints import load_settings
from pix2pix.evaluation.color_statistics import gradient_energy, to_lab
from pix2pix.inference import TranslatorPool
from pix2pix.inference.snapshots import Snapshots, load_snapshots
from pix2pix.ui.drawing import encode_jpeg
from pix2pix.ui.panels.learn_request import Answer, compute, drawing_of, exhibit

RUN = "facades-steps"
SHOWN_CURVES = ("D", "G_gan", "G_l1")
PAPER_STEPS = 200 * 400  # epochs of façades at batch size 1 (appendix 6.2)


@functools.cache
def generators() -> TranslatorPool:
    """The snapshots' generators, apart from the page's own models, which they would drive out."""
    return TranslatorPool(device="cpu", limit=12)


def snapshots() -> Snapshots:
    """The run's snapshots. ValueError that names no folder of this machine."""
    try:
        return load_snapshots(RUN)
    except ValueError:
        raise ValueError(f"no snapshots are here (checkpoints/{RUN}); see docs/lecture.md") from None


@exhibit
def learn_curves(sent: Mapping) -> Answer:
    """steps; at and curves (D, G_gan, G_l1), lists of one length; run, a line about it. Loads no network."""
    found = snapshots()
    settings = load_settings(found.folder)
    steps, recipe = settings["training"]["steps"], settings["recipe"]
    run = (
        f"This run: {steps:,} steps, batch size {recipe['batch_size']}, ngf {recipe['ngf']}, λ = "
        f"{recipe['lambda_l1']:g}. The paper’s: {PAPER_STEPS:,} steps, ngf 64."
    )
    shown = {name: found.losses[name] for name in SHOWN_CURVES if name in found.losses}
    return {"run": run, "steps": list(found.steps), "at": found.losses["step"], "curves": shown}


@exhibit
def learn_replay(sent: Mapping) -> Answer:
    """The drawing by the generator of a step.

    sent: drawing, seed, step. Returns step, picture, energy (gradient energy of L: sharpness), and to_last,
    the mean difference from the last step's picture in levels of 255.
    """
    drawing, seed = drawing_of(sent)
    steps = snapshots().steps
    step = int(sent.get("step") or 0)
    if step not in steps:
        raise ValueError(f"no snapshot of step {step}; there are: {', '.join(map(str, steps))}")

    def work() -> Answer:
        picture, last = (picture_at(each, drawing, seed) for each in (step, steps[-1]))
        levels = np.asarray(picture)
        difference = np.abs(levels.astype(np.float32) - np.asarray(last)).mean()
        return {
            "step": step,
            "picture": encode_jpeg(picture),
            "energy": gradient_energy(to_lab(levels)[0]),
            "to_last": float(difference),
        }

    return compute(sent, work)


def picture_at(step: int, drawing: Image.Image, seed: int) -> Image.Image:
    """The drawing's picture by the generator of `step`."""
    return generators().get(f"{RUN}/{step}").translate(drawing, seed)
