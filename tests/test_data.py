"""Pairs from disk and the batch of a step: layouts, mistakes by name, jitter alike for both halves."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import TINY, draw_pair
from PIL import Image

from pix2pix.config import TrainConfig
from pix2pix.data.batches import pair_at, prefetch, training_batch, training_pair, validation_pair
from pix2pix.data.sources import Pairs, even_shares, load_pairs, main_hue, matte_from_trimap
from pix2pix.tasks import FACADE_PALETTE


def test_side_by_side_direction(tiny_config):
    pairs = load_pairs(tiny_config, "val")
    assert pairs.names == ["0", "1", "2", "3"]
    photo, labels = draw_pair(100)
    assert np.array_equal(pairs.a[0], np.asarray(labels)) and np.array_equal(pairs.b[0], np.asarray(photo))
    other = load_pairs(replace(tiny_config, direction="AtoB"), "val")
    assert np.array_equal(other.a[0], pairs.b[0])


def test_two_folder_layout(tmp_path):
    for name, which in (("A", 0), ("B", 1)):
        (tmp_path / name).mkdir()
        for number in range(12):
            draw_pair(number)[which].save(tmp_path / name / f"{number:02d}.png")
    config = TrainConfig(data=str(tmp_path), **{**TINY, "load_size": 32})
    train, val = load_pairs(config), load_pairs(config, "val")
    assert (len(train), len(val)) == (10, 2)  # no split of its own: each tenth is for validation
    assert not set(train.names) & set(val.names)
    assert np.array_equal(train.a[0], np.asarray(draw_pair(1)[0]))
    (tmp_path / "B" / "03.png").unlink()
    with pytest.raises(ValueError, match=r"03\.png: has no partner"):
        load_pairs(config)


def test_bad_data_is_said_in_one_line(tmp_path, tiny_config):
    with pytest.raises(ValueError, match="no such folder"):
        load_pairs(replace(tiny_config, data=str(tmp_path / "nowhere")))
    empty = replace(tiny_config, data=str(tmp_path))
    with pytest.raises(ValueError, match="no pairs found"):
        load_pairs(empty)
    Image.new("RGB", (63, 32)).save(tmp_path / "odd.png")
    with pytest.raises(ValueError, match=r"odd\.png: is 63 pixels wide"):
        load_pairs(empty)
    (tmp_path / "odd.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"odd\.png: not a picture"):
        load_pairs(empty)


def test_jitter_is_the_same_for_both_halves(tiny_config):
    """Of a pair whose halves are equal the jittered halves are equal, and not all the same."""
    pairs = load_pairs(tiny_config)
    pairs.a = pairs.b
    seen = [training_pair(pairs, tiny_config, step, 0) for step in range(12)]
    assert all(torch.equal(a, b) and a.shape == (1, 3, 32, 32) for a, b in seen)
    same = [
        step
        for step in range(1, 12)
        if pair_at(pairs, tiny_config, step, 0) == pair_at(pairs, tiny_config, 0, 0)
    ]
    assert same and all(not torch.equal(seen[0][0], seen[step][0]) for step in same)


def test_every_epoch_sees_every_pair_once(tiny_config):
    pairs = load_pairs(tiny_config)
    epochs = [[pair_at(pairs, tiny_config, 6 * e + i, 0) for i in range(6)] for e in range(3)]
    assert all(sorted(epoch) == list(range(6)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) > 1


def test_processes_share_a_batch(tiny_config):
    config = replace(tiny_config, batch_size=4)
    pairs = load_pairs(config)
    whole = training_batch(pairs, config, 3)[0]
    halves = [training_batch(pairs, config, 3, rank, 2)[0] for rank in (0, 1)]
    assert torch.equal(whole[0::2], halves[0]) and torch.equal(whole[1::2], halves[1])


@pytest.mark.parametrize("pairs_kind, channels", [("gray", (1, 2)), ("holes", (4, 3)), ("edges", (3, 3))])
def test_pairs_from_plain_photos(tmp_path, pairs_kind, channels):
    for number in range(4):
        draw_pair(number)[0].save(tmp_path / f"{number}.png")
    config = TrainConfig(data=str(tmp_path), pairs=pairs_kind, **TINY)
    real_a, real_b = training_batch(load_pairs(config), config, 0)
    assert (real_a.shape[1], real_b.shape[1]) == channels
    for part in (real_a, real_b):
        assert part.min() >= -1 and part.max() <= 1


def test_matte_falls_across_the_unknown_band():
    trimap = np.full((5, 12), 3)
    trimap[:, :4], trimap[:, 8:] = 1, 2
    matte = matte_from_trimap(trimap)
    assert (matte[:, :4] == 255).all() and (matte[:, 8:] == 0).all()
    assert (np.diff(matte[0].astype(int)) <= 0).all() and 0 < matte[0, 5] < 255


def test_validation_pairs_do_not_change(tiny_config):
    pairs = load_pairs(tiny_config, "val")
    first, second = validation_pair(pairs, tiny_config, 1), validation_pair(pairs, tiny_config, 1)
    assert torch.equal(first[0], second[0]) and torch.equal(first[1], second[1])


def test_prefetch_keeps_the_order_and_hands_errors_over():
    assert list(prefetch(lambda step: step * step, range(3, 7))) == [9, 16, 25, 36]

    def fails(step):
        raise ValueError(f"step {step}")

    with pytest.raises(ValueError, match="step 0"):
        list(prefetch(fails, range(2)))


def test_pairs_of_rare_colors_come_as_often_as_those_of_common_ones():
    def page(color):
        picture = np.full((32, 32, 3), 255, np.uint8)
        picture[8:24, 8:24] = color
        return picture

    red, yellow, green, blue = (255, 0, 0), (250, 220, 0), (0, 180, 0), (0, 90, 255)
    groups = [main_hue(page(c)) for c in (red, yellow, green, blue, (120, 120, 120))]
    assert len(set(groups)) == 5 and groups[0] == 0 and groups[-1] == 12
    assert main_hue(page((250, 5, 12))) == 0  # a hue just below 360°
    pictures = [page(yellow)] * 90 + [page(blue)] * 10
    pairs = Pairs([""] * 100, pictures, pictures)
    config = TrainConfig(balance=True)
    pairs.shares = even_shares([main_hue(b) for b in pairs.b])
    drawn = [pair_at(pairs, config, step, 0) for step in range(400)]
    # The fourth root of a ninth is 0.58: 0.58 / 1.58 of 400 are 146.
    assert 120 < sum(which >= 90 for which in drawn) < 175
    assert drawn == [pair_at(pairs, config, step, 0) for step in range(400)]


def test_label_maps_to_be_simplified_are_read_in_palette_colors_and_photos_without_wedges(tmp_path):
    """JPEG halves; the black wedge of the photo goes in training and stays where it is scored."""
    wall, window = dict(FACADE_PALETTE)["wall"], dict(FACADE_PALETTE)["window"]
    labels = Image.new("RGB", (64, 64), wall)
    labels.paste(window, (20, 20, 40, 44))
    photo = Image.new("RGB", (64, 64), (150, 120, 90))
    photo.paste((0, 0, 0), (0, 0, 64, 12))
    pair = Image.new("RGB", (128, 64))
    pair.paste(photo, (0, 0))
    pair.paste(labels, (64, 0))
    for split in ("train", "val"):
        (tmp_path / split).mkdir()
        pair.save(tmp_path / split / "1.jpg", quality=85)
    config = TrainConfig(data=str(tmp_path), **{**TINY, "direction": "BtoA", "simplify": "facades"})
    for split, darkest in (("train", range(60, 91)), ("val", range(12))):
        pairs = load_pairs(config, split)
        a, b = pairs.a[0], pairs.b[0]
        assert {tuple(color) for color in a.reshape(-1, 3).tolist()} == {wall, window}
        assert a.shape == b.shape and b.min() in darkest
    real_a, real_b = training_pair(load_pairs(config), config, 0, 0)
    assert real_a.shape == real_b.shape == (1, 3, config.crop_size, config.crop_size)
