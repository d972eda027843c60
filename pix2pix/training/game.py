"""One step of the adversarial game in slow motion, on one pair (paper §3.3): step D, step G, or both.

The halves of `train_step`, each alone, and between them everything that can be seen: both patch maps, the
parts of both losses, and the gradient that D sends back to the picture. Runs with requirements.txt alone.
Knows nothing about the page.
"""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from pix2pix import checkpoints
from pix2pix.config import TrainConfig, is_conditional, uses_gan
from pix2pix.models.losses import discriminator_loss, generator_loss
from pix2pix.training.snapshots import load_moments
from pix2pix.training.step import Networks, build_networks, step_noise, train_step

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Position:
    """Where the game stands. All of one z, and of both networks as they are now.

    fake_b: G(x, z), (1, 3, S, S) in [-1, 1]. real_logits, fake_logits: D's, (1, 1, M, M).
    losses: D, D_real, D_fake, G, G_gan, G_l1, as `train_step` names them.
    gan_wish, l1_wish: (1, 3, S, S), minus the gradient of G_gan, and of λ·G_l1, with respect to fake_b: how
    each term wants the picture to change.
    """

    fake_b: Tensor
    real_logits: Tensor
    fake_logits: Tensor
    losses: dict[str, float]
    gan_wish: Tensor
    l1_wish: Tensor


class Game:
    """A checkpoint's own copy of both networks, trained on (real_a, real_b), each (1, C, S, S) in [-1, 1].

    Of a snapshot Adam goes on with the run's second moments, else it starts afresh; momentum starts from 0. A
    new z is drawn, as in training, whenever D's turn comes after G's. ValueError for a checkpoint without a
    discriminator.
    """

    def __init__(self, folder: Path, real_a: Tensor, real_b: Tensor):
        self.config = game_config(folder)
        self.networks: Networks = build_networks(self.config, CPU)
        self.networks.generator.load_state_dict(checkpoints.load_generator(folder).state_dict())
        self.networks.discriminator.load_state_dict(checkpoints.load_discriminator(folder).state_dict())
        step = checkpoints.load_settings(folder)["training"].get("steps", 0)
        parts = (("generator", self.networks.adam_g), ("discriminator", self.networks.adam_d))
        loaded = [
            load_moments(getattr(self.networks, part), adam, folder, part, step) for part, adam in parts
        ]
        self.resumed = all(loaded)  # Adam has the run's second moments
        self.real_a, self.real_b = real_a, real_b
        self.steps_d = self.steps_g = 0
        self.round = 0
        self.g_moved = False
        self.z = self._noise()

    def step_d(self) -> None:
        """D's half of `train_step`."""
        self._next_round()
        discriminator, adam = self.networks.discriminator, self.networks.adam_d
        with torch.no_grad():
            fake_b = self.networks.generator(self.real_a, self.z)
        discriminator.requires_grad_(True)
        parts = discriminator_loss(self._logits(self.real_b), self._logits(fake_b))
        adam.zero_grad()
        parts["D"].backward()
        adam.step()
        adam.zero_grad()
        self.steps_d += 1

    def step_g(self) -> None:
        """G's half of `train_step`."""
        self.networks.discriminator.requires_grad_(False)
        fake_b = self.networks.generator(self.real_a, self.z)
        adam = self.networks.adam_g
        adam.zero_grad()
        self._generator_loss(fake_b)["G"].backward()
        adam.step()
        adam.zero_grad()
        self.steps_g += 1
        self.g_moved = True

    def steps(self, count: int) -> None:
        """`train_step` so many times, each with its own z."""
        for _ in range(count):
            self._next_round()
            train_step(self.networks, self.real_a, self.real_b, self.z, self.config)
            self.networks.adam_d.zero_grad()
            self.networks.adam_g.zero_grad()
            self.steps_d += 1
            self.steps_g += 1
            self.g_moved = True

    def weigh_l1(self, lambda_l1: float) -> None:
        """Play on with another λ. ValueError unless 0 to 1000."""
        if not 0 <= lambda_l1 <= 1000:
            raise ValueError(f"λ is {lambda_l1}; expected 0 to 1000 (the paper's: 100)")
        self.config = replace(self.config, lambda_l1=lambda_l1)

    def position(self) -> Position:
        """See `Position`; changes nothing."""
        self.networks.discriminator.requires_grad_(False)
        with torch.no_grad():
            fake_b = self.networks.generator(self.real_a, self.z)
            real_logits = self._logits(self.real_b)
        fake_b.requires_grad_(True)
        fake_logits = self._logits(fake_b)
        judged = generator_loss(fake_logits, fake_b, self.real_b, "cgan", 0)
        (of_gan,) = torch.autograd.grad(judged["G"], fake_b)
        of_all = torch.autograd.grad(self._generator_loss(fake_b)["G"], fake_b)[0]
        with torch.no_grad():
            losses = discriminator_loss(real_logits, fake_logits) | self._generator_loss(fake_b)
        return Position(
            fake_b.detach(),
            real_logits,
            fake_logits.detach(),
            {name: float(value) for name, value in losses.items()},
            -of_gan,
            of_gan - of_all,
        )

    def _generator_loss(self, fake_b: Tensor) -> dict[str, Tensor]:
        config = self.config
        return generator_loss(self._logits(fake_b), fake_b, self.real_b, config.objective, config.lambda_l1)

    def _logits(self, picture: Tensor) -> Tensor:
        seen_a = (self.real_a,) if is_conditional(self.config.objective) else ()
        return self.networks.discriminator(*seen_a, picture)

    def _noise(self) -> list[Tensor | None]:
        return step_noise(self.networks.generator, self.config, self.round, 0, 1, CPU)

    def _next_round(self) -> None:
        if self.g_moved:
            self.round += 1
            self.z = self._noise()
            self.g_moved = False


def game_config(folder: Path) -> TrainConfig:
    """The settings of a checkpoint's run, for one exact step at a time. ValueError where it had no D."""
    recipe = checkpoints.load_settings(folder)["recipe"]
    if not uses_gan(recipe["objective"]) or not (folder / "discriminator.safetensors").is_file():
        raise ValueError(f"{folder.name} was trained without a discriminator; the game needs both networks")
    known = {field.name for field in fields(TrainConfig)}
    plain = {"batch_size": 1, "augment": False, "lambda_perceptual": 0.0, "ema": 0.0, "snapshots": ""}
    exact = {"precision": "fp32", "device": "cpu"}
    return TrainConfig(**{name: value for name, value in recipe.items() if name in known} | plain | exact)
