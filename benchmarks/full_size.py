"""Seconds and peak memory of a photo at its own size: `python -m benchmarks.full_size`.

Each task in a process of its own, with the shipped weights: the network is loaded and used once, then a photo
made by code is translated at full size. Memory is the peak resident size over that before.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.memory import resident

TASKS = ("gray2color", "inpaint", "cutout", "map2aerial")
SIZES = ("3000x2000", "6000x4000")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=",".join(SIZES), help="such as 3000x2000,6000x4000")
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--one", nargs=2, metavar=("TASK", "SIZE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], given.one[1])))
        return
    print("| task | photo | seconds | peak memory over idle, MB |\n|---|---|---|---|")
    for task in given.tasks.split(","):
        for size in given.sizes.split(","):
            command = [sys.executable, "-m", "benchmarks.full_size", "--one", task, size]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found = json.loads(done.stdout)
            print(f"| {task} | {size} | {found['seconds']:.1f} | {found['mb']:.0f} |", flush=True)


def measure(task: str, size: str) -> dict[str, float]:
    """Translate one photo; seconds of it, and the peak in MB above the process before."""
    from pix2pix.devices import keep_freed_memory
    from pix2pix.inference import Translator

    keep_freed_memory()
    width, height = map(int, size.split("x"))
    translator = Translator(task)
    for size_name in ("256", "512"):  # an idle server has done both
        translator.translate(Image.new("RGB", (300, 300), (90, 120, 150)), 0, size=size_name)
    idle = resident()
    Path("/proc/self/clear_refs").write_text("5")  # the peak is measured from here
    photo = make_photo(width, height)
    started = time.perf_counter()
    result = translator.translate(photo, 0, size="full")
    seconds = time.perf_counter() - started
    assert result.size == (width, height)
    return {"seconds": seconds, "mb": resident(what="VmHWM") - idle}


def make_photo(width: int, height: int) -> Image.Image:
    """Smooth shapes with grain, a scratch and a blot that are transparent."""
    small = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    photo = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((1024, 1024), 20)
    photo.paste(grain.convert("RGB"), (width // 4, height // 4))
    hole = Image.new("L", photo.size, 255)
    pen = ImageDraw.Draw(hole)
    pen.line((width * 0.1, height * 0.1, width * 0.6, height * 0.3), fill=0, width=max(3, width // 500))
    pen.ellipse((width * 0.7, height * 0.6, width * 0.8, height * 0.75), fill=0)
    photo.putalpha(hole)
    return photo


if __name__ == "__main__":
    main()
