"""A discriminator that does not alias, and up-convolutions that cannot weave."""

from dataclasses import replace

import torch
from torch.nn import functional as F

from pix2pix import checkpoints
from pix2pix.models.antialias import OUTER, low_pass, smooth_kernels, smooth_projection
from pix2pix.models.discriminators import PatchDiscriminator
from pix2pix.models.generator import UNetGenerator
from pix2pix.training.loop import fit

ALTERNATING = torch.tensor([1.0, -1.0, 1.0, -1.0])


def test_low_pass_takes_the_alternating_pattern_and_keeps_a_constant():
    stripes = (torch.arange(16) % 2 * 2.0 - 1).expand(2, 3, 16, 16)
    assert low_pass(stripes)[..., 1:-1].abs().max() < 1e-6
    torch.testing.assert_close(low_pass(torch.full((1, 2, 8, 8), 0.3)), torch.full((1, 2, 8, 8), 0.3))


def test_low_pass_is_one_two_one_along_both_axes():
    point = torch.zeros(1, 1, 5, 5)
    point[..., 2, 2] = 16
    expected = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])
    torch.testing.assert_close(low_pass(point)[0, 0, 1:4, 1:4], expected)


def test_the_projection_is_one_and_answers_the_alternating_pattern_with_zero():
    p = smooth_projection()
    torch.testing.assert_close(p @ p, p)
    torch.testing.assert_close(p, p.T)
    assert (p @ ALTERNATING).abs().max() < 1e-6
    smooth = F.conv1d(torch.tensor([[[0.7, -1.2]]]), torch.tensor([[[1.0, 2, 1]]]), padding=2)[0, 0]
    torch.testing.assert_close(p @ smooth, smooth)  # a smooth kernel stays as it is


def test_outer_kernels_are_smooth_and_inner_ones_untouched():
    generator = UNetGenerator(ngf=4).to(memory_format=torch.channels_last)
    before = [conv.weight.detach().clone() for conv in generator.up_convs]
    smooth_kernels(generator.up_convs)
    p = smooth_projection()
    for conv, old in list(zip(generator.up_convs, before, strict=True))[:-OUTER]:
        assert torch.equal(conv.weight, old)
    for conv, old in list(zip(generator.up_convs, before, strict=True))[-OUTER:]:
        torch.testing.assert_close(conv.weight, p @ old @ p, atol=1e-6, rtol=1e-5)
        assert (conv.weight @ ALTERNATING).abs().max() < 1e-6
        assert (ALTERNATING @ conv.weight).abs().max() < 1e-6


def test_smooth_kernels_cannot_weave():
    """A constant map becomes constant but for the border: nothing of period 2 is left."""
    generator = UNetGenerator(ngf=4)
    smooth_kernels(generator.up_convs)
    conv = generator.up_convs[-1]
    inside = conv(torch.ones(1, conv.in_channels, 16, 16))[..., 2:-2, 2:-2]
    assert (inside - inside[..., :1, :1]).abs().max() < 1e-5


def test_a_discriminator_with_low_pass_has_the_same_weights_and_scores():
    torch.manual_seed(0)
    plain, smooth = PatchDiscriminator(6, 4), PatchDiscriminator(6, 4, antialias=True)
    smooth.load_state_dict(plain.state_dict())
    x = torch.rand(1, 6, 64, 64) * 2 - 1
    assert plain(x).shape == smooth(x).shape
    assert not torch.allclose(plain(x), smooth(x))
    # Moving a picture by one pixel changes the scores of one that aliases more.
    far = [(D(x) - D(x.roll(1, -1)))[..., 2:-2, 2:-2].std() / D(x).std() for D in (plain, smooth)]
    assert far[1] < far[0]


def test_kernels_stay_smooth_through_training_and_export(tiny_config):
    out = fit(replace(tiny_config, steps=4, antialias=True, ema=0.9))
    settings = checkpoints.load_settings(out)
    assert settings["discriminator"]["antialias"] is True
    shipped = checkpoints.load_generator(out)
    for conv in list(shipped.up_convs)[-OUTER:]:
        # int8 rounding: half a level of the largest weight for each of the four taps.
        level = conv.weight.abs().amax((0, 2, 3), keepdim=True) / 127
        assert ((conv.weight @ ALTERNATING).abs() <= 2 * level[..., 0] + 1e-6).all()
    exact = checkpoints.read_tensors(out / "state.safetensors")[0]
    for index in range(len(shipped.up_convs))[-OUTER:]:
        assert (exact[f"average/up_convs.{index}.weight"] @ ALTERNATING).abs().max() < 1e-6


def test_the_papers_checkpoints_do_not_mention_it(tiny_config):
    assert "antialias" not in checkpoints.model_settings(tiny_config)["discriminator"]
