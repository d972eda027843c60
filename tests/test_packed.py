"""The generator for inference: the same pictures in every form, and products of bytes to the last digit."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch.nn import functional as F

from pix2pix.examples import example_paths
from pix2pix.inference import Translator, kernels, packed
from pix2pix.inference.kernels import Int8Kernel, activated
from pix2pix.inference.packed import PackedGenerator
from pix2pix.inference.quantize import NOTHING, RELU, STEPS, quantise, scales
from pix2pix.models.generator import LEAKY_SLOPE, UNetGenerator
from pix2pix.models.layers import Conv2d, ConvTranspose2d

needs_onednn = pytest.mark.skipif(
    not kernels.kernels_there(torch.float32), reason="torch without oneDNN's operators"
)
needs_int8 = pytest.mark.skipif(
    not kernels.int8_is_right(torch.float32), reason="this processor overflows at products of bytes"
)


@needs_onednn
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("form", [Conv2d, ConvTranspose2d])
@torch.no_grad()
def test_a_packed_convolution_gives_the_same(form, bias):
    torch.manual_seed(0)
    conv = form(16, 24, bias=bias)
    ours = packed.packed(conv, 4, torch.float32)
    assert isinstance(ours, packed.PackedConv2d | packed.PackedConvTranspose2d)
    for shape in ((1, 16, 2, 2), (3, 16, 6, 4)):
        x = torch.randn(shape)
        assert torch.allclose(ours([x], NOTHING), conv(x), atol=1e-5)
        parts = [x[:, :5], x[:, 5:]]
        assert torch.allclose(ours(parts, RELU), conv(F.relu(x)), atol=1e-5)
        assert torch.allclose(ours(parts, LEAKY_SLOPE), conv(F.leaky_relu(x, LEAKY_SLOPE)), atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("there", [True, False])
def test_halves_sum_to_the_whole(there, monkeypatch):
    if not there:
        monkeypatch.setattr(packed, "kernels_there", lambda dtype: False)
    torch.manual_seed(0)
    conv = ConvTranspose2d(24, 8, bias=True)
    x = torch.randn(2, 24, 4, 4).to(memory_format=torch.channels_last)
    ours = packed.packed(conv, 4, torch.float32)
    first, others = ours.halves(10)
    assert torch.allclose(first([x[:, :10]], RELU) + others([x[:, 10:]], RELU), conv(F.relu(x)), atol=1e-5)


@torch.no_grad()
def test_without_onednns_bfloat16_such_maps_are_not_packed(monkeypatch):
    """As on a processor with AVX2 alone, where its kernels raise."""
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    generator = UNetGenerator(ngf=16, image_size=8).eval()
    x = torch.randn(1, 3, 8, 8)
    ours = PackedGenerator(generator, torch.bfloat16)
    assert all(isinstance(conv, packed.Plain) for conv in (*ours.down_convs, *ours.up_convs))
    found = ours.decode(ours.encode(x.bfloat16()), [])
    assert found.dtype == torch.bfloat16 and torch.isfinite(found).all()


@torch.no_grad()
def test_without_onednn_nothing_is_packed(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    generator = UNetGenerator(ngf=8, image_size=8)
    ours = PackedGenerator(generator, torch.float32, int8=True)
    assert all(isinstance(conv, packed.Plain) for conv in (*ours.down_convs, *ours.up_convs))
    assert not kernels.int8_is_right(torch.float32)
    x = torch.randn(1, 3, 8, 8)
    z = generator.draw_noise([0])
    assert torch.allclose(ours(x, z), generator(x, z), atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("skips", [True, False])
@pytest.mark.parametrize("layers", [(True, True, True), (False, True, False), (False, False, True)])
def test_many_samples_equal_single_runs_of_the_generator(skips, layers):
    """Instance statistics: with the same noise, picture k of a batch is the picture alone, to 1e-4."""
    torch.manual_seed(0)
    generator = UNetGenerator(ngf=8, image_size=64, skips=skips).to(memory_format=torch.channels_last)
    x = torch.randn(1, 3, 64, 64)
    z = generator.draw_noise([3, 4, 5], 0.4, layers)
    alone = [generator(x, generator.draw_noise([seed], 0.4, layers)) for seed in (3, 4, 5)]
    ours = PackedGenerator(generator, torch.float32)
    torch.testing.assert_close(ours.decode_many(ours.encode(x), z), torch.cat(alone), atol=1e-4, rtol=0)
    one = ours(x, generator.draw_noise([4], 0.4, layers))
    torch.testing.assert_close(one, alone[1], atol=1e-4, rtol=0)


# --- products of bytes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("slope", [RELU, LEAKY_SLOPE, NOTHING])
def test_levels_lie_within_half_a_step(slope, dtype):
    torch.manual_seed(0)
    x = (torch.randn(1, 6, 5, 4) * 3).to(dtype).to(memory_format=torch.channels_last)
    before = x.clone()
    ((levels, (step,), zero),) = quantise(x, slope)
    assert levels.dtype == torch.uint8 and levels.shape == (1, 6, 7, 6)
    exact = F.pad(activated([x.float()], slope), (1, 1, 1, 1))
    assert ((levels.float() - zero) * step - exact).abs().max() <= 0.501 * step
    assert step == pytest.approx(float(exact.max() - exact.min()) / STEPS, rel=1e-3)
    assert zero == 0 if slope == RELU else zero > 0
    assert torch.equal(x, before), "the map itself stays as it was"


@pytest.mark.parametrize("slope", [RELU, LEAKY_SLOPE])
def test_a_map_with_one_large_number_gets_a_second_byte(slope):
    torch.manual_seed(0)
    x = torch.randn(1, 4, 16, 16)
    assert len(quantise(x, slope)) == 1
    x[0, 1, 2, 3] = 100
    found = quantise(x, slope)
    exact = F.pad(activated([x], slope), (1, 1, 1, 1))
    apart = [((levels.float() - zero) * step - exact).abs().max() for levels, (step,), zero in found[:1]]
    both = sum((levels.float() - zero) * step for levels, (step,), zero in found)
    assert len(found) == 2 and (both - exact).abs().max() < 0.01 * apart[0]


def test_bytes_asked_for_where_they_would_overflow_are_refused(monkeypatch):
    monkeypatch.setattr("pix2pix.inference.precision.int8_is_right", lambda dtype: False)
    with pytest.raises(ValueError, match=r'"int8".* expected "auto"'):
        Translator("facades", "cpu", "int8")
    with pytest.raises(ValueError, match="precision is 'fp16'; expected auto, int8, bf16 or fp32"):
        Translator("facades", "cpu", "fp16")


def test_an_empty_map_is_no_division_by_nothing():
    ((levels, (step,), zero),) = quantise(torch.zeros(1, 2, 3, 3), LEAKY_SLOPE)
    assert step > 0 and zero == 0 and not levels.any()


@needs_int8
@torch.no_grad()
@pytest.mark.parametrize("slope", [RELU, NOTHING])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("form", [Conv2d, ConvTranspose2d])
def test_products_of_whole_numbers_are_exact(form, bias, slope):
    """Numbers that bytes hold without rounding: then the product of bytes is torch's, to the last digit."""
    torch.manual_seed(0)
    conv = form(8, 6, bias=bias)
    conv.weight.copy_(torch.randint(-127, 128, conv.weight.shape))
    outputs = conv.weight.transpose(0, 1) if form is ConvTranspose2d else conv.weight
    outputs[:, 0, 0, 0] = 127  # a step of 1 for each output
    x = torch.randint(-100, 155, (1, 8, 8, 8)).float()
    x[0, 0, 0, :2] = torch.tensor([-100.0, 154.0]) if slope == NOTHING else torch.tensor([0.0, 254.0])
    ours = packed.packed(conv, 8, torch.float32, int8=True)
    assert torch.allclose(ours([x], slope), conv(activated([x], slope)), rtol=1e-6, atol=0.01)


@needs_int8
@torch.no_grad()
@pytest.mark.parametrize("far", [0, 1])
@pytest.mark.parametrize("slope", [RELU, LEAKY_SLOPE])
def test_each_image_of_a_batch_has_its_own_range(slope, far):
    torch.manual_seed(0)
    x = torch.randn(3, 8, 8, 8) * torch.tensor([1.0, 100.0, 0.01]).view(3, 1, 1, 1)
    x[1, 0, 0, 0] = 5000.0 if far else 0.0  # a second byte for one of them
    weight = torch.randn(16, 8, 4, 4)
    bias = torch.randn(16) * 0.01
    kernel = Int8Kernel(weight, bias, 2, torch.float32, scales(weight, 0), side=8)
    together, alone = kernel([x], slope), torch.cat([kernel([image], slope) for image in x.split(1)])
    exact = F.conv2d(activated([x], slope), weight, bias, stride=2, padding=1)
    for image, *others in zip(together, alone, exact, strict=True):
        assert all((image - other).abs().mean() < 0.02 * other.std() for other in others)


@needs_int8
def test_the_shipped_int8_weights_are_found_again():
    """Rounding rounded numbers a second time would double the error."""
    torch.manual_seed(0)
    scale = torch.rand(5) + 0.1
    levels = torch.randint(-127, 128, (5, 3, 4, 4))
    levels[:, 0, 0, 0] = 127
    weight = levels * scale.view(-1, 1, 1, 1)
    assert torch.allclose(scales(weight, 0), scale, rtol=1e-6)
    kernel = Int8Kernel(weight, None, 2, torch.float32, scales(weight, 0), side=8)
    assert torch.allclose(kernel.sums, levels.sum((1, 2, 3)) * scale, rtol=1e-5)


def one_stroke() -> Image.Image:
    page = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(page).line([(120, 100), (150, 104)], fill="black", width=3)
    return page


@pytest.mark.slow
@needs_int8
@pytest.mark.parametrize("task", ["facades", "edges2cats", "map2aerial", "labels2street"])
def test_pictures_of_bytes_are_those_of_float32(task):
    """Within 1.5 of 255, or 5 % of the contrast of a picture full of texture (aerial photos), on average.

    An empty page with its first stroke too, whose maps are nearly empty.
    """
    full, bytes_ = (Translator(task, "cpu", precision) for precision in ("fp32", "int8"))
    assert bytes_.precision.startswith("int8") and full.precision == "fp32"
    drawings = [one_stroke(), *(Image.open(path) for path in example_paths(task)[:2])]
    for drawing in drawings:
        ours, theirs = (np.asarray(each.translate(drawing, 1), float) for each in (bytes_, full))
        assert 0 < np.abs(ours - theirs).mean() < max(1.5, 0.05 * theirs.std())


@needs_int8
def test_samples_of_bytes_are_the_single_pictures_of_bytes():
    """Skip halves have ranges of their own there, so only the last digits of the same picture differ."""
    translator = Translator("facades", "cpu", "int8")
    drawing = Image.open(example_paths("facades")[0])
    seeds = [3, 4]
    for sample, seed in zip(translator.sample(drawing, seeds), seeds, strict=True):
        alone, other = (np.asarray(translator.translate(drawing, s), float) for s in (seed, seed + 9))
        apart = np.abs(np.asarray(sample, float) - alone).mean()
        assert apart < 1 and apart < np.abs(other - alone).mean() / 2
