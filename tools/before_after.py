"""python -m tools.before_after: the pictures of docs/pictures.md, by the paper's recipe and by the studio's.

"Before" are the weights that an older commit holds (a clone with --depth 1 has none), "after" those in
checkpoints/. Drawings are the project's own: the shipped examples and the crude ones of tests/crude.
"""

import argparse
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from PIL import Image

from pix2pix.examples import EXAMPLES
from pix2pix.images import contact_sheet, load_image
from pix2pix.inference.translator import Translator

from .crude import FOLDER

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "8ed24ef"  # the last commit whose weights had neither anti-aliasing nor a perceptual loss
DRAWINGS = {
    "edges2cats": ("01-", "04-", "09-", "13-", "crude/child", "crude/thick-finger"),
    "edges2shoes": ("01-", "04-", "09-", "14-", "crude/high-heel", "crude/bag"),
    "facades": ("01-", "03-", "06-", "07-", "crude/nine-boxes", "crude/triangle-roof"),
    "map2aerial": ("01-", "02-", "03-", "04-"),
}
WISHES = ((198, 110, 50), (40, 36, 34), (225, 220, 214), (120, 120, 125), (150, 60, 45), (190, 150, 90))


def weights_at(revision: str, task: str, folder: Path) -> Path:
    """The checkpoint of a task as a commit holds it, below `folder`. ValueError where git has none."""
    name = f"checkpoints/{task}"
    done = subprocess.run(["git", "archive", revision, name], cwd=ROOT, capture_output=True)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise ValueError(f"{revision}: git has no {name} there ({reason}); a whole clone is needed")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / name


def find_drawing(task: str, name: str) -> Path:
    """An example by the beginning of its name, or crude/NAME."""
    place, _, stem = name.rpartition("/")
    folder = (FOLDER if place == "crude" else EXAMPLES) / task
    found = sorted(folder.glob(f"{stem}*"))
    if not found:
        raise ValueError(f"{folder}: no drawing is called {stem}…")
    return found[0]


def before_and_after(task: str, before: Translator, after: Translator) -> Image.Image:
    """Rows of drawing, before, after; two drawings a row. Each drawing has its number as the seed."""
    cells = []
    for seed, name in enumerate(DRAWINGS[task]):
        drawing = load_image(find_drawing(task, name))
        cells.append([drawing, before.translate(drawing, seed), after.translate(drawing, seed)])
    rows = [[*left, *right] for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return contact_sheet(rows, side=192)


def wishes(task: str, after: Translator) -> Image.Image:
    """Two drawings, each without a wish and with six."""
    rows = []
    for name in DRAWINGS[task][1:3]:
        drawing = load_image(find_drawing(task, name))
        rows.append([drawing, *(after.translate(drawing, 0, color) for color in (None, *WISHES))])
    return contact_sheet(rows, side=160)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.before_after", description=__doc__)
    parser.add_argument("--before", default=BEFORE, help=f"commit that holds the old weights ({BEFORE})")
    parser.add_argument("--task", nargs="+", default=list(DRAWINGS), choices=list(DRAWINGS))
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    args = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for task in args.task:
                before = Translator(weights_at(args.before, task, Path(folder)), "cpu")
                after = Translator(ROOT / "checkpoints" / task, "cpu")
                sheets = {f"pictures-{task}": before_and_after(task, before, after)}
                if after.knows_colors:
                    sheets[f"pictures-{task}-colors"] = wishes(task, after)
                for name, sheet in sheets.items():
                    sheet.save(args.out / f"{name}.jpg", quality=88)
                    print(args.out / f"{name}.jpg")
    except ValueError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
