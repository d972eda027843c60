"""Plots of a run and the advice when the game has ended early."""

import json
import sys
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pix2pix.training import loop
from pix2pix.training.board import Board
from pix2pix.training.loop import fit
from pix2pix.training.monitor import WINDOWS, Monitor, gradient_norm, look
from pix2pix.training.step import build_networks

RANDOM = np.random.default_rng(0)


def picture() -> np.ndarray:
    return RANDOM.uniform(-1, 1, (1, 3, 8, 8)).astype(np.float32)


def watch(losses: list[dict[str, float]], made: list[np.ndarray]) -> list[str]:
    monitor = Monitor()
    return [
        line for row, b in zip(losses, made, strict=True) for line in monitor.observe(row, b, picture(), 100)
    ]


def test_a_healthy_run_gets_no_advice():
    """The figures of a run that went well: D near 0.1 to 0.3, G_gan 2 to 5."""
    rows = [{"D": float(d), "G_gan": float(g)} for d, g in RANDOM.uniform((0.06, 1.8), (0.35, 5), (50, 2))]
    assert watch(rows, [picture() for _ in rows]) == []


def test_d_wins_is_said_once_and_not_after_a_short_time():
    won = {"D": 0.004, "G_gan": 8.1}
    assert watch([won] * (WINDOWS - 1), [picture() for _ in range(WINDOWS - 1)]) == []
    lines = watch([won] * 40, [picture() for _ in range(40)])
    assert len(lines) == 1
    assert "D 0.004, G_gan 8.1 over 1000 steps" in lines[0] and "--augment" in lines[0]
    interrupted = ([won] * (WINDOWS - 1) + [{"D": 0.2, "G_gan": 3.0}]) * 3
    assert watch(interrupted, [picture() for _ in interrupted]) == []


def test_one_picture_for_every_input_is_said_once():
    same, row = picture(), {"G_l1": 0.3}  # without a GAN too
    lines = watch([row] * 30, [same + 0.01 * picture() for _ in range(30)])
    assert len(lines) == 1 and "the same picture of every input" in lines[0] and "--lambda-l1" in lines[0]
    assert watch([row] * 30, [0.4 * picture() for _ in range(30)]) == []


def test_equal_inputs_are_not_a_collapse():
    """One pair again and again has but one right answer."""
    monitor, one = Monitor(), picture()
    assert [line for _ in range(30) for line in monitor.observe({"G_l1": 0.1}, one, one, 100)] == []


def test_the_norm_is_that_of_all_gradients():
    layer = torch.nn.Linear(2, 1)
    assert gradient_norm(layer) == 0
    layer.weight.grad, layer.bias.grad = torch.tensor([[2.0, 3.0]]), torch.tensor([6.0])
    assert gradient_norm(layer) == pytest.approx(7)


def test_scores_are_ds_probabilities(tiny_config):
    networks = build_networks(tiny_config, torch.device("cpu"))
    a, b = (torch.rand(2, 3, 32, 32) * 2 - 1 for _ in range(2))
    z = networks.generator.draw_noise([0, 1])
    before = [weight.clone() for weight in networks.generator.parameters()]
    scores, made, real = look(networks, a, b, z, tiny_config)
    with torch.no_grad():
        expected = torch.sigmoid(networks.discriminator(a, b)).numpy()
        small = torch.nn.functional.adaptive_avg_pool2d(networks.generator(a, z), 8).numpy()
    np.testing.assert_allclose(scores["scores of D/real"], expected, atol=1e-6)
    np.testing.assert_allclose(made, small, atol=1e-6)
    assert real.shape == (2, 3, 8, 8) and scores["scores of D/made"].shape == expected.shape
    assert all(torch.equal(x, y) for x, y in zip(before, networks.generator.parameters(), strict=True))
    assert look(networks, a, b, z, replace(tiny_config, objective="l1"))[0] == {}


def test_the_plots_of_a_run_hold_what_the_docs_name(tiny_config, monkeypatch):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.setattr(loop, "LOG_EVERY", 4)
    out = fit(replace(tiny_config, sample_every=8))
    events = EventAccumulator(str(out / "tensorboard"), {"images": 0, "histograms": 0})
    events.Reload()
    tags = events.Tags()
    assert {
        "loss/D", "loss/G", "loss/G_gan", "loss/G_l1", "gradient norm/G", "gradient norm/D",
        "run/learning rate", "run/images per second", "run/minutes left",
    } <= set(tags["scalars"])  # fmt: skip
    assert set(tags["histograms"]) == {"scores of D/real", "scores of D/made"} and "samples" in tags["images"]
    rows = [json.loads(line) for line in (out / "losses.jsonl").read_text().splitlines()]
    assert [event.step for event in events.Scalars("loss/G")] == [row["step"] for row in rows]
    assert events.Scalars("loss/G")[-1].value == pytest.approx(rows[-1]["G"], abs=1e-4)
    assert events.Scalars("run/minutes left")[-1].value == 0
    assert all(event.value > 0 for event in events.Scalars("gradient norm/D"))


def test_weights_and_biases_gets_the_same(tiny_config, monkeypatch, tmp_path):
    """A stand-in for the package: what the run would send."""
    sent: list[tuple[int, dict]] = []
    begun: list[dict] = []
    run = types.SimpleNamespace(
        log=lambda values, step: sent.append((step, values)),
        alert=lambda **_: None,
        finish=lambda: sent.append((-1, {})),
    )
    module = types.ModuleType("wandb")
    module.init = lambda **settings: begun.append(settings) or run
    module.Histogram, module.Image = np.ravel, np.asarray
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.setattr(loop, "LOG_EVERY", 4)
    fit(replace(tiny_config, sample_every=8, wandb="houses"))
    assert begun[0]["project"] == "houses" and begun[0]["config"]["steps"] == tiny_config.steps
    names = {name for _, values in sent for name in values}
    assert {"loss/G", "run/learning rate", "scores of D/made", "samples"} <= names
    assert sent[-1][0] == -1, "the run is finished"


def test_without_the_package_it_is_one_line(tiny_config, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(ValueError, match="--wandb needs the package wandb: pip install wandb"):
        Board(Path(tiny_config.out), 0, replace(tiny_config, wandb="houses"))
