"""Is the data what the options want? Asked before all of it is read, from names, sizes and a few pictures.

The commonest mistake is to give plain photos where side-by-side pairs are expected: every photo would be cut
in half and the network would learn to make right halves from left ones. Knows nothing about layouts on disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from pix2pix.config import TrainConfig
from pix2pix.data.layouts import PHOTO_ONLY, FileSet, names_of
from pix2pix.images import flatten, load_image

DRAWN = ("soft-edges", "lines", "drawing")  # kinds of pairs whose one side is a line drawing
TRIMAPS = ("trimap", "trimaps")
LOOKED_AT = 24  # pictures opened to see what a set is
MEASURED = 2000  # pictures whose size is read
SQUARE = 1.11  # the most that a half's sides may differ and still count as square; 16:9 halves are 1.125
FIX = (
    "for plain photos add --pairs edges, gray or holes; pairs of two files go into folders A and B, with the "
    "same name in both"
)


class PlainPhotosError(ValueError):
    """Photos were given where side-by-side pairs are expected."""


@dataclass(frozen=True)
class Likeness:
    """How much a set's files look like two pictures side by side.

    seam: share of the files whose middle is among the 3 % sharpest changes from column to column; 0.03 for
    plain photos. alignment: correlation of the halves' edges, less that of halves shifted sideways; 0 for
    plain photos.
    """

    seam: float
    alignment: float

    @property
    def of_pairs(self) -> bool:
        return self.seam >= 0.3 or self.alignment >= 0.1

    @property
    def of_photos(self) -> bool:
        return self.seam < 0.15 and self.alignment < 0.05


def check_set(found: FileSet, config: TrainConfig) -> list[str]:
    """Notes for the user on one set of files. ValueError in one line where the config wants another kind."""
    check_options(config, found)
    if not found.files:
        return []
    if found.folders:
        check_roles(found, config)
        return matching_notes(found, config)
    if config.pairs in PHOTO_ONLY:
        return photo_notes(found)
    notes = check_halves([path for path, _ in found.files])
    check_roles(found, config)
    return notes


def check_options(config: TrainConfig, found: FileSet) -> None:
    """ValueError where options exclude each other, or the names of the two folders."""
    if config.portrait and config.pairs not in ("soft-edges", "lines", "edges"):
        raise ValueError(
            f"--portrait is for drawings of faces and their photos, not for --pairs {config.pairs}; leave it "
            "out, or add --pairs soft-edges (drawings on disk) or --pairs edges (plain photos)"
        )
    if config.balance and config.pairs in ("cutout", "drawing"):
        raise ValueError(
            f"--balance evens out the colors of the targets, and those of --pairs {config.pairs} have none; "
            "leave it out"
        )
    if not found.folders:
        return
    two = found.folders[1]
    if two in TRIMAPS and config.pairs not in (*PHOTO_ONLY, "cutout"):
        raise ValueError(
            f"{found.layout}: these are photos and trimaps, not what --pairs {config.pairs} wants; add "
            "--pairs cutout --direction BtoA"
        )
    if two in TRIMAPS and config.pairs == "cutout" and config.direction == "AtoB":
        raise ValueError(f"{found.layout}: --pairs cutout takes the trimaps first; add --direction BtoA")
    if two == "edges" and config.pairs not in PHOTO_ONLY:
        check_edges(found, config)


def check_edges(found: FileSet, config: TrainConfig) -> None:
    """ValueError where a folder of photos and one of their edges are not what the options are for."""
    if config.pairs == "cutout" or config.simplify:
        option = "--pairs cutout" if config.pairs == "cutout" else f"--simplify {config.simplify}"
        raise ValueError(
            f"{found.layout}: these are photos and edges, not what {option} wants; leave it out, or take "
            "--pairs soft-edges --direction BtoA"
        )
    if config.direction == "BtoA":
        return
    if config.pairs in DRAWN:
        raise ValueError(
            f"{found.layout}: --pairs {config.pairs} takes the edges first; add --direction BtoA"
        )
    for option, what in (("balance", "evens out"), ("color_wish", "wishes for")):
        if getattr(config, option):
            raise ValueError(
                f"--{option.replace('_', '-')} {what} the colors of the targets, and edges have none; add "
                "--direction BtoA, or leave it out"
            )


def check_roles(found: FileSet, config: TrainConfig) -> None:
    """ValueError where the drawing or the mask that --pairs wants is on the other side, or on none."""
    if config.pairs not in (*DRAWN, "cutout") or (found.folders and found.folders[1] in (*TRIMAPS, "edges")):
        return
    colored = [0, 0]
    shown = spread(found.files, 8)
    for pair in shown:
        for side, picture in enumerate(open_pair(*pair)):
            colored[side] += is_colored(picture)
    made_from, other = (0, 1) if config.direction == "AtoB" else (1, 0)
    what = "masks" if config.pairs == "cutout" else "drawings"
    name = shown[0][0].name
    if colored[made_from] > len(shown) / 2 and colored[other] < len(shown) / 4:
        turned = "BtoA" if config.direction == "AtoB" else "AtoB"
        place = ("first", "second")[made_from]
        raise ValueError(
            f"{name}: --pairs {config.pairs} takes its {what} from the {place} side, which is in color here, "
            f"and the other is not; add --direction {turned}"
        )
    if config.pairs == "cutout" and colored[made_from] > len(shown) / 2:
        raise ValueError(
            f"{name}: --pairs cutout wants a trimap or a black-and-white mask next to each photo, and both "
            "sides are in color; without --pairs cutout they are taken as they are"
        )


def check_halves(files: Sequence[Path]) -> list[str]:
    """Side-by-side files: notes, or ValueError where they are plain photos or some are unlike the rest."""
    sizes = {path: size_of(path) for path in spread(files, MEASURED)}
    shapes = {path: width / 2 / height for path, (width, height) in sizes.items()}
    usual = median(shapes.values())
    first = next(iter(sizes))
    told = f"{first.parent}: {first.name} is {sizes[first][0]}×{sizes[first][1]}"
    likeness = likeness_of(files)
    if not is_square(usual):
        typical = min(shapes, key=lambda path: abs(shapes[path] - usual))
        width, height = sizes[typical]
        if not likeness.of_pairs:
            raise PlainPhotosError(
                f"{typical.parent}: {typical.name} ({width}×{height}) and the others look like plain photos, "
                f"not like two squares side by side; {FIX}"
            )
        halves = f"{width // 2}×{height}"
        return [f"{typical.parent}: the halves of {typical.name} are {halves}; all are resized to squares"]
    unlike = [path for path, shape in shapes.items() if not is_square(shape)]
    if unlike:
        width, height = sizes[unlike[0]]
        raise ValueError(
            f"{unlike[0]}: is {width}×{height}, unlike most of the {len(sizes)} pictures there, which hold "
            f"two squares side by side ({len(unlike)} such: {names_of(unlike)}); remove it, or {FIX}"
        )
    if likeness.of_photos and len(files) >= 8:
        return [f"{told}, but its halves do not look like a pair; {FIX}"]
    return []


def photo_notes(found: FileSet) -> list[str]:
    """Plain photos are wanted: a note where the files look like side-by-side pairs."""
    files = [path for path, _ in found.files]
    shapes = [width / height for width, height in map(size_of, spread(files, LOOKED_AT))]
    if all(shape == 2 for shape in shapes) and likeness_of(files).of_pairs:
        return [
            f"{files[0].parent}: {files[0].name} looks like a side-by-side pair and is taken for one photo"
        ]
    return []


def matching_notes(found: FileSet, config: TrainConfig) -> list[str]:
    """Two folders: a note where partners have other shapes, or drawings might be drawn again."""
    unlike = []
    for first, second in spread(found.files, LOOKED_AT):
        (width, height), (other_width, other_height) = size_of(first), size_of(second)
        if not 1 / SQUARE <= (width / height) / (other_width / other_height) <= SQUARE:
            unlike.append(first)
    notes = []
    if unlike:
        notes.append(
            f"{found.layout}: partners of another shape: {names_of(unlike)}; all are resized to squares"
        )
    if found.folders and found.folders[1] == "edges" and config.pairs == "aligned":
        notes.append(
            f"{found.layout}: edges are taken as they are; --pairs soft-edges --direction BtoA varies them "
            "as people's drawings vary"
        )
    return notes


# --- Pictures ------------------------------------------------------------------------------------------


def spread(items: Sequence, most: int) -> list:
    """At most so many of them, evenly spread."""
    return [items[i * len(items) // min(most, len(items))] for i in range(min(most, len(items)))]


def is_square(shape: float) -> bool:
    return 1 / SQUARE <= shape <= SQUARE


def size_of(path: Path) -> tuple[int, int]:
    """(width, height) of a picture as it is shown, from its head. ValueError names one that is unreadable."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(0x0112) in (5, 6, 7, 8) if image.format in ("JPEG", "MPO") else False
    except Exception:  # whatever a decoder stumbles over, `load_image` says it in one line
        return load_image(path).size
    return (height, width) if turned else (width, height)


def open_pair(first: Path, second: Path | None) -> tuple[Image.Image, Image.Image]:
    """Both pictures of a pair; the halves of a file of odd width leave its last column out."""
    if second is not None:
        return flatten(load_image(first)), flatten(load_image(second))
    picture = flatten(load_image(first))
    half = max(1, picture.width // 2)
    return picture.crop((0, 0, half, picture.height)), picture.crop((half, 0, 2 * half, picture.height))


def is_colored(picture: Image.Image) -> bool:
    """Whether more than a fiftieth of its pixels are clearly not gray."""
    pixels = np.asarray(picture.resize((64, 64)).convert("RGB")).astype(int)
    return float((np.ptp(pixels, axis=-1) > 24).mean()) > 0.02


def likeness_of(files: Sequence[Path]) -> Likeness:
    """What the files look like by LOOKED_AT of them."""
    seams, alignments = [], []
    for path in spread(files, LOOKED_AT):
        levels = np.asarray(flatten(load_image(path)).convert("L")).astype(np.float32)
        if levels.shape[1] < 4:
            continue
        changes = np.abs(np.diff(levels, axis=1)).mean(0)
        middle = levels.shape[1] // 2 - 1
        others = np.delete(changes, middle)
        seams.append(changes[middle] > max(1.0, 1.2 * np.quantile(others, 0.97)))
        alignments.append(alignment(*open_pair(path, None)))
    if not seams:
        return Likeness(0.0, 0.0)
    return Likeness(float(np.mean(seams)), float(np.mean(alignments)))


def alignment(one: Image.Image, two: Image.Image, most: int = 64) -> float:
    """How well the edges of two pictures lie on each other: 1 the same, about 0 where nothing matches.

    The correlation of their edge maps, less its mean for the second one shifted sideways by a fifth to two
    fifths: what is common to all pictures, such as a horizon, does not count.
    """
    side = min(most, *one.size, *two.size)  # enlarged, both would have the edges of their pixels in common
    if side < 8:
        return 0.0
    edges = []
    for picture in (one, two):
        levels = np.asarray(picture.convert("L").resize((side, side), Image.Resampling.BOX)).astype(
            np.float32
        )
        strength = np.hypot(np.diff(levels, axis=1)[:-1], np.diff(levels, axis=0)[:, :-1])
        edges.append(np.minimum(strength, max(1e-6, float(np.quantile(strength, 0.95)))))
    shifts = [k * side // 20 for k in (-8, -6, -4, 4, 6, 8)]
    return correlation(*edges) - float(
        np.mean([correlation(edges[0], np.roll(edges[1], s, 1)) for s in shifts])
    )


def correlation(one: np.ndarray, two: np.ndarray) -> float:
    """Of all values, -1 to 1; 0 where one of them is flat."""
    one, two = one - one.mean(), two - two.mean()
    scale = float(np.sqrt((one**2).sum() * (two**2).sum()))
    return float((one * two).sum()) / scale if scale > 1e-6 else 0.0
