"""Anti-aliasing for both networks: a discriminator that does not alias, up-convolutions that cannot weave.

Not the 2017 paper's (Zhang 2019, "Making convolutional networks shift-invariant again"; Odena et al. 2016 on
checkerboards). Free at inference: the generator keeps its form, only its kernels are kept smooth.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

OUTER = 5  # up-convolutions whose kernels are kept smooth; the inner ones hold nearly all weights


def low_pass(x: Tensor) -> Tensor:
    """(N, C, H, W) → the same size: [1 2 1]/4 along both axes, borders replicated."""
    channels = x.shape[1]
    taps = torch.tensor([0.25, 0.5, 0.25], device=x.device, dtype=x.dtype)
    kernel = torch.outer(taps, taps).expand(channels, 1, 3, 3)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel, groups=channels)


def smooth_projection() -> Tensor:
    """(4, 4): the projection onto 4-tap kernels that are a 2-tap kernel smoothed by [1 2 1].

    At stride 2 those answer the alternating pattern (1, -1, 1, -1) with 0, and each of their two phases has
    the same sum, so that a constant map stays constant.
    """
    a = torch.tensor([[1.0, 0], [2, 1], [1, 2], [0, 1]], dtype=torch.float64)
    return (a @ torch.linalg.inv(a.T @ a) @ a.T).float()


@torch.no_grad()
def smooth_kernels(up_convs: nn.ModuleList) -> None:
    """Project the kernels (c_in, c_out, 4, 4) of the outer up-convolutions, in place: W ← P W P."""
    for conv in list(up_convs)[-OUTER:]:
        weight = conv.weight
        p = smooth_projection().to(weight)
        both = torch.kron(p, p)  # of the 16 numbers of a kernel
        view = weight.permute(0, 2, 3, 1)  # (c_in, 4, 4, c_out), dense for a channels-last weight
        view.copy_(torch.matmul(both, view.reshape(view.shape[0], 16, -1)).view(view.shape))
