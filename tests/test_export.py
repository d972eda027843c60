"""`export` and `cards` write checkpoints, cards and tables, and over nothing else."""

from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, draw_pair, save_checkpoint
from PIL import Image

from pix2pix.cards import is_written_here
from pix2pix.cli import main
from pix2pix.evaluation.color_statistics import read_color_statistics
from pix2pix.inference import Translator


@pytest.fixture
def run(tmp_path) -> Path:
    return save_checkpoint(tmp_path / "runs", "mine", direction="BtoA", **TINY)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(run: Path, target: Path, capsys) -> str:
    """What `export` says; it wrote nothing."""
    before = contents(target.parent)
    assert main(["export", str(run), str(target)]) == 2
    assert contents(target.parent) == before
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_a_readme_beside_the_checkpoint_stays(run, tmp_path, monkeypatch):
    """`export runs/mine mine` in the root of a project."""
    monkeypatch.chdir(tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text("# My project\n")
    assert main(["export", "runs/mine", "mine"]) == 0
    assert readme.read_text() == "# My project\n" and is_written_here(tmp_path / "mine" / "README.md")
    assert Translator(tmp_path / "mine", "cpu").side == 32
    readme.unlink()
    assert main(["export", "runs/mine", "mine"]) == 0 and not readme.exists()  # no folder of checkpoints


def test_the_table_is_written_where_checkpoints_are(run, tmp_path, monkeypatch):
    assert main(["export", str(run), str(tmp_path / "checkpoints" / "mine")]) == 0
    assert "| [mine](mine/README.md) |" in (tmp_path / "checkpoints" / "README.md").read_text()
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "own"))
    for _ in range(2):  # a second time it is a table that may be written over
        assert main(["export", str(run), str(tmp_path / "own" / "mine")]) == 0
        assert is_written_here(tmp_path / "own" / "README.md")


def test_folders_of_other_things_are_refused(run, tmp_path, capsys):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "config.json").write_text("{}")
    assert "holds 1 other files or folders" in refused(run, tmp_path / "project", capsys)
    assert "is the run itself" in refused(run, run, capsys)
    (tmp_path / "link").symlink_to(run)
    assert "is the run itself" in refused(run, tmp_path / "link", capsys)
    (tmp_path / "file").write_text("text")
    assert "is a file" in refused(run, tmp_path / "file", capsys)
    other = save_checkpoint(tmp_path / "shipped", "theirs", **TINY)
    assert "holds the checkpoint of theirs, and the run is of mine" in refused(run, other, capsys)
    (other / "state.safetensors").write_bytes(b"")
    assert "holds a training run" in refused(run, other, capsys)
    same = save_checkpoint(tmp_path / "again", "mine", **TINY)
    (same / "README.md").write_text("what I found out")
    assert "README.md: was not written by this command" in refused(run, same, capsys)


def test_cards_write_over_no_other_readme(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(run.parent))
    (run.parent / "README.md").write_text("# Notes\n")
    assert main(["cards"]) == 2
    assert "is not a table of checkpoints" in capsys.readouterr().err
    assert (run.parent / "README.md").read_text() == "# Notes\n"


@pytest.mark.parametrize("direction", ["AtoB", "BtoA"])
def test_color_statistics_are_of_the_runs_own_targets(tmp_path, direction):
    """Gray first halves, red second ones: the run's direction says which are the targets."""
    (tmp_path / "data").mkdir()
    for number in range(4):
        both = Image.new("RGB", (64, 32))
        both.paste(draw_pair(number)[0].convert("L"), (0, 0))
        both.paste((200, 30, 30), (32, 0, 64, 32))
        both.save(tmp_path / "data" / f"{number}.png")
    run = save_checkpoint(tmp_path / "runs", "mine", direction=direction, **TINY)
    target = tmp_path / "mine"
    assert main(["export", str(run), str(target), "--data", str(tmp_path / "data")]) == 0
    found = read_color_statistics(target)
    reds = np.argmax(found.a) > 30  # bins of 5 over -110 … 110: a is about 60 for red
    assert reds == (direction == "AtoB")
