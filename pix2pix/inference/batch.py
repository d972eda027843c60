"""Many pictures: `python -m pix2pix translate DIR OUT`, which keeps the machine busy and can be stopped.

While the network works on one picture, the next are decoded and the last are written, by threads. What is in
OUT already is left alone, and under `torchrun` each process takes its share of the folder.
"""

import contextlib
import errno
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from tqdm import tqdm

from pix2pix.checkpoints import fingerprint
from pix2pix.files import remove_left_behind, replacing
from pix2pix.images import flatten, load_image
from pix2pix.inference import Translator, Wish
from pix2pix.inference.jobs import Job, find_jobs
from pix2pix.inference.precision import PRECISION_TEXT, precision_of, recorded_precision

__all__ = ["Job", "find_jobs", "label_of", "my_share", "translate_all"]

AHEAD = 4  # pictures decoded before their turn, and written after it
DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # the disk, or this user's share of it
MADE_BY = "pix2pix"  # the PNG text that says which weights and seed made a picture


@dataclass
class Report:
    """What became of the jobs: targets made, targets that were there, and (source, reason) of what failed."""

    made: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failed: list[tuple[Path, str]] = field(default_factory=list)

    def summary(self) -> str:
        there = f", {len(self.skipped)} already translated" if self.skipped else ""
        return f"{len(self.made)} translated{there}, {len(self.failed)} failed"

    def as_json(self, label: str) -> str:
        content = {
            "made by": label,
            "made": [str(path) for path in self.made],
            "skipped": [str(path) for path in self.skipped],
            "failed": [{"file": str(path), "reason": reason} for path, reason in self.failed],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def my_share(jobs: list[Job]) -> list[Job]:
    """This process's jobs: all of them, unless torchrun started several."""
    return jobs[int(os.environ.get("RANK", 0)) :: int(os.environ.get("WORLD_SIZE", 1))]


def translate_all(
    translator: Translator,
    jobs: list[Job],
    seed: int,
    again: bool = False,
    color: Wish = "seed",
    size: str = "256",
) -> Report:
    """Do the jobs, showing progress; a picture that cannot be read or written is told and left out.

    A job whose target was made from the same source by the same weights and seed is left alone, unless
    again: so a run that was stopped goes on. Raises ValueError where a target is another program's file (a
    single picture's may be), and OSError where the disk is full.
    """
    label = label_of(translator, seed, color, size)
    ahead = AHEAD if size == "256" else 1  # a photo at its own size may take 100 MB
    if not again and len(jobs) > 1:
        refuse_others(jobs)
    waiting = [job for job in jobs if again or len(jobs) == 1 or not is_done(job, label, translator)]
    if len(waiting) < len(jobs):
        print(f"{len(jobs) - len(waiting)} of {len(jobs)} are there already")
    to_do = set(waiting)
    report = Report(skipped=[job.target for job in jobs if job not in to_do])
    translator = as_recorded(translator, report.skipped)
    for folder in {job.target.parent for job in waiting}:
        remove_left_behind(folder)

    def failed(job: Job, error: Exception) -> None:
        report.failed.append((job.source, reason(job.source, error)))
        if len(jobs) > 1:
            tqdm.write(report.failed[-1][1], file=sys.stderr)

    bar = tqdm(
        total=len(waiting), unit="picture", disable=len(jobs) == 1 or os.environ.get("RANK", "0") != "0"
    )
    with bar, ThreadPoolExecutor(2) as readers, ThreadPoolExecutor(2) as writers:
        writing: deque[tuple[Job, Future]] = deque()

        def finish_one() -> None:
            job, future = writing.popleft()
            try:
                future.result()
            except OSError as error:
                if error.errno in DISK_FULL:
                    raise OSError(f"{job.target}: the disk is full; what was made before is kept") from None
                failed(job, error)
            else:
                report.made.append(job.target)

        for job, reading in read_ahead(readers, waiting, ahead):
            try:
                with progress_bar(alone=len(jobs) == 1) as progress:
                    picture = translator.translate(reading.result(), seed, color, size, progress)
            except (ValueError, OSError) as error:
                failed(job, error)
            else:
                writing.append((job, writers.submit(write, picture, job.target, label, translator.precision)))
            while len(writing) > ahead:
                finish_one()
            bar.update()
        while writing:
            finish_one()
    return report


@contextlib.contextmanager
def progress_bar(alone: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar of the tiles or crops of a picture, where it is the only one and has several."""
    with contextlib.ExitStack() as stack:
        bar: tqdm | None = None

        def progress(done: int, total: int) -> None:
            nonlocal bar
            if alone and total > 1:
                bar = bar or stack.enter_context(tqdm(total=total, unit="tile"))
                bar.update(done - bar.n)

        yield progress


def label_of(translator: Translator, seed: int, color: Wish = "seed", size: str = "256") -> str:
    """What a picture is marked with: the weights, whatever their folder is called, the seed and the wish."""
    wish = "" if color == "seed" else f", color {color}"
    larger = "" if size == "256" else f", size {size}"
    return f"weights {fingerprint(translator.folder)}, seed {seed}{wish}{larger}"


def reason(source: Path, error: Exception) -> str:
    """One line on a picture that failed, which names it."""
    told = " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
    return told if str(source) in told else f"{source}: {told}"


def refuse_others(jobs: list[Job]) -> None:
    """ValueError where a folder holds files of the results' names that this program did not make."""
    others = [job.target for job in jobs if job.target.exists() and mark_of(job.target) is None]
    if others:
        raise ValueError(
            f"{others[0]}: was not made by this program and would be written over ({len(others)} such "
            "files); name another folder, or add --again"
        )


def mark_of(target: Path) -> str | None:
    """The label of a picture that this program made; None for any other file."""
    try:
        with Image.open(target) as picture:
            return picture.info.get(MADE_BY)
    except Exception:  # a file of any kind
        return None


def read_ahead(
    readers: ThreadPoolExecutor, jobs: list[Job], ahead: int = AHEAD
) -> Iterator[tuple[Job, Future]]:
    """Each job with its picture to come; so many more are being decoded."""
    under_way: deque[tuple[Job, Future]] = deque()
    for job in jobs:
        under_way.append((job, readers.submit(load_image, job.source)))
        if len(under_way) > ahead:
            yield under_way.popleft()
    yield from under_way


def as_recorded(translator: Translator, made: list[Path]) -> Translator:
    """The translator, in the precision of what a folder holds already, unless another one was asked for.

    Raises ValueError in one line where this machine lacks that precision.
    """
    recorded = recorded_precision(made)
    if translator.asked_precision != "auto" or recorded in (None, translator.precision):
        return translator
    try:
        return Translator(translator.folder, str(translator.device), recorded)
    except ValueError:
        raise ValueError(
            f"{made[0].parent} was begun with --precision {recorded}, which this machine lacks; name another "
            f"folder, or start over with --precision {translator.precision}"
        ) from None


def is_done(job: Job, label: str, translator: Translator) -> bool:
    """Is the target there, newer than its source, and made by the same checkpoint and seed?

    Where a precision was asked for, it must have been made with that one too.
    """
    if not job.target.is_file() or job.target.stat().st_mtime < job.source.stat().st_mtime:
        return False
    if mark_of(job.target) != label:
        return False
    return translator.asked_precision == "auto" or precision_of(job.target) in (None, translator.precision)


def write(picture: Image.Image, target: Path, label: str, precision: str) -> None:
    """To a new file, then renamed: a run that is stopped leaves no half picture."""
    options: dict[str, Any] = {}
    if target.suffix.lower() == ".png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text(MADE_BY, label)
        options["pnginfo"].add_text(PRECISION_TEXT, precision)
    elif target.suffix.lower() != ".webp":
        picture = flatten(picture)  # what is cut out lies on white where a file has no transparency
    with replacing(target) as fresh:
        picture.save(fresh, **options)
