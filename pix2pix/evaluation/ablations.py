"""The training runs that fill the tables: python -m pix2pix.evaluation.ablations --data DIR [--set NAME].

The same width, seed and steps for all of a data set; a run that was cut off is resumed where it was, one that
is done is left alone. Arguments that are not known here go to train.py.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from pix2pix.data.recipes import RECIPES

TRAIN = Path(__file__).resolve().parent.parent.parent / "train.py"
ABLATIONS = {
    data_set: tuple(
        name
        for name, recipe in RECIPES.items()
        if (name == data_set or name.startswith(f"{data_set}-")) and "snapshots" not in recipe.changes
    )
    for data_set in ("facades", "cityscapes")
}


def commands(data: str, runs: Path, extra: list[str], data_set: str = "facades") -> list[list[str]]:
    """One train.py command line for each run on a data set."""
    lines = []
    for name in ABLATIONS[data_set]:
        line = [sys.executable, str(TRAIN), "--task", name, "--data", data, "--out", str(runs / name), *extra]
        lines.append([*line, "--resume"] if (runs / name / "state.safetensors").is_file() else line)
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m pix2pix.evaluation.ablations", description=__doc__)
    parser.add_argument("--data", required=True, help="folder of the pairs, or the one that holds it")
    parser.add_argument("--set", choices=ABLATIONS, default="facades", help="whose runs")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of run folders")
    given, extra = parser.parse_known_args(arguments)
    for line in commands(given.data, given.runs, extra, given.set):
        print(" ".join(line), flush=True)
        if code := subprocess.call(line):
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
