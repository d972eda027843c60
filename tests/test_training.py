"""The step is the paper's; a run is deterministic, resumes bit for bit and loses nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.data.batches import validation_pair
from pix2pix.data.sources import load_pairs
from pix2pix.images import punch_holes
from pix2pix.inference import Translator
from pix2pix.training.loop import fit, learning_rate
from pix2pix.training.state import STATE, load_state, start_from
from pix2pix.training.step import build_networks, train_step

ROOT = Path(__file__).resolve().parent.parent


def state(out: str) -> dict[str, torch.Tensor]:
    return checkpoints.read_tensors(Path(out) / STATE)[0]


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def curve(out: str | Path, name: str = "G") -> list[float]:
    return [json.loads(line)[name] for line in (Path(out) / "losses.jsonl").read_text().splitlines()]


def command(config: TrainConfig, *more: str) -> list[str]:
    options = ["--task", "boxes", "--data", config.data, "--out", config.out, "--direction", "BtoA"]
    tiny = ["--ngf", "4", "--ndf", "4", "--crop-size", "32", "--load-size", "36", "--precision", "fp32"]
    return [sys.executable, str(ROOT / "train.py"), *options, *tiny, "--device", "cpu", *more]


def test_step_by_hand(tiny_config):
    """One step equals the paper's, written out: Adam on D's halved loss, then on G's with the new D."""
    torch.manual_seed(3)
    a, b = torch.rand(1, 3, 32, 32) * 2 - 1, torch.rand(1, 3, 32, 32) * 2 - 1
    ours, hand = (build_networks(tiny_config, torch.device("cpu")) for _ in range(2))
    z = ours.generator.draw_noise([0])
    losses = train_step(ours, a, b, z, tiny_config)

    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
    G, D = hand.generator, hand.discriminator
    adam_g = torch.optim.Adam(G.parameters(), 2e-4, (0.5, 0.999))
    adam_d = torch.optim.Adam(D.parameters(), 2e-4, (0.5, 0.999))
    fake = G(a, z)
    real_logits, fake_logits = D(a, b), D(a, fake.detach())
    loss_d = 0.5 * (
        cross_entropy(real_logits, torch.ones_like(real_logits))
        + cross_entropy(fake_logits, torch.zeros_like(fake_logits))
    )
    loss_d.backward()
    adam_d.step()
    judged = D(a, fake)
    loss_g = cross_entropy(judged, torch.ones_like(judged)) + 100 * (b - fake).abs().mean()
    adam_g.zero_grad()
    loss_g.backward()
    adam_g.step()
    torch.testing.assert_close(losses["D"], loss_d.detach(), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(losses["G"], loss_g.detach(), atol=1e-4, rtol=1e-5)
    for mine, theirs in zip(ours.generator.parameters(), G.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, atol=2e-5, rtol=1e-4)


@pytest.mark.slow
def test_a_run_begins_with_a_checkpoints_weights(tiny_config, tmp_path):
    first = fit(replace(tiny_config, steps=3))
    again = replace(tiny_config, start_from=str(first), out=str(tmp_path / "again"), ema=0.9)
    networks = build_networks(again, torch.device("cpu"))
    start_from(networks, again)
    shipped = checkpoints.load_generator(first), checkpoints.load_discriminator(first)
    for ours, theirs in zip((networks.generator, networks.discriminator), shipped, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))
    averaged = zip(networks.average.parameters(), shipped[0].parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in averaged)
    kept = checkpoints.load_settings(fit(again))["training"]
    assert kept["steps"] == again.steps and kept["steps_before"] == 3
    going_on = replace(again, resume=True)
    networks = build_networks(going_on, torch.device("cpu"))
    load_state(networks, tmp_path / "again", going_on)
    assert networks.steps_before == 3  # known without the checkpoint, which need not have moved with the run
    with pytest.raises(ValueError, match=r"--start-from .*: its generator has ngf \d+, this run's \d+"):
        fit(replace(again, ngf=2 * again.ngf, out=str(tmp_path / "wider")))
    with pytest.raises(ValueError, match="no checkpoint 'nowhere'"):
        fit(replace(again, start_from="nowhere", out=str(tmp_path / "nowhere")))


def test_only_what_was_missing_is_judged(tiny_config):
    """Of a picture without a hole the answer changes nothing; with one, every loss is that of the hole."""
    config = replace(tiny_config, pairs="holes", objective="l1")
    networks = build_networks(config, torch.device("cpu"))
    z = networks.generator.draw_noise([0])
    picture, hole = torch.zeros(1, 3, 32, 32), torch.zeros(1, 1, 32, 32, dtype=torch.bool)
    losses = train_step(networks, punch_holes(picture, hole), picture, z, config)
    assert losses["G_l1"] == 0 and all((p.grad == 0).all() for p in networks.generator.parameters())
    hole[..., 8:12, 8:12] = True
    real_a = punch_holes(picture, hole)
    missed = networks.generator(real_a, z).detach()[:, :, 8:12, 8:12].abs().sum() / picture.numel()
    assert train_step(networks, real_a, picture, z, config)["G_l1"] == pytest.approx(float(missed), rel=1e-3)


@pytest.mark.parametrize("objective", ["l1", "gan", "cgan", "l1+gan", "l1+cgan"])
def test_every_objective_trains_from_one_config(tiny_config, objective):
    config = replace(tiny_config, objective=objective, steps=2)
    before = build_networks(config, torch.device("cpu"))
    out = fit(config)
    after = state(config.out)
    changed = {
        name: any(not torch.equal(p, after[f"{name}/{k}"]) for k, p in network.state_dict().items())
        for name, network in (("generator", before.generator), ("discriminator", before.discriminator))
    }
    assert changed == {"generator": True, "discriminator": objective != "l1"}
    assert (out / "discriminator.safetensors").exists() == (objective != "l1")
    seen = 3 if objective in ("gan", "l1+gan") else 6
    assert before.discriminator.convs[0].in_channels == (3 if objective == "l1" else seen)


@pytest.mark.slow
def test_it_learns(tiny_config):
    """On pairs that it never saw, L1 falls clearly below that of fresh weights."""
    config = replace(tiny_config, objective="l1", steps=200, save_every=1000, learning_rate=2e-3)
    untrained = build_networks(config, torch.device("cpu")).generator
    fit(config)
    trained = checkpoints.load_generator(Path(config.out))
    pairs = load_pairs(config, "val")
    errors = []
    for generator in (untrained, trained):
        answers = [validation_pair(pairs, config, i) for i in range(len(pairs))]
        errors.append(sum((generator(a, []) - b).abs().mean().item() for a, b in answers) / len(pairs))
    assert errors[1] < 0.6 * errors[0]


@pytest.mark.slow
def test_same_seed_same_weights(tiny_config, tmp_path):
    other = replace(tiny_config, out=str(tmp_path / "other"))
    third = replace(tiny_config, out=str(tmp_path / "third"), seed=1)
    for config in (tiny_config, other, third):
        fit(config)
    assert same(state(tiny_config.out), state(other.out))
    assert not same(state(tiny_config.out), state(third.out))


@pytest.mark.slow
@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_resume_is_bit_for_bit(tiny_config, tmp_path, monkeypatch, ema):
    """A run that stops after four of eight steps and goes on ends where one of eight ends."""
    tiny_config = replace(tiny_config, ema=ema, augment=ema > 0)
    fit(tiny_config)
    halted = replace(tiny_config, out=str(tmp_path / "halted"))

    class Stop(Exception):
        pass

    with monkeypatch.context() as patch:
        step = train_step

        def until_six(networks, a, b, z, config, number):
            if number >= 6:
                raise Stop  # as if killed: two steps after the last saved state
            return step(networks, a, b, z, config, number)

        patch.setattr("pix2pix.training.step.train_step", until_six)
        with pytest.raises(Stop):
            fit(halted)
    fit(replace(halted, resume=True))
    assert same(state(tiny_config.out), state(halted.out))


def test_going_on_with_other_settings_is_refused(tiny_config):
    fit(tiny_config)
    with pytest.raises(ValueError, match="add --resume"):
        fit(tiny_config)
    with pytest.raises(ValueError, match=r"lambda_l1 was 100\.0 and is 10\.0"):
        fit(replace(tiny_config, lambda_l1=10.0, resume=True))
    fit(replace(tiny_config, resume=True, save_every=100))  # where and how often may change


def test_a_loss_that_is_not_finite_stops_the_run(tiny_config, monkeypatch):
    step = train_step

    def breaks(networks, a, b, z, config, number):
        losses = step(networks, a, b, z, config, number)
        return losses if number < 5 else losses | {"G": torch.tensor(float("nan"))}

    monkeypatch.setattr("pix2pix.training.step.train_step", breaks)
    with pytest.raises(FloatingPointError, match=r"step 6: .* the state of step 4 is kept"):
        fit(tiny_config)
    assert checkpoints.read_tensors(Path(tiny_config.out) / STATE)[1]["step"] == "4"


def test_figures_are_means_of_their_steps_after_resuming_too(tiny_config, monkeypatch):
    """A run that goes on from step 4 sums from there; its figures are still means."""
    monkeypatch.setattr("pix2pix.training.loop.LOG_EVERY", 3)
    ones = {"G": torch.tensor(1.0)}
    monkeypatch.setattr("pix2pix.training.step.train_step", lambda *_: ones)
    monkeypatch.setattr("pix2pix.training.loop.save_state", lambda *_: None)
    monkeypatch.setattr("pix2pix.training.loop.load_state", lambda *_: 4)
    monkeypatch.setattr("pix2pix.training.loop.saved_config", lambda _: replace(tiny_config, steps=20))
    fit(replace(tiny_config, steps=20, resume=True))
    assert curve(tiny_config.out) == [1.0] * 6


def test_learning_rate_is_constant_then_linear_to_zero():
    config = TrainConfig(steps=100)
    rates = [learning_rate(config, step) for step in (0, 49, 50, 75, 100)]
    assert rates == pytest.approx([2e-4, 2e-4, 2e-4, 1e-4, 0])


def test_run_folder_is_a_checkpoint_with_figures_and_pictures(tiny_config, curves):
    out = fit(replace(tiny_config, sample_every=8))
    assert Translator(out, "cpu").side == 32
    assert (out / "samples" / "000008.png").exists() and (out / "losses.png").exists()
    assert list((out / "tensorboard").glob("events*"))
    assert {"step", "D", "G", "G_gan", "G_l1", "steps_per_second"} <= set(
        json.loads((out / "losses.jsonl").read_text().splitlines()[-1])
    )


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.15, 0.4])
def test_sigkill_leaves_a_loadable_checkpoint(tiny_config, after):
    out = Path(tiny_config.out)
    run = subprocess.Popen(
        command(tiny_config, "--steps", "100000", "--save-every", "1"), stderr=subprocess.DEVNULL
    )
    try:
        wait_for(out / "config.json", run)
        time.sleep(after)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait(timeout=300)
    assert Translator(out, "cpu").side == 32
    done = int(checkpoints.read_tensors(out / STATE)[1]["step"])
    assert done > 0
    going_on = replace(tiny_config, steps=100000, save_every=1, resume=True)
    networks = build_networks(going_on, torch.device("cpu"))
    assert load_state(networks, out, going_on) == done


@pytest.mark.slow
def test_ctrl_c_saves_the_step_it_is_in(tiny_config):
    out = Path(tiny_config.out)
    run = subprocess.Popen(
        command(tiny_config, "--steps", "100000", "--save-every", "5"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(out / "config.json", run)
    run.send_signal(signal.SIGINT)
    printed, errors = run.communicate(timeout=300)
    assert run.returncode == 0 and "Traceback" not in errors
    step = checkpoints.read_tensors(out / STATE)[1]["step"]
    assert f"stopped after step {step}; all is saved" in printed


@pytest.mark.slow
def test_mistakes_are_one_line(tiny_config, tmp_path):
    missing = replace(tiny_config, data=str(tmp_path / "nowhere"))
    run = subprocess.run(command(missing), capture_output=True, text=True, timeout=600)
    assert run.returncode == 2 and run.stderr.count("\n") == 1 and "nowhere: no such folder" in run.stderr


@pytest.mark.slow
def test_two_processes_learn_what_one_learns(tiny_config, tmp_path):
    """torchrun with two processes (gloo): the curve of one process at the same batch, within rounding."""
    one = replace(tiny_config, batch_size=2, steps=6)
    fit(one)
    two = replace(one, out=str(tmp_path / "two"))
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
    launcher += ["--nproc-per-node", "2"]
    run = subprocess.run(
        [*launcher, *command(two, "--steps", "6", "--batch-size", "2")[1:]],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=900,  # two processes import torch; a busy machine takes a minute for that
    )
    assert run.returncode == 0, run.stderr[-2000:]
    for name in ("D", "G", "G_l1"):
        assert curve(two.out, name) == pytest.approx(curve(one.out, name), rel=2e-3)
    first, second = state(one.out), state(two.out)
    for key in (k for k in first if k.startswith("generator/")):
        torch.testing.assert_close(first[key], second[key], atol=2e-4, rtol=1e-2)


@pytest.mark.slow
def test_runs_without_gradio(tiny_config):
    """Training works on machines without gradio, huggingface_hub and matplotlib."""
    code = (
        "import sys; sys.modules.update(gradio=None, huggingface_hub=None, matplotlib=None); "
        "sys.modules['torch.utils.tensorboard'] = None; "
        f"sys.argv[1:] = {command(tiny_config, '--steps', '2')[2:]!r}; import train; sys.exit(train.main())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr[-2000:]
    assert (Path(tiny_config.out) / "generator.safetensors").exists()


def wait_for(path: Path, run: subprocess.Popen, seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert run.poll() is None and time.monotonic() < end, f"{path} was never written"
        time.sleep(0.02)
