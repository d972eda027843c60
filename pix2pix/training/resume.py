"""What a run folder holds, and whether a run may begin or go on there. Opens no tensors.

Settings of the schedule may change when a run is resumed, which is how a run is trained longer; what makes
the networks or the pairs other ones may not.
"""

import dataclasses
import json
from pathlib import Path

from safetensors import SafetensorError, safe_open

from pix2pix import checkpoints
from pix2pix.config import HOW_IT_IS_COMPUTED, SCHEDULE, TrainConfig

STATE = "state.safetensors"

# What may change when a run goes on; of the rest, only what was typed can differ.
MAY_CHANGE = ("data", "out", "resume", "features", *HOW_IT_IS_COMPUTED, *SCHEDULE)


def saved_config(out: Path) -> TrainConfig:
    """The settings with which the run in `out` was saved. ValueError in one line where there are none."""
    path = out / STATE
    if not path.is_file():
        raise ValueError(f"{out}: holds no run to resume; leave --resume out, or name the run's folder")
    checkpoints.refuse_lfs_pointer(path)
    try:
        with safe_open(path, framework="pt") as file:
            saved = json.loads((file.metadata() or {})["config"])
            if not isinstance(saved, dict):
                raise TypeError
            known = {field.name for field in dataclasses.fields(TrainConfig)}
            unknown = sorted(set(saved) - known)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path}: not a whole safetensors file ({error})") from None
    except (KeyError, ValueError, TypeError):
        raise ValueError(f"{path}: is not the state of a run of this program") from None
    if unknown:
        raise ValueError(
            f"{path}: was saved by another version, with settings that this one lacks: {', '.join(unknown)}"
        )
    try:
        return TrainConfig(**saved)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: holds settings that do not fit: {error}") from None


def resumed_config(given: dict) -> TrainConfig:
    """What `--resume` means on a command line: the saved settings, and over them what was typed.

    given: field → value of what was typed, "out" among them.
    """
    if not given.get("out"):
        raise ValueError("--out is missing; name the folder of the run to resume")
    return dataclasses.replace(saved_config(Path(given["out"])), **given)


def check_settings(before: TrainConfig, config: TrainConfig, out: Path) -> None:
    """ValueError that names the settings which a resumed run cannot change."""
    changed = [
        field.name
        for field in dataclasses.fields(TrainConfig)
        if field.name not in MAY_CHANGE and getattr(before, field.name) != getattr(config, field.name)
    ]
    if changed:
        told = ", ".join(f"{k} was {getattr(before, k)} and is {getattr(config, k)}" for k in changed)
        raise ValueError(f"{out}: cannot go on with other settings: {told}")


def check_new_run(config: TrainConfig) -> None:
    """ValueError where a new run would write over a run, a checkpoint or other people's files."""
    out = Path(config.out)
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out {out}: is a file; expected a folder for the run")
    if not out.is_dir():
        return
    if (out / STATE).exists():
        raise ValueError(f"{out} holds a run already; add --resume to go on with it, or name another --out")
    if (out / "generator.safetensors").exists():
        raise ValueError(
            f"{out} holds a checkpoint, which a run would write over; name another --out (--start-from {out} "
            "begins with its weights)"
        )
    if (out / "config.json").exists():
        raise ValueError(f"{out} holds a config.json of something else; name another --out")
    if config.data and Path(config.data).is_dir() and out.samefile(config.data):
        raise ValueError(
            f"--out {out}: is the folder of the pairs; name another one, such as runs/{config.task}"
        )


def resuming_notes(before: TrainConfig, config: TrainConfig, start: int) -> list[str]:
    """What changes from here on, for the user; ValueError where fewer steps are asked for than were done."""
    if config.steps < start:
        raise ValueError(f"--steps is {config.steps}, but {config.out} has {start} already; expected more")
    if start == config.steps:
        return [
            f"{config.out}: the run is finished, {start} of {config.steps} steps; --resume --steps "
            f"{2 * config.steps} would train on"
        ]
    if all(getattr(before, name) == getattr(config, name) for name in SCHEDULE):
        return []
    falls = round(config.constant_part * config.steps)
    old, new = learning_rate(before, start), learning_rate(config, start)
    return [
        f"{config.out}: goes on from step {start} to {config.steps} (before: {before.steps}); learning rate "
        f"{new:.3g} from here (before: {old:.3g}), constant until step {falls}, then falling to 0"
    ]


def learning_rate(config: TrainConfig, step: int) -> float:
    """Constant for the first part of the run, then linear to 0."""
    part = min(1.0, step / config.steps)
    if part < config.constant_part:
        return config.learning_rate
    return config.learning_rate * (1 - part) / max(1e-9, 1 - config.constant_part)
