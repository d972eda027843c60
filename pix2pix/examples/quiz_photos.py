"""The photos of Real or fake?: 256 x 256 crops of free pictures in color, with their credits.

`python -m tools.quiz_photos FOLDER` (in a clone of the repository) cuts them again.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "quiz"
CREDITS = FOLDER / "credits.json"


@dataclass(frozen=True)
class Photo:
    """Whose photo it is and under which license. terms: address of the license's text, "" where it has none.

    crops: the files cut from it, without overlap, scaled to 256 x 256.
    """

    title: str
    author: str
    license: str
    source: str
    terms: str
    crops: tuple[Path, ...]


@functools.cache
def quiz_photos() -> tuple[Photo, ...]:
    """Every photo, as in credits.json; no picture is read."""
    rows = json.loads(CREDITS.read_text(encoding="utf-8"))
    return tuple(Photo(**{**row, "crops": tuple(FOLDER / name for name in row["crops"])}) for row in rows)
