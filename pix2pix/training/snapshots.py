"""Weights of chosen steps of one run, each a checkpoint of its own: OUT/snapshots/STEP.

Adam's second moments are kept next to them, as Adafactor keeps them (Shazeer and Stern 2018, §3): for a
convolution's weights the means over outputs and over inputs, whose product is close to the whole. Without
them a single step would move every weight by the learning rate, far more than the run's own steps did.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from pix2pix import checkpoints
from pix2pix.config import TrainConfig, uses_gan
from pix2pix.training.optimizer import Adam, in_memory_order
from pix2pix.training.state import save_checkpoint
from pix2pix.training.step import Networks


def save_snapshot(networks: Networks, done: int, config: TrainConfig, out: Path, losses: dict) -> None:
    """Write the checkpoint of step `done` below the run folder, int8 as it is shipped.

    losses: means of the last logged steps; {} before the first.
    """
    folder = out / checkpoints.SNAPSHOTS / str(done)
    save_checkpoint(networks, done, config, folder, losses)
    if done:
        kept = moments(networks.generator, networks.adam_g, "generator")
        if uses_gan(config.objective):
            kept |= moments(networks.discriminator, networks.adam_d, "discriminator")
        checkpoints.write_tensors(kept, folder / checkpoints.MOMENTS)


def check_snapshots(config: TrainConfig, out: Path, start: int) -> None:
    """ValueError if a run that resumes at step `start` is past a snapshot that it did not keep."""
    missed = [
        step
        for step in config.snapshot_steps
        if step < start and not checkpoints.is_checkpoint(out / checkpoints.SNAPSHOTS / str(step))
    ]
    if missed:
        raise ValueError(
            f"--snapshots has {missed[0]}, but {out} is at step {start} and kept none there; "
            f"name later steps, or start a new run"
        )


def moments(network: nn.Module, adam: Adam, prefix: str) -> dict[str, Tensor]:
    """Adam's second moments of a network, factored: PREFIX/NAME/0 and, of convolutions, PREFIX/NAME/1."""
    kept: dict[str, Tensor] = {}
    for (name, weight), view in zip(network.named_parameters(), adam.param_groups[0]["params"], strict=True):
        squares = adam.state[view]["exp_avg_sq"]
        # Back to the order of the weight: see `in_memory_order`.
        squares = squares.permute(0, 3, 1, 2) if weight.dim() == 4 else squares
        for number, part in enumerate(factor(squares.detach().float().cpu())):
            kept[f"{prefix}/{name}/{number}"] = part.contiguous()
    return kept


def load_moments(network: nn.Module, adam: Adam, folder: Path, prefix: str, step: int) -> bool:
    """Let Adam continue as after `step` steps, with a snapshot's second moments and without momentum.

    Returns False, and leaves Adam fresh, where the folder has none, as before the first step.
    """
    if not (folder / checkpoints.MOMENTS).is_file():
        return False
    kept, _ = checkpoints.read_tensors(folder / checkpoints.MOMENTS)
    for (name, weight), view in zip(network.named_parameters(), adam.param_groups[0]["params"], strict=True):
        parts = [kept[f"{prefix}/{name}/{number}"] for number in range(2 if weight.dim() == 4 else 1)]
        squares = in_memory_order(unfactor(parts)).to(view)
        adam.state[view] = {
            "step": torch.tensor(float(step)),
            "exp_avg": torch.zeros_like(view),
            # The fused Adam walks memory: moments must have their weights' memory layout.
            "exp_avg_sq": torch.empty_like(view).copy_(squares),
        }
    return True


def factor(squares: Tensor) -> list[Tensor]:
    """(D, C, k, k) → means over all but the first, and all but the second dimension; (D,) as it is."""
    return [squares.mean((1, 2, 3)), squares.mean((0, 2, 3))] if squares.dim() == 4 else [squares]


def unfactor(parts: list[Tensor]) -> Tensor:
    """The reverse, to be broadcast over the kernel: (D,), (C,) → (D, C, 1, 1)."""
    if len(parts) == 1:
        return parts[0]
    first, second = parts
    return (first[:, None] * second / first.mean().clamp_min(1e-30))[:, :, None, None]
