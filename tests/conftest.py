"""Small real pairs, small nets, small checkpoints: made here, so that tests need no data set."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.data.recipes import recipe_config
from pix2pix.training.step import build_networks

torch.set_num_threads(1)  # tiny nets: threads would only wait for each other
# The studio's recipes without what is not the paper's; the feature network would have to be downloaded.
PAPER = {"lambda_perceptual": 0, "color_wish": False, "antialias": False, "simplify": "", "lambda_l1": 100.0}
PAPER |= {"ema": 0.0, "stretch": 1.0}
TINY = {"ngf": 4, "ndf": 4, "crop_size": 32, "load_size": 36}


def draw_pair(number: int, side: int = 32) -> tuple[Image.Image, Image.Image]:
    """(photo, labels): a box somewhere; in the photo red on gray with noise, in the labels blue on black."""
    rng = np.random.default_rng(number)
    left, top = rng.integers(2, side // 2, 2)
    box = (int(left), int(top), int(left) + side // 3, int(top) + side // 3)
    labels = Image.new("RGB", (side, side), (0, 0, 0))
    ImageDraw.Draw(labels).rectangle(box, fill=(0, 0, 255))
    photo = Image.fromarray(rng.integers(90, 140, (side, side, 3), dtype=np.uint8))
    ImageDraw.Draw(photo).rectangle(box, fill=(220, 40, 40))
    return photo, labels


@pytest.fixture(scope="session")
def pairs_folder(tmp_path_factory) -> Path:
    """Six side-by-side training pairs and four for validation, photo | labels."""
    root = tmp_path_factory.mktemp("pairs")
    for split, count in (("train", 6), ("val", 4)):
        (root / split).mkdir()
        for number in range(count):
            photo, labels = draw_pair(number + (100 if split == "val" else 0))
            both = Image.new("RGB", (64, 32))
            both.paste(photo, (0, 0))
            both.paste(labels, (32, 0))
            both.save(root / split / f"{number}.png")
    return root


@pytest.fixture
def curves() -> None:
    """Runs of a test that asks for this draw losses.png."""


@pytest.fixture
def tiny_config(pairs_folder, tmp_path, monkeypatch, request) -> TrainConfig:
    if "curves" not in request.fixturenames:  # which would take half the time of a tiny run
        monkeypatch.setattr("pix2pix.training.logging.Figures.plot", lambda self: None)
    return TrainConfig(
        task="boxes",
        data=str(pairs_folder),
        out=str(tmp_path / "run"),
        direction="BtoA",
        steps=8,
        save_every=4,
        sample_every=1000,
        precision="fp32",
        device="cpu",
        **TINY,
    )


def save_checkpoint(root: Path, task: str, **changes) -> Path:
    """A checkpoint of `task` with fresh (untrained) weights in root/task."""
    config = replace(recipe_config(task), **{"ngf": 4, "ndf": 4, **PAPER, **changes})
    networks = build_networks(config, torch.device("cpu"))
    checkpoints.save(root / task, config, networks.generator, networks.discriminator, {"steps": 0})
    return root / task


@pytest.fixture(scope="session")
def checkpoint_root(tmp_path_factory) -> Path:
    """Untrained full-size-input checkpoints of one task of each input kind."""
    root = tmp_path_factory.mktemp("checkpoints")
    for task in ("facades", "gray2color", "inpaint", "cutout"):
        save_checkpoint(root, task)
    return root


@pytest.fixture
def shipped(checkpoint_root, monkeypatch) -> Path:
    """As `checkpoint_root`, in the place of the shipped checkpoints."""
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(checkpoint_root))
    return checkpoint_root


def pytest_collection_modifyitems(items) -> None:
    """On a busy machine Chromium now and then loses a touch event: tests with a finger may be repeated."""
    for item in items:
        parameters = getattr(item, "callspec", None)
        finger = "phone" in item.fixturenames or (parameters and "phone" in parameters.id)
        if item.get_closest_marker("browser") and finger:
            item.add_marker(pytest.mark.flaky(reruns=2))
