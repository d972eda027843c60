"""Held-out pairs of any task, as its network sees them, and the pictures that come of them.

Input and target are prepared as in training: by the recipe in the checkpoint's config.json, without jitter,
with random choices (where a hole is, how a line is drawn) that are the same every time. Knows no measures.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from pix2pix.config import TrainConfig
from pix2pix.data.batches import validation_pair
from pix2pix.data.sources import load_pairs
from pix2pix.images import output_to_rgb, tensor_to_array
from pix2pix.inference import Translator


def training_config(settings: dict[str, Any], data: str) -> TrainConfig:
    """The config that a checkpoint was trained with, from its config.json, with pairs below `data`.

    Fields of other versions are left out: the pairs do not depend on them.
    """
    known = {field.name for field in dataclasses.fields(TrainConfig)}
    recipe = {name: value for name, value in settings.get("recipe", {}).items() if name in known}
    return TrainConfig(**{**recipe, "data": data})


class HeldOut:
    """The pairs of a split that fit a checkpoint: iterates (real_a, real_b), (1, C, S, S) in [-1, 1].

    settings: of the checkpoint. data: folder of the pairs, or the one that holds the recipe's sets. count:
    only the first so many. Raises ValueError in one line where there are none, or they cannot be read.
    """

    def __init__(self, settings: dict[str, Any], data: str, count: int | None = None, split: str = "val"):
        self.config = training_config(settings, data)
        self.kinds = settings["input_kind"], settings["output_kind"]
        # Pictures are stored at the network's size for validation; a training split is measured like it.
        config = dataclasses.replace(self.config, load_size=self.config.crop_size)
        self.pairs = load_pairs(config, split)
        self.count = min(len(self.pairs), count or len(self.pairs))

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for which in range(self.count):
            yield validation_pair(self.pairs, self.config, which)

    def target(self, real_a: Tensor, real_b: Tensor) -> np.ndarray:
        """The real picture that a pair stands for: uint8 (S, S, 3)."""
        return tensor_to_array(as_rgb(real_a, real_b, *self.kinds))[0]


def as_rgb(real_a: Tensor, answer: Tensor, input_kind: str, output_kind: str) -> Tensor:
    """`output_to_rgb` for one input and N answers, always with three channels."""
    rgb = output_to_rgb(real_a.expand(len(answer), -1, -1, -1), answer, input_kind, output_kind)
    return rgb if rgb.shape[1] == 3 else rgb.expand(-1, 3, -1, -1)


def translated(translator: Translator, real_a: Tensor, seeds: tuple[int, ...] = (0,)) -> np.ndarray:
    """real_a (1, C, S, S) in [-1, 1] → the pictures, one a seed: uint8 (N, S, S, 3)."""
    answer = translator.answer(real_a, translator.noise(list(seeds))).cpu().float()
    pictures = tensor_to_array(as_rgb(real_a, answer, translator.input_kind, translator.output_kind))
    return pictures if len(pictures) == len(seeds) else pictures.repeat(len(seeds), 0)
