"""The state of a run on disk: saved, loaded, or begun from a checkpoint."""

from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from pix2pix import checkpoints, color_wish
from pix2pix.config import TrainConfig, input_output_kinds, uses_gan
from pix2pix.devices import training_precision
from pix2pix.images import CHANNELS
from pix2pix.models.antialias import smooth_kernels
from pix2pix.training.resume import STATE, check_settings
from pix2pix.training.state_file import check_tensors, read_state, write_state
from pix2pix.training.step import Networks


def start_from(networks: Networks, config: TrainConfig) -> None:
    """Fill fresh networks with a checkpoint's weights; a D that it has none of, or another one, stays fresh.

    Where this run has a color wish and the checkpoint has none, the wish's channels stay fresh. Raises
    ValueError in one line where there is no such checkpoint, or its generator is of another shape.
    """
    folder = checkpoints.find(config.start_from)
    theirs, ours = checkpoints.load_settings(folder), checkpoints.model_settings(config)
    for name, wanted in ours["generator"].items():
        if name == "dropout" or (name == "in_channels" and config.color_wish):
            continue
        if (found := theirs["generator"][name]) != wanted:
            raise ValueError(
                f"--start-from {config.start_from}: its generator has {name} {found}, this run's {wanted}"
            )
    networks.steps_before = checkpoints.steps_trained(theirs)
    weights = checkpoints.load_generator(folder).state_dict()
    first = "down_convs.0.weight"
    places = known_channels(theirs["generator"]["in_channels"], ours["generator"]["in_channels"], config)
    weights[first] = spread(weights[first], networks.generator.state_dict()[first], places)
    for generator in filter(None, (networks.generator, networks.average)):
        generator.load_state_dict(weights)
        if config.antialias:
            smooth_kernels(generator.up_convs)
    theirs, ours = theirs["discriminator"], ours["discriminator"]
    same = all(theirs[name] == ours[name] for name in ("ndf", "n_layers"))
    if same and (folder / "discriminator.safetensors").is_file():
        weights = checkpoints.load_discriminator(folder).state_dict()
        first = "convs.0.weight"
        places = known_channels(theirs["in_channels"], ours["in_channels"], config)
        weights[first] = spread(weights[first], networks.discriminator.state_dict()[first], places)
        networks.discriminator.load_state_dict(weights)


def known_channels(theirs: int, ours: int, config: TrainConfig) -> list[int]:
    """Where a checkpoint's input channels stand among this run's: the wish's come after those of x."""
    x = CHANNELS[input_output_kinds(config.pairs)[0]]
    if theirs == ours:
        return list(range(ours))
    if theirs + color_wish.CHANNELS != ours:
        raise ValueError(f"--start-from {config.start_from}: it has {theirs} input channels, this run {ours}")
    return [*range(x), *range(x + color_wish.CHANNELS, ours)]


def spread(weight: Tensor, fresh: Tensor, places: list[int]) -> Tensor:
    """First-layer weights (D, c, k, k) into the channels `places` of `fresh` (D, C, k, k); the rest stays."""
    fresh = fresh.clone()
    fresh[:, places] = weight.to(fresh)
    return fresh


def save_state(networks: Networks, done: int, config: TrainConfig, out: Path, losses: dict) -> None:
    """The whole run in one file, and next to it the checkpoint as it would be shipped."""
    tensors: dict[str, Tensor] = {}
    for name, network in named_networks(networks):
        tensors |= {f"{name}/{key}": value for key, value in network.state_dict().items()}
    for name, adam in (("adam_g", networks.adam_g), ("adam_d", networks.adam_d)):
        for index, moments in adam.state_dict()["state"].items():
            tensors |= {f"{name}/{index}/{key}": value for key, value in moments.items()}
    tensors = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    write_state(tensors, done, networks.steps_before, asdict(config), out / STATE)
    save_checkpoint(networks, done, config, out, losses)


def save_checkpoint(networks: Networks, done: int, config: TrainConfig, folder: Path, losses: dict) -> None:
    """What is shipped of the networks after `done` steps. losses: means of the last logged steps."""
    shipped = networks.generator if networks.average is None else networks.average
    discriminator = networks.discriminator if uses_gan(config.objective) else None
    training = {
        "steps": done,
        "steps_before": networks.steps_before,
        "machine": machine(),
        "losses": losses,
    }
    checkpoints.save(folder, config, shipped, discriminator, training, networks.colors)


def named_networks(networks: Networks) -> list[tuple[str, nn.Module]]:
    found = [("generator", networks.generator), ("discriminator", networks.discriminator)]
    return found + ([("average", networks.average)] if networks.average is not None else [])


def load_state(networks: Networks, out: Path, config: TrainConfig) -> int:
    """Fill the networks from the run folder's state; returns the steps done.

    Raises ValueError in one line where there is no state, or it is damaged, or its settings differ.
    """
    state_file = read_state(out / STATE)
    check_settings(state_file.config, config, out)
    tensors = state_file.tensors
    optimizers = (("adam_g", networks.adam_g), ("adam_d", networks.adam_d))
    shapes = {
        f"{name}/{key}": tuple(tensor.shape)
        for name, network in named_networks(networks)
        for key, tensor in network.state_dict().items()
    }
    moments = {name: [tuple(w.shape) for w in adam.param_groups[0]["params"]] for name, adam in optimizers}
    check_tensors(state_file, shapes, moments, out / STATE)
    networks.steps_before = state_file.steps_before
    for name, network in named_networks(networks):
        part = {k.removeprefix(f"{name}/"): v for k, v in tensors.items() if k.startswith(f"{name}/")}
        network.load_state_dict(part)
    for name, adam in optimizers:
        state: dict[int, dict[str, Tensor]] = {}
        weights = adam.param_groups[0]["params"]
        for key, value in tensors.items():
            if key.startswith(f"{name}/"):
                _, index, moment = key.split("/")
                if value.dim():  # the fused Adam walks memory: moments must lie as their weights do
                    value = torch.empty_like(weights[int(index)]).copy_(value)
                state.setdefault(int(index), {})[moment] = value
        adam.load_state_dict({"state": state, "param_groups": adam.state_dict()["param_groups"]})
    return state_file.step


def recorded_precision(config: TrainConfig, before: TrainConfig, device: torch.device) -> TrainConfig:
    """The config with "auto" precision made definite: as the run began, or by this machine's features.

    So a run that is resumed elsewhere computes as before; --precision overrides it.
    """
    if config.precision != "auto":
        return config
    return replace(config, precision=training_precision(before.precision, device))


def machine() -> str:
    """What this runs on, for the model card."""
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    return f"CPU, {torch.get_num_threads()} threads, torch {torch.__version__}"
