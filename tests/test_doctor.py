"""The data set doctor: what it finds in sets made for it, and that a good one has nothing to find."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_pair
from PIL import Image, ImageDraw

import train
from pix2pix.cli import main
from pix2pix.config import TrainConfig
from pix2pix.data import measures
from pix2pix.data.doctor import examine
from pix2pix.data.doctor_report import report

COLORS = ((0, 0, 222), (0, 48, 255), (255, 159, 0), (174, 0, 0))


def labels_and_photo(number: int, side: int = 64) -> tuple[Image.Image, Image.Image]:
    """A label map of four colors, and a noisy photo whose areas are those of the labels."""
    rng = np.random.default_rng(number)
    labels = Image.new("RGB", (side, side), COLORS[0])
    for color in COLORS[1:]:
        x, y = (int(v) for v in rng.integers(0, side * 2 // 3, 2))
        ImageDraw.Draw(labels).rectangle((x, y, x + side // 3, y + side // 4), fill=color)
    levels = np.asarray(labels).astype(int) @ np.array([[60, 30, 20], [50, 60, 20], [10, 20, 60]]) // 100
    photo = levels + 60 + rng.integers(-25, 26, levels.shape)
    return labels, Image.fromarray(photo.clip(0, 255).astype(np.uint8))


def save_pair(path: Path, left: Image.Image, right: Image.Image, **options) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    both.save(path, **options)


@pytest.fixture
def good(tmp_path) -> Path:
    """photo | labels, as the paper's façades lie."""
    for split, first, count in (("train", 0, 14), ("val", 100, 3)):
        for number in range(first, first + count):
            labels, photo = labels_and_photo(number)
            save_pair(tmp_path / "set" / split / f"{number}.png", photo, labels)
    return tmp_path / "set"


def doctor(*arguments, capsys) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["doctor", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_a_good_set_has_nothing_but_facts(good, capsys):
    code, told = doctor(good, capsys=capsys)
    assert code == 0 and "STOP" not in told and "WARN" not in told
    assert "train: 14 pairs; train: one file a pair; 128×64: 14; PNG RGB: 14" in told
    assert "val: 3 pairs" in told
    assert "the right halves: look like labels" in told and "4 colors of the CMP façades" in told
    (command,) = re.findall(r"^train with: python train\.py (.+)$", told, re.M)
    config = train.parse(shlex.split(command))
    assert (config.data, config.direction, config.pairs) == (str(good), "BtoA", "aligned")


def test_the_wrong_direction_is_told(good, capsys):
    code, told = doctor(good, "--direction", "AtoB", capsys=capsys)
    assert code == 0 and "photos are the input and labels the target" in told
    assert "add --direction BtoA" in told


def test_broken_files_stop(good, capsys):
    (good / "train" / "3.png").write_bytes(b"no picture")
    (good / "val" / "100.png").write_bytes((good / "val" / "101.png").read_bytes()[:500])
    code, told = doctor(good, capsys=capsys)
    assert code == 2 and len(re.findall(r"^STOP .*3\.png: not a picture", told, re.M)) == 1
    assert re.search(r"^STOP .*100\.png: ", told, re.M) and "then train with" in told


def test_copies_and_near_copies_are_told(good, capsys):
    (good / "train" / "copy.png").write_bytes((good / "train" / "4.png").read_bytes())
    with Image.open(good / "train" / "5.png") as picture:
        picture.resize((140, 70)).save(good / "val" / "again.jpg", quality=70)
    _, told = doctor(good, capsys=capsys)
    assert re.search(r"copy\.png: is a copy of \S+4\.png, byte for byte", told)
    assert "1 validation pictures are nearly the same as training pictures: again.jpg ~ 5.png" in told


def test_pairs_that_do_not_match_are_the_worst(tmp_path, capsys):
    root = tmp_path / "set"
    for number in range(20):
        labels, photo = labels_and_photo(number)
        other = labels_and_photo(number + 500)[0] if number in (6, 11) else labels
        save_pair(root / f"{number:02d}.png", photo, other)
    found = examine(TrainConfig(data=str(root)), guessing=True)
    assert {name for name, _, _ in found.worst[:2]} == {"06.png", "11.png"} and len(found.worst) == 12
    (line,) = [f.text for f in found.findings if "do not match" in f.text]
    assert line.startswith("2 pairs do not match: ")


def test_shuffled_partners_are_told(tmp_path, capsys):
    root = tmp_path / "set"
    for number in range(16):
        save_pair(root / f"{number:02d}.png", labels_and_photo(number)[1], labels_and_photo(number + 50)[0])
    _, told = doctor(root, capsys=capsys)
    assert "most pairs do not match" in told


def test_colors_off_the_palette_are_told(tmp_path, capsys):
    for number in range(10):
        labels, photo = labels_and_photo(number)
        labels = labels.resize((16, 16)).resize((64, 64), Image.Resampling.BICUBIC)
        save_pair(tmp_path / "set" / f"{number}.jpg", photo, labels, quality=60)
    _, told = doctor(tmp_path / "set", capsys=capsys)
    assert re.search(r"WARN  \d+ % of the label pixels are off their palette's \d+ colors; save", told)


def test_plain_photos_stop_with_the_fix(tmp_path, capsys):
    (tmp_path / "set").mkdir()
    for number in range(8):
        labels_and_photo(number, 60)[1].resize((60, 40)).save(tmp_path / "set" / f"{number}.jpg")
    code, told = doctor(tmp_path / "set", capsys=capsys)
    assert code == 2 and "look like plain photos" in told and "--pairs edges, gray or holes" in told
    assert "--pairs edges" in told.splitlines()[-1] and "do not match" not in told
    code, told = doctor(tmp_path / "set", "--pairs", "gray", capsys=capsys)
    assert code == 0 and "--pairs gray" in told


def test_kinds_of_pairs_are_guessed_from_folders(tmp_path, capsys):
    for name, kind in (("edges", "soft-edges"), ("trimap", "cutout")):
        for number in range(6):
            photo, labels = draw_pair(number)
            inside = np.asarray(labels)[..., 2] > 0
            second = np.where(inside, 0, 255) if name == "edges" else np.where(inside, 1, 2)
            for folder, picture in (("photo", photo), (name, Image.fromarray(second.astype(np.uint8)))):
                folder = "image" if folder == "photo" and name == "trimap" else folder
                (tmp_path / name / folder).mkdir(parents=True, exist_ok=True)
                picture.save(tmp_path / name / folder / f"{number}.png")
        code, told = doctor(tmp_path / name, capsys=capsys)
        assert code == 0 and f"--pairs {kind} --direction BtoA" in told


def test_nothing_there_stops(tmp_path, capsys):
    for folder in (tmp_path / "nowhere", tmp_path):
        code, told = doctor(folder, capsys=capsys)
        assert code == 2 and told.count("STOP") == 1
    assert main(["doctor", str(tmp_path), "--pairs", "cats"]) == 2
    assert capsys.readouterr().err.startswith("pix2pix doctor: --pairs is 'cats'; expected one of")


def test_the_report_holds_its_pictures_and_escapes_names(good, tmp_path, capsys):
    for number in (10, 11, 12):  # all that is left is among the twelve that are shown
        (good / "train" / f"{number}.png").unlink()
    (good / "train" / "0.png").rename(good / "train" / "<script>alert(1)<.png")
    code, _ = doctor(good, "--report", tmp_path / "out" / "set.html", capsys=capsys)
    text = (tmp_path / "out" / "set.html").read_text()
    assert code == 0 and "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;.png" in text
    assert text.count("data:image/jpeg;base64,") == 12 and "http" not in text
    assert "python train.py" in text


def test_a_report_of_nothing_is_a_document_too(tmp_path):
    text = report(examine(TrainConfig(data=str(tmp_path / "none"))))
    assert "A run would stop" in text and "no such folder" in text


def test_measures_of_what_pictures_are():
    labels, photo = labels_and_photo(1)
    lines = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(lines).ellipse((10, 10, 50, 50), outline="black", width=2)
    kinds = [measures.kind_of([np.asarray(p)] * 3) for p in (labels, photo, lines)]
    assert kinds == ["labels", "photos", "lines"]
    palette = measures.palette_of([np.asarray(labels)])
    assert {tuple(color) for color in palette} == set(COLORS)
    assert measures.off_palette(np.asarray(labels), palette) == 0
    one = measures.difference_hash(photo)
    again = measures.difference_hash(photo.resize((80, 80)))
    other = measures.difference_hash(labels_and_photo(2)[1])
    assert (one != again).sum() <= measures.ALIKE < (one != other).sum()
    assert measures.alike(np.array([one]), np.array([other, again])) == [(0, 1, int((one != again).sum()))]
