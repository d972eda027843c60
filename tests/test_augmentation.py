"""What D is shown: the same for real and generated pictures, drawn again each time, and differentiable."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from pix2pix.training.augmentation import augmenter, color_jitter, cutout, translate
from pix2pix.training.step import build_networks, train_step


@pytest.fixture
def pair():
    torch.manual_seed(0)
    return torch.rand(2, 3, 32, 32) * 2 - 1, torch.rand(2, 3, 32, 32) * 2 - 1


def test_off_it_changes_nothing(pair):
    shown = augmenter(False, 0)(*pair)
    assert shown[0] is pair[0] and shown[1] is pair[1]


def test_the_same_seed_shows_the_same_and_each_call_something_else(pair):
    first, again = augmenter(True, 0, 1), augmenter(True, 0, 1)
    one, two = first(*pair), first(*pair)
    assert all(torch.equal(a, b) for a, b in zip(one, again(*pair), strict=True))
    assert not torch.equal(one[1], two[1])
    assert [part.shape for part in one] == [part.shape for part in pair]


def test_input_and_picture_move_and_are_covered_together(pair):
    ones = torch.ones_like(pair[0])
    given, picture = augmenter(True, 3)(ones, pair[1] * 0 + 5)  # a bright page: no pixel of it becomes zero
    assert torch.equal(given[:, :1] == 0, picture[:, :1] == 0)
    hidden = (given[:, 0] == 0).float().mean((1, 2))
    assert (hidden > 0.05).all() and (hidden < 0.6).all()
    assert set(given.unique().tolist()) == {0.0, 1.0}  # the input keeps its colors


def test_parts_by_hand():
    rng = np.random.default_rng(0)
    picture = torch.arange(64.0).view(1, 1, 8, 8) + 1
    for _ in range(20):
        moved = translate(picture, rng)
        offset = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        expected = [
            torch.nn.functional.pad(picture, (1,) * 4)[..., 1 + i : 9 + i, 1 + j : 9 + j] for i, j in offset
        ]
        assert any(torch.equal(moved, e) for e in expected)
        assert 4 <= (cutout(picture, rng) == 0).sum() <= 16
    gray = torch.full((1, 3, 8, 8), 0.25)
    assert color_jitter(gray, rng).std() < 1e-6 and not torch.equal(color_jitter(gray, rng), gray)


def test_g_learns_through_it_and_d_from_it(tiny_config, pair):
    plain, augmented = (
        build_networks(replace(tiny_config, augment=on), torch.device("cpu")) for on in (False, True)
    )
    a, b = (part[:1] for part in pair)
    z = plain.generator.draw_noise([0])
    losses = [
        train_step(networks, a, b, z, replace(tiny_config, augment=on), step=5)
        for networks, on in ((plain, False), (augmented, True))
    ]
    assert losses[0]["D"] != losses[1]["D"] and losses[0]["G_l1"] == losses[1]["G_l1"]
    assert all(p.grad.abs().sum() > 0 for p in augmented.discriminator.parameters() if p.grad is not None)
    pixels = b.clone().requires_grad_()
    sum(part.square().sum() for part in augmenter(True, 1)(a, pixels)).backward()
    assert (pixels.grad != 0).float().mean() > 0.3
