"""The state of a run on disk: saved, loaded, or begun from a checkpoint."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from pix2pix import checkpoints
from pix2pix.config import HOW_IT_IS_COMPUTED, TrainConfig, uses_gan
from pix2pix.training.step import Networks

STATE = "state.safetensors"


def start_from(networks: Networks, config: TrainConfig) -> None:
    """Fill fresh networks with a checkpoint's weights; a D that it has none of, or another one, stays fresh.

    Raises ValueError in one line where there is no such checkpoint, or its generator is of another shape.
    """
    folder = checkpoints.find(config.start_from)
    theirs, ours = checkpoints.load_settings(folder), checkpoints.model_settings(config)
    for name, wanted in ours["generator"].items():
        if (found := theirs["generator"][name]) != wanted and name != "dropout":
            raise ValueError(
                f"--start-from {config.start_from}: its generator has {name} {found}, this run's {wanted}"
            )
    networks.steps_before = checkpoints.steps_trained(theirs)
    weights = checkpoints.load_generator(folder).state_dict()
    for generator in filter(None, (networks.generator, networks.average)):
        generator.load_state_dict(weights)
    same = theirs["discriminator"] == ours["discriminator"]
    if same and (folder / "discriminator.safetensors").is_file():
        networks.discriminator.load_state_dict(checkpoints.load_discriminator(folder).state_dict())


def save_state(networks: Networks, done: int, config: TrainConfig, out: Path, losses: dict) -> None:
    """The whole run in one file, and beside it the checkpoint as it would be shipped."""
    tensors = {}
    for name, network in named_networks(networks):
        tensors |= {f"{name}/{key}": value for key, value in network.state_dict().items()}
    for name, adam in (("adam_g", networks.adam_g), ("adam_d", networks.adam_d)):
        for index, moments in adam.state_dict()["state"].items():
            tensors |= {f"{name}/{index}/{key}": value for key, value in moments.items()}
    tensors = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    before = networks.steps_before
    metadata = {"step": str(done), "steps_before": str(before), "config": json.dumps(asdict(config))}
    checkpoints.write_tensors(tensors, out / STATE, metadata)
    shipped = networks.generator if networks.average is None else networks.average
    discriminator = networks.discriminator if uses_gan(config.objective) else None
    training = {"steps": done, "steps_before": before, "machine": machine(), "losses": losses}
    checkpoints.save(out, config, shipped, discriminator, training)


def named_networks(networks: Networks) -> list[tuple[str, nn.Module]]:
    found = [("generator", networks.generator), ("discriminator", networks.discriminator)]
    return found + ([("average", networks.average)] if networks.average is not None else [])


# What may change when a run goes on.
MAY_CHANGE = ("data", "out", "resume", *HOW_IT_IS_COMPUTED)


def load_state(networks: Networks, out: Path, config: TrainConfig) -> int:
    """Fill the networks from the run folder's state; returns the steps done. ValueError if it differs."""
    tensors, metadata = checkpoints.read_tensors(out / STATE)
    before = TrainConfig(**json.loads(metadata["config"]))
    same = {name: getattr(config, name) for name in MAY_CHANGE}
    if replace(before, **same) != config:
        changed = [k for k, v in asdict(replace(before, **same)).items() if v != getattr(config, k)]
        told = ", ".join(f"{k} was {getattr(before, k)} and is {getattr(config, k)}" for k in changed)
        raise ValueError(f"{out}: cannot go on with other settings: {told}")
    networks.steps_before = int(metadata.get("steps_before", 0))
    for name, network in named_networks(networks):
        part = {k.removeprefix(f"{name}/"): v for k, v in tensors.items() if k.startswith(f"{name}/")}
        network.load_state_dict(part)
    for name, adam in (("adam_g", networks.adam_g), ("adam_d", networks.adam_d)):
        state: dict[int, dict[str, Tensor]] = {}
        weights = adam.param_groups[0]["params"]
        for key, value in tensors.items():
            if key.startswith(f"{name}/"):
                _, index, moment = key.split("/")
                if value.dim():  # the fused Adam walks memory: moments must lie as their weights do
                    value = torch.empty_like(weights[int(index)]).copy_(value)
                state.setdefault(int(index), {})[moment] = value
        adam.load_state_dict({"state": state, "param_groups": adam.state_dict()["param_groups"]})
    return int(metadata["step"])


def machine() -> str:
    """What this runs on, for the model card."""
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    return f"CPU, {torch.get_num_threads()} threads, torch {torch.__version__}"
