"""A network that knows photographs: SqueezeNet's feature maps, for the perceptual loss and for scoring.

SqueezeNet 1.0 (Iandola et al. 2016) with torchvision's layout. It is an aid to training and evaluation and
not part of a checkpoint. Imports torchvision only when the network is built.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

# Modules of torchvision's `features` after which the feature maps are compared.
LAYERS = (1, 4, 5, 8, 10, 12)

TORCHVISION = "squeezenet1_0"
HOW_TO_GET = (
    f"expected --features {TORCHVISION} (torchvision downloads its weights once) or --features "
    "FILE.safetensors with the same tensor names"
)


class FeatureNetwork(nn.Module):
    """SqueezeNet's convolutions, frozen: RGB (N, 3, H, W) in [-1, 1] → the feature maps of LAYERS."""

    def __init__(self, features: nn.Sequential):
        super().__init__()
        self.features = features[: LAYERS[-1] + 1]
        for module in self.features.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = False  # the map before it may be one that is compared
        # torchvision's mean and standard deviation are of [0, 1]; here they are of [-1, 1].
        mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
        self.register_buffer("mean", (mean * 2 - 1).view(1, 3, 1, 1))
        self.register_buffer("deviation", (deviation * 2).view(1, 3, 1, 1))
        self.requires_grad_(False).eval()

    def forward(self, rgb: Tensor) -> list[Tensor]:
        x = (rgb - self.mean.to(rgb.dtype)) / self.deviation.to(rgb.dtype)
        maps = []
        for index, module in enumerate(self.features):
            x = module(x)
            if index in LAYERS:
                maps.append(x)
        return maps  # at 256×256: (N, 96, 125, 125), (N, 256, 62, 62) … (N, 512, 15, 15)


def load_features(name: str) -> FeatureNetwork:
    """The feature network by torchvision's name (`squeezenet1_0`) or from a local .safetensors file.

    Raises ValueError in one line that says how to get the weights: nothing named, no such file, another
    network's tensors, no network connection.
    """
    try:
        from torchvision.models import SqueezeNet1_0_Weights, squeezenet1_0
    except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision built for another torch
        reason = str(error).partition("\n")[0]
        raise ValueError(f"the features need torchvision ({reason}); pip install torchvision") from None
    if not name:
        raise ValueError(f"no feature network is named; {HOW_TO_GET}")
    if name == TORCHVISION:
        try:
            return FeatureNetwork(squeezenet1_0(weights=SqueezeNet1_0_Weights.DEFAULT).features)
        except (OSError, RuntimeError) as error:  # no connection, or a download that broke off
            reason = str(error).partition("\n")[0]
            raise ValueError(
                f"--features {name}: torchvision could not download it ({reason}); "
                "give a local file: --features FILE.safetensors"
            ) from None
    path = Path(name)
    if not path.is_file():
        raise ValueError(f"--features {name}: no such file; {HOW_TO_GET}")
    network = squeezenet1_0(weights=None).features
    try:
        tensors = load_file(path)
        ours = {name: value.float() for name, value in tensors.items() if name.startswith("features.")}
        network.load_state_dict({name.removeprefix("features."): value for name, value in ours.items()})
    except (SafetensorError, OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise ValueError(f"--features {name}: not SqueezeNet 1.0 in torchvision's names ({reason})") from None
    return FeatureNetwork(network)
