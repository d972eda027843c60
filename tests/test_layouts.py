"""Layouts of data folders as people have them: twenty of them, and what each one is read as."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_pair
from PIL import Image

from pix2pix.config import TrainConfig
from pix2pix.data.layouts import find_set
from pix2pix.data.sources import load_pairs

TINY = {"ngf": 4, "ndf": 4, "crop_size": 32, "load_size": 32}


def side_by_side(number: int) -> Image.Image:
    both = Image.new("RGB", (64, 32))
    for side, picture in enumerate(draw_pair(number)):
        both.paste(picture, (32 * side, 0))
    return both


def make(root: Path, files: list[str]) -> Path:
    """Files by their names: the number in a name draws the pair, its folder says which side of it."""
    seconds = ("b", "edges", "mask", "masks", "target", "trainb", "testb", "img", "trimap")
    photos = ("photos", "plain", "a", "photo", "image", "images", "input", "traina", "testa", "label")
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix not in (".png", ".jpg", ".PNG") or path.name.startswith("."):
            path.write_bytes(b"not a picture")
            continue
        number = int("".join(c for c in path.stem if c.isdigit()) or 0)
        parts = {part.lower().replace("train_", "").replace("test_", "") for part in path.parts}
        sides = [side for side, names in enumerate((photos, seconds)) if parts & set(names)]
        (draw_pair(number)[sides[-1]] if sides else side_by_side(number)).save(path)
    return root


def many(pattern: str, count: int = 5) -> list[str]:
    return [pattern.format(number) for number in range(count)]


# Name → (files, pairs of files or None for one file a pair, training pairs, validation pairs).
LAYOUTS = {
    "flat": (many("{}.png", 12), False, 10, 2),
    "few": (many("{}.png", 3), False, 3, 3),
    "train and val": (many("train/{}.png") + many("val/{}.png", 2), False, 5, 2),
    "train and test": (many("train/{}.png") + many("test/{}.png", 2), False, 5, 2),
    "train alone": (many("train/{}.png", 20), False, 18, 2),
    "Train and Valid": (many("Train/{}.PNG") + many("Valid/{}.PNG", 2), False, 5, 2),
    "A and B": (many("A/{}.png") + many("B/{}.png"), True, 4, 1),
    "a and b": (many("a/{}.png") + many("b/{}.png"), True, 4, 1),
    "other endings": (many("A/{}.png") + many("B/{}.jpg"), True, 4, 1),
    "train/A and train/B": (
        many("train/A/{}.png") + many("train/B/{}.png") + many("val/A/{}.png", 1) + many("val/B/{}.png", 1),
        True,
        5,
        1,
    ),
    "A/train and B/train": (
        many("A/train/{}.png") + many("B/train/{}.png") + many("A/val/{}.png", 2) + many("B/val/{}.png", 2),
        True,
        5,
        2,
    ),
    "trainA and trainB": (
        many("trainA/{}.png") + many("trainB/{}.png") + many("testA/{}.png", 2) + many("testB/{}.png", 2),
        True,
        5,
        2,
    ),
    "trainA and trainB alone": (many("trainA/{}.png", 10) + many("trainB/{}.png", 10), True, 9, 1),
    "train_label and train_img": (
        many("train_label/{}.png")
        + many("train_img/{}.png")
        + many("test_label/{}.png", 2)
        + many("test_img/{}.png", 2),
        True,
        5,
        2,
    ),
    "input and target": (many("input/{}.png") + many("target/{}.png"), True, 4, 1),
    "images and masks": (many("images/{}.png") + many("masks/{}.png"), True, 4, 1),
    "folders of side by side": (many("cats/{}.png") + many("dogs/1{}.png"), False, 9, 1),
    "classes below A and B": (
        many("A/x/{}.png", 3) + many("A/y/{}.png", 3) + many("B/x/{}.png", 3) + many("B/y/{}.png", 3),
        True,
        5,
        1,
    ),
    "an archive's folder": (many("maps/train/{}.png") + many("maps/val/{}.png", 2), False, 5, 2),
    "what systems leave": (
        [*many("{}.png", 12), "._0.png", ".DS_Store", "Thumbs.db", "__MACOSX/._1.png", "notes.txt"],
        False,
        10,
        2,
    ),
    "loose pictures and val": (many("{}.png") + many("val/{}.png", 2), False, 5, 2),
    "Hugging Face image folder": (
        many("train/cats/{}.png") + many("train/dogs/{}.png") + many("test/cats/{}.png", 2),
        False,
        10,
        2,
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name, tmp_path):
    files, two, train, val = LAYOUTS[name]
    make(tmp_path, files)
    config = TrainConfig(data=str(tmp_path), **TINY)
    for split, count in (("train", train), ("val", val)):
        found = find_set(tmp_path, split)
        assert len(found.files) == count, found
        assert all((second is not None) == two for _, second in found.files)
        if two:  # partners have the same name
            assert all(first.stem == second.stem for first, second in found.files)
        pairs = load_pairs(config, split)
        assert len(pairs) == count and all(x.shape == (32, 32, 3) for x in (*pairs.a, *pairs.b))
    if train + val == len(files):
        assert not set(find_set(tmp_path, "train").files) & set(find_set(tmp_path, "val").files)


def test_both_sides_of_every_layout_are_those_of_the_drawing(tmp_path):
    """The same pair comes of a file side by side, of A and B, and of trainA and trainB."""
    seen = []
    for name in ("flat", "A and B", "trainA and trainB alone", "A/train and B/train"):
        root = make(tmp_path / name, LAYOUTS[name][0])
        pairs = load_pairs(TrainConfig(data=str(root), **TINY))
        which = pairs.names.index("3")
        seen.append((pairs.a[which], pairs.b[which]))
    assert all((a == seen[0][0]).all() and (b == seen[0][1]).all() for a, b in seen)
    assert (seen[0][0] != seen[0][1]).any()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_metadata_of_an_image_folder_names_the_pairs(tmp_path, kind):
    make(tmp_path, many("train/images/{}.png") + many("train/masks/m{}.png"))
    rows = [(f"images/{n}.png", f"masks/m{n}.png") for n in range(5)]
    if kind == "csv":
        text = "file_name,mask_file_name,text\n" + "".join(f"{a},{b},a cat\n" for a, b in rows)
    else:
        text = "".join(f'{{"file_name": "{a}", "mask_file_name": "{b}"}}\n' for a, b in rows)
    # images and masks are names of a two-folder set too; what the list says goes beyond names.
    for old, new in (("images", "first"), ("masks", "second")):
        (tmp_path / "train" / old).rename(tmp_path / "train" / new)
        text = text.replace(old, new)
    (tmp_path / "train" / f"metadata.{kind}").write_text(text)
    found = find_set(tmp_path, "train")
    assert [(a.stem, b.stem) for a, b in found.files] == [(str(n), f"m{n}") for n in range(1, 5)]
    (tmp_path / "train" / "second" / "m2.png").unlink()
    with pytest.raises(ValueError, match=r"row 3 names .*m2\.png, which does not exist"):
        find_set(tmp_path, "train")


REFUSED = {
    "empty": ([], "no pairs found; .*the folder is empty"),
    "only val": (many("test/{}.png"), "nothing to train on; rename that folder to train"),
    "phone photos": (many("{}.heic"), r"no pairs found; .*found: 5 \.heic files"),
    "too deep": (many("x/y/z/{}.png") + many("w/y/z/{}.png"), r"no pairs found; .*w/ \(5 pictures\), x/ \(5"),
    "A alone": (many("A/{}.png"), "has a folder A, but not its partner; expected A and B"),
    "unpaired": (many("trainA/{}.png") + many("trainB/x{}.png"), "no file has a partner of the same name"),
    "one missing": (
        many("A/{}.png") + many("B/{}.png", 4),
        r"4\.png: has no partner of the same name in .*B",
    ),
    "two of one name": (
        many("A/{}.png") + many("B/{}.png") + ["B/3.jpg"],
        r"two files of one name, 3\.jpg and 3\.png",
    ),
    "parquet": (["data/x.txt", "train.parquet"], "Parquet data set has to be saved as pictures"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_said_with_what_was_found(name, tmp_path):
    files, message = REFUSED[name]
    make(tmp_path, files)
    with pytest.raises(ValueError, match=message) as caught:
        find_set(tmp_path, "train")
    assert "\n" not in str(caught.value)


def test_what_is_left_out_is_counted(tmp_path, capsys):
    make(
        tmp_path, many("A/{}.png") + many("B/{}.png", 8) + many("A/x{}.heic", 3) + ["B/clip.mp4", "loose.png"]
    )
    load_pairs(TrainConfig(data=str(tmp_path), **TINY))
    told = capsys.readouterr().err
    assert "3 files have no partner in A and are left out: 5.png, 6.png, 7.png" in told
    assert "left out, not readable here: 3 .heic, 1 .mp4" in told
    assert "1 pictures next to A and B are left out" in told
    load_pairs(TrainConfig(data=str(tmp_path), **TINY), "val")
    assert "left out" not in capsys.readouterr().err  # once is enough


def test_a_file_for_a_folder_is_said(tmp_path):
    (tmp_path / "set.zip").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"set\.zip: is a file; expected a folder of pictures"):
        load_pairs(TrainConfig(data=str(tmp_path / "set.zip")))


# --- Cityscapes' own folders ---------------------------------------------------------------------------


def make_cityscapes(root: Path, photos: str = "leftImg8bit", labels: str = "gtFine", count: int = 3) -> Path:
    """A miniature: two cities for training, one for validation, with what else lies in its archives."""
    for split, cities in {"train": ("aachen", "bremen"), "val": ("ulm",), "test": ("bonn",)}.items():
        for city, number in ((city, number) for city in cities for number in range(count)):
            name = f"{city}_{number:06}_000019"
            labeled = Image.new("RGBA", (64, 32), (70, 130, 180, 255))  # sky over road, as RGBA
            labeled.paste((128, 64, 128, 255), (0, 12 + 4 * number, 64, 32))
            files = {
                f"{photos}/{split}/{city}/{name}_leftImg8bit.png": draw_pair(number)[0].resize((64, 32)),
                f"{labels}/{split}/{city}/{name}_gtFine_color.png": labeled,
                f"{labels}/{split}/{city}/{name}_gtFine_labelIds.png": Image.new("L", (64, 32), 7),
                f"{labels}/{split}/{city}/{name}_gtFine_instanceIds.png": Image.new("I;16", (64, 32), 7),
            }
            for file, picture in files.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                picture.save(root / file)
            (root / labels / split / city / f"{name}_gtFine_polygons.json").write_text("{}")
    return root


@pytest.mark.parametrize(
    ("photos", "labels"),
    [("leftImg8bit", "gtFine"), ("leftImg8bit_trainvaltest/leftImg8bit", "gtFine_trainvaltest/gtFine")],
)
def test_cityscapes_is_read_as_its_authors_hand_it_out(tmp_path, photos, labels):
    root = make_cityscapes(tmp_path / "cityscapes", photos, labels)
    for data in (root, tmp_path):  # the set itself, or the folder of all sets
        config = TrainConfig(task="cityscapes-patch70", data=str(data), direction="BtoA", **TINY)
        pairs = load_pairs(config, "train")
        assert pairs.names[0] == "aachen_000000_000019_leftImg8bit" and len(pairs) == 6
        assert len(load_pairs(config, "val")) == 3  # and nothing of the test split, whose maps are blank
    for number, (a, b) in enumerate(zip(pairs.a[:3], pairs.b[:3], strict=True)):
        edge = 12 + 4 * number  # labels are the input; the map was squeezed into a square
        assert (a[: edge - 2] == (70, 130, 180)).all() and (a[edge + 2 :] == (128, 64, 128)).all()
        assert b.shape == (32, 32, 3) and np.abs(a.astype(int) - b).mean() > 10


def test_label_maps_of_cityscapes_are_simplified_as_the_pairs_of_the_paper_are(tmp_path):
    make_cityscapes(tmp_path)
    config = TrainConfig(data=str(tmp_path), direction="BtoA", simplify="cityscapes", **TINY)
    labels = load_pairs(config).a[0]
    assert {tuple(color) for color in labels.reshape(-1, 3).tolist()} == {(70, 130, 180), (128, 64, 128)}


def test_plain_photos_of_cityscapes_need_no_label_maps(tmp_path):
    shutil.rmtree(make_cityscapes(tmp_path) / "gtFine")
    (tmp_path / "camera").mkdir()
    assert len(find_set(tmp_path, "train", "gray").files) == 6
    with pytest.raises(ValueError, match=r"has leftImg8bit, but not gtFine; unpack gtFine_trainvaltest\.zip"):
        find_set(tmp_path, "train")


def test_a_missing_label_map_of_cityscapes_is_named(tmp_path):
    make_cityscapes(tmp_path)
    (tmp_path / "gtFine" / "val" / "ulm" / "ulm_000001_000019_gtFine_color.png").unlink()
    with pytest.raises(ValueError, match=r"ulm_000001_000019_leftImg8bit\.png: has no label map .*_color"):
        find_set(tmp_path, "train")


def test_day_and_night_are_a_set_of_two_folders(tmp_path):
    make(tmp_path, many("night/{}.png") + many("day/1{}.png"))
    for number in range(5):
        (tmp_path / "day" / f"1{number}.png").rename(tmp_path / "day" / f"{number}.png")
    found = find_set(tmp_path, "train")
    assert found.folders == ("night", "day") and len(found.files) == 4
    assert all(first.parent.name == "night" and second.parent.name == "day" for first, second in found.files)
