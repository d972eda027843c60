"""The studio's own example drawings: one folder of 256 x 256 PNGs a task, and the code that drew them.

`python -m pix2pix.drawings` writes them all again. Importing this package draws nothing.
"""

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
"""Holds TASK/NAME.png; CREDITS.md names the sources of those that are photos."""


def example_paths(task_name: str) -> list[Path]:
    """The example inputs of a task, sorted by name; [] for a task that has none."""
    return sorted(path for path in EXAMPLES.glob("*/*.png") if path.parent.name == task_name)
