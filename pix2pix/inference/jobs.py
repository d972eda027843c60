"""What `translate IN OUT` reads and writes: one job a picture, checked before anything is translated.

Originals are never written over, through links and on case-insensitive disks neither. Knows no networks.
"""

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pix2pix.images import SUFFIXES

LONGEST_NAME = 255  # bytes of a file's name on the usual file systems


@dataclass(frozen=True)
class Job:
    source: Path
    target: Path


@dataclass
class Plan:
    """The jobs, and lines for the user about what is left out."""

    jobs: list[Job]
    notes: list[str] = field(default_factory=list)


def find_jobs(source: Path, target: Path) -> list[Job]:
    """The jobs of `plan`, subfolders left out."""
    return plan(source, target).jobs


def plan(source: Path, target: Path, recursive: bool = False) -> Plan:
    """What to read and write for a file or a folder; OUT's folder is made, and proved to be writable.

    recursive: subfolders too, to the same places below OUT. Raises ValueError in one line where there is
    nothing to read, where OUT cannot be written, and where a source would be written over.
    """
    if source.is_dir():
        found = folder_plan(source, target, recursive)
    elif not source.exists():
        raise ValueError(f"{source}: no such file or folder")
    elif target.is_dir():
        found = Plan([Job(source, target / f"{source.stem}.png")])
    elif target.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{target}: expected a name that ends in .png, .jpg or .webp")
    else:
        found = Plan([Job(source, target)])
    refuse_originals(found.jobs)
    for folder in dict.fromkeys(job.target.parent for job in found.jobs):
        prove_writable(folder)
    return found


def folder_plan(source: Path, target: Path, recursive: bool) -> Plan:
    if target.exists() and not target.is_dir():
        raise ValueError(f"{target}: is a file; expected a folder for the results of {source}")
    if target.is_dir() and target.samefile(source):
        raise ValueError(f"{target}: is the folder of the originals; name another folder for the results")
    pictures: list[Path] = []
    others: Counter[str] = Counter()
    deeper: Counter[str] = Counter()
    for folder, folders, names in os.walk(source):
        # Results of an earlier run below IN are no sources.
        folders[:] = sorted(n for n in folders if visible(n) and not same(Path(folder) / n, target))
        inside = [Path(folder) / name for name in sorted(names) if visible(name)]
        readable = [path for path in inside if path.suffix.lower() in SUFFIXES]
        if Path(folder) != source and not recursive:
            deeper[Path(folder).relative_to(source).parts[0]] += len(readable)
            continue
        pictures += readable
        others.update(path.suffix.lower() or path.name for path in inside if path not in readable)
    notes = []
    if told := ", ".join(f"{count} {suffix}" for suffix, count in others.most_common(8)):
        notes.append(f"{source}: left out, no pictures that can be read here: {told}")
    if count := sum(deeper.values()):
        shown = ", ".join(name for name, number in deeper.most_common(3) if number)
        notes.append(f"{source}: {count} pictures in subfolders ({shown}) are left out; add --recursive")
    if not pictures:
        raise ValueError("; ".join([f"{source}: no pictures in this folder", *notes]))
    return Plan([Job(path, target / name) for path, name in target_names(source, pictures)], notes)


def target_names(source: Path, pictures: list[Path]) -> list[tuple[Path, Path]]:
    """Each picture with the path of its result below OUT, all different also where case does not count.

    cat.jpg becomes cat.png; next to another cat.* each keeps its ending: cat.jpg.png. No other name changes
    by that, so a folder that grows is not done again.
    """
    inner = [path.relative_to(source) for path in pictures]
    stems = Counter(str(path.with_suffix("")).casefold() for path in inner)
    taken: set[str] = set()
    found = []
    for path, relative in zip(pictures, inner, strict=True):
        alone = stems[str(relative.with_suffix("")).casefold()] == 1
        name = fitting(relative.stem if alone else relative.name)
        while str(relative.with_name(name)).casefold() in taken:
            name = fitting(f"{name.removesuffix('.png')}-{digest(path.name)}")
        taken.add(str(relative.with_name(name)).casefold())
        found.append((path, relative.with_name(name)))
    return found


def fitting(stem: str) -> str:
    """The stem with .png, shortened where a file system would not take it."""
    name = f"{stem}.png"
    if len(os.fsencode(name)) <= LONGEST_NAME:
        return name
    short = os.fsencode(stem)[: LONGEST_NAME - 16].decode(errors="ignore")
    return f"{short}-{digest(stem)}.png"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:8]


def refuse_originals(jobs: Iterable[Job]) -> None:
    """ValueError where a target is one of the sources, by whatever name or link."""
    jobs = list(jobs)
    sources = {key: job.source for job in jobs if (key := identity(job.source))}
    for job in jobs:
        there = identity(job.target)
        if there in sources:
            original = sources[there]
            raise ValueError(
                f"{job.target}: is the original {original}, which would be written over; name another place "
                "for the results"
            )


def identity(path: Path) -> tuple[int, int] | None:
    """What names a file whatever it is called: its device and its number there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def visible(name: str) -> bool:
    """No dot file (macOS leaves ._x.png next to x.png), and nothing that systems leave in folders."""
    return not name.startswith(".") and name not in ("Thumbs.db", "desktop.ini", "__MACOSX")


def prove_writable(folder: Path) -> None:
    """Make the folder and a file in it. ValueError where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"{folder}: cannot be written to ({error.strerror or error})") from None
