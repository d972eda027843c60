"""Snapshots: the weights a run had at a step, whatever else the run is asked for; exported as checkpoints."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import draw_pair

from pix2pix import checkpoints, cli
from pix2pix.data.batches import training_batch
from pix2pix.data.sources import load_pairs
from pix2pix.inference import Translator
from pix2pix.inference.snapshots import available_snapshots, export_snapshots, load_snapshots
from pix2pix.training.game import Game
from pix2pix.training.loop import fit
from pix2pix.training.snapshots import factor, unfactor
from pix2pix.training.state import load_state
from pix2pix.training.step import build_networks


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return checkpoints.read_tensors(folder / "generator.safetensors")[0]


def same(one: Path, other: Path) -> bool:
    one, other = weights(one), weights(other)
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def run(tiny_config, monkeypatch) -> Path:
    monkeypatch.setattr("pix2pix.training.loop.LOG_EVERY", 2)
    return fit(replace(tiny_config, snapshots="0,3,8"))


def test_a_snapshot_is_the_run_as_it_was(run, tiny_config, tmp_path, monkeypatch):
    """Step 0 has the fresh weights, step 3 those of a run stopped there, the last those of the run."""
    fresh = build_networks(tiny_config, torch.device("cpu")).generator
    packed = checkpoints.pack(fresh)
    assert all(torch.equal(packed[name], tensor) for name, tensor in weights(run / "snapshots/0").items())
    assert same(run / "snapshots/8", run)
    # As the learning rate depends on the run's length, the same run is stopped and not a shorter one made.
    halted = replace(tiny_config, out=str(tmp_path / "halted"), save_every=3)

    class Stop(Exception):
        pass

    def stop(networks, done, config, out, losses):
        save_state(networks, done, config, out, losses)
        raise Stop

    from pix2pix.training.state import save_state

    monkeypatch.setattr("pix2pix.training.loop.save_state", stop)
    with pytest.raises(Stop):
        fit(halted)
    assert same(run / "snapshots/3", Path(halted.out))
    assert not same(run / "snapshots/3", run / "snapshots/0")


def test_snapshots_change_nothing_and_resuming_keeps_them(run, tiny_config, tmp_path):
    plain = fit(replace(tiny_config, out=str(tmp_path / "plain")))
    assert same(run, plain)
    with pytest.raises(ValueError, match=r"--snapshots has 5, but .* is at step 8 and kept none there"):
        fit(replace(tiny_config, resume=True, snapshots="5"))
    fit(replace(tiny_config, resume=True, snapshots="3,8"))  # both are there


def test_export_and_load(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "shipped"))
    target = tmp_path / "shipped" / "boxes-steps"
    assert cli.main(["export", str(run), str(target), "--snapshots", "0,8"]) == 0
    assert available_snapshots() == [target]
    found = load_snapshots("boxes-steps")
    assert found.steps == (0, 8)
    logged = [json.loads(line) for line in (run / "losses.jsonl").read_text().splitlines()]
    assert found.losses["step"] == [2, 4, 6, 8]
    for name in ("D", "G_gan", "G_l1"):
        assert found.losses[name] == [row[name] for row in logged]
    photo, _ = draw_pair(0)
    by_name, by_run = Translator("boxes-steps/8", "cpu"), Translator(run, "cpu")
    assert by_name.translate(photo).tobytes() == by_run.translate(photo).tobytes()
    card = (target / "README.md").read_text()
    assert "--snapshots 0,8" in card and "boxes" in (tmp_path / "shipped" / "README.md").read_text()
    assert checkpoints.available() == []  # no checkpoint of its own among those to choose from
    assert cli.main(["cards"]) == 0

    export_snapshots(run, tmp_path / "all")
    assert load_snapshots(tmp_path / "all").steps == (0, 3, 8)
    with pytest.raises(ValueError, match="no snapshot of step 4; there are: 0, 3, 8"):
        load_snapshots(tmp_path / "all").checkpoint(4)


@pytest.mark.slow
def test_a_game_from_a_snapshot_steps_as_far_as_the_run(tiny_config, tmp_path):
    """D's weights move as far as those of the run itself, resumed at that step; with a fresh Adam farther."""
    run = fit(replace(tiny_config, snapshots="20", steps=20, save_every=20))
    pair = training_batch(load_pairs(tiny_config, "train"), tiny_config, 20, 0, 1)
    moved = {}
    for name in ("run", "snapshot", "fresh"):
        game = Game(run / "snapshots/20", *pair)
        assert game.resumed and not Game(run, *pair).resumed
        if name == "run":
            resumed = replace(tiny_config, snapshots="20", steps=20, resume=True)
            game.networks = build_networks(resumed, torch.device("cpu"))
            assert load_state(game.networks, run, resumed) == 20
            for state in game.networks.adam_d.state.values():
                state["exp_avg"].zero_()
        elif name == "fresh":
            game.networks.adam_d.state.clear()
        before = [weight.detach().clone() for weight in game.networks.discriminator.parameters()]
        game.step_d()
        after = game.networks.discriminator.parameters()
        moved[name] = sum(float((a - b).abs().sum()) for a, b in zip(after, before, strict=True))
    assert moved["snapshot"] == pytest.approx(moved["run"], rel=0.25)
    assert moved["fresh"] > 1.5 * moved["snapshot"]


def test_moments_are_factored():
    """A product of two vectors comes back as it was; others by their means over outputs and inputs."""
    product = (torch.arange(1.0, 4)[:, None] * torch.arange(2.0, 4))[:, :, None, None].expand(3, 2, 4, 4)
    torch.testing.assert_close(unfactor(factor(product)).expand(3, 2, 4, 4), product)
    any_squares = torch.rand(3, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    back = unfactor(factor(any_squares)).expand(3, 2, 4, 4)
    for dims in ((1, 2, 3), (0, 2, 3)):
        torch.testing.assert_close(back.mean(dims), any_squares.mean(dims))
    assert torch.equal(unfactor(factor(torch.arange(3.0))), torch.arange(3.0))


def test_mistakes_are_named(run, tiny_config, tmp_path):
    for wrong in ("0,9", "0,x", "-1"):
        with pytest.raises(ValueError, match=r"--snapshots has .* expected steps from 0 to 8"):
            replace(tiny_config, snapshots=wrong)
    with pytest.raises(ValueError, match=r"no snapshot of step '5'; there are: 0, 3, 8"):
        export_snapshots(run, tmp_path / "x", "0,5")
    with pytest.raises(ValueError, match=r"no snapshots in it; expected a run of train.py --snapshots"):
        export_snapshots(tmp_path, tmp_path / "x")
    with pytest.raises(ValueError, match=r"no snapshots 'nowhere'"):
        load_snapshots("nowhere")
