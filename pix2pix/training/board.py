"""Plots of a run while it goes on: TensorBoard where it is installed, Weights & Biases if asked for."""

import dataclasses
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pix2pix.config import TrainConfig


class Board:
    """Scalars, histograms, sheets and notes of a run, by the number of steps done.

    start: steps done before; what was plotted beyond is dropped. Raises ValueError in one line where
    config.wandb asks for a package that is not installed.
    """

    def __init__(self, out: Path, start: int, config: TrainConfig):
        try:
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(out / "tensorboard"), purge_step=start + 1)
        except ImportError:  # fine: losses.jsonl has all of it
            self._board = None
        self._run: Any = None
        if config.wandb:
            try:
                self._wandb: Any = importlib.import_module("wandb")
            except ImportError:
                raise ValueError("--wandb needs the package wandb: pip install wandb") from None
            settings, mark = dataclasses.asdict(config), f"{config.task}-{out.name}"
            self._run = self._wandb.init(
                project=config.wandb, name=out.name, dir=str(out), config=settings, id=mark, resume="allow"
            )

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        if self._board:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)
        if self._run:
            self._run.log(dict(values), step=step)

    def histograms(self, step: int, values: Mapping[str, np.ndarray]) -> None:
        """values: float arrays of any shape."""
        if self._board:
            for name, numbers in values.items():
                self._board.add_histogram(name, numbers, step)
        if self._run:
            made = {name: self._wandb.Histogram(numbers) for name, numbers in values.items()}
            self._run.log(made, step=step)

    def sheet(self, step: int, picture: np.ndarray) -> None:
        """picture: uint8 (H, W, 3)."""
        if self._board:
            self._board.add_image("samples", picture, step, dataformats="HWC")
        if self._run:
            self._run.log({"samples": self._wandb.Image(picture)}, step=step)

    def note(self, step: int, text: str) -> None:
        if self._board:
            self._board.add_text("advice", text, step)
        if self._run:
            self._run.alert(title="pix2pix", text=text)

    def close(self) -> None:
        if self._board:
            self._board.close()
        if self._run:
            self._run.finish()
