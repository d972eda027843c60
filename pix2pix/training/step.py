"""One step of the adversarial game (paper §3.3), and the networks that it trains.

Knows nothing about data on disk, schedules or saving.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from pix2pix import checkpoints
from pix2pix.color_wish import Color
from pix2pix.config import TrainConfig, input_output_kinds, is_conditional, uses_gan
from pix2pix.devices import autocast
from pix2pix.images import keep_known, output_to_rgb
from pix2pix.models.antialias import smooth_kernels
from pix2pix.models.cuda_graphs import Captured
from pix2pix.models.features import FeatureNetwork, load_features
from pix2pix.models.generator import Noise, UNetGenerator
from pix2pix.models.losses import discriminator_loss, generator_loss
from pix2pix.training.augmentation import augmenter
from pix2pix.training.distributed import average_gradients
from pix2pix.training.optimizer import Adam
from pix2pix.training.perceptual import crop, crop_shift, perceptual_distance


@dataclass
class Networks:
    """What is trained: both networks, their optimizers, and the averaged generator if there is one."""

    generator: UNetGenerator
    discriminator: nn.Module
    adam_g: Adam
    adam_d: Adam
    average: UNetGenerator | None = None
    steps_before: int = 0  # of the weights with which the run began
    features: FeatureNetwork | None = None  # frozen, for the perceptual loss
    colors: list[Color] = field(default_factory=list)  # of the training photos, kept for color wishes


def build_networks(config: TrainConfig, device: torch.device) -> Networks:
    """Fresh networks from the config's seed."""
    torch.manual_seed(config.seed)
    settings = checkpoints.model_settings(config)
    generator = checkpoints.build_generator(settings).to(device, memory_format=torch.channels_last)
    discriminator = checkpoints.build_discriminator(settings).to(device, memory_format=torch.channels_last)
    if config.antialias:
        smooth_kernels(generator.up_convs)
    average = None
    if config.ema:
        average = checkpoints.build_generator(settings).to(device, memory_format=torch.channels_last)
        average.load_state_dict(generator.state_dict())
        average.requires_grad_(False)

    def adam(network: nn.Module) -> Adam:
        return Adam(network, config.learning_rate, (config.beta1, config.beta2))

    networks = Networks(generator, discriminator, adam(generator), adam(discriminator), average)
    if config.lambda_perceptual:
        networks.features = load_features(config.features).to(device, memory_format=torch.channels_last)
    return networks


def train_step(
    networks: Networks,
    real_a: Tensor,
    real_b: Tensor,
    z: Noise,
    config: TrainConfig,
    step: int = 0,
    shift: Tensor | None = None,
) -> dict[str, Tensor]:
    """One step on D, then one on G. real_a, real_b: (N, C, S, S) in [-1, 1]; z: G's noise; step: its number.

    shift: where the perceptual loss crops; None: as `crop_shift` has it for this step.
    Returns the named parts of both losses, detached.
    """
    generator, discriminator = networks.generator, networks.discriminator
    seen_a = (real_a,) if is_conditional(config.objective) else ()  # what D is given next to the image
    show = augmenter(config.augment, config.seed, step)  # mostly as it is
    losses: dict[str, Tensor] = {}

    with autocast(config.precision, real_a.device):
        fake_b = generator(real_a, z)
    if config.pairs == "holes":
        fake_b = keep_known(real_a, fake_b)  # D would tell a copy of the rest by its rounding alone

    if uses_gan(config.objective):
        discriminator.requires_grad_(True)
        with autocast(config.precision, real_a.device):
            real_logits = discriminator(*show(*seen_a, real_b))
            fake_logits = discriminator(*show(*seen_a, fake_b.detach()))
        parts = discriminator_loss(real_logits, fake_logits)  # halved, so that D learns slower than G
        networks.adam_d.zero_grad()
        parts["D"].backward()
        average_gradients(discriminator)
        networks.adam_d.step()
        losses |= parts

    fake_logits = None
    if uses_gan(config.objective):
        discriminator.requires_grad_(False)  # G's step needs the gradient through D, not of D
        with autocast(config.precision, real_a.device):
            fake_logits = discriminator(*show(*seen_a, fake_b))
    perceptual = None
    if networks.features is not None:
        shift = crop_shift(config.seed, step) if shift is None else shift
        kinds = input_output_kinds(config.pairs)  # a and b of Lab are compared as RGB
        fake, real = (crop(output_to_rgb(real_a, b, *kinds), shift) for b in (fake_b, real_b))
        with autocast(config.precision, real_a.device):
            perceptual = perceptual_distance(networks.features, fake, real)
    parts = generator_loss(
        fake_logits, fake_b, real_b, config.objective, config.lambda_l1, perceptual, config.lambda_perceptual
    )
    networks.adam_g.zero_grad()
    parts["G"].backward()
    average_gradients(generator)
    networks.adam_g.step()
    if config.antialias:
        smooth_kernels(generator.up_convs)
    return {name: part.detach() for name, part in (losses | parts).items()}


def stepper(
    networks: Networks, config: TrainConfig, device: torch.device, world_size: int = 1
) -> Callable[[Tensor, Tensor, Noise, int], dict[str, Tensor]]:
    """`train_step` of these networks: (real_a, real_b, z, step's number) → losses; on a GPU a captured graph.

    No graph with --augment, which draws numbers on the CPU, or with several processes, which wait.
    """
    if device.type != "cuda" or not config.graph or config.augment or world_size > 1:
        return lambda real_a, real_b, z, step: train_step(networks, real_a, real_b, z, config, step)

    captured = Captured(
        lambda real_a, real_b, shift, *z: train_step(networks, real_a, real_b, list(z), config, shift=shift)
    )
    return lambda real_a, real_b, z, step: captured(
        real_a, real_b, crop_shift(config.seed, step).to(real_a.device), *z
    )


def to_device(batch: Tensor, device: torch.device) -> Tensor:
    return batch.to(device, memory_format=torch.channels_last, non_blocking=True)


def step_noise(
    generator: UNetGenerator, config: TrainConfig, step: int, rank: int, world_size: int, device: torch.device
) -> Noise:
    """z for this process's part of step's batch: the same noise for a pair whichever process has it."""
    places = range(rank, config.batch_size, world_size)
    seeds = [int(np.random.SeedSequence((config.seed, step, i)).generate_state(1)[0]) for i in places]
    masks = generator.draw_noise(seeds)
    return [m if m is None else to_device(m, device) for m in masks]


@torch.no_grad()
def update_average(networks: Networks, decay: float, done: int) -> None:
    """average ← decay·average + (1 - decay)·weights; a shorter memory while the run is young."""
    decay = min(decay, (1 + done) / (10 + done))
    assert networks.average is not None
    averages, weights = list(networks.average.parameters()), list(networks.generator.parameters())
    torch._foreach_lerp_(averages, weights, 1 - decay)
