"""Several processes of one run, started by torchrun."""

import os

import torch
import torch.distributed as dist
from torch import nn

from pix2pix.config import TrainConfig
from pix2pix.devices import pick_device


def start_processes(config: TrainConfig) -> tuple[int, int]:
    """(rank, world size): (0, 1) unless torchrun started this process."""
    world_size = int(os.environ.get("WORLD_SIZE", 1))
    if world_size == 1:
        return 0, 1
    if not dist.is_initialized():
        on_gpu = pick_device(config.device).type == "cuda"
        if on_gpu:
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
        dist.init_process_group("nccl" if on_gpu else "gloo")
    return dist.get_rank(), world_size


def average_gradients(network: nn.Module) -> None:
    """The mean over processes of every gradient, in one message."""
    if not dist.is_initialized():
        return
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def average_over_processes(
    means: dict[str, float], world_size: int, device: torch.device
) -> dict[str, float]:
    if world_size == 1:
        return means
    values = torch.tensor(list(means.values()), device=device)
    dist.all_reduce(values)
    return dict(zip(means, (values / world_size).tolist(), strict=True))


def any_process(flag: bool, world_size: int, device: torch.device) -> bool:
    if world_size == 1:
        return flag
    value = torch.tensor(float(flag), device=device)
    dist.all_reduce(value)
    return bool(value > 0)
