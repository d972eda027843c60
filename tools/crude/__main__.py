"""python -m tools.crude: (re)write the crude drawings in tests/crude."""

from PIL import Image

from pix2pix.tasks import TASKS
from tools.examples.__main__ import Drawings, write
from tools.examples.saving import few_greys

from . import FOLDER
from .faces import FACES
from .labels import FACADES, STREETS
from .lines import CATS, EMOJI, SHOES

CRUDE: dict[str, Drawings] = {
    "edges2cats": CATS,
    "facades": FACADES,
    "edges2shoes": SHOES,
    "sketch2portrait": FACES,
    "labels2street": STREETS,
    "sketch2emoji": EMOJI,
}
"""Task name → drawing name → the function that draws it: mode "L", or "RGB" in palette colors."""


def small(picture: Image.Image) -> Image.Image:
    """The same picture with few grays or exactly its own colors, for a small file."""
    if picture.mode == "L":
        return few_greys(picture, 16)
    return picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=len(picture.getcolors()))


def main() -> None:
    assert set(CRUDE) == {name for name, task in TASKS.items() if task.canvas in ("lines", "labels")}
    for task, drawings in CRUDE.items():
        made = {name: (lambda draw=draw: small(draw())) for name, draw in drawings.items()}
        files = list(write(FOLDER / task, made))
        print(f"{task}: {len(files)} drawings, {sum(f.stat().st_size for f in files) / 1024:.0f} KB")


if __name__ == "__main__":
    main()
