"""The file of a run's state: what it must hold, checked before anything is taken from it.

Knows nothing about networks but the names and shapes of their tensors.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.training.resume import saved_config

VERSION = 1  # of the names and of what they mean; a state without one is of version 1
Shapes = dict[str, tuple[int, ...]]
MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class State:
    """What a state file holds. step: steps done; steps_before: of the weights the run began with."""

    tensors: dict[str, Tensor]
    config: TrainConfig
    step: int
    steps_before: int


def write_state(tensors: dict[str, Tensor], step: int, steps_before: int, config: dict, path: Path) -> None:
    metadata = {
        "version": str(VERSION),
        "step": str(step),
        "steps_before": str(steps_before),
        "config": json.dumps(config),
    }
    checkpoints.write_tensors(tensors, path, metadata)


def read_state(path: Path) -> State:
    """ValueError in one line where this is no state, or one of another version."""
    tensors, metadata = checkpoints.read_tensors(path)
    if "config" not in metadata or "step" not in metadata:
        raise ValueError(f"{path}: not the state of a run (it tells no config and no step)")
    version = metadata.get("version", "1")
    if version != str(VERSION):
        raise ValueError(
            f"{path}: is a state of version {version[:20]}; this program reads version {VERSION}: "
            "resume with the program that wrote it"
        )
    config = saved_config(path.parent)
    step, before = whole(metadata["step"]), whole(metadata.get("steps_before", "0"))
    if step is None or before is None or step > config.steps:
        raise ValueError(
            f"{path}: tells step {metadata['step'][:20]!r} of {config.steps}; expected a number up to that"
        )
    return State(tensors, config, step, before)


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def check_tensors(
    state: State, networks: Shapes, optimizers: dict[str, list[tuple[int, ...]]], path: Path
) -> None:
    """Raises ValueError for the first tensor that is missing, unknown, of another shape or not finite.

    networks: "generator/NAME" → shape. optimizers: "adam_g" → the shapes of its weights, in their order. An
    optimizer that has not made a step yet has no moments.
    """
    wanted = dict(networks)
    for name, shapes in optimizers.items():
        if any(key.startswith(f"{name}/") for key in state.tensors):
            for index, shape in enumerate(shapes):
                wanted |= {f"{name}/{index}/{moment}": shape for moment in MOMENTS}
                wanted[f"{name}/{index}/step"] = ()
    given = {key: tuple(tensor.shape) for key, tensor in state.tensors.items()}
    for key in sorted(wanted.keys() | given.keys()):
        if wanted.get(key) != given.get(key):
            raise ValueError(
                f"{path}: does not fit this run: {key!r} is {given.get(key, 'missing')}; expected "
                f"{wanted.get(key, 'no such tensor')}"
            )
        if not (state.tensors[key].is_floating_point() and torch.isfinite(state.tensors[key]).all()):
            raise ValueError(f"{path}: {key!r} holds what is no finite number; resume from an earlier state")
