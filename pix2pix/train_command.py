"""The `train` command: its options are the fields of `TrainConfig`, on top of a task's recipe.

`python train.py` and `pix2pix train` are the same command. Imports torch only when it runs.
"""

import argparse
import dataclasses
import sys

from pix2pix import hub
from pix2pix.config import TrainConfig, field_help, field_type, flag
from pix2pix.data.recipes import recipe_config
from pix2pix.tasks import parse_palette

DESCRIPTION = "Train a task: --task NAME --data FOLDER --out FOLDER (settings: pix2pix/config.py)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One option for each field. What is not given is not set, so that the recipe's values stay."""
    described = field_help()
    for field in dataclasses.fields(TrainConfig):
        text = described.get(field.name, "").replace("%", "%%")
        option, kind = f"--{flag(field.name)}", field_type(field)
        if kind is bool:
            action = argparse.BooleanOptionalAction
            parser.add_argument(option, action=action, default=argparse.SUPPRESS, help=text)
        else:
            parser.add_argument(option, type=kind, default=argparse.SUPPRESS, help=text)


def config_from(given: argparse.Namespace) -> TrainConfig:
    """The recipe's config, or with --resume that of the run, with the given options on top.

    Raises ValueError that names a wrong flag.
    """
    names = {field.name for field in dataclasses.fields(TrainConfig)}
    changes = {name: value for name, value in vars(given).items() if name in names}
    if changes.get("resume"):
        from pix2pix.training.resume import resumed_config

        config = resumed_config(changes)
    else:
        config = recipe_config(changes.pop("task", "custom"), **changes)
    if config.canvas == "labels" and not parse_palette(config.palette):
        raise ValueError("--canvas is labels; expected a --palette such as wall=#0030ff,window=#0080ff")
    parse_palette(config.palette)
    return config


def parse(arguments: list[str] | None = None) -> TrainConfig:
    """The config of a command line."""
    parser = argparse.ArgumentParser("train.py", description=DESCRIPTION)
    add_arguments(parser)
    return config_from(parser.parse_args(arguments))


def with_local_data(config: TrainConfig) -> TrainConfig:
    """The config with --data hf://datasets/owner/name downloaded; others as they are."""
    if not config.data.startswith(hub.DATASETS):
        return config
    folder = hub.dataset(config.data)
    if hub.is_table(folder):
        from pix2pix.data.columns import unpack

        tables, folder = folder, hub.unpacked(config.data, folder)
        try:
            notes = unpack(tables, folder)
        except ValueError as error:
            raise ValueError(f"{config.data}: {error}") from None
        print(
            *(f"{config.data}: {note}" for note in notes), sep="\n", end="\n" * bool(notes), file=sys.stderr
        )
    return dataclasses.replace(config, data=str(folder))


def run(given: argparse.Namespace) -> None:
    """Train. Raises ValueError, FloatingPointError or OSError in one line (see `training/loop.py`)."""
    from pix2pix.training.loop import fit

    fit(with_local_data(config_from(given)))


def main(arguments: list[str] | None = None) -> int:
    """`python train.py`: 0, or 2 after one line on stderr; 130 after Ctrl-C."""
    try:
        from pix2pix.training.loop import fit  # takes seconds, in which Ctrl-C is a way out too

        fit(with_local_data(parse(arguments)))
    except KeyboardInterrupt:
        print("\ntrain.py: interrupted; what was saved before is kept", file=sys.stderr)
        return 130
    except (ValueError, FloatingPointError, OSError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    return 0
