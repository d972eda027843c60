"""From disk to memory: the layouts of a data folder, and its pairs decoded once.

Knows nothing about steps, batches or networks.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from tqdm import tqdm

from pix2pix.color_wish import Color, main_color
from pix2pix.config import TrainConfig
from pix2pix.data.faces import portrait
from pix2pix.data.label_rules import RULES
from pix2pix.data.label_snapping import clean_labels
from pix2pix.data.line_art import soft_edges
from pix2pix.data.placement import fill_blank
from pix2pix.data.recipes import RECIPES
from pix2pix.images import SUFFIXES, flatten, load_image, split_halves

# Names of the first and the second folder of a two-folder set.
FOLDERS = (("A", "B"), ("photo", "edges"), ("image", "trimap"), ("input", "target"))
PHOTO_ONLY = ("edges", "gray", "holes")
VAL_EVERY = 10  # where a set has no split of its own, each tenth pair is for validation


@dataclass
class Pairs:
    """Pictures in memory: a and b are uint8 (H, W, C) each, input and target by the config's direction."""

    names: list[str]
    a: list[np.ndarray]
    b: list[np.ndarray]
    backgrounds: list[np.ndarray] = field(default_factory=list)  # other photos, for cut-outs to be laid on
    shares: np.ndarray | None = None  # how often each comes, where not all come equally often
    colors: list[Color] = field(default_factory=list)  # main color of each target, for color wishes

    def __len__(self) -> int:
        return len(self.names)


def load_pairs(config: TrainConfig, split: str = "train", limit: int | None = None) -> Pairs:
    """Read the pairs of a split ("train" or "val") below config.data.

    limit: at most so many, spread evenly. Raises ValueError in one line: no such folder, no pairs found,
    a side-by-side picture of odd width, a file that cannot be read (by name), a partner that is missing.
    """
    root = Path(config.data)
    if not config.data or not root.is_dir():
        raise ValueError(f"--data {config.data or '(nothing)'}: no such folder")
    recipe = RECIPES.get(config.task)
    folders = [root / name for name in recipe.sets if (root / name).is_dir()] if recipe else []
    # Test sheets and training want pictures of different size; a picture is only ever stored at one.
    side = config.load_size if split == "train" and not config.place else config.crop_size
    pairs = Pairs([], [], [])
    for folder in folders or [root]:
        files = find_files(folder, split, config.pairs)
        if limit is not None:
            files = files[:: max(1, len(files) * max(1, len(folders)) // limit)][:limit]
        for first, second in tqdm(files, f"reading {folder.name}/{split}", unit="pair", leave=False):
            a, b = read_pair(first, second, config, side, halve=folder.name == "facades")
            if config.simplify and RULES[config.simplify].background and split == "train":
                b = fill_blank(b)
            if config.portrait:
                a, b = portrait(a, b, head_only=len(pairs) % 3 == 0)
            pairs.names.append(first.stem)
            pairs.a.append(a)
            pairs.b.append(b)
    if len(pairs) == 0:
        raise ValueError(
            f"{root}: no pairs found for {split}; expected side-by-side pictures, or two folders such as "
            f"A and B, there or in {root / split}"
        )
    if config.color_wish:
        pairs.colors = [main_color(b) for b in pairs.b]
    if config.balance:
        pairs.shares = even_shares([main_colour(b) for b in pairs.b])
    if config.pairs == "cutout" and (root / "photos").is_dir():
        others = find_files(root / "photos", "train", "holes")
        pairs.backgrounds = [read_picture(path, side) for path, _ in others[::2]]
    return pairs


def find_files(folder: Path, split: str, pairs: str) -> list[tuple[Path, Path | None]]:
    """(first, second) of each pair; second is None where one file holds both, or is all there is."""
    own_split = next(
        (folder / s for s in (split, "test" if split == "val" else split) if (folder / s).is_dir()), None
    )
    if own_split is None and (folder / "train").is_dir():
        return []
    base = own_split or folder
    found: list[tuple[Path, Path | None]] = []
    for first, second in FOLDERS:
        if (base / first).is_dir():
            if pairs in PHOTO_ONLY:
                found = [(path, None) for path in pictures_in(base / first)]
                break
            if (base / second).is_dir():
                partners = {path.stem: path for path in pictures_in(base / second)}
                for path in pictures_in(base / first):
                    if path.stem not in partners:
                        raise ValueError(f"{path}: has no partner of the same name in {base / second}")
                    found.append((path, partners[path.stem]))
                break
    found = found or [(path, None) for path in pictures_in(base)]
    if own_split is None:
        found = [f for i, f in enumerate(found) if (i % VAL_EVERY == 0) == (split == "val") or len(found) < 4]
    return found


def pictures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def read_pair(
    first: Path, second: Path | None, config: TrainConfig, side: int, halve: bool
) -> tuple[np.ndarray, np.ndarray]:
    """One pair from disk, input first, each uint8 (side, side, C)."""
    if config.simplify:
        return read_label_map(first, second, config, side)
    if second is not None:
        one, two = read_picture(first, side), read_second(second, side)
    else:
        picture = flatten(load_image(first))
        if config.pairs not in PHOTO_ONLY or halve:
            one, two = (to_array(half, side) for half in split_halves(picture, str(first)))
        else:
            one = two = to_array(picture, side)
    if config.pairs in PHOTO_ONLY:
        return (soft_edges(one)[..., None] if config.pairs == "edges" else one), one
    return (one, two) if config.direction == "AtoB" else (two, one)


def read_label_map(
    first: Path, second: Path | None, config: TrainConfig, side: int
) -> tuple[np.ndarray, np.ndarray]:
    """A label map in palette colors and its photo, each uint8 (side, side, 3)."""
    if second is None:
        halves = split_halves(flatten(load_image(first)), str(first))
    else:
        halves = flatten(load_image(first)), flatten(load_image(second))
    labels, photo = halves if config.direction == "AtoB" else halves[::-1]
    return clean_labels(np.asarray(labels), RULES[config.simplify], side), to_array(photo, side)


def read_picture(path: Path, side: int) -> np.ndarray:
    return to_array(flatten(load_image(path)), side)


def read_second(path: Path, side: int) -> np.ndarray:
    """Like `read_picture`; soft edges stay one channel, and so does the matte that a trimap

    (1 animal, 2 background, 3 unknown) becomes.
    """
    if path.parent.name == "edges":
        return to_array(flatten(load_image(path)).convert("L"), side)[..., None]
    if path.parent.name != "trimap":
        return read_picture(path, side)
    matte = matte_from_trimap(np.asarray(Image.open(path).convert("L")))
    return np.asarray(Image.fromarray(matte).resize((side, side), Image.Resampling.BILINEAR))[..., None]


def matte_from_trimap(trimap: np.ndarray) -> np.ndarray:
    """(H, W) of 1 animal, 2 background, 3 unknown → uint8 (H, W), 255 animal to 0 background.

    Across the unknown band the matte falls as the animal gets farther and the background nearer: a band of
    one grey would teach a halo.
    """
    to_animal = ndimage.distance_transform_edt(trimap != 1)
    to_background = ndimage.distance_transform_edt(trimap != 2)
    part = to_background / np.maximum(to_animal + to_background, 1e-6)
    return (255 * np.clip((part - 0.25) / 0.5, 0, 1)).round().astype(np.uint8)


def to_array(picture: Image.Image, side: int) -> np.ndarray:
    if picture.size != (side, side):
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    return np.array(picture)


def main_colour(picture: np.ndarray) -> int:
    """uint8 (H, W, 3) → the hue of most of its coloured pixels, of twelve, red 0; 12 if it has no colour."""
    hue, saturation, value = np.asarray(Image.fromarray(picture).convert("HSV")).reshape(-1, 3).T
    hues = hue[saturation.astype(int) * value > 64 * 255]
    if len(hues) < 0.01 * hue.size:
        return 12
    return int(np.bincount(((hues.astype(int) + 11) % 256) * 12 // 256, minlength=12).argmax())


def even_shares(groups: list[int]) -> np.ndarray:
    """The share of each pair, float (len(groups),), sum 1: a group's grows with the fourth root of its size.

    Ten times as many pairs come not ten times but not quite twice as often; three of a kind do not either
    come as often as three hundred.
    """
    _, which, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    shares = sizes[which] ** -0.75
    return shares / shares.sum()
