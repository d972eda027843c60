"""Going on with a run: what was typed over what was saved, and nobody's folder written over."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from conftest import save_checkpoint

import train
from pix2pix import checkpoints
from pix2pix.training import loop
from pix2pix.training.loop import fit
from pix2pix.training.resume import STATE, learning_rate, saved_config


def state(out) -> dict[str, torch.Tensor]:
    return checkpoints.read_tensors(Path(out) / STATE)[0]


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def error_of(*arguments, capsys) -> str:
    """What train.py says and ends with 2: one line."""
    capsys.readouterr()
    assert train.main([str(argument) for argument in arguments]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_resume_alone_takes_everything_from_the_state(tiny_config):
    fit(replace(tiny_config, steps=3))
    config = train.parse(["--resume", "--out", tiny_config.out])
    assert config == replace(tiny_config, steps=3, resume=True)
    typed = train.parse(["--resume", "--out", tiny_config.out, "--steps", "9", "--save-every", "2"])
    assert typed == replace(config, steps=9, save_every=2)


@pytest.mark.slow
def test_a_longer_run_is_the_run_that_was_longer_from_the_start(tiny_config, tmp_path, capsys):
    """With a constant rate, 3 steps and then on to 6 end in the weights of 6."""
    constant = replace(tiny_config, constant_part=1.0)
    fit(replace(constant, steps=6))
    short = replace(constant, steps=3, out=str(tmp_path / "short"))
    fit(short)
    fit(train.parse(["--resume", "--out", short.out, "--steps", "6"]))
    assert same(state(constant.out), state(short.out))
    assert "goes on from step 3 to 6 (before: 3); learning rate 0.0002 from here" in capsys.readouterr().err


def test_a_schedule_that_changes_is_told(tiny_config, capsys):
    fit(replace(tiny_config, steps=4))
    fit(train.parse(["--resume", "--out", tiny_config.out, "--steps", "10", "--learning-rate", "0.001"]))
    told = capsys.readouterr().err
    assert "learning rate 0.001 from here (before: 0), constant until step 5, then falling to 0" in told


def test_a_finished_run_says_so(tiny_config, capsys, monkeypatch):
    fit(replace(tiny_config, steps=2))
    monkeypatch.setattr(loop, "load_pairs", lambda *_: pytest.fail("read pairs for nothing"))
    before = (Path(tiny_config.out) / STATE).read_bytes()
    fit(train.parse(["--resume", "--out", tiny_config.out]))
    assert "the run is finished, 2 of 2 steps; --resume --steps 4 would train on" in capsys.readouterr().err
    assert (Path(tiny_config.out) / STATE).read_bytes() == before
    line = error_of("--resume", "--out", tiny_config.out, "--steps", "1", capsys=capsys)
    assert "--steps is 1, but" in line and "has 2 already" in line


def test_what_makes_another_run_of_it_is_refused(tiny_config, capsys):
    fit(replace(tiny_config, steps=2))
    for typed, told in (
        (("--ngf", "8"), "ngf was 4 and is 8"),
        (("--direction", "AtoB"), "direction was BtoA and is AtoB"),
        (("--task", "facades"), "task was boxes and is facades"),
    ):
        line = error_of("--resume", "--out", tiny_config.out, *typed, capsys=capsys)
        assert line.endswith(f"cannot go on with other settings: {told}")


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda saved: saved | {"magic": 1}, "settings that this one lacks: magic"),
        (lambda saved: saved | {"ngf": "four"}, "--ngf is 'four'; expected a whole number"),
        (lambda saved: saved | {"dropout": 7.0}, "--dropout is 7.0"),
        (lambda saved: [1, 2], "is not the state of a run of this program"),
        (lambda saved: None, "is not the state of a run of this program"),
    ],
)
def test_states_of_other_programs_and_versions(tiny_config, capsys, change, told):
    path = Path(tiny_config.out) / STATE
    fit(replace(tiny_config, steps=2))
    tensors, metadata = checkpoints.read_tensors(path)
    saved = change(json.loads(metadata["config"]))
    changed = {k: v for k, v in metadata.items() if k != "config"}
    if saved is not None:
        changed["config"] = json.dumps(saved)
    checkpoints.write_tensors(tensors, path, changed)
    assert told in error_of("--resume", "--out", tiny_config.out, capsys=capsys)


def test_a_state_of_an_older_version_has_the_defaults(tiny_config):
    fit(replace(tiny_config, steps=2))
    path = Path(tiny_config.out) / STATE
    tensors, metadata = checkpoints.read_tensors(path)
    saved = json.loads(metadata["config"])
    del saved["stretch"]
    checkpoints.write_tensors(tensors, path, metadata | {"config": json.dumps(saved)})
    assert asdict(saved_config(Path(tiny_config.out)))["stretch"] == 1.0
    fit(train.parse(["--resume", "--out", tiny_config.out, "--steps", "3"]))


def test_folders_that_hold_no_run(tiny_config, tmp_path, capsys):
    assert "holds no run to resume" in error_of("--resume", "--out", tmp_path / "nowhere", capsys=capsys)
    assert "--out is missing" in error_of("--resume", capsys=capsys)
    (tmp_path / STATE).write_bytes(b"no tensors")
    assert "not a whole safetensors file" in error_of("--resume", "--out", tmp_path, capsys=capsys)


def test_a_new_run_writes_over_nothing(tiny_config, tmp_path, capsys):
    exported = save_checkpoint(tmp_path, "mine", crop_size=32, load_size=32)
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text('{"compilerOptions": {}}')
    (tmp_path / "file").write_text("text")
    for out, told in (
        (exported, "holds a checkpoint, which a run would write over"),
        (other, "holds a config.json of something else"),
        (tmp_path / "file", "is a file"),
        (Path(tiny_config.data), "is the folder of the pairs"),
    ):
        with pytest.raises(ValueError, match=told):
            fit(replace(tiny_config, out=str(out)))
    assert (other / "config.json").read_text() == '{"compilerOptions": {}}'


def test_threads_are_those_of_the_machine(tiny_config):
    with pytest.raises(ValueError, match=r"--threads is 4000; expected 0 .* to \d+"):
        fit(replace(tiny_config, threads=4000))


@pytest.mark.slow
def test_ctrl_c_while_pairs_are_read(tiny_config, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "load_pairs", interrupted)
    monkeypatch.setattr("sys.argv", ["train.py", "--data", tiny_config.data, "--out", tiny_config.out])
    assert train.main() == 130
    assert "interrupted" in capsys.readouterr().err


def test_the_rate_of_a_longer_run():
    config = train.parse(["--steps", "100"])
    assert [learning_rate(replace(config, steps=s), 100) for s in (100, 400)] == [0, config.learning_rate]
