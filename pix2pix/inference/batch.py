"""Many pictures: `python -m pix2pix translate DIR OUT`, which keeps the machine busy and can be stopped.

While the network works on one picture, the next are decoded and the last are written, by threads. What is in
OUT already is left alone, and under `torchrun` each process takes its share of the folder.
"""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from tqdm import tqdm

from pix2pix.images import SUFFIXES, load_image
from pix2pix.inference import Translator, Wish

AHEAD = 4  # pictures decoded before their turn, and written after it
MADE_BY = "pix2pix"  # the PNG text that says which checkpoint and seed made a picture


@dataclass(frozen=True)
class Job:
    source: Path
    target: Path


def find_jobs(source: Path, target: Path) -> list[Job]:
    """What to read and write for a file or a folder. ValueError names what is wrong."""
    if source.is_dir():
        pictures = sorted(path for path in source.iterdir() if path.suffix.lower() in SUFFIXES)
        if not pictures:
            raise ValueError(f"{source}: no pictures in this folder")
        if len({path.stem for path in pictures}) < len(pictures):
            return [Job(path, target / f"{path.name}.png") for path in pictures]  # cat.jpg beside cat.png
        return [Job(path, target / f"{path.stem}.png") for path in pictures]
    if not source.exists():
        raise ValueError(f"{source}: no such file or folder")
    if target.is_dir():
        return [Job(source, target / f"{source.stem}.png")]
    if target.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{target}: expected a name that ends in .png, .jpg or .webp")
    return [Job(source, target)]


def my_share(jobs: list[Job]) -> list[Job]:
    """This process's jobs: all of them, unless torchrun started several."""
    return jobs[int(os.environ.get("RANK", 0)) :: int(os.environ.get("WORLD_SIZE", 1))]


def translate_all(
    translator: Translator, jobs: list[Job], seed: int, again: bool = False, color: Wish = "seed"
) -> list[str]:
    """Do the jobs, showing progress; returns one line for each picture that could not be read.

    A job whose target was made from the same source by the same checkpoint and seed is left alone, unless
    again: so a run that was stopped goes on.
    """
    label = f"{translator.folder.name}, seed {seed}"
    if color != "seed":
        label += f", color {color}"
    waiting = [job for job in jobs if again or len(jobs) == 1 or not is_done(job, label)]
    if len(waiting) < len(jobs):
        print(f"{len(jobs) - len(waiting)} of {len(jobs)} are there already")
    failed: list[str] = []
    bar = tqdm(
        total=len(waiting), unit="picture", disable=len(jobs) == 1 or os.environ.get("RANK", "0") != "0"
    )
    with ThreadPoolExecutor(2) as readers, ThreadPoolExecutor(2) as writers:
        writing: deque[Future] = deque()
        for job, reading in read_ahead(readers, waiting):
            try:
                picture = translator.translate(reading.result(), seed, color)
            except ValueError as error:
                failed.append(str(error))
            else:
                writing.append(writers.submit(write, picture, job.target, label))
            while len(writing) > AHEAD:
                writing.popleft().result()
            bar.update()
        for future in writing:
            future.result()
    bar.close()
    return failed


def read_ahead(readers: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[tuple[Job, Future]]:
    """Each job with its picture to come; AHEAD of them are being decoded."""
    under_way: deque[tuple[Job, Future]] = deque()
    for job in jobs:
        under_way.append((job, readers.submit(load_image, job.source)))
        if len(under_way) > AHEAD:
            yield under_way.popleft()
    yield from under_way


def is_done(job: Job, label: str) -> bool:
    """Is the target there, newer than its source, and made by the same checkpoint and seed?"""
    if not job.target.is_file() or job.target.stat().st_mtime < job.source.stat().st_mtime:
        return False
    try:
        with Image.open(job.target) as picture:
            return picture.info.get(MADE_BY) == label
    except OSError:
        return False


def write(picture: Image.Image, target: Path, label: str) -> None:
    """To a new file, then renamed: a run that is stopped leaves no half picture."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.stem}.new{target.suffix}")
    options: dict[str, Any] = {}
    if target.suffix.lower() == ".png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text(MADE_BY, label)
    picture.save(fresh, **options)
    fresh.replace(target)
