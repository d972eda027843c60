"""Training pairs: from a folder to the batch of a step (paper §6.2, jitter).

Pairs are decoded once into memory; the batch of step s is a pure function of (seed, s), so a run can be
resumed, or split over processes, without any state of its own. Knows nothing about networks.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from scipy import ndimage
from torch import Tensor
from tqdm import tqdm

from pix2pix.config import TrainConfig
from pix2pix.images import SUFFIXES, array_to_tensor, flatten, load_image, split_halves
from pix2pix.pairs import MAKERS, portrait, soft_edges, whiskers
from pix2pix.recipes import RECIPES

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

    def __len__(self) -> int:
        return len(self.names)


# --- From disk to memory -----------------------------------------------------------------------------


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


# --- From memory to a step's batch ---------------------------------------------------------------------


def random_for(seed: int, step: int, index: int) -> np.random.Generator:
    """The random numbers of one pair of one step: the same however the run is cut or split."""
    return np.random.default_rng((seed, step, index))


def pair_at(pairs: Pairs, config: TrainConfig, step: int, index: int) -> int:
    """Which pair stands at place `index` of step's batch: an epoch is a shuffle of all, or by shares."""
    place = step * config.batch_size + index
    if pairs.shares is not None:
        return int(np.random.default_rng((config.seed, place)).choice(len(pairs), p=pairs.shares))
    epoch, offset = divmod(place, len(pairs))
    return int(np.random.default_rng((config.seed, epoch)).permutation(len(pairs))[offset])


def training_pair(pairs: Pairs, config: TrainConfig, step: int, index: int) -> tuple[Tensor, Tensor]:
    """(real_a, real_b), each (1, C, crop_size, crop_size) in [-1, 1], jittered alike."""
    rng = random_for(config.seed, step, index)
    which = pair_at(pairs, config, step, index)
    a, b = pairs.a[which], pairs.b[which]
    if config.portrait:
        a = whiskers(a, rng) if rng.random() < 0.35 else a
    if config.place:
        both = place(np.concatenate((a, b), -1), config.crop_size, config.flip, rng)
    else:
        a, b = crop(a, b, config.crop_size, config.flip, rng)
        if pairs.backgrounds and rng.random() < 0.5:
            b = lay_over(b, a, pairs.backgrounds[rng.integers(len(pairs.backgrounds))])
        both = array_to_tensor(np.concatenate((a, b), -1))
    real_a, real_b = both[:, : a.shape[-1]], both[:, a.shape[-1] :]
    return MAKERS[config.pairs](real_a, real_b, rng)


def validation_pair(pairs: Pairs, config: TrainConfig, which: int) -> tuple[Tensor, Tensor]:
    """The pair at `which` without jitter; what its maker draws is the same every time."""
    a, b = array_to_tensor(pairs.a[which]), array_to_tensor(pairs.b[which])
    return MAKERS[config.pairs](a, b, random_for(0, 0, which))


def training_batch(
    pairs: Pairs, config: TrainConfig, step: int, rank: int = 0, world_size: int = 1
) -> tuple[Tensor, Tensor]:
    """This process's part of step's batch: (N, C, S, S) each."""
    parts = [training_pair(pairs, config, step, i) for i in range(rank, config.batch_size, world_size)]
    return torch.cat([a for a, _ in parts]), torch.cat([b for _, b in parts])


def crop(
    a: np.ndarray, b: np.ndarray, size: int, flip: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The paper's jitter on pictures already at load_size: the same random crop and mirror for both."""
    top, left = rng.integers(0, a.shape[0] - size + 1), rng.integers(0, a.shape[1] - size + 1)
    a, b = a[top : top + size, left : left + size], b[top : top + size, left : left + size]
    return (a[:, ::-1], b[:, ::-1]) if flip and rng.random() < 0.5 else (a, b)


def place(stacked: np.ndarray, size: int, flip: bool, rng: np.random.Generator) -> Tensor:
    """Lay a drawing and its photo on a white page: scaled from 0.6 to a little over, shifted and tilted.

    People draw a whole face somewhere on the page; photographs fill their frame.
    """
    picture = array_to_tensor(stacked)
    scale = rng.triangular(0.6, 0.95, 1.1)
    angle = np.deg2rad(rng.normal(0, 5))
    room = max(0.0, 1 - scale) + 0.08
    shift_x, shift_y = rng.uniform(-room, room, 2)
    mirror = -1.0 if flip and rng.random() < 0.5 else 1.0
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    # From a place on the page to the place in the picture that is seen there.
    theta = torch.tensor(
        [
            [mirror * cosine, -mirror * sine, -mirror * (cosine * shift_x - sine * shift_y)],
            [sine, cosine, -(sine * shift_x + cosine * shift_y)],
        ],
        dtype=torch.float32,
    )
    grid = F.affine_grid(theta[None], [1, picture.shape[1], size, size], align_corners=False)
    return F.grid_sample(picture - 1, grid, align_corners=False) + 1  # zeros beyond the border are white


def lay_over(photo: np.ndarray, matte: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The animal of `photo` (uint8 H×W×3) by its `matte` (uint8 H×W×1) in front of another photo."""
    alpha = matte.astype(np.float32) / 255
    behind = background[: photo.shape[0], : photo.shape[1]]
    return (photo * alpha + behind * (1 - alpha)).astype(np.uint8)


def prefetch(make: Callable[[int], tuple[Tensor, Tensor]], steps: range, depth: int = 6) -> Iterator:
    """make(step) for each step, made a few steps ahead in a thread of its own."""
    ready: queue.Queue = queue.Queue(depth)
    stop = threading.Event()

    def put(item) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        for step in steps:
            try:
                item = make(step)
            except BaseException as error:  # handed over: the consumer raises it
                put(error)
                return
            if not put(item):
                return
        put(None)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
