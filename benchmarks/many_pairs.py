"""Does a set larger than memory train as a small one does? Memory and steps per second with many pairs, few.

python benchmarks/many_pairs.py [--pairs 50000] [--steps 400] makes that many side-by-side files (hard links
to 400 pictures, each decoded for itself), trains on them and on a hundred, both at the same time in processes
of their own, so that other work on the machine slows both alike, and prints what /proc says of each process
and its workers. --write puts the table into docs/own-pictures.md. Linux only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pix2pix.files import replace_section  # noqa: E402

PAGE = ROOT / "docs" / "own-pictures.md"
DISTINCT = 400


def make_pairs(folder: Path, count: int, distinct: int = DISTINCT) -> None:
    """512×256 JPEG files: smooth colors on the left, the same in gray on the right."""
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"{number:06d}.jpg"
        if number >= distinct:
            os.link(folder / f"{number % distinct:06d}.jpg", path)
            continue
        small = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        left = Image.fromarray(small).resize((256, 256), Image.Resampling.BICUBIC)
        both = Image.new("RGB", (512, 256))
        both.paste(left, (0, 0))
        both.paste(left.convert("L"), (256, 0))
        both.save(path, quality=85)


def family(process: int) -> list[int]:
    """A process and all that it started."""
    children = (Path(f"/proc/{process}/task/{process}") / "children").read_text().split()
    return [process, *(one for child in children for one in family(int(child)))]


def memory_of(process: int) -> int:
    """Bytes in use by a process and its workers; pages that they share count once."""
    total = 0
    for one in family(process):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def train(data: Path, out: Path, steps: int, memory: float, width: int) -> dict[str, float]:
    """One run: GB at most, steps per second over its second half, seconds until the first step."""
    command = [sys.executable, "train.py", "--task", "many", "--data", str(data), "--out", str(out)]
    command += ["--steps", str(steps), "--ngf", str(width), "--ndf", str(width), "--threads", "1"]
    command += ["--memory", str(memory), "--sample-every", "1000000", "--save-every", "1000000"]
    began, most, first = time.monotonic(), 0, 0.0
    with open(out.with_suffix(".log"), "w+") as log:
        run = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        while run.poll() is None:
            time.sleep(0.5)
            try:
                most = max(most, memory_of(run.pid))
            except OSError:  # it has just ended
                continue
            if not first and (out / "losses.jsonl").exists():
                first = time.monotonic() - began
        log.seek(0)
        assert run.returncode == 0, log.read()[-2000:]
    rows = [json.loads(line) for line in (out / "losses.jsonl").read_text().splitlines()]
    seconds = [row["step"] / row["steps_per_second"] for row in rows]
    half = len(rows) // 2
    rate = (rows[-1]["step"] - rows[half - 1]["step"]) / (seconds[-1] - seconds[half - 1])
    return {"GB": most / 1e9, "steps_per_second": rate, "seconds_before": first}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=50_000, help="of the large set (default: 50000)")
    parser.add_argument(
        "--steps", type=int, default=400, help="of each run, a multiple of 200 (default: 400)"
    )
    parser.add_argument("--width", type=int, default=16, help="ngf and ndf (default: 16)")
    parser.add_argument("--memory", type=float, default=1.0, help="GB of pairs in memory (default: 1)")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}")
    given = parser.parse_args()
    sets = {"few": 100, "many": given.pairs}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, count in sets.items():
            make_pairs(root / name, count)

        def run(name: str) -> dict[str, float]:
            return train(root / name, root / f"run-{name}", given.steps, given.memory, given.width)

        with ThreadPoolExecutor(len(sets)) as threads:
            found = dict(zip(sets, threads.map(run, sets), strict=True))
    rows = [
        "| pairs | memory at most | steps per second | seconds before the first figure |",
        "|---|---|---|---|",
    ]
    rows += [
        f"| {count:,} | {found[name]['GB']:.2f} GB | {found[name]['steps_per_second']:.2f} "
        f"| {found[name]['seconds_before']:.0f} |"
        for name, count in sets.items()
    ]
    rows.append(
        f"\n{given.steps} steps, `--ngf {given.width} --memory {given.memory:g}`, load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {time.strftime('%Y-%m-%d')}."
    )
    print(*rows, sep="\n")
    if given.write:
        replace_section(PAGE, "many pairs", "\n".join(rows))


if __name__ == "__main__":
    main()
