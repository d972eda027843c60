"""Held-out pairs of any task, as its network sees them, and the pictures that come of them.

Input and target are prepared as in training: by the recipe in the checkpoint's config.json, without jitter,
with random choices (where a hole is, how a line is drawn) that are the same every time. Knows no measures.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix.color_wish import Color
from pix2pix.config import TrainConfig
from pix2pix.data.batches import validation_pair, with_wish
from pix2pix.data.recipes import RECIPES
from pix2pix.data.sources import find_sets, find_sources, load_pairs
from pix2pix.images import CHANNELS, output_to_rgb, tensor_to_array
from pix2pix.inference import Translator
from pix2pix.inference.translator import Wish


def training_config(settings: dict[str, Any], data: str) -> TrainConfig:
    """The config that a checkpoint was trained with, from its config.json, with pairs below `data`.

    A checkpoint that came without a recipe has its task's. Fields of other versions are left out: pairs do
    not depend on them.
    """
    task = settings.get("task", "custom")
    ours = RECIPES[task].changes if task in RECIPES else {}
    known = {field.name for field in dataclasses.fields(TrainConfig)}
    recipe = {name: value for name, value in (settings.get("recipe") or ours).items() if name in known}
    return TrainConfig(**{"task": task, **recipe, "data": data})


class HeldOut:
    """The pairs of a split that fit a checkpoint: iterates (real_a, real_b), (1, C, S, S) in [-1, 1].

    settings: of the checkpoint. data: folder of the pairs, or the one that holds the recipe's sets. count:
    only the first so many. Raises ValueError in one line where there are none, or they cannot be read.
    """

    def __init__(self, settings: dict[str, Any], data: str, count: int | None = None, split: str = "val"):
        self.config = training_config(settings, data)
        self.kinds = settings["input_kind"], settings["output_kind"]
        # Pictures are stored at the network's size for validation; a training split is measured like it.
        self.config = dataclasses.replace(self.config, load_size=self.config.crop_size)
        self.pairs = load_pairs(self.config, split, count=count)
        self.split = split

    @staticmethod
    def check(settings: dict[str, Any], data: str, split: str = "val", labels: bool = False) -> None:
        """ValueError in one line where there are no such pairs, before a picture is decoded.

        labels: pairs of photo | labels are needed, two squares side by side.
        """
        config = training_config(settings, data)
        for source in find_sources(config, split) if labels else find_sources(config, split, limit=1):
            if labels and source.second is None:
                check_two_squares(source.first, config.crop_size)

    @property
    def key(self) -> str:
        """Names the pairs: checkpoints with the same key are measured on the same ones."""
        config = self.config
        sets = "+".join(folder.name for folder, _ in find_sets(config, self.split))
        drawn = [name for name in ("portrait", "simplify") if getattr(config, name)]
        return " ".join([sets, config.direction, config.pairs, str(config.crop_size), *drawn])

    @property
    def to_labels(self) -> bool:
        """Pairs of photo | labels: is the label map the target?"""
        return self.config.direction == "AtoB"

    def photo_and_labels(self, which: int) -> tuple[np.ndarray, np.ndarray]:
        """Of pairs of photo | labels: (photo, label colors), each uint8 (S, S, 3)."""
        a, b = self.pairs.a[which], self.pairs.b[which]
        return (a, b) if self.to_labels else (b, a)

    def color(self, which: int) -> Color | None:
        """The main color of the real picture; None for a checkpoint that knows no color wishes."""
        return self.pairs.colors[which] if self.pairs.colors else None

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for which in range(len(self.pairs)):
            yield validation_pair(self.pairs, self.config, which)

    def target(self, real_a: Tensor, real_b: Tensor) -> np.ndarray:
        """The real picture that a pair stands for: uint8 (S, S, 3)."""
        return tensor_to_array(as_rgb(real_a, real_b, *self.kinds))[0]


def check_two_squares(path: Path, side: int) -> None:
    """ValueError for a picture that is not photo | labels, two squares of `side` pixels or more."""
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from None
    if width == height:
        raise ValueError(
            f"{path}: is {width}×{height}, a photo without labels; expected photo | labels side by side"
        )
    if width != 2 * height or height < side:
        raise ValueError(f"{path}: is {width}×{height}; expected two squares side by side, {2 * side}×{side}")


def as_rgb(real_a: Tensor, answer: Tensor, input_kind: str, output_kind: str) -> Tensor:
    """`output_to_rgb` for one input and N answers, always with three channels."""
    rgb = output_to_rgb(real_a.expand(len(answer), -1, -1, -1), answer, input_kind, output_kind)
    return rgb if rgb.shape[1] == 3 else rgb.expand(-1, 3, -1, -1)


def translated(
    translator: Translator, real_a: Tensor, seeds: tuple[int, ...] = (0,), color: Wish = "seed"
) -> np.ndarray:
    """real_a (1, C, S, S) in [-1, 1] → the pictures, one a seed: uint8 (N, S, S, 3).

    color: of a checkpoint that knows color wishes, as for `Translator.translate`.
    """
    if not translator.knows_colors:
        return answered(translator, real_a, seeds)
    base = real_a[:, : CHANNELS[translator.input_kind]]
    given = {seed: with_wish(base, translator.wish(color, seed)) for seed in seeds}
    if all(torch.equal(other, given[seeds[0]]) for other in given.values()):
        return answered(translator, given[seeds[0]], seeds)
    return np.concatenate([answered(translator, given[seed], (seed,)) for seed in seeds])


def answered(translator: Translator, real_a: Tensor, seeds: tuple[int, ...]) -> np.ndarray:
    """The generator's whole input, (1, C, S, S) → uint8 (N, S, S, 3); one encoder pass for all seeds."""
    answer = translator.answer(real_a, translator.noise(list(seeds))).cpu().float()
    pictures = tensor_to_array(as_rgb(real_a, answer, translator.input_kind, translator.output_kind))
    return pictures if len(pictures) == len(seeds) else pictures.repeat(len(seeds), 0)
