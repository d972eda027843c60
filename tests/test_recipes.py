"""Recipes of sets that are not shipped, tried on made-up pairs: which side is the input, and two steps."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pix2pix import checkpoints
from pix2pix.data.batches import validation_pair
from pix2pix.data.recipes import RECIPES, recipe_config
from pix2pix.data.sources import load_pairs
from pix2pix.training.loop import fit

SIDE = 64
ROAD = (128, 64, 128)
# The perceptual loss needs a network that is downloaded; it says nothing about the pairs.
TINY = {
    "ngf": 4,
    "ndf": 4,
    "n_layers": 1,
    "crop_size": SIDE,
    "load_size": SIDE + 8,
    "steps": 2,
    "lambda_perceptual": 0.0,
    "threads": 1,
    "device": "cpu",
}


def view(number: int, light: float) -> Image.Image:
    """A house on a hill, by day (1) or by night (0.15)."""
    rng = np.random.default_rng(number)
    picture = np.full((SIDE, SIDE, 3), (150, 190, 230), float)
    picture[40:] = (90, 140, 60)
    left = int(rng.integers(4, 36))
    picture[24:48, left : left + 20] = (180, 90, 70)
    return Image.fromarray((picture * light).astype(np.uint8))


def side_by_side(left: Image.Image, right: Image.Image, path: Path) -> None:
    both = Image.new("RGB", (2 * SIDE, SIDE))
    both.paste(left, (0, 0))
    both.paste(right, (SIDE, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    both.save(path)


def night_and_day(root: Path) -> Path:
    """One's own pairs: the same name in night/ and day/."""
    for name, light in (("night", 0.15), ("day", 1.0)):
        (root / name).mkdir(parents=True)
        for number in range(6):
            view(number, light).save(root / name / f"{number}.png")
    return root


def papers_nights(root: Path) -> Path:
    """The paper's folder: night left, day right."""
    for split, count in (("train", 5), ("val", 1)):
        for number in range(count):
            path = root / "night2day" / split / f"{number}.png"
            side_by_side(view(number, 0.15), view(number, 1.0), path)
    return root


def bags(root: Path) -> Path:
    """Photo left, edges right."""
    for split, count in (("train", 5), ("val", 1)):
        for number in range(count):
            photo = Image.new("RGB", (SIDE, SIDE), "white")
            photo.paste((140, 60, 40 + 30 * number), (12, 20, 52, 56))
            edges = Image.new("L", (SIDE, SIDE), 255)
            edges.paste(0, (12, 20, 52, 56))
            edges.paste(255, (14, 22, 50, 54))
            side_by_side(photo, edges, root / "edges2handbags" / split / f"{number}.png")
    return root


def streets(root: Path) -> Path:
    """The paper's pairs: photo left, labels right."""
    for split, count in (("train", 5), ("val", 1)):
        for number in range(count):
            labels = Image.new("RGB", (SIDE, SIDE), (70, 130, 180))
            labels.paste(ROAD, (0, 30 + number, SIDE, SIDE))
            side_by_side(view(number, 1.0), labels, root / "cityscapes" / split / f"{number}.png")
    return root


def darker(one, other) -> bool:
    return float(one.mean()) + 0.5 < float(other.mean())


def gray(one, other) -> bool:
    """Is the first picture without color, and the second not?"""
    first, second = (float((each[:, 0] - each[:, 2]).mean()) for each in (one, other))
    return first == 0 < second


def road(one, other) -> bool:
    """Does the first picture end in the color of a road, and the second not?"""
    wanted = [value / 127.5 - 1 for value in ROAD]
    first, second = (each[0, :, -1, 0].tolist() for each in (one, other))
    return first == pytest.approx(wanted, abs=1e-3) and second != pytest.approx(wanted, abs=0.1)


CASES = {
    "day2night, own folders": ("day2night", night_and_day, lambda a, b: darker(b, a)),
    "day2night, the paper's": ("day2night", papers_nights, lambda a, b: darker(b, a)),
    "edges2handbags": ("edges2handbags", bags, gray),
    "street2labels": ("street2labels", streets, lambda a, b: road(b, a)),
    "cityscapes-l1": ("cityscapes-l1", streets, road),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_recipe_trains_on_pairs_of_its_layout(case, tmp_path):
    task, make, holds = CASES[case]
    config = recipe_config(task, data=str(make(tmp_path / "data")), out=str(tmp_path / "run"), **TINY)
    pairs = load_pairs(config, "val")
    real_a, real_b = validation_pair(pairs, config, 0)
    assert holds(real_a, real_b)
    fit(config)
    settings = checkpoints.load_settings(checkpoints.find(tmp_path / "run"))
    assert settings["task"] == task and settings["training"]["steps"] == 2


def test_sets_that_cannot_be_passed_on_say_so():
    for name, recipe in RECIPES.items():
        if name == "street2labels" or name.startswith("cityscapes-"):
            assert recipe.sets == ("cityscapes",) and recipe.use == "non-commercial"
            assert "no redistribution" in recipe.licence
