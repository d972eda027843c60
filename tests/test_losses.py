"""The objective at points where it is known."""

import math

import pytest
import torch

from pix2pix.config import OBJECTIVES, is_conditional, uses_gan, uses_l1
from pix2pix.models.losses import discriminator_loss, generator_loss


def test_discriminator_loss_is_ln_2_at_zero_logits():
    zero = torch.zeros(1, 1, 30, 30)
    assert discriminator_loss(zero, zero)["D"].item() == pytest.approx(math.log(2))


def test_discriminator_loss_is_half_of_two_cross_entropies():
    real, fake = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 4, 4)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    expected = (entropy(real, torch.ones_like(real)) + entropy(fake, torch.zeros_like(fake))) / 2
    torch.testing.assert_close(discriminator_loss(real, fake)["D"], expected)


def test_generator_maximises_log_d():
    logits = torch.tensor([[[[2.0]]]], requires_grad=True)
    picture = torch.zeros(1, 3, 2, 2)
    loss = generator_loss(logits, picture, picture, "cgan", 100)["G"]
    assert loss.item() == pytest.approx(-math.log(1 / (1 + math.exp(-2))))
    loss.backward()
    assert logits.grad.item() == pytest.approx(1 / (1 + math.exp(-2)) - 1)  # not of -log(1 - D)


def test_l1_is_weighed_by_lambda():
    fake, real = torch.full((1, 3, 2, 2), 0.5), torch.zeros(1, 3, 2, 2)
    assert generator_loss(None, fake, real, "l1", 100)["G"].item() == pytest.approx(50)
    both = generator_loss(torch.zeros(1, 1, 1, 1), fake, real, "l1+cgan", 10)
    assert both["G"].item() == pytest.approx(5 + math.log(2))


def test_the_five_objectives():
    told = {o: (uses_l1(o), uses_gan(o), is_conditional(o)) for o in OBJECTIVES}
    assert told == {
        "l1": (True, False, False),
        "gan": (False, True, False),
        "cgan": (False, True, True),
        "l1+gan": (True, True, False),
        "l1+cgan": (True, True, True),
    }
