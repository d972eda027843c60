"""Ink and thickness of the drawings that a line task was trained on: the figures in pix2pix/ui/hints.py.

    python benchmarks/line_statistics.py --data DIR [--count 300] [TASK …]

Draws training inputs as the recipe makes them and prints the 5th and 95th percentile of both.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pix2pix.data.batches import training_pair
from pix2pix.data.recipes import recipe_config
from pix2pix.data.sources import load_pairs
from pix2pix.images import tensor_to_pil
from pix2pix.ui.hints import LINES, ink_and_thickness


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", default=list(LINES))
    parser.add_argument("--data", required=True, help="folder of the training sets")
    parser.add_argument("--count", type=int, default=300, help="drawings of each task")
    given = parser.parse_args()
    for task in given.tasks:
        config = recipe_config(task, data=given.data, out="unused")
        pairs = load_pairs(config, "train", limit=given.count)
        inputs = (training_pair(pairs, config, step, 0)[0] for step in range(given.count))
        drawings = (tensor_to_pil(x[:, :3]) for x in inputs)  # without the channels of a color wish
        numbers = np.array([ink_and_thickness(drawing) for drawing in drawings])
        low, high = np.percentile(numbers, [5, 95], axis=0)
        print(
            f'"{task}": LineStatistics(({low[0]:.3f}, {high[0]:.3f}), ({low[1]:.1f}, {high[1]:.1f})),',
            flush=True,
        )


if __name__ == "__main__":
    main()
