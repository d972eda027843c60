"""Weights of the PyTorch port: latest_net_G.pth and latest_net_D.pth, each a plain state_dict.

Read with `weights_only=True`: a pickle that would run code is refused. The port's generators unet_256 and
unet_128 have our layers; what differs is the order of the skip concatenation ([skip, up] there, [up, skip]
here), which decoder layers have dropout, and biases that a norm cancels. Its batch norm runs on each image's
own statistics at test time (batch size 1, train mode), which is our InstanceNorm.
"""

import re
from pathlib import Path

import torch
from torch import Tensor

from pix2pix.formats.foreign import Found, check_width, fill
from pix2pix.models.discriminators import PatchDiscriminator
from pix2pix.models.generator import UNetGenerator

State = dict[str, Tensor]
OUTERMOST = "model.model."
CHANNELS = 3
IGNORED = ("running_mean", "running_var", "num_batches_tracked")


def read_pytorch_port(generator: Path, discriminator: Path | None = None, dropout: float = 0.5) -> Found:
    """The networks in latest_net_G.pth and, where given, latest_net_D.pth.

    dropout: rate of the decoder's dropout; 0 for a network trained with --no_dropout, which the file does not
    tell. ValueError in one line for a file that is no such state_dict.
    """
    state = read_state(generator)
    depth = unet_depth(state)
    if depth < 5:
        raise ValueError(f"{generator}: not a U-Net of the PyTorch port; expected unet_256 or unet_128")
    first = take(state, down_name(1, depth), generator)
    last = take(state, up_name(1, depth), generator)
    if first.dim() != 4 or last.dim() != 4 or (first.shape[1], last.shape[1]) != (CHANNELS, CHANNELS):
        raise ValueError(f"{generator}: expected a generator from RGB to RGB, 3 channels each")
    check_width(first.shape[0], str(generator))
    batch = norm_name(2, depth, "up", "weight") in state
    # There the levels 5 to depth - 1 have dropout; counted from the bottleneck these are 1 to depth - 5.
    noisy = tuple(range(1, depth - 4))
    network = UNetGenerator(CHANNELS, CHANNELS, first.shape[0], 2**depth, dropout=dropout, noisy_layers=noisy)
    fill(network, generator_tensors(state, depth, batch, network, generator), str(generator))
    kind = f"PyTorch port, unet_{2**depth}, {'batch' if batch else 'instance'} norm"
    found = Found(kind, network)
    if discriminator is not None:
        found.discriminator = read_discriminator(discriminator)
    return found


def read_state(path: Path) -> State:
    """A bare state_dict, without DataParallel's prefix. ValueError in one line for anything else."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ValueError(f"{path}: no such file") from None
    except Exception as error:  # whatever a damaged or hostile pickle leads to; none of its code is run
        reason = str(error).strip().partition("\n")[0][:120]
        raise ValueError(f"{path}: not a whole file of PyTorch weights ({reason})") from None
    if not isinstance(found, dict) or not found or not all(isinstance(v, Tensor) for v in found.values()):
        raise ValueError(f"{path}: holds no bare state_dict; expected latest_net_G.pth as the port writes it")
    return {name.removeprefix("module."): tensor for name, tensor in found.items()}


# --- Names of unet_256's tensors, level 1 outermost -----------------------------------------------------


def block(level: int) -> str:
    """Prefix of a level's tensors from level 2 on: model.model.1.model. + 3.model. for each level more."""
    return OUTERMOST + "1.model." + "3.model." * (level - 2)


def down_name(level: int, depth: int) -> str:
    return OUTERMOST + "0.weight" if level == 1 else f"{block(level)}1.weight"


def up_name(level: int, depth: int) -> str:
    if level == 1:
        return OUTERMOST + "3.weight"
    return f"{block(level)}{3 if level == depth else 5}.weight"


def norm_name(level: int, depth: int, side: str, what: str) -> str:
    if side == "down":
        return f"{block(level)}2.{what}"
    return f"{block(level)}{4 if level == depth else 6}.{what}"


def unet_depth(state: State) -> int:
    """Levels of the U-Net in a state_dict; 0 where there is none."""
    depth = 1 if OUTERMOST + "0.weight" in state else 0
    while depth and down_name(depth + 1, depth + 1) in state:
        depth += 1
    return depth


def generator_tensors(
    state: State, depth: int, batch: bool, network: UNetGenerator, path: Path
) -> dict[str, Tensor]:
    """The port's tensors under our names. ValueError for one that is missing or not known."""
    ours: dict[str, Tensor] = {}
    used: set[str] = set()

    def get(name: str) -> Tensor:
        used.add(name)
        return take(state, name, path)

    def bias_or_zero(name: str, channels: int) -> Tensor:
        return get(name) if name in state else torch.zeros(channels)

    for level in range(1, depth + 1):
        down, up = level - 1, depth - level  # our indices
        weight_name = down_name(level, depth)
        weight = get(weight_name)
        ours[f"down_convs.{down}.weight"] = weight
        bias_name = weight_name.replace("weight", "bias")
        if 1 < level < depth:  # normed: a bias would be cancelled by the norm
            used.add(bias_name)
            norm(ours, f"down_norms.{down}", weight.shape[0], level, depth, "down", batch, get)
        else:
            ours[f"down_convs.{down}.bias"] = bias_or_zero(bias_name, weight.shape[0])
        weight_name = up_name(level, depth)
        weight = get(weight_name)
        if level < depth:  # [skip, up] → [up, skip]
            weight = torch.cat(tuple(reversed(weight.chunk(2))))
        ours[f"up_convs.{up}.weight"] = weight
        bias_name = weight_name.replace("weight", "bias")
        if level > 1:
            used.add(bias_name)
            norm(ours, f"up_norms.{up}", weight.shape[1], level, depth, "up", batch, get)
        else:
            ours[f"up_convs.{up}.bias"] = get(bias_name)
    refuse_unknown(state, used, path)
    return ours


def norm(ours, name, channels, level, depth, side, batch, get) -> None:
    """A norm's scale and shift; instance norm of the port has none."""
    ours[f"{name}.weight"] = get(norm_name(level, depth, side, "weight")) if batch else torch.ones(channels)
    ours[f"{name}.bias"] = get(norm_name(level, depth, side, "bias")) if batch else torch.zeros(channels)


def read_discriminator(path: Path) -> PatchDiscriminator:
    """The PatchGAN or PixelGAN in latest_net_D.pth."""
    state = read_state(path)
    if "net.0.weight" in state:
        convs, norms, n_layers = ["net.0", "net.2", "net.5"], ["net.3"], 0
    else:
        places = [re.fullmatch(r"model\.(\d{1,3})\.weight", name) for name in state]
        n_layers = (max((int(place[1]) for place in places if place), default=0) - 2) // 3
        convs = ["model.0", *(f"model.{3 * k + 2}" for k in range(n_layers + 1))]
        norms = [f"model.{3 * k}" for k in range(1, n_layers + 1)]
    first = state.get(f"{convs[0]}.weight")
    if n_layers not in range(6) or first is None or first.dim() != 4:
        raise ValueError(f"{path}: not a discriminator of the PyTorch port; expected latest_net_D.pth")
    check_width(max(first.shape[:2]), str(path))
    network = PatchDiscriminator(first.shape[1], first.shape[0], n_layers)
    batch = f"{norms[0]}.weight" in state and state[f"{norms[0]}.weight"].dim() == 1 if norms else False
    ours: dict[str, Tensor] = {}
    used: set[str] = set()

    def get(name: str) -> Tensor:
        used.add(name)
        return take(state, name, path)

    for level, conv in enumerate(convs):
        weight = ours[f"convs.{level}.weight"] = get(f"{conv}.weight")
        if level in (0, len(convs) - 1):
            ours[f"convs.{level}.bias"] = get(f"{conv}.bias")
        else:
            used.add(f"{conv}.bias")
            channels, name = weight.shape[0], norms[level - 1]
            ours[f"norms.{level}.weight"] = get(f"{name}.weight") if batch else torch.ones(channels)
            ours[f"norms.{level}.bias"] = get(f"{name}.bias") if batch else torch.zeros(channels)
    refuse_unknown(state, used, path)
    fill(network, ours, str(path))
    return network


def take(state: State, name: str, path: Path) -> Tensor:
    if name not in state:
        raise ValueError(f"{path}: {name} is missing; expected unet_256, unet_128 or a discriminator")
    return state[name]


def refuse_unknown(state: State, used: set[str], path: Path) -> None:
    unknown = sorted(n for n in state.keys() - used if not n.endswith(IGNORED))
    if unknown:
        raise ValueError(f"{path}: {unknown[0]} is not known; expected the port's unet_256 or unet_128")
