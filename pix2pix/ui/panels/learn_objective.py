"""L1 or adversary: the same drawing by runs with another λ, and the colors of their pictures (paper §4.2)."""

from collections.abc import Mapping

import numpy as np

from pix2pix import checkpoints
from pix2pix.evaluation.color_statistics import AB_SCALE, BINS, describe, read_color_statistics
from pix2pix.evaluation.metrics import histogram_intersection
from pix2pix.ui import pool
from pix2pix.ui.drawing import encode_png
from pix2pix.ui.panels.learn_request import (
    BOTH_NAMES,
    CGAN,
    L1,
    Answer,
    both_terms,
    compute,
    drawing_of,
    exhibit,
)

TEN = "facades-lambda10"


def points() -> list[tuple[str, str, str]]:
    """(λ, checkpoint, what it minimizes) of each run, from the adversary alone to L1 alone."""
    both = next((name for name in BOTH_NAMES if name in checkpoints.available()), BOTH_NAMES[-1])
    return [
        ("0", CGAN, "cGAN alone"),
        ("10", TEN, "L1 + cGAN"),
        ("100", both, "L1 + cGAN, the paper's λ"),
        ("∞", L1, "L1 alone"),
    ]


@exhibit
def learn_points(sent: Mapping) -> Answer:
    """points: λ, what it minimizes, whether it is here. Loads no network."""
    there = checkpoints.available()
    return {"points": [[value, words, name in there] for value, name, words in points()]}


@exhibit
def learn_objective(sent: Mapping) -> Answer:
    """The drawing by the run of one λ.

    sent: drawing, seed, value ("0", "10", "100" or "∞"). Returns value, words, picture, a and b (shares of
    the pixels in each bin), energy, overlap (a, b: with the training photos; None where their numbers are not
    kept), photos (their a, b, energy), bins.
    """
    drawing, seed = drawing_of(sent)
    value = str(sent.get("value") or "100")
    names = {each: (name, words) for each, name, words in points()}
    if value not in names:
        raise ValueError(f"no run has λ = {value}; there are: {', '.join(names)}")
    name, words = names[value]
    if name not in checkpoints.available():
        raise ValueError(f"the run with λ = {value} is not here (checkpoints/{name})")
    reference = training_photos()

    def work() -> Answer:
        picture = pool.translators().get(name).translate(drawing, seed)
        found = describe(np.asarray(picture))
        overlap = None
        if reference:
            overlap = {
                axis: histogram_intersection(np.array(getattr(found, axis)), np.array(reference[axis]))
                for axis in ("a", "b")
            }
        return {
            "value": value,
            "words": words,
            "picture": encode_png(picture),
            "a": found.a,
            "b": found.b,
            "energy": found.gradient_energy,
            "overlap": overlap,
            "photos": reference,
            "bins": [-AB_SCALE, AB_SCALE, BINS],
        }

    return compute(sent, work)


def training_photos() -> Answer | None:
    """Colors and sharpness of the training photos, which all façade runs saw; None where none keeps them."""
    for name in (both_terms(), L1, CGAN):
        found = read_color_statistics(checkpoints.root() / name)
        if found is not None:
            return {"a": found.a, "b": found.b, "energy": found.gradient_energy}
    return None
