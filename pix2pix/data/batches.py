"""From memory to the batch of a step (paper §6.2, jitter).

The batch of step s is a pure function of (seed, s), so a run can be resumed, or split over processes, without
any state of its own. Knows nothing about networks.
"""

import contextlib
import functools
import queue
import threading
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from pix2pix.color_wish import GIVEN, Color, wish_channels
from pix2pix.config import TrainConfig
from pix2pix.data.faces import whiskers
from pix2pix.data.label_maps import simplify_labels
from pix2pix.data.label_rules import RULES
from pix2pix.data.placement import place as place_elsewhere
from pix2pix.data.sources import Pairs
from pix2pix.data.transforms import TRANSFORMS, crop, lay_over, place
from pix2pix.images import (
    array_to_tensor,
)


def random_for(seed: int, step: int, index: int) -> np.random.Generator:
    """The random numbers of one pair of one step: the same however the run is cut or split."""
    return np.random.default_rng((seed, step, index))


def pair_at(pairs: Pairs, config: TrainConfig, step: int, index: int) -> int:
    """Which pair stands at place `index` of step's batch: an epoch is a shuffle of all, or by shares."""
    place = step * config.batch_size + index
    if pairs.shares is not None:
        return int(np.random.default_rng((config.seed, place)).choice(len(pairs), p=pairs.shares))
    epoch, offset = divmod(place, len(pairs))
    return int(epoch_order(config.seed, epoch, len(pairs))[offset])


@functools.lru_cache(4)
def epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """All pairs, shuffled; kept, since shuffling many takes as long as reading one."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def training_pair(pairs: Pairs, config: TrainConfig, step: int, index: int) -> tuple[Tensor, Tensor]:
    """(real_a, real_b), each (1, C, crop_size, crop_size) in [-1, 1], jittered alike."""
    rng = random_for(config.seed, step, index)
    which = pair_at(pairs, config, step, index)
    a, b = pairs.a[which], pairs.b[which]
    if config.portrait:
        a = whiskers(a, rng) if rng.random() < 0.35 else a
    if config.place:
        both = place(np.concatenate((a, b), -1), config.crop_size, config.flip, rng)
    else:
        a, b = crop(a, b, config.crop_size, config.flip, rng)
        if config.simplify:
            rules = RULES[config.simplify]
            a, b = place_elsewhere(a, b, rules, rng)
            a = simplify_labels(a, rules, rng)
        if pairs.backgrounds and rng.random() < 0.5:
            b = lay_over(b, a, pairs.backgrounds[rng.integers(len(pairs.backgrounds))])
        both = array_to_tensor(np.concatenate((a, b), -1))
    real_a, real_b = both[:, : a.shape[-1]], both[:, a.shape[-1] :]
    if config.stretch != 1:
        real_b = ((real_b + 1) * config.stretch - 1).clamp(-1, 1)
    real_a, real_b = TRANSFORMS[config.pairs](real_a, real_b, rng)
    if config.color_wish:
        real_a = with_wish(real_a, pairs.colors[which] if rng.random() < GIVEN else None)
    return real_a, real_b


def with_wish(real_a: Tensor, color: Color | None) -> Tensor:
    """real_a (1, C, S, S) → (1, C + 4, S, S): what a generator is given that knows color wishes."""
    return torch.cat((real_a, torch.from_numpy(wish_channels(color, real_a.shape[-1]))), 1)


def validation_pair(pairs: Pairs, config: TrainConfig, which: int) -> tuple[Tensor, Tensor]:
    """The pair at `which` without jitter; random choices of its transform are the same every time."""
    a, b = array_to_tensor(pairs.a[which]), array_to_tensor(pairs.b[which])
    if config.stretch != 1:
        b = ((b + 1) * config.stretch - 1).clamp(-1, 1)
    real_a, real_b = TRANSFORMS[config.pairs](a, b, random_for(0, 0, which))
    return (with_wish(real_a, None), real_b) if config.color_wish else (real_a, real_b)


def training_batch(
    pairs: Pairs, config: TrainConfig, step: int, rank: int = 0, world_size: int = 1
) -> tuple[Tensor, Tensor]:
    """This process's part of step's batch: (N, C, S, S) each."""
    parts = [training_pair(pairs, config, step, i) for i in range(rank, config.batch_size, world_size)]
    return torch.cat([a for a, _ in parts]), torch.cat([b for _, b in parts])


@contextlib.contextmanager
def reading_ahead(
    pairs: Pairs, config: TrainConfig, steps: range, rank: int = 0, world_size: int = 1
) -> Iterator[None]:
    """While it is open, pairs that are not in memory are read before their step by processes of their own."""
    if pairs.lazy:
        places = range(rank, config.batch_size, world_size)
        pairs.lazy.look_ahead(pair_at(pairs, config, step, place) for step in steps for place in places)
    try:
        yield
    finally:
        if pairs.lazy:
            pairs.lazy.close()


def prefetch(make: Callable[[int], tuple[Tensor, Tensor]], steps: range, depth: int = 6) -> Iterator:
    """make(step) for each step, made a few steps ahead in a thread of its own."""
    ready: queue.Queue = queue.Queue(depth)
    stop = threading.Event()

    def put(item) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        for step in steps:
            try:
                item = make(step)
            except BaseException as error:  # handed over: the consumer raises it
                put(error)
                return
            if not put(item):
                return
        put(None)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
