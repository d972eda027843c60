"""python -m tools.portraits FOLDER OUT: cut the faces out of painted portraits, to train sketch2portrait.

FOLDER holds the paintings, in any subfolders:

    git clone https://github.com/Yizhen-Zhao/mainproject    at 6afdc925, website/asset/img

Old masters in the public domain. Where each painting's face is stands in portraits.json: left, top, width and
height in pixels. OUT/train and OUT/val get each face twice, close and with its shoulders, so that drawings of
either size are known.
"""

import argparse
import json
from pathlib import Path

from PIL import Image

from pix2pix.images import flatten, load_image

BOXES = Path(__file__).with_suffix(".json")
SIDE = 320
REACH = {"close": 1.0, "bust": 1.45}  # half a crop's side, in widths of the face
VAL_EVERY = 10


def square(box: tuple[int, int, int, int], reach: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The square around a face (left, top, right, bottom), moved or made smaller to lie in the painting."""
    left, top, width, height = box
    half = min(reach * width, min(size) / 2)
    x = min(max(left + width / 2, half), size[0] - half)
    y = min(max(top + height * 0.5, half), size[1] - half)
    return round(x - half), round(y - half), round(x + half), round(y + half)


def cut_faces(folder: Path, out: Path) -> int:
    """Returns the number of paintings. ValueError names one that is missing."""
    found = {path.name: path for path in sorted(folder.rglob("*.jpg"))}
    boxes = json.loads(BOXES.read_text())
    for number, (name, box) in enumerate(boxes.items()):
        if name not in found:
            raise ValueError(f"{folder}: no {name}; expected the paintings that tools/portraits.json names")
        painting = flatten(load_image(found[name]))
        split = out / ("val" if number % VAL_EVERY == VAL_EVERY - 1 else "train")
        split.mkdir(parents=True, exist_ok=True)
        for word, reach in REACH.items():
            face = painting.crop(square(tuple(box), reach, painting.size))
            resized = face.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            resized.save(split / f"{Path(name).stem}_{word}.png")
    return len(boxes)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    print(f"{given.out}: two crops each of {cut_faces(given.folder, given.out)} faces")


if __name__ == "__main__":
    main()
