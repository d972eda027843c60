"""The convolutions as matrix products, against torch's own."""

import pytest
import torch
from torch.nn import functional as F

from pix2pix.models import layers


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
    ours = layers.conv_transpose2d(x, weight, bias)
    torchs = F.conv_transpose2d(x, weight, bias, stride=2, padding=1)
    assert ours.shape == (2, 7, 12, 8)
    assert same([ours, *gradients(ours, two_maps)], [torchs, *gradients(torchs, two_maps)])


def test_the_convolution_and_its_gradients_are_torchs(two_maps):
    x, weight, bias = two_maps
    weight = weight.detach().transpose(0, 1).requires_grad_()
    ours = layers.conv2d(x, weight, bias)
    torchs = F.conv2d(x, weight, bias, stride=2, padding=1)
    assert ours.shape == (2, 7, 3, 2)
    tensors = (x, weight, bias)
    assert same([ours, *gradients(ours, tensors)], [torchs, *gradients(torchs, tensors)])


def test_a_thin_transposed_convolution_and_its_gradients_are_torchs(monkeypatch):
    monkeypatch.setattr(layers, "FEW_CELLS", 0)
    torch.manual_seed(0)
    tensors = [torch.randn(s, requires_grad=True) for s in ((2, 5, 6, 4), (5, 3, 4, 4), (3,))]
    ours = layers.conv_transpose2d(*tensors)
    torchs = F.conv_transpose2d(*tensors, stride=2, padding=1)
    assert same([ours, *gradients(ours, tensors)], [torchs, *gradients(torchs, tensors)])


@pytest.mark.parametrize(
    ("function", "own", "torchs"),
    [
        (layers.conv2d, "convolve_as_product", "conv2d"),
        (layers.conv_transpose2d, "transpose_as_product", "conv_transpose2d"),
    ],
)
def test_large_maps_are_left_to_torch(function, own, torchs, monkeypatch):
    """Otherwise the tests above would compare torch's kernel with itself."""
    called: list[str] = []

    def spy(where, name):
        real = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *a, **k: called.append(name) or real(*a, **k))

    spy(layers, own)
    spy(layers.F, torchs)
    cells = layers.FEW_CELLS * (4 if function is layers.conv2d else 1)  # of x
    weight = torch.randn(5, 5, 4, 4)
    for numel, path in ((cells, own), (4 * cells, torchs)):
        called.clear()
        side = int(numel**0.5)
        function(torch.randn(1, 5, side, side), weight)
        assert called == [path]
