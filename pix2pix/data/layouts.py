"""The layouts of a data folder: which files are pairs. Goes by names; hardly any picture is opened.

A set is side by side (one file holds both halves), or two folders whose files have the same names; its splits
are folders around or below them (train/A, A/train, trainA), or missing. Knows nothing about configs' other
settings, pixels or networks.
"""

import contextlib
import csv
import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from pix2pix.data.cityscapes_folders import find_cityscapes
from pix2pix.images import SUFFIXES

PHOTO_ONLY = ("edges", "gray", "holes")  # kinds of pairs that are made from plain photos
VAL_EVERY = 10  # where a set has no validation split of its own, each tenth pair is for validation
FEW = 4  # of fewer pairs none is put aside: all are in both splits

SPLITS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "test", "testing"),
}
# Names of the first and the second folder of a two-folder set; upper and lower case are the same.
FOLDERS = (
    ("A", "B"),
    ("photo", "edges"),
    ("photos", "edges"),
    ("image", "trimap"),
    ("images", "trimaps"),
    ("input", "target"),
    ("inputs", "targets"),
    ("input", "output"),
    ("source", "target"),
    ("src", "dst"),
    ("label", "img"),
    ("labels", "images"),
    ("label", "image"),
    ("image", "mask"),
    ("images", "masks"),
    ("sketch", "photo"),
    ("sketches", "photos"),
    ("night", "day"),
    ("x", "y"),
)
PHOTOS = {"a", "photo", "photos", "image", "images", "img", "input", "inputs", "source"}
NOT_PICTURES = {"", ".txt", ".md", ".csv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".db", ".ini", ".html"}
METADATA = ("metadata.csv", "metadata.jsonl")  # of a Hugging Face image folder

Files = list[tuple[Path, Path | None]]


@dataclass
class FileSet:
    """The files of one split of one set.

    files: (first, second) of each pair; second is None where one file holds both, or is all there is.
    folders: lower-case names of the two folders where a pair is two files. layout: in words. notes: lines
    for the user about what was left out or assumed.
    """

    files: Files
    layout: str
    folders: tuple[str, str] | None = None
    notes: list[str] = field(default_factory=list)


def find_files(folder: Path, split: str, pairs: str) -> Files:
    """`find_set` without what it says about the layout."""
    return find_set(folder, split, pairs).files


def find_set(folder: Path, split: str, pairs: str = "aligned") -> FileSet:
    """The files of a split ("train" or "val") below `folder`.

    pairs: the kind of pairs (config.PAIRS); plain photos are wanted for PHOTO_ONLY. Raises ValueError in one
    line where nothing is found, with what was found instead, and where a partner is missing or ambiguous.
    """
    folder = unwrap(folder)
    found: dict[str, FileSet] = {}
    for name in SPLITS:
        those = find_split(folder, name, pairs)
        if those is not None and those.files:
            found[name] = those
    if split in found and (split == "val" or "val" in found):
        return found[split]
    whole = found.get("train")
    if whole is None and "val" in found:
        if loose := pictures_in(folder):  # training pictures next to a folder of validation pictures
            return FileSet([(path, None) for path in loose], f"{folder.name}: one file a pair")
        raise ValueError(
            f"{folder}: has {found['val'].layout}, but nothing to train on; rename that folder to train, "
            "or add one"
        )
    whole = whole or read_base(folder, pairs)
    if not whole.files:
        raise ValueError(
            f"{folder}: no pairs found; expected side-by-side pictures, or two folders such as A and B, "
            f"there or in {folder / 'train'}; {inventory(folder)}"
        )
    if len(whole.files) >= FEW:
        chosen = [f for i, f in enumerate(whole.files) if (i % VAL_EVERY == 0) == (split == "val")]
        if split == "train":
            aside = len(whole.files) - len(chosen)
            whole.notes.append(
                f"{folder}: has no val folder; {aside} of {len(whole.files)} pairs are for validation"
            )
        return FileSet(chosen, whole.layout, whole.folders, whole.notes)
    return whole


def find_split(folder: Path, split: str, pairs: str) -> FileSet | None:
    """The files of a split that has folders of its own; None where it has none."""
    if city := find_cityscapes(folder, split, pairs not in PHOTO_ONLY):
        return FileSet(city, f"{folder.name}: Cityscapes' own folders", ("leftimg8bit", "gtfine"))
    inside = folders_in(folder)
    for name in SPLITS[split]:
        if name in inside:  # train/…, train/A + train/B
            return read_base(inside[name], pairs)
    for names in FOLDERS:
        for name in SPLITS[split]:
            for first, second in (  # trainA + trainB, train_label + train_img, A_train + B_train
                *((f"{name}{joint}{names[0]}", f"{name}{joint}{names[1]}") for joint in ("", "_", "-")),
                *((f"{names[0]}{joint}{name}", f"{names[1]}{joint}{name}") for joint in ("_", "-")),
            ):
                if first.lower() in inside and second.lower() in inside:
                    return two_folders(inside[first.lower()], inside[second.lower()], names, pairs)
        one, two = inside.get(names[0].lower()), inside.get(names[1].lower())
        if one and two:  # A/train + B/train
            for name in SPLITS[split]:
                first_in, second_in = folders_in(one).get(name), folders_in(two).get(name)
                if first_in and second_in:
                    return two_folders(first_in, second_in, names, pairs)
    return None


def read_base(base: Path, pairs: str) -> FileSet:
    """The files of a folder that is not divided into splits any more."""
    inside = folders_in(base)
    for names in FOLDERS:
        one, two = inside.get(names[0].lower()), inside.get(names[1].lower())
        if one and two:
            return two_folders(one, two, names, pairs)
    listed = next((base / name for name in METADATA if (base / name).is_file()), None)
    if listed and (found := read_metadata(listed, pairs)).files:
        return found
    files, deeper = pictures_in(base), []
    layout = f"{base.name}: one file a pair"
    if not files:
        lone = sorted(set(inside) & {"a", "b"})
        if len(lone) == 1 and pairs not in PHOTO_ONLY:
            raise ValueError(
                f"{base}: has a folder {inside[lone[0]].name}, but not its partner; expected A and B"
            )
        full = {name: path for name, path in inside.items() if pictures_in(path)}
        if len(full) == 2 and pairs not in PHOTO_ONLY:
            one, two = full.values()
            if of_one_name(one, two):
                found = two_folders(one, two, (one.name, two.name), pairs)
                found.notes.append(
                    f"{base}: {one.name} is taken as the first folder, {two.name} as the second; rename them "
                    "to A and B to say which is which"
                )
                return found
        files = pictures_below(base)
        layout = f"{base.name}: one file a pair, in {len(full)} folders"
    else:
        deeper = [path for path in inside.values() if pictures_in(path)]
    found = FileSet([(path, None) for path in files], layout)
    if deeper:
        count = sum(len(pictures_in(path)) for path in deeper)
        found.notes.append(f"{base}: {count} pictures in its folders ({names_of(deeper)}) are left out")
    found.notes += left_out([base, *({path.parent for path in files} - {base})])
    return found


def two_folders(one: Path, two: Path, names: tuple[str, str], pairs: str) -> FileSet:
    """Partners of the same name in two folders; for pairs made from photos the files of the photo folder."""
    if pairs in PHOTO_ONLY:
        photos = two if names[1].lower() in PHOTOS and names[0].lower() not in PHOTOS else one
        files: Files = [(path, None) for path in pictures_below(photos)]
        return FileSet(files, f"photos in {photos.name}", notes=left_out([photos]))
    firsts, seconds = by_name(one), by_name(two)
    alike = {key.casefold(): path for key, path in seconds.items()}
    files, alone = [], []
    for key, path in firsts.items():
        partner = seconds.get(key) or alike.get(key.casefold())
        files.append((path, partner))
        if partner is None:
            alone.append(path)
    if firsts and len(alone) == len(firsts) and seconds:
        raise ValueError(
            f"{one} and {two}: no file has a partner of the same name ({names_of(firsts.values())} and "
            f"{names_of(seconds.values())}); pix2pix needs pairs, with the same name in both folders"
        )
    if alone:
        more = f" (nor have {len(alone) - 1} more)" if len(alone) > 1 else ""
        raise ValueError(
            f"{alone[0]}: has no partner of the same name in {two}{more}; add it, or remove the file"
        )
    notes = left_out([one, two])
    taken = {second for _, second in files}
    if spare := [path for path in seconds.values() if path not in taken]:
        notes.append(
            f"{two}: {len(spare)} files have no partner in {one.name} and are left out: {names_of(spare)}"
        )
    if beside := pictures_in(one.parent):
        notes.append(f"{one.parent}: {len(beside)} pictures next to {one.name} and {two.name} are left out")
    layout = f"{one.parent.name}: two folders, {one.name} and {two.name}"
    return FileSet(files, layout, (names[0].lower(), names[1].lower()), notes)


def by_name(folder: Path) -> dict[str, Path]:
    """Pictures by their path below `folder` without suffix. ValueError where two have the same."""
    found: dict[str, Path] = {}
    for path in pictures_below(folder):
        key = path.relative_to(folder).with_suffix("").as_posix()
        if key in found:
            raise ValueError(
                f"{folder}: holds two files of one name, {found[key].name} and {path.name}; remove one"
            )
        found[key] = path
    return found


def of_one_name(one: Path, two: Path) -> bool:
    """Whether nearly all files of two folders have a partner of the same name, and hold one picture each."""
    files = [pictures_in(folder) for folder in (one, two)]
    first, second = ({path.stem for path in each} for each in files)
    if len(first & second) < 0.9 * max(len(first), len(second)):
        return False
    shapes = []
    for path, *_ in files:
        with contextlib.suppress(Exception), Image.open(path) as image:  # unreadable: said when it is read
            shapes.append(image.width / image.height)
    return not (shapes and all(1.8 < shape < 2.2 for shape in shapes))


def read_metadata(path: Path, pairs: str) -> FileSet:
    """A Hugging Face image folder: the rows of metadata.csv or metadata.jsonl name one file or two each."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = [line for line in file if line.strip()]
        rows = list(csv.DictReader(lines)) if path.suffix == ".csv" else [json.loads(x) for x in lines]
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{path}: cannot be read as {path.suffix[1:]} ({error})") from None
    rows = [row for row in rows if isinstance(row, dict)]
    columns = [
        name
        for name, value in (rows[0].items() if rows else ())
        if isinstance(value, str) and Path(value).suffix.lower() in SUFFIXES
    ]
    wanted = columns[:1] if pairs in PHOTO_ONLY else columns[:2]
    files: Files = []
    for number, row in enumerate(rows, 1):
        named = [path.parent / str(row.get(name) or "") for name in wanted]
        if missing := next((one for one in named if not one.is_file()), None):
            raise ValueError(f"{path}: row {number} names {missing}, which does not exist")
        files.append((named[0], named[1] if len(named) > 1 else None))
    if len(wanted) < 2:
        return FileSet(files if wanted else [], f"{path.parent.name}: one file a pair, listed in {path.name}")
    note = f"{path}: {wanted[0]} is taken as the first picture, {wanted[1]} as the second"
    return FileSet(files, f"{path.parent.name}: pairs listed in {path.name}", ("a", "b"), [note])


# --- Folders -------------------------------------------------------------------------------------------


def folders_in(folder: Path) -> dict[str, Path]:
    """Folders by lower-case name, but hidden ones and what archives leave."""
    found = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda p: (p.name.islower(), p.name))
    return {path.name.lower(): path for path in found if visible(path)}


def visible(path: Path) -> bool:
    """Neither a dot file (macOS leaves ._x.png next to x.png) nor a folder of such."""
    return not path.name.startswith(".") and path.name != "__MACOSX"


def pictures_in(folder: Path) -> list[Path]:
    """Pictures by their suffix, sorted; hidden files are passed over."""
    with os.scandir(folder) as entries:
        names = [e.name for e in entries if os.path.splitext(e.name)[1].lower() in SUFFIXES and e.is_file()]
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def pictures_below(folder: Path) -> list[Path]:
    """The pictures of a folder; where it has none, those of its folders."""
    inner = sorted(folders_in(folder).values())
    return pictures_in(folder) or [path for each in inner for path in pictures_in(each)]


def unwrap(folder: Path) -> Path:
    """A folder that holds nothing but one folder of another set's name stands for that one (an archive's)."""
    known = {name.lower() for names in (*SPLITS.values(), *FOLDERS) for name in names}
    for _ in range(3):
        inside = folders_in(folder)
        if len(inside) != 1 or known & set(inside) or pictures_in(folder):
            break
        (inner,) = inside.values()
        if pictures_in(inner) or not folders_in(inner):
            break
        folder = inner
    return folder


def left_out(folders: Iterable[Path]) -> list[str]:
    """One line on the files of these folders that are no pictures that can be read, counted by suffix."""
    counts: Counter[str] = Counter()
    folders = list(folders)
    for folder in folders:
        for path in folder.iterdir():
            suffix = path.suffix.lower()
            if visible(path) and suffix not in SUFFIXES | NOT_PICTURES and path.is_file():
                counts[suffix] += 1
    if not counts:
        return []
    told = ", ".join(f"{count} {suffix}" for suffix, count in counts.most_common(6))
    return [f"{folders[0]}: left out, not readable here: {told}; convert them to PNG or JPEG"]


def inventory(folder: Path) -> str:
    """What a folder holds, for a message: "found: folders x (3 pictures), y (0); 2 .heic files"."""
    parts = [f"{path.name}/ ({count_below(path)} pictures)" for path in folders_in(folder).values()][:6]
    counts = Counter(p.suffix.lower() or "nameless" for p in folder.iterdir() if p.is_file() and visible(p))
    parts += [f"{count} {suffix} files" for suffix, count in counts.most_common(4)]
    advice = "; a Parquet data set has to be saved as pictures first" if ".parquet" in counts else ""
    return ("found: " + ", ".join(parts) if parts else "the folder is empty") + advice


def count_below(folder: Path, limit: int = 10_000) -> str:
    """How many pictures lie below a folder at any depth; counting ends at `limit`."""
    count = 0
    for _, _, names in os.walk(folder):
        count += sum(Path(name).suffix.lower() in SUFFIXES and not name.startswith(".") for name in names)
        if count >= limit:
            return f"{limit} or more"
    return str(count)


def names_of(paths: Iterable[Path], most: int = 3) -> str:
    """ "a.png, b.png, c.png, …" """
    names = [path.name for path in paths]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
