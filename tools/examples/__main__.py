"""python -m tools.examples [TASK ...]: (re)write the example pictures, by default those of every task."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PIL import Image

from pix2pix.examples import EXAMPLES, SUFFIXES

from .cat_faces import CATS
from .cats import draw
from .emoji import EMOJI
from .facades import FACADES
from .photos import PHOTOS, credits_text
from .portraits import PORTRAITS
from .shoes import SHOES
from .streets import STREETS
from .thermal import THERMALS
from .towns import AERIALS, MAPS

Drawings = dict[str, Callable[[], Image.Image]]

DRAWINGS: dict[str, Drawings] = {
    "edges2cats": {name: partial(draw, cat) for name, cat in CATS.items()},
    "facades": FACADES,
    "edges2shoes": SHOES,
    "sketch2portrait": PORTRAITS,
    "sketch2emoji": EMOJI,
    "labels2street": STREETS,
    "map2aerial": MAPS,
    "aerial2map": AERIALS,
    "thermal2color": THERMALS,
}
"""Task name → picture name → the function that draws it, for what is drawn by Pillow and numpy alone."""


def write(folder: Path, pictures: Drawings, suffix: str = ".png") -> Iterator[Path]:
    """Write every picture as folder/NAME and remove those that are no longer made; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = set()
    for name, make in pictures.items():
        picture = make()
        path = folder / f"{name}{suffix if picture.mode in ('RGB', 'RGBA') else '.png'}"
        # A photo's smooth gradients need all of their colors, and then PNG is four times as large.
        picture.save(path, **({"quality": 90, "method": 6} if path.suffix == ".webp" else {"optimize": True}))
        made.add(path)
        yield path
    for old in folder.iterdir():
        if old.suffix in SUFFIXES and old not in made:
            old.unlink()


def main() -> None:
    pictures = DRAWINGS | PHOTOS
    parser = argparse.ArgumentParser(
        prog="python -m tools.examples", description="Write the example pictures."
    )
    parser.add_argument("tasks", nargs="*", help=f"of: {', '.join(pictures)} (all of them if none is named)")
    tasks = parser.parse_args().tasks or list(pictures)
    unknown = [task for task in tasks if task not in pictures]
    if unknown:
        parser.error(f"nothing is drawn for {', '.join(unknown)}; there are: {', '.join(pictures)}")
    for task in tasks:
        try:
            files = list(write(EXAMPLES / task, pictures[task], ".webp" if task in PHOTOS else ".png"))
        except ValueError as error:
            parser.exit(1, f"{task}: {error}\n")
        print(f"{task}: {len(files)} pictures, {sum(f.stat().st_size for f in files) / 1024:.0f} KB")
    (EXAMPLES / "CREDITS.md").write_text(credits_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
