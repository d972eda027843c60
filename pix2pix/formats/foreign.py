"""What an importer finds in another program's file, and our checkpoint folder made of it.

The weights are stored as float16, not int8: they were not trained to be rounded. Knows no file format.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.files import write_text
from pix2pix.models.discriminators import PatchDiscriminator
from pix2pix.models.generator import UNetGenerator

MAX_WIDTH = 512


@dataclass
class Found:
    """A generator with its weights, and a discriminator where there is one.

    source: what the file was, for the model card, such as "PyTorch port, unet_256, batch norm".
    """

    source: str
    generator: UNetGenerator
    discriminator: PatchDiscriminator | None = None


def check_width(width: int, source: str) -> None:
    """A crafted file must not make networks that fill the memory."""
    if width > MAX_WIDTH:
        raise ValueError(f"{source}: its first layer has {width:,} channels; expected {MAX_WIDTH} at most")


def fill(model: nn.Module, tensors: dict[str, Tensor], source: str) -> None:
    """Strict load of tensors under our names. ValueError in one line names the first that does not fit."""
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    given = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    assert wanted.keys() == given.keys(), wanted.keys() ^ given.keys()  # the importers name every tensor
    for name, shape in wanted.items():
        if given[name] != shape:
            raise ValueError(
                f"{source}: the weights of {name} have the shape {given[name]}; expected {shape}"
            )
        if not tensors[name].isfinite().all():
            raise ValueError(f"{source}: the weights of {name} hold NaN or infinite numbers")
    model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    model.requires_grad_(False)


def save_imported(found: Found, name: str, folder: Path) -> None:
    """Write `found` as the checkpoint `name` in `folder`, which must not exist yet (else ValueError)."""
    if folder.exists():
        raise ValueError(f"{folder} exists already; expected a new name")
    generator, discriminator = found.generator, found.discriminator
    side = generator.image_size
    config = TrainConfig(
        task=name,
        ngf=generator.down_convs[0].out_channels,
        crop_size=side,
        load_size=side + side // 8,
        dropout=generator.dropout,
    )
    if discriminator is not None:
        config = dataclasses.replace(
            config, ndf=discriminator.convs[0].out_channels, n_layers=discriminator.n_layers
        )
    settings = checkpoints.model_settings(config)
    settings["generator"]["noisy_layers"] = list(generator.noisy_layers)
    if discriminator is not None:
        settings["discriminator"]["in_channels"] = discriminator.convs[0].in_channels
    recipe = {k: v for k, v in dataclasses.asdict(config).items() if k not in ("data", "out", "resume")}
    training = {"imported": found.source}
    content = {**settings, "recipe": recipe, "training": training}
    checkpoints.write_tensors(as_float16(generator), folder / "generator.safetensors")
    if discriminator is not None:
        checkpoints.write_tensors(as_float16(discriminator), folder / "discriminator.safetensors")
    write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", folder / "config.json")


def as_float16(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
