"""From disk to memory: the pairs that a config asks for, each decoded once.

`layouts.py` finds the files, `checks.py` asks whether they are what the config wants. Knows nothing about
steps, batches or networks.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage
from tqdm import tqdm

from pix2pix.color_wish import Color, main_color
from pix2pix.config import TrainConfig
from pix2pix.data.checks import DRAWN, TRIMAPS, check_set, size_of
from pix2pix.data.faces import portrait
from pix2pix.data.label_rules import RULES
from pix2pix.data.label_snapping import clean_labels
from pix2pix.data.layouts import PHOTO_ONLY, FileSet, find_files, find_set
from pix2pix.data.lazy import LazyPairs, memory_here
from pix2pix.data.line_art import soft_edges
from pix2pix.data.placement import fill_blank
from pix2pix.data.recipes import RECIPES
from pix2pix.images import flatten, load_image, split_halves


@dataclass(frozen=True)
class Source:
    """One pair on disk and how it is read.

    second: None where one file holds both, or is all there is. folders: names of the two folders. halve: a
    side-by-side file also where plain photos are wanted. number: its place among the pairs.
    """

    first: Path
    second: Path | None
    folders: tuple[str, str] | None
    halve: bool
    number: int


@dataclass
class Pairs:
    """Pictures in memory: a and b are uint8 (H, W, C) each, input and target by the config's direction."""

    names: list[str]
    a: Sequence[np.ndarray]
    b: Sequence[np.ndarray]
    backgrounds: list[np.ndarray] = field(default_factory=list)  # other photos, for cut-outs to be laid on
    shares: np.ndarray | None = None  # how often each comes, where not all come equally often
    colors: list[Color] = field(default_factory=list)  # main color of each target, for color wishes

    lazy: LazyPairs | None = None  # what reads a and b where they are not in memory

    def __len__(self) -> int:
        return len(self.names)

    def describe_targets(self, function: Callable[[np.ndarray], Any]) -> list:
        """function(target) of each pair."""
        return self.lazy.describe(function) if self.lazy else [function(b) for b in self.b]


def load_pairs(
    config: TrainConfig, split: str = "train", limit: int | None = None, count: int | None = None
) -> Pairs:
    """Read the pairs of a split ("train" or "val") below config.data.

    limit: at most so many, spread evenly. count: at most so many, the first ones. Raises ValueError in one
    line: no such folder, no pairs found, pairs that the options do not fit, a file that cannot be read (by
    name), a partner that is missing.
    """
    sources = find_sources(config, split, limit)[:count]
    # Test sheets and training want pictures of different size; a picture is only ever stored at one.
    side = config.load_size if split == "train" and not config.place else config.crop_size
    pairs = Pairs([source.first.stem for source in sources], [], [])
    read = partial(read_source, config=config, side=side, training=split == "train")
    limit_bytes = config.memory * 1e9 or memory_here() / 4
    if limit is None and len(sources) * 6 * side * side > limit_bytes:
        pairs.lazy = read_lazily(sources, read, side, limit_bytes)
        pairs.a, pairs.b = pairs.lazy.halves()
    else:
        folder = sources[0].first.parent
        inputs: list[np.ndarray] = []
        targets: list[np.ndarray] = []
        for source in tqdm(sources, f"reading {folder.parent.name}/{folder.name}", unit="pair", leave=False):
            a, b = read(source)
            inputs.append(a)
            targets.append(b)
        pairs.a, pairs.b = inputs, targets
    if config.color_wish:
        pairs.colors = pairs.describe_targets(main_color)
    if config.balance:
        pairs.shares = even_shares(pairs.describe_targets(main_hue))
    if split == "train" and config.pairs == "cutout" and (Path(config.data) / "photos").is_dir():
        others = find_files(Path(config.data) / "photos", "train", "holes")
        pairs.backgrounds = [read_picture(path, side) for path, _ in others[::2]]
    return pairs


def read_lazily(sources: list[Source], read: partial, side: int, limit: float) -> LazyPairs:
    """More pairs than memory should hold: checked by their sizes, read when their turn comes.

    limit: in bytes. Training keeps what was decoded in the run folder, as long as the run is not done.
    """
    config = read.keywords["config"]
    for source in tqdm(sources, "checking", unit="pair", leave=False):
        for path in filter(None, (source.first, source.second)):
            size_of(path)  # names a file that is no picture now and not after hours
    cache = Path(config.out) / "cache" if config.out else None
    lazy = LazyPairs(sources, read, side, cache, key(sources, read))
    if os.environ.get("RANK", "0") == "0":
        kept = f"kept in {cache} until the run is done" if lazy.cache else "decoded again each time"
        needed = f"{6 * side * side * len(sources) / 1e9:.1f} GB, more than {limit / 1e9:.1f} GB (--memory)"
        line = f"{config.data}: {len(sources)} pairs would take {needed}; read as needed, {kept}"
        print(line, file=sys.stderr)
    return lazy


def key(sources: list[Source], read: partial) -> str:
    """A name for what pairs are read as: other or newer files, or another way to read them, have another."""
    config = read.keywords["config"]
    way = (config.pairs, config.direction, config.portrait, config.simplify)
    digest = hashlib.sha256(repr((way, read.keywords["side"], read.keywords["training"])).encode())
    for source in sources:
        digest.update(repr(source).encode())
        for path in filter(None, (source.first, source.second)):
            found = path.stat()
            digest.update(f"{found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def find_sources(config: TrainConfig, split: str, limit: int | None = None) -> list[Source]:
    """The pairs of a split, checked but not read; for training what was assumed is told on stderr."""
    found: list[Source] = []
    sets = find_sets(config, split)
    for folder, those in sets:
        notes = those.notes + check_set(those, config)
        if split == "train" and os.environ.get("RANK", "0") == "0":
            print(*notes, sep="\n", end="\n" if notes else "", file=sys.stderr)
        files = those.files
        if limit is not None:
            files = files[:: max(1, len(files) * len(sets) // limit)][:limit]
        halve = folder.name == "facades"
        found += [Source(*pair, those.folders, halve, len(found) + i) for i, pair in enumerate(files)]
    return found


def find_sets(config: TrainConfig, split: str) -> list[tuple[Path, FileSet]]:
    """The folders below config.data that hold the task's sets, or that folder itself, and their files."""
    root = Path(config.data)
    if config.data and root.is_file():
        raise ValueError(f"--data {root}: is a file; expected a folder of pictures (unpack an archive first)")
    if not config.data or not root.is_dir():
        raise ValueError(f"--data {config.data or '(nothing)'}: no such folder")
    recipe = RECIPES.get(config.task)
    folders = [root / name for name in recipe.sets if (root / name).is_dir()] if recipe else []
    return [(folder, find_set(folder, split, config.pairs)) for folder in folders or [root]]


def read_source(
    source: Source, config: TrainConfig, side: int, training: bool
) -> tuple[np.ndarray, np.ndarray]:
    """One pair as it is kept in memory, input first, each uint8 (side, side, C)."""
    a, b = read_pair(source.first, source.second, config, side, source.halve, source.folders)
    if config.simplify and RULES[config.simplify].background and training:
        b = fill_blank(b)
    if config.portrait:
        a, b = portrait(a, b, head_only=source.number % 3 == 0)
    return a, b


def read_pair(
    first: Path,
    second: Path | None,
    config: TrainConfig,
    side: int,
    halve: bool,
    folders: tuple[str, str] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """One pair from disk, input first, each uint8 (side, side, C)."""
    if config.simplify:
        return read_label_map(first, second, config, side)
    picture = load_image(first)
    if config.pairs in PHOTO_ONLY:
        one = to_array(split_halves(flatten(picture), str(first))[0] if halve else flatten(picture), side)
        return (soft_edges(one)[..., None] if config.pairs == "edges" else one), one
    if second is not None:
        pictures = [flatten(picture), flatten(load_image(second))]
    else:
        pictures = list(split_halves(flatten(picture), str(first)))
    names = folders or ("", "")
    made_from = 0 if config.direction == "AtoB" else 1  # what --pairs draws lines or a matte from
    arrays = [
        to_matte(one, name, side)
        if config.pairs == "cutout" and number == made_from
        else to_array(one.convert("L"), side)[..., None]
        if name == "edges" and config.pairs in DRAWN
        else to_array(one, side)
        for number, (one, name) in enumerate(zip(pictures, names, strict=True))
    ]
    return (arrays[0], arrays[1]) if config.direction == "AtoB" else (arrays[1], arrays[0])


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


def to_matte(picture: Image.Image, folder: str, side: int) -> np.ndarray:
    """A trimap (1 animal, 2 background, 3 unknown) or a mask (white is kept) → uint8 (side, side, 1)."""
    levels = np.asarray(picture.convert("L"))
    if folder in TRIMAPS or 0 < levels.max(initial=0) <= 3:
        levels = matte_from_trimap(levels)
    return np.asarray(Image.fromarray(levels).resize((side, side), Image.Resampling.BILINEAR))[..., None]


def matte_from_trimap(trimap: np.ndarray) -> np.ndarray:
    """(H, W) of 1 animal, 2 background, 3 unknown → uint8 (H, W), 255 animal to 0 background.

    Across the unknown band the matte falls as the animal gets farther and the background nearer: a band of
    one gray would teach a halo.
    """
    to_animal = ndimage.distance_transform_edt(trimap != 1)
    to_background = ndimage.distance_transform_edt(trimap != 2)
    part = to_background / np.maximum(to_animal + to_background, 1e-6)
    return (255 * np.clip((part - 0.25) / 0.5, 0, 1)).round().astype(np.uint8)


def to_array(picture: Image.Image, side: int) -> np.ndarray:
    if picture.size != (side, side):
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    return np.array(picture)


def main_hue(picture: np.ndarray) -> int:
    """uint8 (H, W, 3) → the hue of most of its colored pixels, of twelve, red 0; 12 if it has no color."""
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
