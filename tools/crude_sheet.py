"""python -m tools.crude_sheet: what checkpoints make of the crude drawings or the shipped examples.

Every picture is shown pixel for pixel. A page holds at most 16 pictures, so that it is not scaled down where
it is looked at; further pages are numbered.
"""

import argparse
from itertools import chain
from pathlib import Path

from PIL import Image

from pix2pix.color_wish import parse_color
from pix2pix.examples import EXAMPLES
from pix2pix.images import SUFFIXES, contact_sheet, load_image
from pix2pix.inference.translator import DEFAULT_SEED, Translator, Wish
from pix2pix.tasks import base_task

from .crude import FOLDER

PER_PAGE = 16


def rows_of(
    drawings: list[Path], translators: list[Translator], seed: int, color: Wish
) -> list[list[Image.Image]]:
    """One row per drawing: the drawing and what each translator makes of it.

    A checkpoint that knows no color wishes is shown without one.
    """
    rows = []
    for path in drawings:
        drawing = load_image(path)
        wishes = [color if t.knows_colors else None for t in translators]
        made = [t.translate(drawing, seed, wish) for t, wish in zip(translators, wishes, strict=True)]
        rows.append([drawing, *made])
    return rows


def pages(rows: list[list[Image.Image]]) -> list[Image.Image]:
    """Sheets of at most PER_PAGE pictures (but at least one row); narrow rows lie beside each other."""
    width = len(rows[0])
    beside = max(1, 4 // width)
    per_page = max(1, PER_PAGE // width // beside) * beside
    sheets = []
    for start in range(0, len(rows), per_page):
        part = rows[start : start + per_page]
        lines = [list(chain(*part[i : i + beside])) for i in range(0, len(part), beside)]
        sheets.append(contact_sheet(lines))
    return sheets


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.crude_sheet", description=__doc__)
    parser.add_argument(
        *("--checkpoint", "-c"),
        action="append",
        required=True,
        help="a checkpoint's name or folder; several are shown from left to right",
    )
    parser.add_argument("--task", help="whose drawings; by default that of the first checkpoint")
    parser.add_argument(
        "--examples", action="store_true", help="the shipped examples, not the crude drawings"
    )
    parser.add_argument("--only", default="", help="only drawings with this in their name")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument(
        "--color", default="seed", help="color wish: seed (the page's default), none, #rrggbb"
    )
    parser.add_argument("--threads", type=int, help="of torch; by default torch's own number")
    parser.add_argument("--out", type=Path, default=Path("sheet.png"))
    args = parser.parse_args()
    if args.threads:
        import torch

        torch.set_num_threads(args.threads)
    try:
        translators = [Translator(name) for name in args.checkpoint]
        task = args.task or base_task(translators[0].settings["task"])
        folder = (EXAMPLES if args.examples else FOLDER) / task
        drawings = sorted(p for p in folder.glob("*") if p.suffix in SUFFIXES and args.only in p.name)
        if not drawings:
            raise ValueError(f"{folder}: no drawings here" + (f" named …{args.only}…" if args.only else ""))
        sheets = pages(rows_of(drawings, translators, args.seed, parse_color(args.color)))
    except ValueError as error:
        parser.exit(1, f"{error}\n")
    for number, sheet in enumerate(sheets, start=1):
        out = args.out if len(sheets) == 1 else args.out.with_stem(f"{args.out.stem}-{number}")
        out.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(out)
        print(f"{out}: {sheet.width}x{sheet.height}")
    print("rows:", ", ".join(path.stem for path in drawings))


if __name__ == "__main__":
    main()
