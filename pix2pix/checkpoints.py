"""A checkpoint on disk: config.json, generator.safetensors, discriminator.safetensors, README.md.

Weights are data, never pickle. Shipped convolution weights are int8 with one float32 scale an output channel;
everything else is float16. Writing is atomic: a new file, then a rename.
"""

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from pix2pix import color_wish, hub
from pix2pix.checkpoint_schema import check_config, read_config
from pix2pix.config import TrainConfig, input_output_kinds, is_conditional
from pix2pix.files import replacing, write_text
from pix2pix.images import CHANNELS
from pix2pix.models.discriminators import PatchDiscriminator
from pix2pix.models.generator import UNetGenerator

SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints"
THUMB = "thumb.jpg"  # for the tile of a task without example drawings: what its run made last
SNAPSHOTS = "snapshots"  # in a run folder: a checkpoint for each kept step, snapshots/STEP
MOMENTS = "adam.safetensors"  # in a snapshot: how large gradients were, see training/snapshots.py
CHECKPOINT_FILES = ("config.json", "generator.safetensors")  # without which a folder is no checkpoint
LFS_POINTER = b"version https://git-lfs.github.com/spec/"  # how the file begins that Git keeps instead
SCALE = ".scale"  # suffix of the tensor that holds an int8 tensor's scales


def root() -> Path:
    """The folder of checkpoint folders: $PIX2PIX_CHECKPOINTS, the clone's, or ./checkpoints."""
    if named := os.environ.get("PIX2PIX_CHECKPOINTS"):
        return Path(named)
    here = Path("checkpoints")
    return here if not SHIPPED.is_dir() and here.is_dir() else SHIPPED


def available() -> list[str]:
    """Names of the checkpoints that have a generator, sorted: below `root()`, and in PIX2PIX_HUB."""
    here = {path.parent.name for path in root().glob("*/generator.safetensors")}
    return sorted(here.union(hub.fallback_names(), hub.extras()))


def find(name: str | Path) -> Path:
    """Folder of a checkpoint: by name below `root()`, by path, `hf://owner/name`, or a name in PIX2PIX_HUB.

    ValueError in one line lists the names that exist, or says why the Hub gave nothing.
    """
    if str(name).startswith(hub.HUB):
        return hub.from_hub(str(name))
    for folder in (root() / name, Path(name)):
        if is_checkpoint(folder):
            return folder
    if str(name) in hub.extras():
        return hub.from_hub(hub.extras()[str(name)])
    if hub.fallback() and str(name) in available():
        return hub.from_hub(hub.fallback(), str(name))
    for folder in (root() / name, Path(name)):
        if any((folder / file).is_file() for file in CHECKPOINT_FILES):
            lacking = ", ".join(file for file in CHECKPOINT_FILES if not (folder / file).is_file())
            raise ValueError(f"{folder}: is no whole checkpoint; {lacking} is missing")
    if not available() and not root().is_dir():
        raise ValueError(
            f"no checkpoint {str(name)!r}: no weights are installed; set PIX2PIX_CHECKPOINTS to a folder of "
            "checkpoints (checkpoints/ in a clone of the repository) or PIX2PIX_HUB to owner/name on the Hub"
        )
    names = ", ".join(available()) or "none"
    raise ValueError(f"no checkpoint {str(name)!r}; there are: {names} (in {root()}), or give a folder")


def is_checkpoint(folder: Path) -> bool:
    return all((folder / name).is_file() for name in CHECKPOINT_FILES)


def fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits that name the generator's weights, whatever their folder is called."""
    with open(folder / "generator.safetensors", "rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:12]


# --- Networks from settings ----------------------------------------------------------------------------


def model_settings(config: TrainConfig) -> dict[str, Any]:
    """What config.json says of the networks: enough to build both and to use them."""
    input_kind, output_kind = input_output_kinds(config.pairs)
    given = CHANNELS[input_kind] + (color_wish.CHANNELS if config.color_wish else 0)
    seen = CHANNELS[output_kind] + (given if is_conditional(config.objective) else 0)
    antialias = {"antialias": True} if config.antialias else {}
    return {
        "task": config.task,
        "input_kind": input_kind,
        "output_kind": output_kind,
        **({"color_wish": True} if config.color_wish else {}),
        "generator": {
            "in_channels": given,
            "out_channels": CHANNELS[output_kind],
            "ngf": config.ngf,
            "image_size": config.crop_size,
            "skips": config.skips,
            "dropout": config.dropout,
        },
        "discriminator": {"in_channels": seen, "ndf": config.ndf, "n_layers": config.n_layers, **antialias},
    }


def build_generator(settings: dict[str, Any]) -> UNetGenerator:
    return UNetGenerator(**settings["generator"])


def build_discriminator(settings: dict[str, Any]) -> PatchDiscriminator:
    return PatchDiscriminator(**settings["discriminator"])


# --- Tensors on disk -----------------------------------------------------------------------------------


def output_channel_dim(module: nn.Module) -> int:
    return 1 if isinstance(module, nn.ConvTranspose2d) else 0


def quantise(weight: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """float → (int8 of the same shape, float32 scale for each index of `dim`); weight ≈ int8 · scale."""
    others = [d for d in range(weight.dim()) if d != dim]
    scale = (weight.abs().amax(others, keepdim=True) / 127).clamp_min(1e-12)
    return (weight / scale).round().clamp(-127, 127).to(torch.int8), scale.flatten()


def pack(model: nn.Module) -> dict[str, Tensor]:
    """A network's weights as they are shipped."""
    packed: dict[str, Tensor] = {}
    for prefix, module in model.named_modules():
        for name, tensor in module.named_parameters(prefix, recurse=False):
            tensor = tensor.detach().float().cpu()
            if tensor.dim() == 4:
                packed[name], packed[name + SCALE] = quantise(tensor, output_channel_dim(module))
            else:
                packed[name] = tensor.half()
    return {name: tensor.contiguous() for name, tensor in packed.items()}


def unpack(packed: dict[str, Tensor], model: nn.Module) -> None:
    """Fill `model` with shipped weights; strict. ValueError says what differs."""
    modules = dict(model.named_modules())
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    given = {name: tuple(tensor.shape) for name, tensor in packed.items() if not name.endswith(SCALE)}
    if wanted != given:
        differing = sorted(
            name for name in wanted.keys() | given.keys() if wanted.get(name) != given.get(name)
        )
        first = differing[0]
        raise ValueError(
            f"weights do not fit config.json: {len(differing)} tensors differ, first {first!r}: "
            f"expected {wanted.get(first, 'none')}, found {given.get(first, 'none')}"
        )
    state: dict[str, Tensor] = {}
    for name in wanted:
        tensor, scale = packed[name], packed.get(name + SCALE)
        if tensor.dtype == torch.int8:
            dim = output_channel_dim(modules[name.rpartition(".")[0]]) if tensor.dim() == 4 else 0
            check_scale(name, tensor, scale, dim)
            assert scale is not None  # check_scale refused that
            shape = [1] * tensor.dim()
            shape[dim] = -1
            tensor = tensor.float() * scale.float().view(shape)
        elif not tensor.is_floating_point() or scale is not None:
            found = kind_of(tensor) + (" with scales" if scale is not None else "")
            raise ValueError(
                f"weights {name!r} are {found}; expected floating-point numbers, or int8 with scales"
            )
        state[name] = tensor.float()
        if not torch.isfinite(state[name]).all():
            raise ValueError(f"weights {name!r} hold NaN or infinite numbers; expected finite ones")
    unknown = sorted(packed.keys() - wanted.keys() - {name + SCALE for name in wanted})
    if unknown:
        raise ValueError(f"weights do not fit config.json: {unknown[0]!r} belongs to no tensor")
    model.load_state_dict(state)


def check_scale(name: str, tensor: Tensor, scale: Tensor | None, dim: int) -> None:
    """int8 weights need one scale for each index of `dim`."""
    if tensor.dim() != 4 or scale is None:
        raise ValueError(f"weights {name!r} are int8 without scales; expected {name + SCALE!r} next to them")
    if tuple(scale.shape) != (tensor.shape[dim],) or not scale.is_floating_point():
        raise ValueError(
            f"scales {name + SCALE!r} are {kind_of(scale)} {tuple(scale.shape)}; expected float32 "
            f"({tensor.shape[dim]},)"
        )
    if (scale < 0).any():
        raise ValueError(f"scales {name + SCALE!r} are negative; expected 0 or more")


def kind_of(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def write_tensors(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> None:
    """Save as safetensors: to a new file, flushed, then renamed over the old one."""
    try:
        with replacing(path, sync=True) as fresh:
            save_file(tensors, fresh, metadata)
            fresh.chmod(0o644)  # safetensors makes it readable for the owner alone
    except (OSError, SafetensorError) as error:
        raise OSError(
            f"{path}: could not be written ({error}); what was saved before is still there"
        ) from None


def refuse_lfs_pointer(path: Path) -> None:
    """ValueError where a clone without Git LFS left a pointer in place of a file."""
    with open(path, "rb") as file:
        if file.read(len(LFS_POINTER)) == LFS_POINTER:
            raise ValueError(
                f"{path}: is a Git LFS pointer, not the file itself; fetch it with: git lfs install && "
                "git lfs pull"
            )


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """(tensors, metadata). ValueError names a file that is missing or damaged."""
    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    refuse_lfs_pointer(path)
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except Exception as error:  # a type that torch lacks is an AttributeError, an odd header anything
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{path}: not a whole safetensors file ({reason})") from None


# --- Checkpoints ---------------------------------------------------------------------------------------


def save(
    folder: Path,
    config: TrainConfig,
    generator: nn.Module,
    discriminator: nn.Module | None,
    training: dict[str, Any] | None = None,
    colors: list[color_wish.Color] | None = None,
) -> None:
    """Write a checkpoint that `load_generator` and `load_discriminator` read.

    discriminator: None where the objective has none. training: what is told about the run (steps done,
    losses, machine), kept in config.json. colors: of the training photos, from which a seed draws a wish.
    """
    settings = model_settings(config)
    write_tensors(pack(generator), folder / "generator.safetensors")
    if discriminator is not None:
        write_tensors(pack(discriminator), folder / "discriminator.safetensors")
    left_out = {"data", "out", "resume", "features"}  # paths of one machine
    recipe = {k: v for k, v in dataclasses.asdict(config).items() if k not in left_out}
    content = {**settings, "recipe": recipe, "training": training or {}}
    if config.color_wish:
        content["colors"] = [list(color) for color in colors or []]
    write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", folder / "config.json")


def load_settings(folder: Path) -> dict[str, Any]:
    """config.json of a checkpoint, checked. ValueError names the field that is not as it should be."""
    settings = read_config(folder / "config.json")
    check_config(settings, folder / "config.json")
    return settings


def steps_trained(settings: dict[str, Any]) -> int:
    """How many steps the weights have had: of their own run and of those it began with."""
    training = settings["training"]
    return training.get("steps", 0) + training.get("steps_before", 0)


def load_generator(folder: Path) -> UNetGenerator:
    """The generator of a checkpoint folder, float32 on the CPU. ValueError names what does not fit."""
    generator = build_generator(load_settings(folder))
    load_weights(folder / "generator.safetensors", generator)
    return generator


def load_discriminator(folder: Path) -> PatchDiscriminator:
    """The discriminator of a checkpoint folder, float32 on the CPU. ValueError names what does not fit."""
    discriminator = build_discriminator(load_settings(folder))
    load_weights(folder / "discriminator.safetensors", discriminator)
    return discriminator


def load_weights(path: Path, model: nn.Module) -> None:
    """Fill `model`, which is not to be trained, from a file of shipped weights."""
    packed = read_tensors(path)[0]
    try:
        unpack(packed, model)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    model.requires_grad_(False)
