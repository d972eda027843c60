"""Patch sizes, map sizes and parameters against the paper; receptive boxes against the gradient."""

import pytest
import torch
from torch import nn

from pix2pix.models.discriminators import PatchDiscriminator, patch_map_size, receptive_box, receptive_field


def test_receptive_fields_are_the_papers():
    assert [receptive_field(n) for n in range(6)] == [1, 16, 34, 70, 142, 286]


@pytest.mark.parametrize("n", range(6))
def test_patch_map_sizes(n):
    size = [256, 126, 62, 30, 14, 6][n]
    assert patch_map_size(n) == size
    logits = PatchDiscriminator(ndf=2, n_layers=n)(torch.zeros(1, 3, 256, 256), torch.zeros(1, 3, 256, 256))
    assert logits.shape == (1, 1, size, size)


def test_parameter_count_of_the_70x70():
    assert sum(p.numel() for p in PatchDiscriminator().parameters()) == pytest.approx(2.769e6, abs=5e2)


def test_n_layers_out_of_range_is_named():
    with pytest.raises(ValueError, match="n_layers is 6"):
        PatchDiscriminator(n_layers=6)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_receptive_box_by_brute_force(n, where):
    """The pixels with a gradient, of a net without norms (they look at the whole picture), are the box."""
    torch.manual_seed(0)
    net = PatchDiscriminator(in_channels=1, ndf=2, n_layers=n).double()
    net.norms = nn.ModuleList(nn.Identity() for _ in net.norms)
    for conv in net.convs:
        nn.init.uniform_(conv.weight, 0.1, 1)  # positive: no gradient cancels
    x = torch.rand(1, 1, 256, 256, dtype=torch.double, requires_grad=True)
    logits = net(x)
    size = logits.shape[-1]
    index = {"first": 0, "middle": size // 2, "last": size - 1}[where]
    logits[0, 0, index, size // 3].backward()
    rows = x.grad[0, 0].abs().sum(1).nonzero().flatten()
    columns = x.grad[0, 0].abs().sum(0).nonzero().flatten()
    for seen, place in ((rows, index), (columns, size // 3)):
        first, last = receptive_box(n, place)
        assert (seen[0].item(), seen[-1].item()) == (max(first, 0), min(last, 255))
        assert last - first + 1 == receptive_field(n)
