"""Weights of chosen steps of one run, each a checkpoint of its own: OUT/snapshots/STEP."""

from pathlib import Path

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.training.state import save_checkpoint
from pix2pix.training.step import Networks


def save_snapshot(networks: Networks, done: int, config: TrainConfig, out: Path, losses: dict) -> None:
    """Write the checkpoint of step `done` below the run folder, int8 as it is shipped.

    losses: means of the last logged steps; {} before the first.
    """
    save_checkpoint(networks, done, config, out / checkpoints.SNAPSHOTS / str(done), losses)


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
