"""The color wish: from a photo's main color to the generator's channels, and from a seed to a color."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import save_checkpoint
from PIL import Image

from pix2pix import checkpoints
from pix2pix.color_wish import (
    CHANNELS,
    KEPT,
    color_of_seed,
    kept_colors,
    main_color,
    parse_color,
    wish_channels,
)
from pix2pix.data.batches import training_pair, validation_pair
from pix2pix.data.sources import load_pairs
from pix2pix.inference import Translator
from pix2pix.training.loop import fit

RED = (200, 40, 30)


def test_main_color_is_the_objects_not_the_papers():
    photo = np.full((64, 64, 3), 255, np.uint8)
    photo[20:40, 20:40] = RED
    photo[:4] = 0  # the black rim of a rectified photo
    assert main_color(photo) == RED
    assert main_color(np.zeros((8, 8, 3), np.uint8)) == (0, 0, 0)
    assert main_color(np.full((8, 8, 3), 255, np.uint8)) == (255, 255, 255)


def test_channels_hold_the_color_and_a_flag():
    wish = wish_channels((255, 0, 127), 8)
    assert wish.shape == (1, CHANNELS, 8, 8) and wish.dtype == np.float32
    np.testing.assert_allclose(wish[0, :, 3, 5], (1, -1, 127 / 127.5 - 1, 1), atol=1e-6)
    assert not wish_channels(None, 8).any()


def test_kept_colors_are_a_sample_of_all():
    colors = [(level, level, level) for level in range(256)]
    kept = kept_colors(colors)
    assert len(kept) == KEPT and set(kept) <= set(colors)
    assert abs(np.mean(kept) - np.mean(colors)) < 2
    assert kept_colors([RED]) == [RED]


def test_a_seed_draws_one_of_them():
    colors = kept_colors([(level, 0, 0) for level in range(100)])
    assert color_of_seed([], 3) is None
    drawn = [color_of_seed(colors, seed) for seed in range(40)]
    assert drawn == [color_of_seed(colors, seed) for seed in range(40)]
    assert set(drawn) <= set(colors) and len(set(drawn)) > 15


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("seed", "seed"),
        ("None", None),
        ("#C68642", (198, 134, 66)),
        ("1,2,3", (1, 2, 3)),
        ("red", (255, 0, 0)),
    ],
)
def test_what_a_user_types(text, color):
    assert parse_color(text) == color


@pytest.mark.parametrize("text", ["", "reddish", "#12", "1,2", "1,2,300", "-1,2,3", "a,b,c"])
def test_what_is_no_color_is_said(text):
    with pytest.raises(ValueError, match="expected seed, none, #rrggbb"):
        parse_color(text)


def test_training_pairs_carry_the_photos_color_three_times_in_four(tiny_config):
    config = replace(tiny_config, color_wish=True)
    pairs = load_pairs(config)
    wishes = [training_pair(pairs, config, step, 0)[0][0, 3:, 0, 0] for step in range(200)]
    given = [wish for wish in wishes if wish[3] == 1]
    assert 0.65 < len(given) / len(wishes) < 0.85
    assert all(not wish.any() for wish in wishes if wish[3] != 1)
    known = {tuple(round(level / 127.5 - 1, 4) for level in color) for color in pairs.colors}
    assert {tuple(round(float(level), 4) for level in wish[:3]) for wish in given} <= known
    assert not validation_pair(pairs, config, 0)[0][0, 3:].any()


def test_without_the_option_pairs_are_as_before(tiny_config):
    pairs = load_pairs(tiny_config)
    wishing = replace(tiny_config, color_wish=True)
    for step in range(5):
        plain, wished = (
            training_pair(pairs, tiny_config, step, 0),
            training_pair(load_pairs(wishing), wishing, step, 0),
        )
        assert torch.equal(plain[0], wished[0][:, :3]) and torch.equal(plain[1], wished[1])


def test_a_run_keeps_its_colors_and_its_translator_draws_them(tiny_config):
    out = fit(replace(tiny_config, steps=2, color_wish=True))
    translator = Translator(out, "cpu", "fp32")
    assert translator.knows_colors and translator.colors == kept_colors(
        load_pairs(replace(tiny_config, color_wish=True)).colors
    )
    drawing = Image.new("RGB", (32, 32), (0, 0, 200))
    as_it_comes = translator.translate(drawing, 1, None)
    assert translator.translate(drawing, 1) == translator.translate(
        drawing, 1, color_of_seed(translator.colors, 1)
    )
    assert np.any(np.asarray(translator.translate(drawing, 1, RED)) != np.asarray(as_it_comes))
    alone = [translator.translate(drawing, seed) for seed in (1, 2, 3)]
    assert translator.sample(drawing, [1, 2, 3]) == alone
    assert len(translator.sample(drawing, [1, 2, 3], color=None)) == 3
    assert (
        translator.critique(drawing, as_it_comes, RED).shape
        == translator.critique(drawing, as_it_comes).shape
    )


def test_checkpoints_without_wishes_work_and_say_so(tmp_path):
    folder = save_checkpoint(tmp_path, "facades", crop_size=32, load_size=36)
    assert "color_wish" not in checkpoints.load_settings(folder)
    translator = Translator(folder, "cpu", "fp32")
    drawing = Image.new("RGB", (32, 32), (0, 0, 200))
    assert translator.translate(drawing, 1) == translator.translate(drawing, 1, None)
    with pytest.raises(ValueError, match="without color wishes"):
        translator.translate(drawing, 1, RED)


@pytest.mark.parametrize("color", ["red", (1, 2), (1, 2, 300), (1.0, 2.0, 3.0)])
def test_a_wrong_wish_is_one_line(tmp_path, color):
    folder = save_checkpoint(tmp_path, "facades", crop_size=32, load_size=36, color_wish=True)
    with pytest.raises(ValueError, match="color is"):
        Translator(folder, "cpu", "fp32").translate(Image.new("RGB", (32, 32)), 1, color)
