"""Real or fake: the paper's human study (§4.1, AMT) as pure functions; the screen is somebody else's.

One trial shows a real photo and a generated one, each for a second, and asks which was real. Ten trials of
practice tell the answer, forty do not; every session tests one checkpoint. The figure is the percentage of
scored trials in which the generated photo was taken for the real one; 50 % is chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PRACTICE = 10
SCORED = 40
EXPOSURE_SECONDS = 1.0


@dataclass(frozen=True)
class Trial:
    """One question. pair: which pair of the split. real_first: is the real photo the first of the two shown?

    practice: the answer is told afterwards and does not count.
    """

    pair: int
    real_first: bool
    practice: bool


def trial_order(pairs: int, seed: int, practice: int = PRACTICE, scored: int = SCORED) -> list[Trial]:
    """The trials of one session, practice first; the same for the same seed.

    No pair is shown twice while there are enough; with fewer, all are shown before any is shown again. The
    real photo comes first in half of the practice trials and in half of the scored ones, so that «always
    the first» earns exactly chance. Raises ValueError where there are no pairs.
    """
    if pairs < 1:
        raise ValueError("no pairs to show; expected at least one")
    source = np.random.default_rng(seed)
    total = practice + scored
    shown = np.concatenate([source.permutation(pairs) for _ in range(-(-total // pairs))])[:total]
    first = [*half_and_half(practice, source), *half_and_half(scored, source)]
    return [
        Trial(int(pair), real_first, number < practice)
        for number, (pair, real_first) in enumerate(zip(shown, first, strict=True))
    ]


def half_and_half(count: int, source: np.random.Generator) -> list[bool]:
    """`count` truths and falsehoods in random order, as many of one as of the other, or one more."""
    sides = np.arange(count + count % 2) % 2 == 0
    return [bool(side) for side in source.permutation(sides)[:count]]


def labelled_real(trials: Sequence[Trial], chose_first: Sequence[bool]) -> list[bool]:
    """For each scored trial answered so far: was the generated photo taken for the real one?

    chose_first: the answers in the order of the trials; there may be fewer than trials. Practice is left out.
    """
    answered = zip(trials, chose_first, strict=False)
    return [choice != trial.real_first for trial, choice in answered if not trial.practice]


def percentage(votes: Sequence[bool]) -> float:
    """ "% labeled real", 0 to 100. ValueError where there are no votes."""
    if len(votes) == 0:
        raise ValueError("no votes yet; the first ten trials are practice")
    return 100 * float(np.mean(votes))


def bootstrap_interval(
    votes: Sequence[bool], level: float = 0.95, draws: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """(low, high) in percent: between them lie `level` of the percentages of resampled votes."""
    if len(votes) == 0:
        raise ValueError("no votes yet; the first ten trials are practice")
    values = np.asarray(votes, np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(values), (draws, len(values)))
    low, high = np.quantile(values[chosen].mean(1), ((1 - level) / 2, (1 + level) / 2))
    return 100 * float(low), 100 * float(high)
