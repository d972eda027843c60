"""Real or fake: a human study after the paper's (§4.1, AMT) as pure functions; the screen is somebody else's.

One trial shows one picture for a second, a photo or what a network made of it, and asks which it was. Ten
trials of practice tell the answer, forty do not; half of each are photos. The figure is the percentage of
made pictures that were taken for photos, next to that of the photos: no difference is chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PRACTICE = 10
SCORED = 40
EXPOSURE_SECONDS = 1.0
TRIES = 1000


@dataclass(frozen=True)
class Trial:
    """One question. picture: which of the set. made: shown as the network made it, not as it was taken?

    practice: the answer is told afterwards and does not count.
    """

    picture: int
    made: bool
    practice: bool


@dataclass(frozen=True)
class Votes:
    """For each scored trial, was it taken for a photo? made: the network's pictures. real: the photos."""

    made: tuple[bool, ...]
    real: tuple[bool, ...]


def trial_order(
    photos: Sequence[int], seed: int, practice: int = PRACTICE, scored: int = SCORED
) -> list[Trial]:
    """The trials of one session, practice first; the same for the same seed.

    photos: for each picture of the set, the number of the photo that it was cut from. All that are shown of a
    photo are of one kind, and all before or all after the end of practice: no picture tells what another one
    is. Half of the practice trials and half of the scored ones are made, so that one answer to all earns
    chance. Raises ValueError where the pictures cannot be divided so.
    """
    source = np.random.default_rng(seed)
    groups = [[i for i, each in enumerate(photos) if each == photo] for photo in sorted(set(photos))]
    for _ in range(TRIES):
        free = {
            (is_practice, made): count // 2 if made else count - count // 2
            for is_practice, count in ((True, practice), (False, scored))
            for made in (True, False)
        }
        chosen: dict[bool, list[Trial]] = {True: [], False: []}
        # Large groups first: the small ones fill what is left.
        shuffled = [groups[i] for i in source.permutation(len(groups))]
        for group in sorted(shuffled, key=len, reverse=True):
            fitting = [part for part, room in free.items() if room >= len(group)]
            if not fitting:
                continue
            room = np.array([free[part] for part in fitting], float)
            is_practice, made = fitting[source.choice(len(fitting), p=room / room.sum())]
            free[is_practice, made] -= len(group)
            chosen[is_practice] += [Trial(picture, made, is_practice) for picture in group]
        if not any(free.values()):
            parts = (chosen[True], chosen[False])
            return [part[i] for part in parts for i in source.permutation(len(part))]
    raise ValueError(
        f"{len(photos)} pictures of {len(groups)} photos cannot be divided into {practice} trials of "
        f"practice and {scored} scored ones"
    )


def count_votes(trials: Sequence[Trial], said_photo: Sequence[bool]) -> Votes:
    """said_photo: the answers in the order of the trials; there may be fewer. Practice is left out."""
    answered = [pair for pair in zip(trials, said_photo, strict=False) if not pair[0].practice]
    made, real = (tuple(said for trial, said in answered if trial.made == kind) for kind in (True, False))
    return Votes(made, real)


def percentage(votes: Sequence[bool]) -> float:
    """ "% labeled real", 0 to 100. ValueError where there are no votes."""
    if len(votes) == 0:
        raise ValueError("no votes yet; the first ten trials are practice")
    return 100 * float(np.mean(votes))


def wilson_interval(votes: Sequence[bool], z: float = 1.96) -> tuple[float, float]:
    """(low, high) in percent: the score interval of a proportion (Wilson 1927), at 95 % for z = 1.96.

    Unlike an interval of resampled votes (the paper's bootstrap) it has a width where all votes agree. It
    takes the votes to be independent, which those of one person are only in part. ValueError without votes.
    """
    share, n = percentage(votes) / 100, len(votes)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)
