"""Fixtures for the studio's handlers and panels.

`weights`: untrained checkpoints that the page finds; `models_folder`: those of a comparison; `cat`: a drawing
"""

from pathlib import Path

import pytest
from browser import save_tiny_checkpoint
from conftest import save_checkpoint
from PIL import Image, ImageDraw

from pix2pix.inference import TranslatorPool
from pix2pix.ui import pool

HERE = (
    "facades-l1",
    "facades-patch1",
    "facades-patch16",
    "facades-patch70",
    "facades",
)  # patch286 and all else are missing


@pytest.fixture
def weights(tmp_path, monkeypatch) -> Path:
    """A folder with untrained cats and façades, and a pool that looks there."""
    folder = tmp_path / "checkpoints"
    for task in ("edges2cats", "facades"):
        save_tiny_checkpoint(folder, task)
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    loaded = TranslatorPool("cpu", limit=2)
    monkeypatch.setattr(pool, "translators", lambda: loaded)
    return folder


@pytest.fixture
def cat() -> Image.Image:
    image = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((50, 60, 206, 216), outline="black", width=2)
    pen.line((60, 100, 70, 20, 110, 66), fill="black", width=2)
    pen.line((196, 100, 186, 20, 146, 66), fill="black", width=2)
    return image


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory):
    """Tiny untrained checkpoints of the first row, but for the last of them."""
    root = tmp_path_factory.mktemp("models")
    for number, name in enumerate(HERE):
        save_checkpoint(root, name, seed=number)
    return root
