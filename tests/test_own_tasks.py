"""Tasks of one's own: a checkpoint folder becomes a tile by its config."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from conftest import save_checkpoint
from PIL import Image

import train
from pix2pix import checkpoints
from pix2pix.export import export_run
from pix2pix.images import load_image
from pix2pix.tasks import TASKS, find_task, parse_palette
from pix2pix.training.loop import fit
from pix2pix.ui.own_tasks import own_task, register_own_tasks
from pix2pix.ui.tiles import THUMB_SIDE, _square, publish, task_tiles

PALETTE = "ground=#808000, water=#0000ff"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder with a known task, a comparison, and three of one's own, one of them damaged."""
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    save_checkpoint(tmp_path, "facades")
    for name, changes in {
        "facades-mine": {},
        "my-maps": {"title": "My maps", "line": "Paint.", "canvas": "labels", "palette": PALETTE},
        "sketches": {"pairs": "edges"},
        "damaged": {},
    }.items():
        settings = json.loads((tmp_path / "facades" / "config.json").read_text())
        settings["task"], settings["recipe"] = name, settings["recipe"] | changes
        shutil.copytree(tmp_path / "facades", tmp_path / name)
        (tmp_path / name / "config.json").write_text(json.dumps(settings))
    (tmp_path / "damaged" / "config.json").write_text("{")
    yield tmp_path
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "nowhere"))
    register_own_tasks()


def test_a_checkpoint_of_ones_own_becomes_a_tile(own):
    known = list(TASKS)
    assert register_own_tasks() == register_own_tasks() == ["my-maps", "sketches"]
    assert list(TASKS) == [*known, "my-maps", "sketches"]
    maps = find_task("my-maps")
    assert (maps.title, maps.line, maps.canvas) == ("My maps", "Paint.", "labels")
    assert maps.palette == (("ground", (128, 128, 0)), ("water", (0, 0, 255)))
    assert (maps.ground, maps.brush) == ("ground", "water")
    assert find_task("sketches").canvas == "lines" and find_task("sketches").title == "Sketches"
    tiles = {tile["name"]: tile for tile in task_tiles()}
    assert tiles["my-maps"]["ready"] and tiles["my-maps"]["palette"][1] == ["water", [0, 0, 255]]
    shutil.rmtree(own / "my-maps")
    assert register_own_tasks() == ["sketches"] and "my-maps" not in TASKS


def test_without_a_palette_label_maps_are_uploaded():
    assert own_task("mine", {"recipe": {"canvas": "labels"}}).canvas == "photo"
    assert own_task("mine", {"recipe": {"pairs": "holes"}}).canvas == "mask"
    assert own_task("mine", {}).canvas == "photo"


@pytest.mark.parametrize(
    "told", ["wall", "wall=blue", "a=#000000", "a=#000000,b=#000000", "a=#000001,a=#000002"]
)
def test_a_palette_that_is_none_gets_one_line(told, capsys):
    with pytest.raises(ValueError, match="--palette"):
        parse_palette(told)
    arguments = ["--data", "x", "--out", "y", "--canvas", "labels", "--palette", told]
    with pytest.raises(ValueError, match="--palette"):
        train.parse(arguments)


def test_a_run_keeps_what_its_tile_says(tiny_config):
    run = fit(replace(tiny_config, steps=1, title="Boxes", canvas="labels", palette=PALETTE))
    task = own_task("boxes", checkpoints.load_settings(run))
    assert (task.title, task.canvas, task.brush) == ("Boxes", "labels", "water")


def test_the_tile_shows_what_the_run_made(tiny_config, tmp_path, monkeypatch):
    """A run's last answer to its first validation pair goes with the export to the tile."""
    run = fit(replace(tiny_config, steps=1, sample_every=1))
    with Image.open(next((run / "samples").iterdir())) as sheet, Image.open(run / "thumb.jpg") as thumb:
        answer = np.asarray(sheet.convert("RGB").crop((192, 0, 384, 192)), float)
        assert (
            np.abs(np.asarray(thumb.resize((192, 192)), float).mean((0, 1)) - answer.mean((0, 1))).max() < 8
        )
    shipped = tmp_path / "shipped"
    export_run(run, shipped / "boxes")
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(shipped))
    assert register_own_tasks() == ["boxes"]
    (tile,) = (tile for tile in task_tiles() if tile["name"] == "boxes")
    assert tile["thumb"] and tile["thumb"] == publish(_square(load_image(run / "thumb.jpg"), THUMB_SIDE), 72)
    for damage in (lambda path: path.write_bytes(b"no picture"), lambda path: path.unlink()):
        damage(shipped / "boxes" / "thumb.jpg")
        assert [tile["thumb"] for tile in task_tiles() if tile["name"] == "boxes"] == [""]
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "nowhere"))
    register_own_tasks()
