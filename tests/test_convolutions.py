"""The convolutions as matrix products, against torch's own."""

import pytest
import torch
from torch.nn import functional as F

from pix2pix import convolutions
from pix2pix.generator import UNetGenerator


@pytest.fixture
def two_maps():
    torch.manual_seed(0)
    x = torch.randn(2, 5, 6, 4).to(memory_format=torch.channels_last).requires_grad_()
    weight = torch.randn(5, 7, 4, 4).to(memory_format=torch.channels_last).requires_grad_()
    return x, weight, torch.randn(7, requires_grad=True)


def gradients(y, tensors):
    return torch.autograd.grad((y * torch.linspace(0, 1, y.numel()).view_as(y)).sum(), tensors)


def same(ours, torchs):
    return all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(ours, torchs, strict=True))


def test_the_transposed_convolution_and_its_gradients_are_torchs(two_maps):
    x, weight, bias = two_maps
    ours = convolutions.conv_transpose2d(x, weight, bias)
    torchs = F.conv_transpose2d(x, weight, bias, stride=2, padding=1)
    assert ours.shape == (2, 7, 12, 8)
    assert same([ours, *gradients(ours, two_maps)], [torchs, *gradients(torchs, two_maps)])


def test_the_convolution_and_its_gradients_are_torchs(two_maps):
    x, weight, bias = two_maps
    weight = weight.detach().transpose(0, 1).requires_grad_()
    ours = convolutions.conv2d(x, weight, bias)
    torchs = F.conv2d(x, weight, bias, stride=2, padding=1)
    assert ours.shape == (2, 7, 3, 2)
    tensors = (x, weight, bias)
    assert same([ours, *gradients(ours, tensors)], [torchs, *gradients(torchs, tensors)])


def test_a_thin_transposed_convolution_and_its_gradients_are_torchs(monkeypatch):
    monkeypatch.setattr(convolutions, "FEW_CELLS", 0)
    torch.manual_seed(0)
    tensors = [torch.randn(s, requires_grad=True) for s in ((2, 5, 6, 4), (5, 3, 4, 4), (3,))]
    ours = convolutions.conv_transpose2d(*tensors)
    torchs = F.conv_transpose2d(*tensors, stride=2, padding=1)
    assert same([ours, *gradients(ours, tensors)], [torchs, *gradients(torchs, tensors)])


@pytest.mark.parametrize("function", [convolutions.conv2d, convolutions.conv_transpose2d])
def test_large_maps_are_left_to_torch(function, monkeypatch):
    """Else the tests above would compare torch's kernel with itself."""
    x, weight = torch.randn(1, 5, 64, 64), torch.randn(5, 5, 4, 4)
    before = function(x, weight)
    monkeypatch.setattr(convolutions, "FEW_CELLS", 10**9)
    after = function(x, weight)
    assert torch.allclose(before, after, atol=1e-4)
    assert not torch.equal(before, after)  # another order of summation: it was another path


needs_onednn = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch without oneDNN")


@needs_onednn
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("form", [convolutions.Conv2d, convolutions.ConvTranspose2d])
@torch.no_grad()
def test_a_packed_convolution_gives_the_same(form, bias):
    torch.manual_seed(0)
    conv = form(16, 24, bias=bias)
    packed = convolutions.packed(conv)
    assert packed is not conv
    for shape in ((1, 16, 2, 2), (3, 16, 6, 4)):
        x = torch.randn(shape)
        assert torch.allclose(packed(x), conv(x), atol=1e-5)


@needs_onednn
@torch.no_grad()
def test_halves_sum_to_the_whole_packed_or_not():
    torch.manual_seed(0)
    conv = convolutions.ConvTranspose2d(24, 8, bias=True)
    x = torch.randn(2, 24, 4, 4).to(memory_format=torch.channels_last)
    for each in (conv, convolutions.packed(conv)):
        first, others = each.halves(10)
        assert torch.allclose(first(x[:, :10]) + others(x[:, 10:]), conv(x), atol=1e-5)


@torch.no_grad()
def test_without_onednn_nothing_is_packed(monkeypatch):
    generator = UNetGenerator(ngf=8, image_size=8)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    before = list(generator.up_convs)
    generator.pack()
    assert list(generator.up_convs) == before


@needs_onednn
@torch.no_grad()
def test_a_packed_generator_paints_the_same_alone_and_in_a_batch():
    torch.manual_seed(0)
    generator = UNetGenerator(ngf=8, image_size=32).to(memory_format=torch.channels_last)
    x = torch.randn(1, 3, 32, 32).to(memory_format=torch.channels_last)
    z = generator.draw_noise([1, 2, 3])
    one, many = generator(x, [mask[1:2] for mask in z]), generator.decode_many(generator.encode(x), z)
    generator.pack()
    assert torch.allclose(generator(x, [mask[1:2] for mask in z]), one, atol=1e-4)
    assert torch.allclose(generator.decode_many(generator.encode(x), z), many, atol=1e-4)
