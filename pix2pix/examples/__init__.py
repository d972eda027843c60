"""The studio's own example inputs: one folder of 256 x 256 pictures a task.

`python -m tools.examples` (in a clone of the repository) draws them all again.
"""

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
"""Holds TASK/NAME.png, or .webp for photos in color; CREDITS.md names the sources of photos."""

SUFFIXES = (".png", ".webp")


def example_paths(task_name: str) -> list[Path]:
    """The example inputs of a task, sorted by name; [] for a task that has none."""
    found = (path for path in EXAMPLES.glob("*/*") if path.parent.name == task_name)
    return sorted(path for path in found if path.suffix in SUFFIXES)
