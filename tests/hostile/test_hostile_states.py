"""Broken states of runs are refused in one line that names the file; what is whole is resumed."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hostile.test_hostile_checkpoints import SMALL, said
from safetensors.torch import save_file

from pix2pix import checkpoints
from pix2pix.config import TrainConfig
from pix2pix.training.logging import Figures
from pix2pix.training.loop import fit
from pix2pix.training.state import STATE, load_state, save_state
from pix2pix.training.step import build_networks

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def state(tmp_path_factory) -> tuple[Path, TrainConfig]:
    """A saved run of one step, with its networks' moments."""
    out = tmp_path_factory.mktemp("run")
    config = TrainConfig(
        task="boxes", out=str(out), steps=4, ngf=4, ndf=4, precision="fp32", ema=0.9, **SMALL
    )
    networks = build_networks(config, CPU)
    for network, adam in ((networks.generator, networks.adam_g), (networks.discriminator, networks.adam_d)):
        for weight in network.parameters():
            weight.grad = torch.ones_like(weight)
        adam.step()
    save_state(networks, 1, config, out, {})
    return out, config


def resumed(state: tuple[Path, TrainConfig], folder: Path, change: Callable[[dict, dict], None]) -> str:
    """What is said to a state that was changed. change: of (tensors, metadata)."""
    out, config = state
    tensors, metadata = checkpoints.read_tensors(out / STATE)
    change(tensors, metadata)
    save_file(tensors, folder / STATE, metadata)
    networks = build_networks(config, CPU)
    return said(lambda: load_state(networks, folder, replace(config, out=str(folder), resume=True)))


def changed(metadata: dict, **fields: object) -> None:
    metadata["config"] = json.dumps({**json.loads(metadata["config"]), **fields})


BROKEN_STATES = {
    "no config": (lambda t, m: m.pop("config"), "not the state of a run"),
    "no step": (lambda t, m: m.pop("step"), "not the state of a run"),
    "nothing": (lambda t, m: m.clear(), "not the state of a run"),
    "a later version": (
        lambda t, m: m.update(version="2"),
        "of version 2; this program reads version 1",
    ),
    "step is text": (lambda t, m: m.update(step="three"), "tells step 'three' of 4"),
    "step is negative": (lambda t, m: m.update(step="-3"), "tells step '-3' of 4"),
    "step is beyond the run": (lambda t, m: m.update(step="9"), "tells step '9' of 4"),
    "config is a list": (
        lambda t, m: m.update(config="[]"),
        "settings that do not fit|not the state of a run",
    ),
    "config is no JSON": (
        lambda t, m: m.update(config="{"),
        "settings that do not fit|not the state of a run",
    ),
    "config of a newer version": (
        lambda t, m: changed(m, glow=1),
        "with settings that this one lacks: glow",
    ),
    "config of wrong types": (
        lambda t, m: changed(m, ngf="x"),
        "settings that do not fit|not the state of a run",
    ),
    "no tensor": (lambda t, m: t.pop("generator/up_norms.0.bias"), "up_norms.0.bias' is missing"),
    "another tensor": (lambda t, m: t.update(x=torch.ones(1)), r"'x' is \(1,\); expected no such tensor"),
    "no moment": (lambda t, m: t.pop("adam_g/0/exp_avg"), "adam_g/0/exp_avg' is missing"),
    "a moment of another shape": (
        lambda t, m: t.update({"adam_d/0/exp_avg": torch.ones(3)}),
        "adam_d/0/exp_avg",
    ),
    "a moment of no weight": (lambda t, m: t.update({"adam_d/99/exp_avg": torch.ones(3)}), "no such tensor"),
    "moments by name": (lambda t, m: t.update({"adam_d/a/b/c": torch.ones(3)}), "no such tensor"),
    "no average": (
        lambda t, m: [t.pop(k) for k in list(t) if k.startswith("average/")],
        "average/.* is missing",
    ),
    "NaN": (lambda t, m: t["generator/up_norms.0.bias"].fill_(math.nan), "holds what is no finite number"),
}


@pytest.mark.parametrize("name", BROKEN_STATES)
def test_states_that_cannot_be_resumed(state, tmp_path, name):
    change, message = BROKEN_STATES[name]
    answer = resumed(state, tmp_path, change)
    assert answer.startswith(f"{tmp_path / STATE}: ") and re.search(message, answer), answer


def test_states_that_can_be_resumed(state, tmp_path):
    assert resumed(state, tmp_path, lambda t, m: None) == ""
    assert resumed(state, tmp_path, lambda t, m: m.pop("version")) == ""  # from before there were versions


def test_no_state_at_all(tiny_config):
    answer = said(lambda: fit(replace(tiny_config, resume=True)))
    assert re.search(r"holds no run to resume", answer)
    Path(tiny_config.out).mkdir()
    (Path(tiny_config.out) / STATE).write_bytes(b"not one")
    assert "not a whole safetensors file" in said(lambda: fit(replace(tiny_config, resume=True)))


def test_foreign_lines_among_the_losses(tmp_path, capsys):
    rows = [
        '{"step": 1, "D": 0.5}',
        "[]",
        "null",
        '{"step": "x"}',
        '{"D": 1}',
        "\x00\x01",
        '{"step": 2, "D": 0.4}',
    ]
    (tmp_path / "losses.jsonl").write_text("\n".join([*rows, '{"step": 3, "D']))
    figures = Figures(tmp_path, 2)
    assert [row["step"] for row in figures.rows()] == [1, 2]
    assert "6 lines are no loss figures; left out" in capsys.readouterr().err


def test_the_precision_of_a_run_is_kept(tiny_config, monkeypatch):
    """Begun where bfloat16 is slow, resumed where it is quick: the run goes on as it began."""
    seen = []
    monkeypatch.setattr("pix2pix.devices.bf16_is_quicker", lambda device: False)
    fit(replace(tiny_config, precision="auto", steps=4))
    recorded = checkpoints.load_settings(Path(tiny_config.out))["recipe"]["precision"]
    assert recorded == "fp32"
    monkeypatch.setattr("pix2pix.devices.bf16_is_quicker", lambda device: True)
    monkeypatch.setattr(
        "pix2pix.training.loop.stepper", lambda networks, config, *_: seen.append(config.precision) or _stop()
    )
    for typed, expected in (("auto", "fp32"), ("bf16", "bf16")):
        with pytest.raises(KeyboardInterrupt):
            fit(replace(tiny_config, precision=typed, steps=8, resume=True))
        assert seen.pop() == expected


def _stop() -> None:
    raise KeyboardInterrupt
