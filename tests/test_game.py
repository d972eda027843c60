"""The game in slow motion is the training step: same numbers, same weights, and it moves as it should."""

from dataclasses import replace

import pytest
import torch
from conftest import save_checkpoint

from pix2pix import checkpoints
from pix2pix.training.game import Game, game_config
from pix2pix.training.step import build_networks, step_noise, train_step

CPU = torch.device("cpu")
SMALL = {"crop_size": 64, "load_size": 64}


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(1)
    return tuple(torch.rand(1, 3, 64, 64, generator=source) * 2 - 1 for _ in range(2))


@pytest.fixture(params=["l1+cgan", "gan"])
def folder(tmp_path, request):
    return save_checkpoint(tmp_path, "facades", objective=request.param, **SMALL)


@pytest.fixture
def game(folder, pair) -> Game:
    return Game(folder, *pair)


def reference(folder):
    """Networks of the checkpoint, for `train_step`."""
    networks = build_networks(game_config(folder), CPU)
    networks.generator.load_state_dict(checkpoints.load_generator(folder).state_dict())
    networks.discriminator.load_state_dict(checkpoints.load_discriminator(folder).state_dict())
    return networks


def assert_same_weights(one, other):
    for network in ("generator", "discriminator"):
        ours, theirs = (getattr(networks, network).parameters() for networks in (one, other))
        for a, b in zip(ours, theirs, strict=True):
            torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-5)


def test_step_d_then_step_g_is_train_step(game, folder, pair):
    """Three rounds: what is shown before D moves and before G moves are the losses of `train_step`."""
    theirs = reference(folder)
    for number in range(3):
        z = step_noise(theirs.generator, game.config, number, 0, 1, CPU)
        losses = {k: float(v) for k, v in train_step(theirs, *pair, z, game.config).items()}
        game._next_round()
        before = game.position().losses
        game.step_d()
        between = game.position().losses
        game.step_g()
        for name in ("D", "D_real", "D_fake"):
            assert before[name] == pytest.approx(losses[name], rel=1e-5), name
        for name in ("G", "G_gan", "G_l1"):
            assert between[name] == pytest.approx(losses[name], rel=1e-5), name
        assert_same_weights(game.networks, theirs)
    assert (game.steps_d, game.steps_g) == (3, 3)


def test_many_steps_are_as_many_single_ones(game, folder, pair):
    one_by_one = Game(folder, *pair)
    for _ in range(3):
        one_by_one.step_d()
        one_by_one.step_g()
    game.steps(3)
    assert_same_weights(game.networks, one_by_one.networks)
    assert game.position().losses == pytest.approx(one_by_one.position().losses, rel=1e-4)


def test_the_losses_are_the_formula(game):
    """½[-log D(x, y) - log(1 - D(x, G))] and -log D(x, G) + λ‖y - G‖₁, from maps and pictures."""
    now = game.position()
    real, fake = torch.sigmoid(now.real_logits), torch.sigmoid(now.fake_logits)
    hand = {
        "D_real": -real.log().mean(),
        "D_fake": -(1 - fake).log().mean(),
        "G_gan": -fake.log().mean(),
        "G_l1": (game.real_b - now.fake_b).abs().mean(),
    }
    weight = 100 if "l1" in game.config.objective else 0
    hand |= {"D": (hand["D_real"] + hand["D_fake"]) / 2, "G": hand["G_gan"] + weight * hand["G_l1"]}
    assert {name: float(value) for name, value in hand.items()} == pytest.approx(now.losses, rel=1e-5)


def test_each_step_moves_the_score_its_way(game):
    """D's step lowers its score of the same fake; G's step, with the adversary alone, raises it."""
    score = lambda: float(torch.sigmoid(game.position().fake_logits).mean())  # noqa: E731
    first = score()
    game.step_d()
    second = score()
    assert second < first
    game.weigh_l1(0)
    game.step_g()
    assert score() > second


def test_the_wishes_are_the_gradients(game):
    """A small move of the picture along D's wish lowers G_gan by its squared length; L1's wish is a sign."""
    now = game.position()
    size = float(now.gan_wish.square().sum())
    move = 1e-4 / size**0.5
    logits = game._logits(now.fake_b + move * now.gan_wish)
    fall = now.losses["G_gan"] - float(torch.nn.functional.softplus(-logits).mean())
    assert fall == pytest.approx(move * size, rel=0.05)
    if "l1" in game.config.objective:
        sign = (game.real_b - now.fake_b).sign() * 100 / now.fake_b.numel()
        torch.testing.assert_close(now.l1_wish, sign, atol=1e-7, rtol=1e-4)
    else:
        assert now.l1_wish.abs().max() == 0


def test_a_game_is_its_own(game, folder, pair):
    before = Game(folder, *pair).position().losses
    game.steps(2)
    assert Game(folder, *pair).position().losses == before
    assert game.position().losses == game.position().losses  # looking changes nothing


def test_mistakes_are_named(tmp_path, pair, game):
    with pytest.raises(ValueError, match="facades was trained without a discriminator"):
        Game(save_checkpoint(tmp_path / "l1", "facades", objective="l1", **SMALL), *pair)
    with pytest.raises(ValueError, match="λ is -1; expected 0 to 1000"):
        game.weigh_l1(-1)
    assert replace(game.config, lambda_l1=5) != game.config
