"""The training runs that fill the tables: python -m pix2pix.evaluation.ablations --data DIR [--steps N].

The same width, seed and steps for all; a run that was cut off goes on where it was, one that is done is
left alone. Arguments that are not known here go to train.py.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from pix2pix.data.recipes import RECIPES

TRAIN = Path(__file__).resolve().parent.parent.parent / "train.py"
ABLATIONS = tuple(
    name
    for name, recipe in RECIPES.items()
    if (name == "facades" or name.startswith("facades-")) and "snapshots" not in recipe.changes
)


def commands(data: str, runs: Path, extra: list[str]) -> list[list[str]]:
    """One train.py command line for each run."""
    lines = []
    for name in ABLATIONS:
        line = [sys.executable, str(TRAIN), "--task", name, "--data", data, "--out", str(runs / name), *extra]
        lines.append([*line, "--resume"] if (runs / name / "state.safetensors").is_file() else line)
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m pix2pix.evaluation.ablations", description=__doc__)
    parser.add_argument("--data", required=True, help="folder of façade pairs, or the one that holds it")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of run folders")
    given, extra = parser.parse_known_args(arguments)
    for line in commands(given.data, given.runs, extra):
        print(" ".join(line), flush=True)
        if code := subprocess.call(line):
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
