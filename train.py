"""Train a task: python train.py --task NAME --data FOLDER --out FOLDER (settings: pix2pix/config.py)."""

import argparse
import dataclasses
import sys

from pix2pix.config import TrainConfig, field_help, field_type, flag
from pix2pix.data.recipes import recipe_config
from pix2pix.training.loop import fit


def parse(arguments: list[str] | None = None) -> TrainConfig:
    """The command line, made from the config's fields, on top of the task's recipe."""
    parser = argparse.ArgumentParser(description=__doc__, argument_default=argparse.SUPPRESS)
    described = field_help()
    for field in dataclasses.fields(TrainConfig):
        text = described.get(field.name, "")
        if field_type(field) is bool:
            parser.add_argument(f"--{flag(field.name)}", action=argparse.BooleanOptionalAction, help=text)
        else:
            parser.add_argument(f"--{flag(field.name)}", type=field_type(field), help=text.replace("%", "%%"))
    given = vars(parser.parse_args(arguments))
    return recipe_config(given.pop("task", "custom"), **given)


def main() -> int:
    try:
        fit(parse())
    except (ValueError, FloatingPointError, OSError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
