"""What `translate IN OUT` writes: never over an original, names that do not move, every failure told."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import save_checkpoint
from PIL import Image

from pix2pix import checkpoints
from pix2pix.cli import main
from pix2pix.inference import Translator
from pix2pix.inference.jobs import Job, plan, target_names


def draw(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def fast(monkeypatch):
    """The picture itself, upside down: what is written where does not depend on the network."""
    monkeypatch.setattr(Translator, "translate", lambda self, picture, *_: picture.convert("RGB").rotate(180))


@pytest.fixture
def photos(tmp_path) -> Path:
    for number in range(3):
        draw(tmp_path / "in" / f"{number}.png", number)
    return tmp_path / "in"


def run(source, target, *more, capsys) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = main(["translate", "--device", "cpu", str(source), str(target), *map(str, more)])
    lines = re.split(r"[\r\n]+", capsys.readouterr().err)
    return code, [line for line in lines if line.strip() and "picture/s" not in line]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- Originals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    ["folder", "dot", "link to folder", "file", "file to its folder", "link", "hard link", "link back"],
)
def test_originals_are_not_written_over(shipped, photos, tmp_path, fast, capsys, case):
    one = photos / "0.png"
    before = contents(photos)
    out = tmp_path / "out"
    source, target = {
        "folder": (photos, photos),
        "dot": (photos, photos / ".." / "in"),
        "link to folder": (photos, out),
        "file": (one, one),
        "file to its folder": (one, photos),
        "link": (one, out),
        "hard link": (photos, out),
        "link back": (photos, out),
    }[case]
    if case == "link to folder":
        out.symlink_to(photos)
    elif case == "link":
        target = tmp_path / "link.png"
        target.symlink_to(one)
    elif case == "hard link":
        out.mkdir()
        os.link(one, out / "0.png")
    elif case == "link back":  # IN holds links to originals that lie in OUT
        originals = {path.name: path.rename(out / path.name) for path in list_made(out, photos)}
        for name, path in originals.items():
            (photos / name).symlink_to(path)
    code, told = run(source, target, capsys=capsys)
    assert code == 2 and len(told) == 1 and "original" in told[0]
    assert contents(photos) == before
    assert run(source, target, "--again", capsys=capsys)[0] == 2 and contents(photos) == before


def list_made(out: Path, photos: Path) -> list[Path]:
    out.mkdir()
    return sorted(photos.iterdir())


def test_files_of_others_are_not_written_over(shipped, photos, tmp_path, fast, capsys):
    theirs = draw(tmp_path / "out" / "1.png", 99).read_bytes()
    code, told = run(photos, tmp_path / "out", capsys=capsys)
    assert code == 2 and "1.png: was not made by this program" in told[0]
    assert contents(tmp_path / "out") == {"1.png": theirs}
    assert run(photos, tmp_path / "out", "--again", capsys=capsys)[0] == 0
    assert (tmp_path / "out" / "1.png").read_bytes() != theirs


def test_results_below_the_originals_are_no_originals(shipped, photos, fast, capsys):
    for _ in range(2):
        code, _ = run(photos, photos / "results", "--recursive", capsys=capsys)
        assert code == 0
        assert sorted(contents(photos / "results")) == ["0.png", "1.png", "2.png"]


# --- Which weights -----------------------------------------------------------------------------------------


def test_another_models_pictures_are_made_again(photos, tmp_path, fast, capsys, monkeypatch):
    """Retrained into the same folder; and the same weights under another name are the same."""
    model = save_checkpoint(tmp_path / "runs", "facades")
    assert run(photos, tmp_path / "out", "--checkpoint", model, capsys=capsys)[0] == 0
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()}
    first = checkpoints.fingerprint(model)
    renamed = model.rename(tmp_path / "runs" / "other")
    assert run(photos, tmp_path / "out", "--checkpoint", renamed, capsys=capsys)[0] == 0
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()} == before
    save_checkpoint(tmp_path / "runs", "facades", seed=1)
    assert checkpoints.fingerprint(model) != first
    assert run(photos, tmp_path / "out", "--checkpoint", model, capsys=capsys)[0] == 0
    after = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()}
    assert after.keys() == before.keys() and all(after[p] != before[p] for p in after)


# --- What is left out --------------------------------------------------------------------------------------


def test_dot_files_and_other_kinds(shipped, photos, tmp_path, fast, capsys):
    for name in ("._0.png", ".hidden.png", "Thumbs.db", "a.heic", "b.heic", "c.mp4"):
        (photos / name).write_bytes(b"no picture")
    code, told = run(photos, tmp_path / "out", capsys=capsys)
    assert code == 0 and told == [f"{photos}: left out, no pictures that can be read here: 2 .heic, 1 .mp4"]
    assert sorted(contents(tmp_path / "out")) == ["0.png", "1.png", "2.png"]


def test_subfolders(shipped, photos, tmp_path, fast, capsys):
    draw(photos / "deep" / "er" / "3.png")
    draw(photos / "deep" / "0.jpg")
    code, told = run(photos, tmp_path / "out", capsys=capsys)
    assert code == 0 and "2 pictures in subfolders (deep) are left out; add --recursive" in told[0]
    assert run(photos, tmp_path / "out", "--recursive", capsys=capsys) == (0, [])
    assert sorted(contents(tmp_path / "out")) == ["0.png", "1.png", "2.png", "deep/0.png", "deep/er/3.png"]


def test_a_folder_of_nothing_says_what_it_holds(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "IMG_1.HEIC").write_bytes(b"")
    with pytest.raises(ValueError, match=r"no pictures in this folder; .*: 1 \.heic"):
        plan(tmp_path / "in", tmp_path / "out")


# --- Names -------------------------------------------------------------------------------------------------


def names(*files: str) -> list[str]:
    return [target.name for _, target in target_names(Path("in"), [Path("in") / name for name in files])]


def test_names_do_not_move_when_a_folder_grows():
    assert names("a.jpg", "b.jpg") == ["a.png", "b.png"]
    assert names("a.jpg", "b.jpg", "b.png") == ["a.png", "b.jpg.png", "b.png.png"]
    assert names("a.jpg", "b.png.bmp", "b.png", "B.jpg")[0] == "a.png"
    for files in (("b.jpg", "b.png", "b.jpg.gif"), ("x.png", "X.png", "x.jpg"), ("a.png", "a.png.png")):
        made = names(*files)
        assert len({name.casefold() for name in made}) == len(files), made


@pytest.mark.parametrize("stem", ["x" * 248, "é" * 124, "x" * 251])
def test_names_as_long_as_the_file_system_takes(shipped, tmp_path, fast, capsys, stem):
    for suffix in (".jpg", ".png"):
        if len(os.fsencode(stem + suffix)) <= 255:
            draw(tmp_path / "in" / f"{stem}{suffix}")
    count = len(list((tmp_path / "in").iterdir()))
    assert run(tmp_path / "in", tmp_path / "out", capsys=capsys) == (0, [])
    made = list((tmp_path / "out").iterdir())
    assert len(made) == count and all(len(os.fsencode(path.name)) <= 255 for path in made)
    assert run(tmp_path / "in", tmp_path / "out", capsys=capsys) == (0, [])
    assert sorted((tmp_path / "out").iterdir()) == sorted(made)


# --- Failures ----------------------------------------------------------------------------------------------


def test_every_failure_is_named_and_the_rest_is_made(shipped, photos, tmp_path, fast, capsys):
    (photos / "broken.png").write_bytes(b"no picture")
    (photos / "empty.jpg").write_bytes(b"")
    code, told = run(photos, tmp_path / "out", "--report", tmp_path / "report.json", capsys=capsys)
    assert code == 2 and sum("broken.png: not a picture" in line for line in told) == 1
    assert sum("empty.jpg" in line for line in told) == 1
    assert told[-1] == "pix2pix translate: 3 translated, 2 failed"
    report = json.loads((tmp_path / "report.json").read_text())
    assert [Path(f["file"]).name for f in report["failed"]] == ["broken.png", "empty.jpg"]
    assert len(report["made"]) == 3 and report["skipped"] == []
    code, told = run(photos, tmp_path / "out", capsys=capsys)
    assert told[-1] == "pix2pix translate: 0 translated, 3 already translated, 2 failed"


def test_a_file_that_goes_away_or_cannot_be_written_is_one_failure(shipped, photos, tmp_path, fast, capsys):
    (tmp_path / "out" / "1.png").mkdir(parents=True)  # a folder of a result's name
    code, told = run(photos, tmp_path / "out", "--again", capsys=capsys)
    assert code == 2 and "1.png" in told[0] and told[-1].endswith("2 translated, 1 failed")
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_a_full_disk_stops_the_run_in_one_line(shipped, photos, tmp_path, fast, capsys, monkeypatch):
    def full(self, path, **options):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    code, told = run(photos, tmp_path / "out", capsys=capsys)
    assert code == 2 and len(told) == 1 and "the disk is full" in told[0]
    assert list((tmp_path / "out").iterdir()) == []


def test_out_is_checked_before_anything_is_translated(shipped, photos, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Translator, "__init__", lambda *_: pytest.fail("loaded before OUT was checked"))
    file = tmp_path / "file"
    file.write_text("text")
    for target, told in ((file, "is a file; expected a folder"), (file / "out", "cannot be written to")):
        code, lines = run(photos, target, capsys=capsys)
        assert code == 2 and len(lines) == 1 and told in lines[0]
    code, lines = run(photos / "0.png", tmp_path / "out.xyz", capsys=capsys)
    assert code == 2 and "expected a name that ends in" in lines[0]


@pytest.mark.parametrize("seed", ["-1", str(2**64)])
def test_seeds_out_of_range(photos, tmp_path, capsys, seed):
    code, told = run(photos, tmp_path / "out", "--seed", seed, capsys=capsys)
    assert code == 2 and told == [f"pix2pix translate: --seed is {seed}; expected 0 to 9223372036854775807"]


def test_a_single_picture_is_a_job(tmp_path):
    source = draw(tmp_path / "a.png")
    assert plan(source, tmp_path / "b.jpg").jobs == [Job(source, tmp_path / "b.jpg")]
    (tmp_path / "out").mkdir()
    assert plan(source, tmp_path / "out").jobs == [Job(source, tmp_path / "out" / "a.png")]
