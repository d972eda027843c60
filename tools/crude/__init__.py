"""Crude drawings, as a child, a hurried visitor or a thick finger makes them: ten a drawn task.

Examples show what a model is best at; these show what it does with less. `python -m tools.crude` writes them
to tests/crude, `python -m tools.crude_sheet` shows what checkpoints make of them.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "crude"
