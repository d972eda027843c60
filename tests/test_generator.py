"""The U-Net against the paper's numbers and torch's own layers."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from pix2pix.models.generator import InstanceNorm, UNetGenerator


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_parameter_count_of_the_paper():
    assert round(parameters(UNetGenerator()) / 1e6, 2) == 54.41


def test_widths_are_the_papers():
    generator = UNetGenerator(ngf=64)
    assert [c.out_channels // 64 for c in generator.down_convs] == [1, 2, 4, 8, 8, 8, 8, 8]
    assert [c.out_channels // 64 for c in generator.up_convs[:-1]] == [8, 8, 8, 8, 4, 2, 1]
    assert [c.in_channels // 64 for c in generator.up_convs] == [8, 16, 16, 16, 16, 8, 4, 2]


def test_encoder_decoder_has_no_skips():
    generator = UNetGenerator(ngf=64, skips=False)
    assert [c.in_channels // 64 for c in generator.up_convs] == [8, 8, 8, 8, 8, 4, 2, 1]
    small = UNetGenerator(ngf=4, image_size=32, skips=False)
    x = torch.randn(1, 3, 32, 32)
    features = small.encode(x)
    outer = [torch.zeros_like(f) for f in features[:-1]] + features[-1:]
    assert torch.equal(small.decode(features, []), small.decode(outer, []))


def test_norms_stand_where_the_paper_has_them():
    generator = UNetGenerator(ngf=4)
    assert [isinstance(n, InstanceNorm) for n in generator.down_norms] == [False] + [True] * 6 + [False]
    assert [isinstance(n, InstanceNorm) for n in generator.up_norms] == [True] * 7 + [False]


def test_shapes_and_range():
    generator = UNetGenerator(in_channels=4, out_channels=2, ngf=4)
    features = generator.encode(torch.randn(2, 4, 256, 256))
    assert [tuple(f.shape) for f in features][-1] == (2, 32, 1, 1)
    assert [f.shape[-1] for f in features] == [128, 64, 32, 16, 8, 4, 2, 1]
    answer = generator(torch.randn(2, 4, 256, 256))
    assert answer.shape == (2, 2, 256, 256) and answer.abs().max() <= 1


@pytest.mark.parametrize("batch", [1, 3])
def test_norm_is_torchs_instance_norm(batch):
    norm, oracle = InstanceNorm(5), nn.InstanceNorm2d(5, affine=True)
    x = torch.randn(batch, 5, 6, 6)
    for module in (norm, oracle):
        nn.init.constant_(module.weight, 1.3)
        nn.init.constant_(module.bias, 0.2)
    torch.testing.assert_close(norm(x), oracle(x))


def test_norm_is_batch_norm_of_one_image():
    x = torch.randn(1, 5, 6, 6)
    torch.testing.assert_close(InstanceNorm(5)(x), nn.BatchNorm2d(5).train()(x))


def test_dropout_is_on_in_eval_mode_too():
    generator = UNetGenerator(ngf=4, image_size=32).eval()
    x = torch.randn(1, 3, 32, 32)
    assert not torch.equal(generator(x), generator(x))
    assert torch.equal(generator(x, []), generator(x, []))


def test_noise_has_the_rate_and_keeps_the_mean():
    generator = UNetGenerator(ngf=64)
    masks = generator.draw_noise([1, 2, 3, 4], rate=0.25)
    assert [tuple(m.shape) for m in masks] == [(4, 512, 2, 2), (4, 512, 4, 4), (4, 512, 8, 8)]
    values = torch.cat([m.flatten() for m in masks])
    assert values.unique().tolist() == pytest.approx([0, 4 / 3])
    assert values.mean().item() == pytest.approx(1, abs=0.02)


def test_noise_of_a_seed_is_the_same_alone_and_in_a_batch():
    generator = UNetGenerator(ngf=4)
    batch, alone = generator.draw_noise([7, 8]), generator.draw_noise([8])
    assert all(torch.equal(b[1:], a) for b, a in zip(batch, alone, strict=True))
    without_second = generator.draw_noise([7, 8], layers=(True, False, True))
    assert without_second[1] is None and torch.equal(without_second[2], batch[2])


def test_first_decoder_layer_is_what_it_says():
    """relu → transposed convolution → norm → mask, written out with torch's own functions."""
    generator = UNetGenerator(ngf=4, image_size=8)
    x = torch.randn(1, 3, 8, 8)
    bottleneck = generator.encode(x)[-1]
    z = generator.draw_noise([0])
    y = F.conv_transpose2d(F.relu(bottleneck), generator.up_convs[0].weight, stride=2, padding=1)
    y = F.instance_norm(y, weight=generator.up_norms[0].weight, bias=generator.up_norms[0].bias) * z[0]
    seen = {}
    generator.up_convs[1].register_forward_pre_hook(lambda _, inputs: seen.setdefault("x", inputs[0]))
    generator(x, z)
    torch.testing.assert_close(seen["x"][:, : y.shape[1]], F.relu(y), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("size", [4, 100])
def test_wrong_sizes_are_named(size):
    with pytest.raises(ValueError, match="power of two"):
        UNetGenerator(image_size=size)
    with pytest.raises(ValueError, match="expected 32×32"):
        UNetGenerator(ngf=4, image_size=32)(torch.zeros(1, 3, 64, 64))
    with pytest.raises(ValueError, match="dropout rate is 1"):
        UNetGenerator(ngf=4, image_size=32).draw_noise([0], rate=1)
