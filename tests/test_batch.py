"""A folder of pictures: it goes on where it was, shares the work, and loses nobody's picture."""

import os
import re

import numpy as np
import pytest
from PIL import Image

from pix2pix.cli import main
from pix2pix.inference import Translator, batch
from pix2pix.inference.packed import PackedGenerator as Packed
from pix2pix.inference.precision import precision_of


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(5):
        pixels = np.random.default_rng(number).integers(0, 255, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "in" / f"{number}.png")
    return tmp_path


def translate(folder, *more: str) -> int:
    return main(["translate", str(folder / "in"), str(folder / "out"), "--device", "cpu", *more])


def times(folder) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "out").iterdir()}


def test_a_folder_gives_what_single_pictures_give(shipped, folder):
    assert translate(folder, "--seed", "3") == 0
    translator = Translator("facades", "cpu")
    for number in range(5):
        alone = translator.translate(Image.open(folder / "in" / f"{number}.png"), 3)
        assert np.array_equal(alone, Image.open(folder / "out" / f"{number}.png"))


def test_a_stopped_run_goes_on_where_it_was(shipped, folder, monkeypatch, capsys):
    done = []

    def stopped_after_two(self, picture, *settings, real=Translator.translate):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(picture)
        return real(self, picture, *settings)

    with monkeypatch.context() as patch:
        patch.setattr(Translator, "translate", stopped_after_two)
        assert translate(folder) == 130
    before = times(folder)
    assert sorted(before) == ["0.png", "1.png"]
    assert translate(folder) == 0
    after = times(folder)
    assert sorted(after) == [f"{number}.png" for number in range(5)]
    assert all(after[name] == at for name, at in before.items())
    assert "2 of 5 are there already" in capsys.readouterr().out


def test_another_seed_or_a_newer_source_is_made_again(shipped, folder):
    assert translate(folder) == 0
    first = times(folder)
    source = folder / "in" / "0.png"
    os.utime(source, (source.stat().st_atime, source.stat().st_mtime + 100))
    assert translate(folder) == 0
    second = times(folder)
    assert [name for name in first if second[name] != first[name]] == ["0.png"]
    assert translate(folder, "--seed", "1") == 0
    third = times(folder)
    assert all(third[name] != second[name] for name in second)
    assert translate(folder, "--seed", "1", "--again") == 0
    assert all(times(folder)[name] != third[name] for name in third)


def test_a_folder_is_finished_in_the_precision_it_was_begun_with(shipped, folder, monkeypatch):
    """The choice is recorded, so that a run on another processor makes the same pixels."""
    late = folder / "in" / "4.png"
    late.rename(folder / "4.png")
    assert translate(folder, "--precision", "fp32") == 0
    (folder / "4.png").rename(late)
    monkeypatch.setattr("pix2pix.devices.bf16_is_quicker", lambda device: True)
    monkeypatch.setattr("pix2pix.inference.precision.int8_pays", lambda dtype: False)
    assert Translator("facades", "cpu").precision == "bf16"
    before = times(folder)
    assert translate(folder) == 0
    assert times(folder).items() >= before.items()
    exact = Translator("facades", "cpu", "fp32").translate(Image.open(late))
    assert np.array_equal(exact, Image.open(folder / "out" / "4.png"))
    assert {precision_of(path) for path in (folder / "out").iterdir()} == {"fp32"}
    assert translate(folder, "--precision", "bf16") == 0
    assert {precision_of(path) for path in (folder / "out").iterdir()} == {"bf16"}


def test_a_precision_that_this_machine_lacks_is_said(shipped, folder, monkeypatch, capsys):
    monkeypatch.setattr("pix2pix.inference.precision.int8_pays", lambda dtype: True)
    monkeypatch.setattr("pix2pix.inference.precision.int8_is_right", lambda dtype: True)
    monkeypatch.setattr(
        "pix2pix.inference.translator.PackedGenerator", lambda g, dtype, int8: Packed(g, dtype)
    )
    assert translate(folder) == 0
    monkeypatch.setattr("pix2pix.inference.precision.int8_pays", lambda dtype: False)
    monkeypatch.setattr("pix2pix.inference.precision.int8_is_right", lambda dtype: False)
    (folder / "out" / "3.png").unlink()
    assert translate(folder) == 2
    assert re.search(r"out was begun with --precision int8\+\w+, which this machine", capsys.readouterr().err)


def test_torchruns_processes_share_a_folder(shipped, folder, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    assert translate(folder) == 0
    assert sorted(times(folder)) == ["1.png", "3.png"]
    monkeypatch.setenv("RANK", "0")
    assert translate(folder) == 0
    assert len(times(folder)) == 5


def test_files_of_one_name_and_two_endings_keep_a_picture_each(folder):
    Image.open(folder / "in" / "0.png").save(folder / "in" / "0.jpg")
    targets = [job.target.name for job in batch.find_jobs(folder / "in", folder / "out")]
    assert len(set(targets)) == 6 and {"0.jpg.png", "0.png.png"} <= set(targets)
