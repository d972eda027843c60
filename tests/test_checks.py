"""Pairs of another kind than the options want are said in one line, before all is read."""

import re

import numpy as np
import pytest
from conftest import TINY, draw_pair
from PIL import Image, ImageDraw

from pix2pix.config import TrainConfig
from pix2pix.data import sources
from pix2pix.data.batches import training_batch
from pix2pix.data.checks import alignment, check_halves, likeness_of, size_of
from pix2pix.data.sources import load_pairs

SETTINGS = {**TINY, "load_size": 32}


def photo(number: int, width: int, height: int) -> Image.Image:
    """Smooth colors with a few shapes, none of them at the middle for a reason."""
    rng = np.random.default_rng(number)
    small = Image.fromarray(rng.integers(0, 256, (4, 6, 3), dtype=np.uint8))
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for _ in range(4):
        x, y = rng.integers(0, width), rng.integers(0, height)
        r = height // 6
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    return picture


def side_by_side(number: int, side: int = 32) -> Image.Image:
    both = Image.new("RGB", (2 * side, side))
    for place, half in enumerate(draw_pair(number, side)):
        both.paste(half, (place * side, 0))
    return both


def folder_of(root, pictures, suffix=".png"):
    root.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        picture.save(root / f"{number:02d}{suffix}")
    return sorted(root.iterdir())


def message(tmp_path, monkeypatch, **settings) -> str:
    """What is said of the data; no pair was read for it."""
    monkeypatch.setattr(sources, "read_source", lambda *_: pytest.fail("read before it was checked"))
    with pytest.raises(ValueError) as caught:
        load_pairs(TrainConfig(data=str(tmp_path), **{**SETTINGS, **settings}))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("size", [(48, 32), (64, 48), (32, 48), (96, 54), (40, 40), (300, 90)])
def test_plain_photos_are_not_cut_in_half(tmp_path, monkeypatch, size):
    folder_of(tmp_path, [photo(n, *size) for n in range(12)])
    told = message(tmp_path, monkeypatch)
    assert f"({size[0]}×{size[1]})" in told and "look like plain photos" in told
    assert "--pairs edges, gray or holes" in told
    monkeypatch.undo()
    assert len(load_pairs(TrainConfig(data=str(tmp_path), pairs="gray", **SETTINGS))) == 10


def test_noise_of_a_photos_shape_is_no_pair_either(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    folder_of(
        tmp_path, [Image.fromarray(rng.integers(0, 256, (32, 48, 3), dtype=np.uint8)) for _ in range(6)]
    )
    assert "look like plain photos" in message(tmp_path, monkeypatch)


def test_photos_turned_by_their_exif_are_measured_as_shown(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo(0, 64, 32).save(tmp_path / "turned.jpg", exif=exif)
    assert size_of(tmp_path / "turned.jpg") == (32, 64)


def test_panoramas_are_told(tmp_path, capsys):
    """As wide as a pair, but one picture: training may go on, the fix is named."""
    folder_of(tmp_path, [photo(n, 128, 64) for n in range(12)])
    load_pairs(TrainConfig(data=str(tmp_path), **SETTINGS))
    told = capsys.readouterr().err
    assert "its halves do not look like a pair" in told and "--pairs" in told


def test_pairs_of_any_shape_are_pairs(tmp_path, capsys):
    files = folder_of(tmp_path, [side_by_side(n).resize((120, 40)) for n in range(12)])
    assert check_halves(files) == [f"{tmp_path}: the halves of 00.png are 60×40; all are resized to squares"]
    folder_of(tmp_path / "square", files := [side_by_side(n) for n in range(12)])
    load_pairs(TrainConfig(data=str(tmp_path / "square"), **SETTINGS))
    assert "look like" not in capsys.readouterr().err and files


def test_a_photo_among_pairs_is_named(tmp_path, monkeypatch):
    folder_of(tmp_path, [side_by_side(n) for n in range(12)])
    photo(1, 48, 32).save(tmp_path / "holiday.png")
    told = message(tmp_path, monkeypatch)
    assert "holiday.png: is 48×32, unlike most of the 12 pictures" in told or "holiday.png" in told


def two_folders(root, names, count=6):
    """Boxes: photo and drawing, or photo and trimap."""
    for number in range(count):
        picture, labels = draw_pair(number)
        inside = np.asarray(labels)[..., 2] > 0
        second = {
            "edges": Image.fromarray(np.where(inside, 0, 255).astype(np.uint8)),
            "trimap": Image.fromarray(np.where(inside, 1, 2).astype(np.uint8)),
            "mask": Image.fromarray(np.where(inside, 255, 0).astype(np.uint8)),
            "B": labels,
        }[names[1]]
        for name, one in zip(names, (picture, second), strict=True):
            (root / name).mkdir(parents=True, exist_ok=True)
            one.save(root / name / f"{number}.png")


@pytest.mark.parametrize(
    "names, settings, fix",
    [
        (("image", "trimap"), {}, "add --pairs cutout --direction BtoA"),
        (("image", "trimap"), {"pairs": "soft-edges", "direction": "BtoA"}, "add --pairs cutout"),
        (("image", "trimap"), {"pairs": "cutout"}, "add --direction BtoA"),
        (("photo", "edges"), {"pairs": "soft-edges"}, "add --direction BtoA"),
        (("photo", "edges"), {"pairs": "drawing"}, "add --direction BtoA"),
        (("photo", "edges"), {"portrait": True}, "add --pairs soft-edges"),
        (("photo", "edges"), {"portrait": True, "pairs": "gray"}, "leave it out, or add --pairs"),
        (("photo", "edges"), {"balance": True}, "edges have none; add --direction BtoA"),
        (("photo", "edges"), {"color_wish": True}, "--color-wish .* edges have none; add --direction BtoA"),
        (("photo", "edges"), {"pairs": "cutout"}, "not what --pairs cutout wants"),
        (("photo", "edges"), {"pairs": "cutout", "direction": "BtoA"}, "not what --pairs cutout wants"),
        (("photo", "edges"), {"simplify": "facades"}, "not what --simplify facades wants"),
        (("image", "trimap"), {"balance": True, "pairs": "cutout", "direction": "BtoA"}, "leave it out"),
        (("A", "B"), {"pairs": "cutout", "direction": "BtoA"}, "wants a trimap or a black-and-white mask"),
        (("image", "mask"), {"pairs": "cutout"}, "add --direction BtoA"),
        (("photo", "edges"), {"pairs": "cutout", "direction": "BtoA", "balance": True}, "leave it out"),
    ],
)
def test_options_that_do_not_fit_are_named(tmp_path, monkeypatch, names, settings, fix):
    two_folders(tmp_path, names)
    assert re.search(fix, message(tmp_path, monkeypatch, **settings))


@pytest.mark.parametrize(
    "names, settings, channels",
    [
        (("photo", "edges"), {}, (3, 3)),
        (("photo", "edges"), {"direction": "BtoA"}, (3, 3)),
        (("photo", "edges"), {"pairs": "soft-edges", "direction": "BtoA"}, (3, 3)),
        (("photo", "edges"), {"pairs": "drawing", "direction": "BtoA"}, (3, 3)),
        (("photo", "edges"), {"balance": True, "direction": "BtoA"}, (3, 3)),
        (("photo", "edges"), {"place": True}, (3, 3)),
        (("image", "trimap"), {"pairs": "cutout", "direction": "BtoA"}, (3, 1)),
        (("image", "mask"), {"pairs": "cutout", "direction": "BtoA"}, (3, 1)),
        (("image", "trimap"), {"pairs": "gray"}, (1, 2)),
        (("A", "B"), {"pairs": "lines"}, (3, 3)),
    ],
)
def test_what_fits_has_the_networks_channels(tmp_path, names, settings, channels):
    two_folders(tmp_path, names)
    config = TrainConfig(data=str(tmp_path), **{**SETTINGS, **settings})
    real_a, real_b = training_batch(load_pairs(config), config, 0)
    assert (real_a.shape[1], real_b.shape[1]) == channels


def test_a_mask_and_its_trimap_give_the_same_matte(tmp_path):
    for second in ("trimap", "mask"):
        two_folders(tmp_path / second, ("image", second))
    config = TrainConfig(pairs="cutout", direction="BtoA", **SETTINGS)
    trimaps, masks = (
        load_pairs(TrainConfig(**{**config.__dict__, "data": str(tmp_path / name)})).a
        for name in ("trimap", "mask")
    )
    assert all(np.abs(t.astype(int) - m).max() <= 1 for t, m in zip(trimaps, masks, strict=True))


def test_alignment_is_of_the_pair_and_not_of_what_all_share():
    """A picture and its own outlines match; another picture's do not, nor does a common horizon."""
    pictures = [photo(n, 64, 64) for n in range(8)]
    outlines = [Image.eval(p.convert("L"), lambda v: 255 - v // 2) for p in pictures]
    own = [alignment(p, o) for p, o in zip(pictures, outlines, strict=True)]
    others = [alignment(p, o) for p, o in zip(pictures, outlines[1:] + outlines[:1], strict=True)]
    assert min(own) > 0.3 and np.mean(others) < 0.1
    horizons = [Image.new("RGB", (64, 64), "blue") for _ in range(2)]
    for sky in horizons:
        sky.paste("green", (0, 30, 64, 64))
    assert abs(alignment(*horizons)) < 0.05


def test_likeness_of_pairs_and_photos(tmp_path):
    pairs = likeness_of(folder_of(tmp_path / "pairs", [side_by_side(n) for n in range(12)]))
    photos = likeness_of(folder_of(tmp_path / "photos", [photo(n, 96, 48) for n in range(24)]))
    assert pairs.of_pairs and not pairs.of_photos
    assert photos.of_photos and not photos.of_pairs
